"""Sources and a memory for tests: they say what they are told to, and fail in every way that real ones do."""

import threading
from collections.abc import Mapping
from typing import Literal

from pydantic import JsonValue

from reelwright.config.errors import SourceFailed, SourceUnreachable
from reelwright.config.ports import Fetched, Remembered
from reelwright.config.schema import Layer

__all__ = ["MemoryLastKnownGood", "Outage", "ScriptedSource"]

Outage = Literal["timeout", "throttle", "denied", "garbage", "broken", "hang"]
"""How a source fails. ``broken`` raises what no source may; ``hang`` answers when ``release`` is called."""


class ScriptedSource:
    """A source that says what ``say`` told it, in versions ``1``, ``2`` and so on."""

    def __init__(
        self,
        layer: Layer,
        settings: Mapping[str, JsonValue] | None = None,
        *,
        name: str | None = None,
        ttl_seconds: float = 30.0,
    ) -> None:
        self.layer = layer
        self.name = name or f"{layer.value}:test"
        self.ttl_seconds = ttl_seconds
        self.fetches = 0
        self.outage: Outage | None = None
        self._count = 1
        self._said = Fetched(version="1", settings=settings or {})
        self._released = threading.Event()

    @property
    def version(self) -> str:
        """The version that it offers."""
        return self._said.version

    def say(
        self, settings: Mapping[str, JsonValue], *, documents: Mapping[str, JsonValue] | None = None
    ) -> str:
        """Say something else from now on; return its version."""
        self._count += 1
        return self.offer(Fetched(str(self._count), settings, documents or {}))

    def offer(self, fetched: Fetched) -> str:
        """Say exactly this from now on; return its version."""
        self._said = fetched
        return fetched.version

    def release(self) -> None:
        """Let every fetch that hangs go on, and be well again."""
        self.outage = None
        self._released.set()

    def fetch(self, known_version: str | None) -> Fetched | None:
        """Return what is said, or fail as ``outage`` says."""
        self.fetches += 1
        said = self._said
        if self.outage is not None:
            self._fail(self.outage)
        return None if said.version == known_version else said

    def _fail(self, outage: Outage) -> None:
        match outage:
            case "timeout":
                raise SourceUnreachable("it did not answer within 2 s")
            case "throttle":
                raise SourceUnreachable("it asks to be left alone", retry_after_seconds=7.0)
            case "denied":
                raise SourceFailed("access is denied")
            case "garbage":
                raise SourceFailed("what it holds is not a document")
            case "broken":
                raise RuntimeError("a bug in a source")
            case "hang":
                self._released.wait()


class MemoryLastKnownGood:
    """A memory that lasts as long as this object; it can be made to fail."""

    def __init__(self) -> None:
        self.failing = False
        self.saves = 0
        self._remembered: dict[str, Remembered] = {}
        self._lock = threading.Lock()

    def load(self) -> Mapping[str, Remembered]:
        """Return what is remembered, by source; SourceUnreachable when told to fail."""
        self._maybe_fail()
        with self._lock:
            return dict(self._remembered)

    def save(self, source: str, remembered: Remembered) -> None:
        """Remember, unless something newer is."""
        self._maybe_fail()
        with self._lock:
            self.saves += 1
            before = self._remembered.get(source)
            if before is None or before.at <= remembered.at:
                self._remembered[source] = remembered

    def _maybe_fail(self) -> None:
        if self.failing:
            raise SourceUnreachable("the memory does not answer")
