"""From chosen units to scenes: where one picture ends and the next begins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from reelwright.content.engine.material import Sentence, Unit

__all__ = ["SENTENCE_PAUSE_SECONDS", "Line", "Shot", "Showing", "cut_into_shots", "lines_of"]

SENTENCE_PAUSE_SECONDS = 0.32
_IDEAL_SECONDS, _LEAST_SECONDS, _MOST_SECONDS = 5.4, 3.6, 14.0
_GAIN = 2.0
"""What a scene is worth more, against a cost of 1 for one of twice the ideal length."""
_SHOTS_OF_A_SHORT_VIDEO = 55
_LEAST_SECONDS_PER_SHOT = 6.0
"""Of videos of more than five and a half minutes: a script holds MAX_SCENES, which are for twenty."""


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


class Showing(NamedTuple):
    """The best that some lines could be shown as."""

    worth: float
    beats: int
    """How often the picture changes while they are said: the points of a list, the moments of a timeline."""


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


def cut_into_shots(
    lines: Sequence[Line],
    total_seconds: float,
    showing: Callable[[Sequence[Line]], Showing] | None = None,
) -> tuple[Shot, ...]:
    """Return the lines cut into scenes of about four to fourteen seconds, at paragraphs where possible.

    A new scene is a new picture, so a scene is long only where its own picture changes while it is said:
    where ``showing`` has something for several lines that none of them has alone. Exact: the cheapest of
    all cuts, by dynamic programming.
    """
    cutting = _Cutting(lines, total_seconds, showing)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(lines) + 1):
        best.append(min(cutting.starts(end, best)))
    ends: list[tuple[int, int]] = []
    end = len(lines)
    while end > 0:
        ends.append((best[end][1], end))
        end = best[end][1]
    shots = [Shot(tuple(lines[start:end])) for start, end in reversed(ends)]
    return _few_enough(shots, _most_shots(total_seconds))


def _most_shots(total_seconds: float) -> int:
    return max(_SHOTS_OF_A_SHORT_VIDEO, int(total_seconds / _LEAST_SECONDS_PER_SHOT))


def _few_enough(shots: list[Shot], most: int) -> tuple[Shot, ...]:
    """Join the shortest neighbours until the script can hold all scenes."""
    while len(shots) > most:
        at = min(range(len(shots) - 1), key=lambda at: shots[at].seconds + shots[at + 1].seconds)
        shots[at : at + 2] = [Shot(shots[at].lines + shots[at + 1].lines)]
    return tuple(shots)


class _Cutting:
    def __init__(
        self,
        lines: Sequence[Line],
        total_seconds: float,
        showing: Callable[[Sequence[Line]], Showing] | None,
    ) -> None:
        self._lines = lines
        most = _most_shots(total_seconds)
        self._ideal = max(_IDEAL_SECONDS, total_seconds / (most - 10))
        self._most = max(_MOST_SECONDS, total_seconds / most)
        self._shown = cache(lambda start, end: showing(lines[start:end])) if showing else None

    def starts(self, end: int, best: Sequence[tuple[float, int]]) -> list[tuple[float, int]]:
        """Return (cost so far, start) for each scene that could end at ``end``."""
        options: list[tuple[float, int]] = []
        seconds = -SENTENCE_PAUSE_SECONDS
        for start in range(end - 1, -1, -1):
            seconds += self._lines[start].sentence.seconds + SENTENCE_PAUSE_SECONDS
            cost = (
                best[start][0]
                + self._length_cost(seconds, start, end)
                + _break_cost(self._lines, start)
                + _mix_cost(self._lines, start, end)
            )
            options.append((cost, start))
            if seconds > 2 * self._most:
                break
        return options

    def _length_cost(self, seconds: float, start: int, end: int) -> float:
        gain, beats = self._together(start, end)
        off = (seconds / beats - self._ideal) / self._ideal
        long = 0.3 * max(0.0, seconds - self._most) ** 2
        return off * off * beats - _GAIN * gain + max(0.0, _LEAST_SECONDS - seconds) ** 2 + long

    def _together(self, start: int, end: int) -> tuple[float, int]:
        """Return what lines gain over the best of them alone, and how often their picture changes."""
        if self._shown is None or end - start < 2:
            return 0.0, 1
        whole = self._shown(start, end)
        gain = whole.worth - max(self._shown(line, line + 1).worth for line in range(start, end))
        return (gain, min(whole.beats, end - start)) if gain > 0 else (0.0, 1)


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
