"""Finds the picture pack that the set-up made."""

import sys
from pathlib import Path

from infra.bundling.packages import BundlingError

__all__ = ["packed_pictures"]

_PACK = Path(sys.prefix, "share", "reelwright", "pictures.zip")


def packed_pictures(pack: Path = _PACK) -> Path:
    """Return the pack. Raises BundlingError where there is none.

    A zip's name says that it has the pictures, so none is made without them: later it would be taken for a
    whole one.
    """
    if not pack.is_file():
        raise BundlingError(
            "The pictures that a function draws with are not packed. Once npm can be reached, run: "
            "python3 bin/setup.py pictures"
        )
    return pack
