import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.emulator.cdk import Cdk, CdkError
from tests.emulator.emulator import ROOT, Emulator, EmulatorError
from tests.emulator.samples import ANYTHING, invoke, make_function, make_role
from tests.emulator.waiting import until


def test_a_port_that_is_taken_is_told_with_the_end_of_the_log(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        emulator = Emulator(tmp_path)
        emulator.port = taken.getsockname()[1]
        with pytest.raises(EmulatorError, match=r"has died \(exit 1\)(.|\n)*already in use"):
            emulator.start()


def test_the_processes_of_functions_end_with_their_emulator(tmp_path: Path) -> None:
    with Emulator(tmp_path) as emulator:
        make_role(emulator, "any", ANYTHING)
        make_function(emulator, "tells", "import os\ndef handler(event, context): return os.getpid()\n")
        process = invoke(emulator, "tells")
        os.kill(process, 0)
    until(lambda: gone(process), "the function's process has ended", seconds=5)


def test_an_emulator_ends_with_whoever_started_it(tmp_path: Path) -> None:
    """A run of tests that is interrupted kills its workers, which then cannot tidy up."""
    code = f"""
from pathlib import Path
from tests.emulator.emulator import Emulator
emulator = Emulator(Path({str(tmp_path)!r}))
emulator.start()
print(emulator._process.pid, flush=True)
input()
"""
    paths = os.pathsep.join(filter(None, [str(ROOT), *sys.path]))
    starter = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert starter.stdout is not None
    with starter, starter.stdout as told:
        process = int(told.readline())
        os.kill(process, 0)
        starter.kill()
    until(lambda: gone(process), "the emulator has ended", seconds=30)


def test_a_function_inherits_nothing_of_ours(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "PYTHONPATH" not in emulator._environment()
    monkeypatch.setenv("REELWRIGHT__VIDEO__FPS", "60")
    assert "REELWRIGHT__VIDEO__FPS" not in emulator._environment()


def test_no_two_emulators_share_a_key(tmp_path: Path) -> None:
    one, other = Emulator(tmp_path / "1"), Emulator(tmp_path / "2")
    assert one.access_key != other.access_key


def test_a_failing_command_tells_what_the_cli_said(emulator: Emulator) -> None:
    with pytest.raises(CdkError, match=r"cdk frobnicate failed(.|\n)*frobnicate"):
        Cdk(emulator).run("frobnicate")


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False
