"""From chosen units to scenes: where one picture ends and the next begins."""

from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.content.engine.material import Sentence, Unit

__all__ = ["SENTENCE_PAUSE_SECONDS", "Line", "Shot", "cut_into_shots", "lines_of"]

SENTENCE_PAUSE_SECONDS = 0.32
_SHORT_VIDEO_SECONDS, _LONG_VIDEO_SECONDS = 20.0, 90.0
_LEAST_SECONDS, _MOST_SECONDS = 4.2, 14.0
_MAX_SHOTS = 55
"""A script holds sixty scenes; title and closing are two of them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence in the order it is spoken, and the unit it comes from."""

    sentence: Sentence
    unit: Unit
    follows: bool
    """Whether it goes on from the line before it in the notes."""


@dataclass(frozen=True, slots=True)
class Shot:
    """The lines of one scene."""

    lines: tuple[Line, ...]

    @property
    def narration(self) -> str:
        """What is said."""
        return " ".join(line.sentence.text for line in self.lines)

    @property
    def seconds(self) -> float:
        """How long it takes to say."""
        return sum(line.sentence.seconds for line in self.lines) + SENTENCE_PAUSE_SECONDS * (
            len(self.lines) - 1
        )


def lines_of(units: Sequence[Unit], *, said: Unit | None) -> tuple[Line, ...]:
    """Return the sentences of ``units`` in order, ``said`` having been spoken just before.

    A link word ("But", "So") is dropped where the sentence it linked to is not spoken just before.
    """
    lines: list[Line] = []
    before = said
    for unit in units:
        adjacent = before is not None and before.index == unit.index - 1
        first = unit.sentences[0] if adjacent or unit.bare is None else unit.bare
        lines.append(Line(first, unit, follows=adjacent))
        lines.extend(Line(sentence, unit, follows=True) for sentence in unit.sentences[1:])
        before = unit
    return tuple(lines)


def cut_into_shots(lines: Sequence[Line], total_seconds: float) -> tuple[Shot, ...]:
    """Return the lines cut into scenes of about five to fourteen seconds, at paragraphs where possible.

    Exact: the cheapest of all cuts, by dynamic programming.
    """
    ideal = _ideal_seconds(total_seconds)
    most = max(_MOST_SECONDS, total_seconds / _MAX_SHOTS)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(lines) + 1):
        best.append(min(_starts(lines, end, best, ideal, most)))
    ends: list[tuple[int, int]] = []
    end = len(lines)
    while end > 0:
        ends.append((best[end][1], end))
        end = best[end][1]
    return _few_enough([Shot(tuple(lines[start:end])) for start, end in reversed(ends)])


def _few_enough(shots: list[Shot]) -> tuple[Shot, ...]:
    """Join the shortest neighbours until the script can hold all scenes."""
    while len(shots) > _MAX_SHOTS:
        at = min(range(len(shots) - 1), key=lambda at: shots[at].seconds + shots[at + 1].seconds)
        shots[at : at + 2] = [Shot(shots[at].lines + shots[at + 1].lines)]
    return tuple(shots)


def _ideal_seconds(total_seconds: float) -> float:
    if total_seconds <= _SHORT_VIDEO_SECONDS:
        return 5.5
    return 8.5 if total_seconds <= _LONG_VIDEO_SECONDS else max(10.0, total_seconds / (_MAX_SHOTS - 10))


def _starts(
    lines: Sequence[Line], end: int, best: Sequence[tuple[float, int]], ideal: float, most: float
) -> list[tuple[float, int]]:
    """Return (cost so far, start) for each scene that could end at ``end``."""
    options: list[tuple[float, int]] = []
    seconds = -SENTENCE_PAUSE_SECONDS
    for start in range(end - 1, -1, -1):
        seconds += lines[start].sentence.seconds + SENTENCE_PAUSE_SECONDS
        cost = (
            best[start][0]
            + _length_cost(seconds, ideal, most)
            + _break_cost(lines, start)
            + _mix_cost(lines, start, end)
        )
        options.append((cost, start))
        if seconds > 2 * most:
            break
    return options


def _length_cost(seconds: float, ideal: float, most: float) -> float:
    off = (seconds - ideal) / ideal
    return off * off + max(0.0, _LEAST_SECONDS - seconds) ** 2 + 0.3 * max(0.0, seconds - most) ** 2


def _break_cost(lines: Sequence[Line], start: int) -> float:
    """Cost of starting a scene here: high inside a thought, nothing at a new paragraph."""
    if start == 0:
        return 0.0
    line, before = lines[start], lines[start - 1]
    same_paragraph = line.unit.paragraph == before.unit.paragraph
    if line.unit is before.unit or (line.unit.listed and line.follows and same_paragraph):
        return 1.2
    if line.unit.needs_previous and not line.unit.opens_paragraph:
        return 0.5
    return 0.15 if same_paragraph else 0.0


def _mix_cost(lines: Sequence[Line], start: int, end: int) -> float:
    """Cost of joining what belongs to different sections."""
    sections = {line.unit.section for line in lines[start:end]}
    return 0.7 * (len(sections) - 1)
