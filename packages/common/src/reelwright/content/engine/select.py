"""Choosing what is said: the hook, and the best set of units that together last as long as asked."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from reelwright.content.engine.material import Unit

__all__ = ["choose_body", "hook_candidates"]

_BUCKETS = 1000
"""Steps into which the time is divided while choosing: 0.1 s each up to 100 s."""
_SURPLUS = 3.0
"""Material considered, as a multiple of the time: what ranks lower could not win."""
_MAX_POOL_UNITS = 450
_LEAST_POOL_SECONDS = 90.0
"""So that even a few seconds can be filled to the point."""
_FLOW_BONUS = 0.15
"""Worth, per second, of going on where the sentence before left off."""
_RUN_COST = 0.9
"""Worth lost by every jump, and once more when it lands inside a paragraph."""
_PRESUMED_COST = 0.8
"""Worth lost by a jump for each thing that is spoken of as if it were known."""
_MISS_PENALTY = 5.0
"""Worth of a second too little, in seconds of average material; a second too much costs twice that."""
_MAX_HOOK_SECONDS = 9.0
_WANTED_LATER_COST = 1.0
_HOOK_SURPRISES = re.compile(
    r"\b(?:only|never|nobody|nothing|no|not|most|more than|less than|instead|without|almost|every|all of|"
    r"\w{3,}est|you|your|million|billion)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d")
_QUOTE = re.compile(r"[\"“]")


def hook_candidates(
    units: Sequence[Unit],
    scores: Mapping[int, float],
    target_seconds: float,
    *,
    wanted_later: Collection[int] = (),
) -> list[tuple[Unit, float]]:
    """Return the units to open with and their worth, best first.

    A hook is short, stands alone, surprises, and comes early in the notes. ``wanted_later`` are units
    better kept for the body, such as those that speak about a chart.
    """
    followed = {unit.index - 1 for unit in units if unit.needs_previous}
    limit = min(_MAX_HOOK_SECONDS, max(2.0 + 0.3 * target_seconds, min(12.0, target_seconds) - 3.0))
    able = [unit for unit in units if unit.usable and not unit.needs_previous]
    fit = [unit for unit in able if _can_open(unit, limit)] or _shortest(able)
    rated = [
        (unit, _hook_score(unit, scores, followed) - _WANTED_LATER_COST * (unit.index in wanted_later))
        for unit in fit
    ]
    return sorted(rated, key=lambda entry: (-entry[1], entry[0].index))


def _shortest(units: Sequence[Unit]) -> list[Unit]:
    """Return the unit with the shortest opening, cut to it, for notes that hold nothing better."""
    cut = [replace(unit, sentences=unit.sentences[:1]) for unit in units]
    return sorted(cut, key=lambda unit: unit.seconds)[:1]


def _can_open(unit: Unit, limit: float) -> bool:
    return unit.bare is None and not unit.listed and unit.seconds <= limit and len(unit.sentences) <= 2


def _hook_score(unit: Unit, scores: Mapping[int, float], followed: set[int]) -> float:
    text = unit.sentences[0].text
    surprise = 0.15 * min(3, len(_HOOK_SURPRISES.findall(text))) + 0.1 * bool(_FIGURE.search(text))
    place = (
        0.5 * (unit.index == 0)
        + 0.3 * (unit.section == 0 or unit.index <= 2)
        - 0.4 * bool(_QUOTE.search(text))
    )
    length = 0.2 if 2.2 <= unit.seconds <= 6.5 else -0.1
    lost_follower = 0.6 if unit.index in followed and unit.index > 0 else 0.0
    return scores[unit.index] + surprise + place + length - lost_follower


def choose_body(
    units: Sequence[Unit],
    scores: Mapping[int, float],
    budget: float,
    *,
    said: Unit | None,
    pause: float,
    presumes: Mapping[int, int],
) -> tuple[Unit, ...]:
    """Return the units, in order of the notes, worth most within ``budget`` seconds.

    ``said`` was spoken already, as the hook; ``pause`` follows every sentence; ``presumes`` tells how
    much a unit takes as known, which speaks against starting with it after a jump. A unit that needs
    the one before it is taken only with it. Exact but for rounding to 1/1000 of the budget.
    """
    pool = _pool(units, scores, budget, said, pause)
    if not pool:
        return ()
    return _Knapsack(pool, scores, budget, pause, presumes, opened_by=said).solve()


def _pool(
    units: Sequence[Unit], scores: Mapping[int, float], budget: float, said: Unit | None, pause: float
) -> list[Unit]:
    usable = (unit for unit in units if unit.usable and scores[unit.index] > 0)
    able = {unit.index: unit for unit in usable if said is None or unit.index != said.index}
    kept: set[int] = set()
    filled = 0.0
    for unit in sorted(able.values(), key=lambda each: (-scores[each.index], each.index)):
        if filled > max(_SURPLUS * budget, _LEAST_POOL_SECONDS) or len(kept) >= _MAX_POOL_UNITS:
            break
        chain = _chain(unit, able, said)
        fresh = [link for link in chain if link not in kept]
        filled += sum(_cost(able[link], pause) for link in fresh)
        kept.update(fresh)
    return [able[index] for index in sorted(kept)]


def _chain(unit: Unit, able: Mapping[int, Unit], said: Unit | None) -> list[int]:
    """Return the unit and all that it needs before it; nothing if part of that cannot be had."""
    links = [unit.index]
    while able[links[-1]].needs_previous:
        before = links[-1] - 1
        if said is not None and before == said.index:
            return links if _opens_body(said, able) else []
        if before not in able:
            return []
        links.append(before)
    return links


def _opens_body(said: Unit, able: Mapping[int, Unit]) -> bool:
    """Whether the unit after the hook is the first that can be spoken, so that the two stay together."""
    return said.index < min(able)


def _cost(unit: Unit, pause: float) -> float:
    return unit.seconds + pause * len(unit.sentences)


@dataclass(frozen=True, slots=True)
class _Knapsack:
    pool: Sequence[Unit]
    scores: Mapping[int, float]
    budget: float
    pause: float
    presumes: Mapping[int, int]
    opened_by: Unit | None

    def solve(self) -> tuple[Unit, ...]:
        size = self.budget / _BUCKETS if self.budget > 100 else 0.1
        room = max(1, round(self.budget * 1.06 / size))
        costs = [min(room + 1, max(1, round(_cost(unit, self.pause) / size))) for unit in self.pool]
        left, taken = self._start(room)
        came_from: list[tuple[list[bool], list[bool]]] = []
        for position, cost in enumerate(costs):
            values = self._values(position, left, taken, room - cost)
            from_taken = [with_it >= without for with_it, without in zip(taken, left, strict=True)]
            left = [max(pair) for pair in zip(left, taken, strict=True)]
            taken = [_IMPOSSIBLE] * cost + [value for value, _ in values]
            came_from.append((from_taken, [False] * cost + [flows for _, flows in values]))
        best = self._best_end(left, taken, size)
        return self._walk_back(best, came_from, costs)

    def _start(self, room: int) -> tuple[list[float], list[float]]:
        """Values by time used, with the unit just before left out, and with it taken."""
        left = [0.0] + [_IMPOSSIBLE] * room
        taken = [_IMPOSSIBLE] * (room + 1)
        if self.opened_by is not None and self.pool[0].index == self.opened_by.index + 1:
            left, taken = taken, left
        return left, taken

    def _values(
        self, position: int, left: Sequence[float], taken: Sequence[float], room: int
    ) -> list[tuple[float, bool]]:
        """Return, by time used before, the value with this unit, and whether it follows its neighbour."""
        unit = self.pool[position]
        seconds = _cost(unit, self.pause)
        plain = self.scores[unit.index] * seconds
        worth = (
            plain
            - _RUN_COST * (1 if unit.opens_paragraph else 2)
            - _PRESUMED_COST * self.presumes[unit.index]
        )
        if not self._is_adjacent(position):
            return [
                (max(without, with_it) + worth, with_it >= without)
                for without, with_it in self._pairs(left, taken, room)
            ]
        flow = plain + (0.0 if unit.opens_section else _FLOW_BONUS * seconds)
        if unit.needs_previous:
            return [(with_it + flow, True) for _, with_it in self._pairs(left, taken, room)]
        return [
            (without + worth, False) if without + worth > with_it + flow else (with_it + flow, True)
            for without, with_it in self._pairs(left, taken, room)
        ]

    @staticmethod
    def _pairs(left: Sequence[float], taken: Sequence[float], room: int) -> list[tuple[float, float]]:
        return list(zip(left, taken, strict=True))[: room + 1] if room >= 0 else []

    def _is_adjacent(self, position: int) -> bool:
        before = (
            self.pool[position - 1].index if position else (self.opened_by.index if self.opened_by else -2)
        )
        return before == self.pool[position].index - 1

    def _best_end(self, left: Sequence[float], taken: Sequence[float], size: float) -> tuple[int, bool]:
        mean = sum(self.scores[unit.index] for unit in self.pool) / len(self.pool)

        def worth(end: tuple[int, bool]) -> float:
            used, is_taken = end
            gap = self.budget - used * size
            miss = gap * _MISS_PENALTY if gap > 0 else -gap * 2 * _MISS_PENALTY
            return (taken if is_taken else left)[used] - miss * mean

        return max(((used, is_taken) for used in range(len(left)) for is_taken in (False, True)), key=worth)

    def _walk_back(
        self, end: tuple[int, bool], came_from: Sequence[tuple[list[bool], list[bool]]], costs: Sequence[int]
    ) -> tuple[Unit, ...]:
        used, is_taken = end
        chosen: list[Unit] = []
        for position in reversed(range(len(self.pool))):
            if is_taken:
                chosen.append(self.pool[position])
                is_taken = came_from[position][1][used]
                used -= costs[position]
            else:
                is_taken = came_from[position][0][used]
        return tuple(reversed(chosen))


_IMPOSSIBLE = float("-inf")
