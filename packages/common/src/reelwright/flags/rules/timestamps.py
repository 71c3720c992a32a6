"""Timestamps as the W3C's note on dates and times writes them, and as Amazon Ion does.

    2024-01T · 2024-01 · 2024-01-31 · 2024-01-31T09:30Z · 2024-01-31T09:30:00.5+01:00

A year, month or day stands for its first moment, in UTC. Fractions finer than microseconds are cut off.
"""

import re
from datetime import UTC, datetime, timedelta, timezone

__all__ = ["MAX_CHARS", "parse_timestamp"]

MAX_CHARS = 64
"""No timestamp that means anything is longer; a longer text is none."""

_SHAPE = re.compile(
    r"""
    ([0-9]{4})                                             # year
    (?: T | -([0-9]{2})                                    # month
      (?: T? | -([0-9]{2})                                 # day
        (?: T? | T([0-9]{2}):([0-9]{2}) (?: :([0-9]{2}) (?: \.([0-9]+) )? )? (Z | [+-][0-9]{2}:[0-9]{2}) )
      )
    )
    """,
    re.VERBOSE,
)


def parse_timestamp(text: str) -> datetime | None:
    """Return the moment, in UTC, or None if the text is no timestamp or no day of the calendar."""
    shape = _SHAPE.fullmatch(text) if len(text) <= MAX_CHARS else None
    if shape is None:
        return None
    year, month, day, hour, minute, second = (int(shape[place] or place <= 3) for place in range(1, 7))
    micros = int((shape[7] or "0")[:6].ljust(6, "0"))
    try:
        zone = _zone(shape[8] or "Z")
        return datetime(year, month, day, hour, minute, second, micros, zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(offset: str) -> timezone:
    if offset == "Z":
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    if minutes >= 60:
        raise ValueError(offset)
    return timezone((-1 if offset[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))
