"""When each word is heard, found from nothing but the sound and the text: no recogniser, no trained model.

The sound is cut at its pauses, and a search finds which words lie between which two. Within each such passage
the letters of the words, as kinds of sound that a spectrum tells apart, are laid over what is heard.

Against the exact times of the embedded voice the median error of a word's start is about 20 ms, and the 95th
percentile about 150 ms; numbers are the worst. tests/unit/models/test_alignment.py holds it to bounds.
It is made for languages of the Latin alphabet; elsewhere words are laid by their lengths and by the pauses.
"""

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from reelwright.models.aligning.spelling import (
    Pause,
    Phone,
    expected_seconds,
    is_said,
    pause_behind,
    phones_of,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from reelwright.models.aligning.hearing import Spoken
    from reelwright.models.aligning.stretches import Passage

__all__ = ["align"]

_FULL_SCALE = 32_768
_Times = tuple[tuple[float, float], ...]
"""Start and end of each word, in seconds."""


def align(
    samples: "NDArray[Any]", rate: int, words: Sequence[str], *, sentence_ends: Collection[int] = ()
) -> _Times:
    """Return the start and the end of every word in seconds of the sound.

    ``samples`` are mono, 16-bit integers or floats; ``words`` carry their punctuation. ``sentence_ends`` are
    indices of words behind which there is a pause for another reason, such as the end of a paragraph. Times
    rise, never overlap, and lie inside the sound; a word that is not spoken, such as a dash, has no length.
    Sound without any speech is shared out by expected lengths.
    """
    import numpy as np  # noqa: PLC0415 (part of the optional render and speech groups)

    from reelwright.models.aligning.stretches import find_passages, find_stretches  # noqa: PLC0415 (as above)

    level = np.asarray(samples, dtype=np.float64) / (_FULL_SCALE if samples.dtype.kind == "i" else 1.0)
    said = [index for index, word in enumerate(words) if is_said(word)]
    stretches = find_stretches(level, rate)
    if not said or not stretches:
        return _shared_out(words, len(level) / rate)
    spoken = [words[index] for index in said]
    passages = find_passages(stretches, spoken, _pauses(words, said, sentence_ends))
    times = _heard(level, rate, spoken, passages)
    return _with_unspoken(dict(zip(said, times, strict=True)), len(words))


def _pauses(words: Sequence[str], said: Sequence[int], sentence_ends: Collection[int]) -> list[Pause]:
    """Return the pause behind each spoken word: the strongest that it, or what is unspoken behind, wants."""
    pauses: list[Pause] = []
    for start, end in pairwise([*said, len(words)]):
        marks = {pause_behind(word) for word in words[start:end]}
        certain = any(start <= index < end for index in sentence_ends)
        pauses.append("strong" if certain or "strong" in marks else "weak" if "weak" in marks else "")
    return pauses


def _heard(
    level: "NDArray[np.float64]", rate: int, words: Sequence[str], passages: "Sequence[Passage]"
) -> list[tuple[float, float]]:
    from reelwright.models.aligning.hearing import Ear, spectrum  # noqa: PLC0415 (needs numpy)
    from reelwright.models.aligning.stretches import HOP_SECONDS  # noqa: PLC0415 (needs numpy)

    texts = [_spoken(words[passage.first : passage.last], passage) for passage in passages]
    whole = len(level) / rate
    times: list[tuple[float, float]] = []
    for passage, edges in zip(passages, Ear(spectrum(level, rate)).place(texts), strict=True):
        counts = [0, *(len(phones_of(word)) for word in words[passage.first : passage.last])]
        marks = [edges[sum(counts[: index + 1])] * HOP_SECONDS for index in range(len(counts))]
        times += [(min(start, whole), min(end, whole)) for start, end in pairwise(marks)]
    return times


def _spoken(words: Sequence[str], passage: "Passage") -> "Spoken":
    """Return the sounds of a passage; from the last vowel on they are drawn out, as before a pause."""
    from reelwright.models.aligning.hearing import Spoken  # noqa: PLC0415 (needs numpy)
    from reelwright.models.aligning.stretches import DRAWL_SECONDS  # noqa: PLC0415 (needs numpy)

    phones = [phone for word in words for phone in phones_of(word)]
    last = max((at for at, phone in enumerate(phones) if phone.kind == "vowel"), default=len(phones) - 1)
    more = DRAWL_SECONDS / (len(phones) - last)
    drawn = [Phone(phone.kind, phone.seconds + more) for phone in phones[last:]]
    return Spoken(phones[:last] + drawn, passage.start, passage.end)


def _with_unspoken(times: dict[int, tuple[float, float]], count: int) -> _Times:
    """Give words that are not spoken no length, where the word before them ends."""
    placed: list[tuple[float, float]] = []
    for index in range(count):
        before = placed[-1][1] if placed else min(start for start, _ in times.values())
        placed.append(times.get(index, (before, before)))
    return tuple(placed)


def _shared_out(words: Sequence[str], seconds: float) -> _Times:
    lengths = [expected_seconds(word) if is_said(word) else 0.0 for word in words]
    scale = seconds / sum(lengths) if sum(lengths) else 0.0
    edges = [sum(lengths[:index]) * scale for index in range(len(lengths) + 1)]
    return tuple((min(start, seconds), min(end, seconds)) for start, end in pairwise(edges))
