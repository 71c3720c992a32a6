"""Identifiers: ``prod_`` or ``batch_`` + ULID, so that they sort by time and read as what they are."""

import re
from random import Random

from ulid import ULID

from reelwright.clock import Clock
from reelwright.errors import InvalidInput

__all__ = ["check_batch_id", "check_production_id", "new_batch_id", "new_production_id"]

_PRODUCTION_ID = re.compile(r"prod_[0-7][0-9A-HJKMNP-TV-Z]{25}")
_BATCH_ID = re.compile(r"batch_[0-7][0-9A-HJKMNP-TV-Z]{25}")


def new_production_id(clock: Clock, rng: Random) -> str:
    """Return a new production id: the clock's milliseconds, then 80 bits from ``rng``."""
    return f"prod_{_ulid(clock, rng)}"


def new_batch_id(clock: Clock, rng: Random) -> str:
    """Return a new batch id, made as those of productions are."""
    return f"batch_{_ulid(clock, rng)}"


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


def check_batch_id(text: str) -> str:
    """Return ``text`` if it is a batch id; raise InvalidInput otherwise. They name files, too."""
    if not _BATCH_ID.fullmatch(text):
        raise InvalidInput(
            f"{text[:60]!r} is not a batch id.",
            next_step="Ids look like batch_01K8…; the command says it when a batch begins.",
        )
    return text


def _ulid(clock: Clock, rng: Random) -> ULID:
    milliseconds = int(clock.now().timestamp() * 1000)
    return ULID.from_bytes(milliseconds.to_bytes(6, "big") + rng.randbytes(10))
