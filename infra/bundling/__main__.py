"""Make all zips now, and tell their sizes: `python -m infra.bundling [3.11]`."""

import sys
import time
from pathlib import Path

from infra.bundling.archive import unzipped_bytes
from infra.bundling.recipes import BUNDLES, PYTHON
from infra.bundling.workshop import Workshop

__all__ = ["main"]


def main(python: str = PYTHON) -> None:
    """Make every bundle and the voice for a version of Python."""
    workshop = Workshop(python=python)
    for name in BUNDLES:
        began = time.monotonic()
        file = workshop.make(name)
        _tell(name, file, unzipped_bytes(file), time.monotonic() - began)
    for file in workshop.make_voice():
        _tell("voice", file, file.stat().st_size, 0.0)


def _tell(name: str, file: Path, size: int, seconds: float) -> None:
    zipped = file.stat().st_size
    sys.stdout.write(
        f"{name}: {size / 1e6:.1f} MB, {zipped / 1e6:.1f} MB zipped, {seconds:.1f} s, {file.name}\n"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
