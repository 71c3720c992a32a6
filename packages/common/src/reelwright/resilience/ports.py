"""What breakers and statistics need of a place that all workers share."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from reelwright.errors import Retryable

__all__ = ["HealthStore", "HealthStoreUnavailable", "KeyState", "Snapshot", "Tally", "changes"]

Tally = Mapping[str, int]
"""Counts by name, as ``statistics`` names them. Those of two writers are added up."""


class HealthStoreUnavailable(Retryable):
    """The shared state cannot be reached. Nobody waits for it: whoever asks is told that all is well."""

    code = "health_store_unavailable"


@dataclass(frozen=True, slots=True)
class KeyState:
    """What the fleet has agreed on about one key. Moments are seconds since 1970; 0 is never."""

    version: int = 0
    """Counts the exchanges, not the failures that are added."""
    failures_in_a_row: int = 0
    openings: int = 0
    """Times that the breaker opened without closing in between; 0 is closed."""
    open_until: float = 0.0
    closed_at: float = 0.0
    """When it last closed: failures before that do not open it again."""
    prober: str = ""
    """Who tries, while it is half open."""
    probe_until: float = 0.0
    """When that right lapses: a prober that died has it no longer than this."""
    demoted_at: float = 0.0
    demoted_why: str = ""
    baseline_seconds: float = 0.0
    """The usual p95 time of a call, which moves slowly."""
    baseline_at: float = 0.0
    baseline_count: int = 0
    """Times that the baseline took something in."""
    retired_at: float = 0.0
    barred_until: float = 0.0
    barred_why: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is stored of one key."""

    state: KeyState
    buckets: Mapping[int, Tally]
    """Counts by the beginning of their stretch of time, in milliseconds since 1970."""


class HealthStore(Protocol):
    """Shared by every worker. HealthStoreUnavailable when it cannot be reached, and nothing else."""

    def read(self, key: str, since_ms: int) -> Snapshot:
        """Return the state and the buckets that begin at that moment or later; it may be a moment old."""
        ...

    def state(self, key: str) -> KeyState:
        """Return the state as it is now; that of a key of which nothing is known is ``KeyState()``."""
        ...

    def swap(self, key: str, before: KeyState, after: KeyState) -> bool:
        """Write what differs, with the next version, if nobody has since ``before`` was read; else False.

        Of many workers that swap the same state at the same time, one succeeds.
        """
        ...

    def count_failure(self, key: str, *, afresh: bool) -> KeyState:
        """Add one to ``failures_in_a_row``, or begin again at one, and return the state after it."""
        ...

    def add(self, key: str, start_ms: int, tally: Tally, *, keep_seconds: float) -> None:
        """Add to the counts of a bucket; it may be dropped so long after it began."""
        ...

    def forget(self, key: str) -> None:
        """Drop all that is known of a key."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


def changes(before: KeyState, after: KeyState) -> dict[str, Any]:
    """Return the fields of ``after`` that differ, without the version: what an exchange writes."""
    old = asdict(before)
    return {name: value for name, value in asdict(after).items() if name != "version" and value != old[name]}
