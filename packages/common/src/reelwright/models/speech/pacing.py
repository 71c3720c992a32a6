"""How fast a voice speaks and how long it pauses, so that a recording comes near its wished length."""

from collections.abc import Sequence
from typing import Final, Literal

__all__ = ["LEAD_SECONDS", "PauseKind", "fitted_pauses", "wished_rate"]

PauseKind = Literal["piece", "passage", "end"]
"""What lies behind a take: more of its passage, another passage, nothing."""

LEAD_SECONDS: Final = 0.2
"""Silence before the first sound, as in recordings of the embedded voice."""

_CHARACTERS_PER_SECOND: Final = 15.0
"""Of narration in a language of the Latin alphabet, sentence pauses included: 150 to 160 words a minute."""
_MOST_CHANGE: Final = 0.12
"""A voice that is hurried or held back more sounds wrong."""
_LEAST_CHANGE: Final = 0.03
"""The estimate is no better than this, so smaller changes are left to the pauses."""
_NATURAL: Final[dict[PauseKind, float]] = {"piece": 0.32, "passage": 0.45, "end": 0.8}
_BOUNDS: Final = (0.5, 1.8)
"""How much a pause may be shortened or stretched."""


def wished_rate(characters: int, passages: int, target_seconds: float | None) -> float:
    """Return the pace at which so many characters should fit the wished length: 0.88 to 1.12, 1 for none."""
    if not target_seconds or not characters:
        return 1.0
    pauses = LEAD_SECONDS + _NATURAL["passage"] * (passages - 1) + _NATURAL["end"]
    room = target_seconds - pauses
    wished = characters / _CHARACTERS_PER_SECOND / room if room > 0 else 1 + _MOST_CHANGE
    rate = round(min(max(wished, 1 - _MOST_CHANGE), 1 + _MOST_CHANGE), 2)
    return rate if abs(rate - 1) >= _LEAST_CHANGE else 1.0


def fitted_pauses(
    kinds: Sequence[PauseKind], speech_seconds: float, target_seconds: float | None
) -> list[float]:
    """Return the pause behind each take, all stretched alike towards the wished length, within bounds."""
    natural = [_NATURAL[kind] for kind in kinds]
    if not target_seconds:
        return natural
    factor = (target_seconds - LEAD_SECONDS - speech_seconds) / sum(natural)
    return [pause * min(max(factor, _BOUNDS[0]), _BOUNDS[1]) for pause in natural]
