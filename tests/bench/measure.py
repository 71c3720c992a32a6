"""CPU seconds and wall seconds of a command and all its children, as the system accounts for them."""

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a command took."""

    cpu_seconds: float
    wall_seconds: float
    peak_megabytes: float


def measure(command: Sequence[str], *, folder: Path | None = None) -> tuple[Cost, str]:
    """Run a command to its end, in a folder, and return what it took and printed. Raises if it fails.

    It keeps and finds bytecode as an installation has it, whatever the environment says of that: compiling
    every module anew makes up a third of an import.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.monotonic()
    with TemporaryFile("w+") as output, TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdout=output, stderr=errors, cwd=folder, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - started
        if process.returncode:
            raise RuntimeError(f"{command[0]} failed with {process.returncode}: {_all(errors)[-2000:]}")
        return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024), _all(output)


def _all(file: IO[str]) -> str:
    file.seek(0)
    return file.read()
