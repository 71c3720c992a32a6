"""Versions that a production pinned when it began: each of its steps renders these, wherever labels move."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import JsonValue

from reelwright.prompts.pinned import DOCUMENT
from reelwright.prompts.reading import Served
from reelwright.prompts.shelf import Where

__all__ = ["DOCUMENT", "Pin", "pin_of", "pins_in"]

_SOURCES = get_args(Where)


@dataclass(frozen=True, slots=True)
class Pin:
    """The version of one file that a production renders, and where it came from when it was pinned."""

    version: str
    label: str
    source: Where

    def as_json(self) -> dict[str, JsonValue]:
        """Return it as plain data."""
        return {"version": self.version, "label": self.label, "source": self.source}


def pin_of(served: Served) -> Pin:
    """Return the pin of what is served."""
    return Pin(served.version, served.label, served.source)


def pins_in(document: Mapping[str, JsonValue], name: str) -> dict[str, Pin]:
    """Return the pins of a prompt's files, by file; what cannot be read is left out."""
    files = (it for it in document if it.partition(".")[0] == name)
    read = ((file, _pin(document[file])) for file in files)
    return {file: pin for file, pin in read if pin}


def _pin(stored: JsonValue) -> Pin | None:
    try:
        told: Any = stored
        source = told["source"]
        if source not in _SOURCES:
            return None
        return Pin(str(told["version"]), str(told["label"]), source)
    except (KeyError, TypeError):
        return None
