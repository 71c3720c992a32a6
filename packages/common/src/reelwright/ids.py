"""Identifiers: ``prod_`` + ULID, so that they sort by time and read as what they are."""

import re
from random import Random

from ulid import ULID

from reelwright.clock import Clock
from reelwright.errors import InvalidInput

__all__ = ["check_production_id", "new_production_id"]

_PRODUCTION_ID = re.compile(r"prod_[0-7][0-9A-HJKMNP-TV-Z]{25}")


def new_production_id(clock: Clock, rng: Random) -> str:
    """Return a new production id: the clock's milliseconds, then 80 bits from ``rng``."""
    milliseconds = int(clock.now().timestamp() * 1000)
    return f"prod_{ULID.from_bytes(milliseconds.to_bytes(6, 'big') + rng.randbytes(10))}"


def check_production_id(text: str) -> str:
    """Return ``text`` if it is a production id; raise InvalidInput otherwise.

    Ids become folder names, so nothing else may pass: no separators, no dots, no case games.
    """
    if not _PRODUCTION_ID.fullmatch(text):
        raise InvalidInput(
            f"{text[:60]!r} is not a production id.",
            next_step="Ids look like prod_01K8…; list them with: reelwright productions list",
        )
    return text
