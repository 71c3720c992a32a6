"""Compiles a folder for Lambda, whose file system cannot keep what Python would compile there."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

__all__ = ["compile_folder", "compiler"]

_AT = "/var/task"
"""Where Lambda unpacks the zip; tracebacks then name the files as they lie there."""
_TELL_VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


@cache
def compiler(python: str) -> str | None:
    """Return a Python of the version asked for (such as ``3.13``) on this machine, if there is one."""
    candidates = (sys.executable, shutil.which(f"python{python}"), _found_by_uv(python))
    return next((found for found in candidates if found and _version(found) == python), None)


def compile_folder(folder: Path, python: str) -> bool:
    """Write bytecode beside every module. Return False, having done nothing, where no compiler is found.

    The files are never checked against their sources, and depend on nothing but them: neither on the
    clock, nor on the order of hashes, nor on where the folder is.
    """
    command = compiler(python)
    if command is None:
        return False
    options = ("-q", "-q", "-f", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", _AT)
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": "0"}
    # The exit code tells of modules for other Pythons among the packages; those stay as they are.
    command_line = [command, "-I", "-m", "compileall", *options, str(folder)]
    subprocess.run(command_line, env=environment, check=False)  # noqa: S603 (paths of our own)
    return True


def _found_by_uv(python: str) -> str | None:
    command = (sys.executable, "-m", "uv", "python", "find", "--no-python-downloads", "--no-project", python)
    found = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (no input)
    return found.stdout.strip() or None


def _version(python: str) -> str:
    command = (python, "-I", "-c", _TELL_VERSION)
    told = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (found above)
    return told.stdout.strip()
