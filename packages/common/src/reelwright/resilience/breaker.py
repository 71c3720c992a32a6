"""When a breaker opens, who may try, and when it closes: rules without any state of their own.

::

            failures in a row, or their share
    closed ─────────────────────────────────────▶ open ◀──────────────┐
       ▲                                           │ open_until       │ failed again: twice as long,
       │ answered                                  ▼                  │ up to ten times
       └──────────────── probing ◀───────────── half open             │
                            │    one takes the right to try           │
                            └─────────────────────────────────────────┘

Each rule takes the state that was read and returns the one to put in its place, or None to leave it. Whoever
puts it there does so on condition that nobody else has meanwhile, so of many workers one gets to try.
"""

from dataclasses import replace
from typing import Final, Literal

from reelwright.environment.schema import HealthSettings
from reelwright.resilience.ports import KeyState
from reelwright.resilience.statistics import Statistics, Verdict

__all__ = ["Phase", "after_probe", "claim", "open_seconds", "phase_of", "released", "trip"]

Phase = Literal["closed", "open", "half_open", "probing"]

_LONGEST: Final = 10
"""Times ``open_seconds`` that a breaker stays open at most."""


def phase_of(state: KeyState, now: float) -> Phase:
    """Return where the breaker stands at a moment."""
    if not state.openings:
        return "closed"
    if now < state.open_until:
        return "open"
    return "probing" if state.prober and now < state.probe_until else "half_open"


def open_seconds(openings: int, settings: HealthSettings) -> float:
    """Return how long a breaker stays open that opened so many times without closing (1 is the first)."""
    return settings.open_seconds * min(2.0 ** min(openings - 1, _LONGEST), float(_LONGEST))


def trip(state: KeyState, since_closed: Statistics, now: float, settings: HealthSettings) -> KeyState | None:
    """Open a closed breaker if too much has failed; ``since_closed`` leaves out what was before it closed."""
    in_a_row = state.failures_in_a_row >= settings.open_failures_in_a_row
    share = since_closed.failure_share >= settings.open_failure_share
    if state.openings or not (in_a_row or (share and since_closed.judged >= settings.min_calls)):
        return None
    return _opened(state, 1, now, settings)


def claim(state: KeyState, prober: str, now: float, lease_seconds: float) -> KeyState | None:
    """Give a worker the right to try, if the breaker is half open and nobody has it."""
    if phase_of(state, now) != "half_open":
        return None
    return replace(state, prober=prober, probe_until=now + lease_seconds)


def after_probe(
    state: KeyState, verdict: Verdict, now: float, settings: HealthSettings, *, prober: str, began_at: float
) -> KeyState | None:
    """Close, or open for longer, by how a call went; a verdict that is unclear lets another try at once.

    It counts from who has the right to try, and of any call that began when the pause was over already: what
    one process ordered, another may collect. No other call changes anything.
    """
    is_probers = bool(prober) and state.prober == prober
    if not state.openings or not (is_probers or began_at >= state.open_until):
        return None
    if verdict == "ill":
        return _opened(state, state.openings + 1, now, settings)
    if verdict == "unclear":
        return released(state, prober)
    return replace(
        state, openings=0, open_until=0.0, closed_at=now, failures_in_a_row=0, prober="", probe_until=0.0
    )


def released(state: KeyState, prober: str) -> KeyState | None:
    """Take back the right to try from a worker that has it and does not use it."""
    return replace(state, prober="", probe_until=0.0) if prober and state.prober == prober else None


def _opened(state: KeyState, openings: int, now: float, settings: HealthSettings) -> KeyState:
    return replace(
        state,
        openings=openings,
        open_until=now + open_seconds(openings, settings),
        failures_in_a_row=0,
        prober="",
        probe_until=0.0,
    )
