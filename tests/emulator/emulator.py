"""MiniStack as a process of its own, with everything that it writes in one folder."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.request import urlopen

from tests.emulator.agreed import DENIED, HOLD_VARIABLE, MINUTE_VARIABLE

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv-emulator"
ACCOUNT = "000000000000"
REGION = "us-east-1"
START_SECONDS = 60
STOP_SECONDS = 10
_HEAVY = ("data", "tmp")
"""Objects, and the unpacked code of functions: hundreds of megabytes that nobody looks at afterwards."""
KEPT = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE")
"""What the emulator inherits: functions inherit its environment, and ours would lead them astray."""


class EmulatorError(Exception):
    """The emulator cannot be started or has died; the message ends with the end of its log."""


class Emulator:
    """One emulator: ``with Emulator(folder) as emulator: emulator.client("s3")``.

    ``minute_seconds`` is how long a minute of AppConfig deployments and CloudWatch alarms lasts. With
    ``authorise``, functions and callers may only do what their roles allow.
    """

    def __init__(self, folder: Path, *, minute_seconds: float = 60, authorise: bool = False) -> None:
        self.folder = folder
        self.log = folder / "emulator.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        # The CDK CLI remembers which account a key belongs to, so no two emulators share a key.
        self.access_key = f"AKIA{secrets.token_hex(8).upper()}"
        self.minute_seconds = minute_seconds
        self.authorise = authorise
        self._hold = folder / "hold"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def python_version(self) -> str:
        """The version that functions run on, such as 3.11."""
        return next((VENV / "lib").glob("python3.*")).name.removeprefix("python")

    @property
    def client_environment(self) -> dict[str, str]:
        """What programs need to take the emulator for AWS."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": "nothing-to-hide",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        """Return a boto3 client that talks to the emulator."""
        import boto3  # noqa: PLC0415 (only tests that start an emulator pay for it)

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=self.access_key,
            aws_secret_access_key="nothing-to-hide",  # noqa: S106 (the emulator believes anything)
        )

    def start(self) -> None:
        """Start the process and wait until it answers. Raise EmulatorError if it does not."""
        python = VENV / "bin" / "python"
        if not python.exists():
            raise EmulatorError("The emulator is not installed. Run: python3 bin/setup.py emulator")
        for name in ("home", "state", *_HEAVY):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        command = [str(python), str(Path(__file__).with_name("launcher.py"))]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    def stop(self) -> None:
        """Stop the process and every function that it started, and keep of its folder what tells a story."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        with contextlib.suppress(ProcessLookupError):
            # It leads a process group of its own, and functions are members of that.
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for name in _HEAVY:
            shutil.rmtree(self.folder / name, ignore_errors=True)

    @contextlib.contextmanager
    def deployments_held(self, at_minute: float = 0) -> Iterator[Callable[[float], None]]:
        """Have deployments stand still at a minute, however long what is done meanwhile takes.

        What is given lets them go on to a later minute; they go on by themselves when this is over.
        """

        def hold(at_minute: float) -> None:
            part = self._hold.with_suffix(".part")
            part.write_text(str(at_minute), encoding="utf-8")
            part.replace(self._hold)

        hold(at_minute)
        try:
            yield hold
        finally:
            self._hold.unlink()

    def check(self) -> None:
        """Raise EmulatorError if the process is gone."""
        if self._process is None or self._process.poll() is not None:
            code = self._process.returncode if self._process else "none"
            raise EmulatorError(f"The emulator has died (exit {code}). The end of {self.log}:\n{self.tail()}")

    def tail(self, characters: int = 4_000) -> str:
        """Return the end of the log."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return text[-characters:]

    def denials(self) -> list[str]:
        """Return what functions tried and their roles do not allow: ``role action resource``, each once."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        found = [line.partition(DENIED)[2].strip() for line in lines if DENIED in line]
        return list(dict.fromkeys(found))

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self.check()
            if self._answers():
                return
            time.sleep(0.1)
        self.stop()
        raise EmulatorError(f"The emulator does not answer after {START_SECONDS} s:\n{self.tail()}")

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.url}/_ministack/health", timeout=2) as answer:  # noqa: S310 (loopback)
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return {
            **kept,
            **self.client_environment,
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_REGION": REGION,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "AUTH": str(self.authorise).lower(),
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "S3_DATA_DIR": str(self.folder / "data"),
            "STATE_DIR": str(self.folder / "state"),
            MINUTE_VARIABLE: str(self.minute_seconds),
            HOLD_VARIABLE: str(self._hold),
        }


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
