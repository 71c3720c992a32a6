"""How long to pause and how fast to speak, so that a recording meets the length it should have."""

from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.audio.engine.phrasing import PauseKind

__all__ = ["LEAD_SECONDS", "NATURAL_PACE", "Pacing", "choose_pace", "fit_pauses", "pace_needed"]

LEAD_SECONDS = 0.2
"""Silence before the first sound."""
NATURAL_PACE = 1.2
"""Stretch of the voice's own durations: it was trained to read faster than films are narrated."""

_PACE_RANGE = (0.94 * NATURAL_PACE, 1.06 * NATURAL_PACE)
_NATURAL = {"clause": 0.14, "sentence": 0.32, "passage": 0.45, "end": 0.8}
_BOUNDS = {"clause": (0.08, 0.3), "sentence": (0.2, 0.7), "passage": (0.2, 0.8), "end": (0.6, 1.6)}
"""Seconds. ``end`` is the silence after the last sound."""
_STEPS = 48
_RESPONSE = 0.75
"""Share of a change of pace that is heard: the model rounds every duration up to whole frames."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """The pause behind each phrase, and how far the whole is from the target, in seconds."""

    pauses: tuple[float, ...]
    missing_seconds: float


def choose_pace(kinds: Sequence[PauseKind], speech_seconds: float, target: float | None) -> float:
    """Return the pace to begin with: it takes half of what pauses alone would have to absorb.

    ``speech_seconds`` is how long the words are expected to last at the natural pace.
    """
    if target is None:
        return NATURAL_PACE
    pauses = sum(_NATURAL[kind] for kind in kinds)
    missing = target - LEAD_SECONDS - pauses - speech_seconds
    return pace_needed(NATURAL_PACE, speech_seconds, missing / 2)


def fit_pauses(kinds: Sequence[PauseKind], speech_seconds: float, target: float | None) -> Pacing:
    """Return pauses that fill the target as well as their bounds allow, all stretched alike."""
    if target is None:
        return Pacing(tuple(_NATURAL[kind] for kind in kinds), 0.0)
    wanted = target - LEAD_SECONDS - speech_seconds
    low, high = 0.0, max(bounds[1] / _NATURAL[kind] for kind, bounds in _BOUNDS.items())
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(_stretched(kinds, middle)) < wanted else (low, middle)
    pauses = _stretched(kinds, high)
    return Pacing(pauses, wanted - sum(pauses))


def pace_needed(pace: float, speech_seconds: float, missing_seconds: float) -> float:
    """Return the pace at which the words would make up for what the pauses could not."""
    return _within(pace * (1 + missing_seconds / speech_seconds / _RESPONSE), _PACE_RANGE)


def _stretched(kinds: Sequence[PauseKind], factor: float) -> tuple[float, ...]:
    return tuple(_within(_NATURAL[kind] * factor, _BOUNDS[kind]) for kind in kinds)


def _within(value: float, bounds: tuple[float, float]) -> float:
    return min(max(value, bounds[0]), bounds[1])
