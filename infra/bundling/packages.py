"""Installs pinned wheels for Lambda's machine, whatever machine this is."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["BundlingError", "install"]

_GLIBC_MINORS = (*range(34, 4, -1),)
"""Amazon Linux 2023 has glibc 2.34; wheels for older ones run there too."""
_PLATFORMS = tuple(f"manylinux_2_{minor}_x86_64" for minor in _GLIBC_MINORS)
_LEGACY = ("manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64")


class BundlingError(Exception):
    """A zip cannot be made; the message says why."""


def install(requirements: str, folder: Path, python: str) -> None:
    """Install requirements with hashes into a folder, as wheels for Lambda and a version of Python.

    By pip, as everything here is installed, so the reader's mirror and certificates count. Raises
    BundlingError with what pip said.
    """
    with TemporaryDirectory() as temporary:
        listed = Path(temporary, "requirements.txt")
        listed.write_text(requirements, encoding="utf-8")
        command = _command(listed, folder, python)
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (pip)
    if done.returncode:
        raise BundlingError(f"pip cannot install the packages of a bundle:\n{done.stderr.strip()}")


def _command(listed: Path, folder: Path, python: str) -> list[str]:
    platforms = [option for name in (*_PLATFORMS, *_LEGACY) for option in ("--platform", name)]
    return [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"),
        *("--target", str(folder), "--requirement", str(listed), "--require-hashes", "--no-deps"),
        *("--only-binary", ":all:", "--implementation", "cp", "--python-version", python, "--no-compile"),
        *platforms,
    ]
