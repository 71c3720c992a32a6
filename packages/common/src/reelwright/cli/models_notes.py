"""Warnings of the work, for people: one line each on stderr, and no traceback."""

import logging
from functools import cache

from reelwright.cli.output import note

__all__ = ["tell_warnings"]


class _Notes(logging.Handler):
    """Notes the message of each record; its traceback is for those who read logs."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print the message."""
        note(record.getMessage())


@cache
def tell_warnings() -> None:
    """Let warnings of this process be notes from now on."""
    logging.getLogger("reelwright").addHandler(_Notes(logging.WARNING))
