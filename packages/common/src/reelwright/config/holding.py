"""What is held of one source: its last good answer, how old that is, and when to ask again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from pydantic import JsonValue

from reelwright.clock import Clock
from reelwright.config.documents import without_expired
from reelwright.config.errors import SourceUnreachable
from reelwright.config.fetching import Fetching
from reelwright.config.layering import Contribution
from reelwright.config.ports import Fetched, Remembered, Source
from reelwright.config.schema import Quarantined, SourceRecord, SourceState
from reelwright.environment.schema import RetrySettings
from reelwright.errors import ReelwrightError
from reelwright.resilience.retry import delay_seconds

__all__ = ["Held", "Testimony"]

_BACK_OFF = RetrySettings(attempts=10, base_seconds=1.0, cap_seconds=60.0, floor_seconds=0.5)
_MAX_FAILURES_COUNTED = 16  # the ceiling is reached long before
_MIN_BOUND_SECONDS = 600.0
_BOUND_TTLS = 20.0
_SAVE_AGAIN_AFTER_SECONDS = 300.0

_Origin = Literal["nothing", "source", "memory", "bundle"]
_STANDING_IN: dict[_Origin, str] = {
    "memory": "remembered from an earlier process",
    "bundle": "never read: defaults stand in, by policy",
}


@dataclass(frozen=True, slots=True)
class Testimony:
    """One source at one moment, as a generation keeps it. ``confirmed`` is monotonic."""

    contribution: Contribution
    state: SourceState
    confirmed: float
    reason: str
    notes: Mapping[str, str]

    def record(self, now: float) -> SourceRecord:
        """Return what a snapshot says of the source."""
        said = self.contribution
        return SourceRecord(
            layer=said.layer,
            source=said.source,
            version=said.version,
            state=self.state,
            age_seconds=max(0.0, now - self.confirmed),
            reason=self.reason,
        )


class Held:
    """One source and what this process knows of it. Touched by one thread at a time, under a lock."""

    def __init__(self, source: Source, clock: Clock, rng: Random) -> None:
        self.source = source
        self.name = source.name
        self.fresh: Fetched | None = None
        """An answer that has not been judged yet."""
        self.quarantined: Quarantined | None = None
        self.trouble: ReelwrightError | None = None
        """Why the last attempt failed; None when it did not."""
        self._clock = clock
        self._rng = rng
        self._good = Fetched(version="")
        self._origin: _Origin = "nothing"
        self._confirmed = 0.0
        self._fresh_since = 0.0
        self._known: str | None = None
        self._failures = 0
        self._due = float("-inf")
        self._fetching: Fetching | None = None
        self._saved: tuple[str | None, float] = (None, 0.0)

    @property
    def has_answer(self) -> bool:
        """Whether there is anything to serve."""
        return self._origin != "nothing"

    @property
    def fetching(self) -> Fetching | None:
        """The fetch that is on its way."""
        return self._fetching

    def ask(self, *, force: bool) -> bool:
        """Start a fetch if it is time for one; return whether one is on its way."""
        if self._fetching is None and (force or self._clock.monotonic() >= self._due):
            self._fetching = Fetching(self.source, self._known, self._clock.monotonic())
        return self._fetching is not None

    def take(self, patience_seconds: float) -> ReelwrightError | None:
        """Take the answer if it is there, and return why there is none if that is certain."""
        fetching = self._fetching
        if fetching is None:
            return None
        if fetching.done:
            self._fetching = None
            return self._take_answer(fetching)
        waited = self._clock.monotonic() - fetching.started
        return self.give_up() if waited >= patience_seconds else None

    def give_up(self) -> ReelwrightError:
        """Never look again at the fetch on its way, and count it as failed."""
        self._fetching = None
        return self._failed(SourceUnreachable("it did not answer in time"))

    def accept(self) -> None:
        """Serve the new answer from now on."""
        if self.fresh is not None:
            self._good, self._origin, self.fresh = self.fresh, "source", None
            self._confirmed = self._fresh_since
            self.quarantined = None

    def refuse(self, reason: str) -> Quarantined:
        """Keep serving the answer before, and do not look at this version again."""
        version = self.fresh.version if self.fresh else ""
        self.fresh = None
        self.quarantined = Quarantined(self.name, self.source.layer, version, reason, self._clock.now())
        return self.quarantined

    def recall(self, remembered: Remembered) -> None:
        """Serve what an earlier process heard, with its true age."""
        age = (self._clock.now() - remembered.at).total_seconds()
        self._good, self._origin = remembered.fetched, "memory"
        self._confirmed = self._clock.monotonic() - max(0.0, age)

    def stand_in(self) -> None:
        """Serve nothing, by an explicit policy: what is below shows through."""
        self._good, self._origin = Fetched(version=""), "bundle"
        self._confirmed = self._clock.monotonic()

    def offer(self) -> Contribution:
        """Return what the source would contribute with its new answer, or else with the old."""
        return self._contribution(self.fresh or self._good)

    def keep(self) -> Contribution:
        """Return what it contributes without its new answer."""
        return self._contribution(self._good)

    def documents(self) -> Mapping[str, JsonValue]:
        """Return the opaque documents that it says."""
        return self._good.documents

    def next_expiry(self) -> datetime | None:
        """Return when the next of its settings comes to its end."""
        now = self._clock.now()
        return min((end for end in self._good.expires.values() if end > now), default=None)

    def to_save(self) -> Remembered | None:
        """Return what should be remembered, if it is new or was remembered long since."""
        if self._origin != "source" or self.source.ttl_seconds <= 0:
            return None
        version, confirmed = self._saved
        if version == self._good.version and self._confirmed - confirmed < _SAVE_AGAIN_AFTER_SECONDS:
            return None
        age = timedelta(seconds=self.age_seconds())
        return Remembered(self._good, self._clock.now() - age)

    def note_saved(self) -> None:
        """Do not save the same again for a while."""
        self._saved = (self._good.version, self._confirmed)

    def testimony(self, strays: Sequence[str] = ()) -> Testimony:
        """Return the source as it stands; ``strays`` are the keys of it that were left out."""
        reason = self._reason(strays)
        return Testimony(self.keep(), self._state(), self._confirmed, reason, self._good.notes)

    def age_seconds(self) -> float:
        """Return the time since the source said what is served."""
        return max(0.0, self._clock.monotonic() - self._confirmed)

    def _take_answer(self, fetching: Fetching) -> ReelwrightError | None:
        try:
            answer = fetching.answer()
        except ReelwrightError as error:
            return self._failed(error)
        self._failures, self.trouble = 0, None
        self._due = fetching.started + (self.source.ttl_seconds or float("inf"))
        if answer is None or answer.version == self._known:
            self._confirm(fetching.started)
        else:
            self.fresh, self._fresh_since, self._known = answer, fetching.started, answer.version
        return None

    def _confirm(self, since: float) -> None:
        if self.quarantined is None:
            self._confirmed = since
            self._origin = "source"

    def _failed(self, error: ReelwrightError) -> ReelwrightError:
        self._failures = min(self._failures + 1, _MAX_FAILURES_COUNTED)
        asked = getattr(error, "retry_after_seconds", None) or 0.0
        delay = max(asked, delay_seconds(self._failures, _BACK_OFF, self._rng))
        self._due = self._clock.monotonic() + delay
        self.trouble = error
        return error

    def _contribution(self, said: Fetched) -> Contribution:
        settings = without_expired(said.settings, said.expires, self._clock.now())
        return Contribution(self.source.layer, self.name, said.version, settings)

    def _state(self) -> SourceState:
        if self._origin in {"memory", "bundle"}:
            return "remembered" if self._origin == "memory" else "bundled"
        if self.trouble or self.quarantined or self._is_late():
            return "stale"
        return "fresh" if self._good.settings or self._good.documents else "absent"

    def _is_late(self) -> bool:
        ttl = self.source.ttl_seconds
        return ttl > 0 and self._fetching is not None and self.age_seconds() > ttl

    def _reason(self, strays: Sequence[str]) -> str:
        parts = [_STANDING_IN.get(self._origin, ""), self._why_not_fresh()]
        if strays:
            parts.append(f"it may not supply {', '.join(strays)}, which was left out")
        bound = max(_MIN_BOUND_SECONDS, _BOUND_TTLS * self.source.ttl_seconds)
        if self.source.ttl_seconds > 0 and self.has_answer and self.age_seconds() > bound:
            parts.append(f"the answer is older than its bound of {bound:.0f} s")
        return "; ".join(part for part in parts if part)

    def _why_not_fresh(self) -> str:
        if self.quarantined:
            return f"version {self.quarantined.version} is quarantined: {self.quarantined.reason}"
        if self.trouble:
            return f"it could not be read: {self.trouble.message}"
        return "it has not answered yet" if self._is_late() else ""
