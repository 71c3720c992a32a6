"""Secrets of one machine: a file that only its owner may read, under the process's own environment."""

import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random, SystemRandom
from uuid import UUID

from pydantic import SecretStr

from reelwright.clock import Clock, SystemClock
from reelwright.secrets.env_file import read_text, written_text
from reelwright.secrets.errors import SecretsExposed, SecretsUnavailable
from reelwright.secrets.kinds import check_name
from reelwright.secrets.process import ChainedSecrets, ProcessEnvironmentSecrets
from reelwright.secrets.rotation import Rotation
from reelwright.secrets.schema import SecretDescription, SecretVersion, Stage
from reelwright.secrets.versions import Versions, add, describe, find, promote

__all__ = ["FileSecrets", "local_secrets"]

_OWNER_ONLY = 0o600
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def local_secrets(
    file: Path, variables: Mapping[str, str], *, clock: Clock | None = None, rng: Random | None = None
) -> ChainedSecrets:
    """Return the secrets of this machine: variables of the process first, then the file."""
    return ChainedSecrets(ProcessEnvironmentSecrets(variables), FileSecrets(file, clock=clock, rng=rng))


class FileSecrets:
    """A SecretStore in a ``.env``-style file; it need not exist.

    SecretsExposed if its group or others may touch it, or if it is somebody else's. It is written whole
    or not at all, by one process at a time, and keeps the current version, the one before and a pending one.
    """

    def __init__(self, file: Path, *, clock: Clock | None = None, rng: Random | None = None) -> None:
        self._file = file
        self._clock = clock or SystemClock()
        self._rng = rng or SystemRandom()

    def read(self, name: str, *, stage: Stage = "AWSCURRENT", version: str | None = None) -> SecretVersion:
        """Return a version; SecretMissing, SecretMalformed if the file cannot be understood."""
        return find(name, self._load().get(name, ()), stage, version)

    def put(
        self, name: str, text: SecretStr, *, stage: Stage = "AWSCURRENT", version: str | None = None
    ) -> str:
        """Write a new version."""
        own = version or str(UUID(bytes=self._rng.randbytes(16), version=4))
        new = SecretVersion(name=check_name(name), version=own, text=text, created_at=self._clock.now())
        with self._changing() as secrets:
            secrets[name] = add(secrets.get(name, ()), new, stage)
        return own

    def promote(self, name: str, version: str) -> None:
        """Make a version current."""
        with self._changing() as secrets:
            find(name, secrets.get(name, ()), "AWSCURRENT", version)
            secrets[name] = promote(secrets[name], version)

    def describe(self, name: str) -> SecretDescription | None:
        """Return what is known of the secret without its value."""
        return describe(name, self._load().get(name, ()))

    def names(self) -> tuple[str, ...]:
        """Return the names of all secrets in the file, sorted."""
        return tuple(sorted(self._load()))

    def start_rotation(self, name: str) -> None:
        """Renew the secret at once: here, nobody else would."""
        Rotation(self, clock=self._clock, rng=self._rng).run_all(name)

    def _load(self) -> dict[str, Versions]:
        try:
            with self._file.open("rb") as file:
                status = os.fstat(file.fileno())
                self._refuse_exposed(status)
                data = file.read()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._unavailable("read", error) from error
        return read_text(data, datetime.fromtimestamp(status.st_mtime, UTC), str(self._file))

    def _refuse_exposed(self, status: os.stat_result) -> None:
        if status.st_uid not in {os.geteuid(), 0}:
            raise self._exposed("belongs to somebody else", f"Take it over: chown $USER {self._file}")
        if status.st_mode & _OTHERS:
            raise self._exposed("may be read by others", f"Close it: chmod 600 {self._file}")

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Versions]]:
        """Yield the secrets for the block to change, alone among all processes, and write them."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(
                self._file.with_name(f"{self._file.name}.lock"), os.O_RDWR | os.O_CREAT, _OWNER_ONLY
            )
        except OSError as error:
            raise self._unavailable("written", error) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._sweep()
            secrets = self._load()
            yield secrets
            self._write(written_text(secrets))
        finally:
            os.close(lock)

    def _write(self, text: str) -> None:
        try:
            descriptor, name = tempfile.mkstemp(dir=self._file.parent, prefix=f".{self._file.name}.")
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    os.fchmod(descriptor, _OWNER_ONLY)
                    file.write(text)
                    file.flush()
                    os.fsync(descriptor)
                Path(name).replace(self._file)
                self._sync_folder()
            finally:
                with suppress(OSError):
                    Path(name).unlink(missing_ok=True)
        except OSError as error:
            raise self._unavailable("written", error) from error

    def _sweep(self) -> None:
        """Remove what a killed process was writing: alone as we are, nobody is writing it still."""
        for partial in self._file.parent.glob(f".{self._file.name}.*"):
            with suppress(OSError):
                partial.unlink()

    def _sync_folder(self) -> None:
        descriptor = os.open(self._file.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _exposed(self, reason: str, next_step: str) -> SecretsExposed:
        return SecretsExposed(
            f"The file of secrets {self._file} {reason}, so it is not used.",
            next_step=next_step,
            context={"path": self._file},
        )

    def _unavailable(self, what: str, error: OSError) -> SecretsUnavailable:
        return SecretsUnavailable(
            f"The file of secrets {self._file} cannot be {what}: {error.strerror}.",
            next_step="Look at the file, its folder and the room on its disk.",
            context={"path": self._file},
        )
