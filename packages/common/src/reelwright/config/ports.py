"""What ConfigurationManager needs: sources to read, and a memory of what they last said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pydantic import JsonValue

from reelwright.config.schema import Layer

__all__ = ["Fetched", "LastKnownGood", "Remembered", "Source"]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a source says. ``settings`` is a partial tree of settings; ``expires`` the end of single keys."""

    version: str
    settings: Mapping[str, JsonValue] = field(default_factory=dict)
    documents: Mapping[str, JsonValue] = field(default_factory=dict)
    expires: Mapping[str, datetime] = field(default_factory=dict)
    """By dotted key: from then on the source no longer says it."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """By dotted key: who set it and why, for explanations."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a source said when it was last read and found valid."""

    fetched: Fetched
    at: datetime


class Source(Protocol):
    """One place that configuration comes from."""

    @property
    def layer(self) -> Layer:
        """The layer that it fills; several sources of one are laid in the order given, the last on top."""
        ...

    @property
    def name(self) -> str:
        """What provenance calls it."""
        ...

    @property
    def ttl_seconds(self) -> float:
        """How long an answer is good; 0 for a source that is read once in the life of a process."""
        ...

    def fetch(self, known_version: str | None) -> Fetched | None:
        """Return what the source says, or None when that is still ``known_version``.

        A source that holds nothing answers with an empty Fetched: that is knowledge. Not being able to
        ask is SourceUnreachable; an answer that is no document, or no access, is SourceFailed.
        """
        ...


class LastKnownGood(Protocol):
    """Remembers what each source of one environment last said, across processes."""

    def load(self) -> Mapping[str, Remembered]:
        """Return what is remembered, by the source's name; SourceUnreachable if the memory cannot be read."""
        ...

    def save(self, source: str, remembered: Remembered) -> None:
        """Remember; an older answer never replaces a newer one."""
        ...
