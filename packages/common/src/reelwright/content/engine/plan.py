"""The plan of a script: which sentences, in which scenes, with which last words, lasting how long."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from reelwright.content.engine.charts import PlacedChart, charts_in
from reelwright.content.engine.closing import closing_options
from reelwright.content.engine.context import presumed
from reelwright.content.engine.material import Material, Unit
from reelwright.content.engine.quotes import quote_in
from reelwright.content.engine.rank import Weights, rank_units, weigh_words
from reelwright.content.engine.scenes import SENTENCE_PAUSE_SECONDS, Shot, cut_into_shots, lines_of
from reelwright.content.engine.select import choose_body, hook_candidates
from reelwright.content.engine.topic import Topic
from reelwright.content.pace import Pace

__all__ = ["Plan", "Task", "make_plan", "spoken"]

_MANY_HOOKS, _FEW_HOOKS, _ONE_HOOK = 12, 5, 1
_SHORT_SECONDS, _LONG_SECONDS = 20.0, 120.0
"""Below, the length of the hook decides whether the time can be met; above, it hardly matters."""
_ROUNDS = 4
_CLOSE_ENOUGH = 0.008
_MISS_COST = 20.0
"""Worth of a hook given up for meeting the time: 1 % nearer counts as much as 0.2 of hook."""
_MISS_STEEPNESS = 30.0
_BODY_WORTH = 0.5
_CLOSING_WORTH = 0.001
"""Worth of a character more of the call to action, for choosing the fuller one of two that fit."""
_CLOSING_SHARE = 0.11
_LEAST_CLOSING_SECONDS = 2.6
_COVERAGE_BONUS = 0.4
"""For the opening of a section, where the time is enough to say something of each."""
_CHART_BONUS = 0.6
_SECONDS_PER_QUOTE = 60.0
_REPEATED_QUOTE_COST = 0.4
_LEAST_SCORE = 0.01


@dataclass(frozen=True, slots=True)
class Task:
    """What a script is to be made of, and how long it should last."""

    topic: Topic
    material: Material
    pace: Pace
    target_seconds: float
    english: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What is said, scene by scene, and the weights and charts that the pictures are chosen by."""

    hook: Unit
    shots: tuple[Shot, ...]
    closing: str
    seconds: float
    weights: Weights = field(repr=False)
    charts: tuple[PlacedChart, ...] = ()
    worth: float = 0.0


def make_plan(task: Task, rng: Random) -> Plan:
    """Return the plan worth most: a good hook, the best sentences, and a length close to the target."""
    planner = _Planner(task)
    closings = _fitting_closings(task, rng)
    plans = [planner.plan(hook, worth, closing) for hook, worth in planner.hooks() for closing in closings]
    return max(plans, key=lambda plan: plan.worth)


def spoken(unit: Unit) -> str:
    """Return the text of a unit."""
    return " ".join(sentence.text for sentence in unit.sentences)


def _hook_count(target_seconds: float) -> int:
    if target_seconds <= _SHORT_SECONDS:
        return _MANY_HOOKS
    return _FEW_HOOKS if target_seconds <= _LONG_SECONDS else _ONE_HOOK


def _fitting_closings(task: Task, rng: Random) -> tuple[str, ...]:
    """Return the two longest calls to action that take no more than their share of the time."""
    options = closing_options(task.topic, rng, english=task.english)
    limit = max(_LEAST_CLOSING_SECONDS, _CLOSING_SHARE * task.target_seconds)
    fitting = [text for text in options if task.pace.speech_seconds(text) <= limit]
    return tuple(fitting[-2:]) or options[:1]


class _Planner:
    def __init__(self, task: Task) -> None:
        self._task = task
        self._units = task.material.units
        self._weights = weigh_words(self._units)
        self._charts = charts_in(task.material, task.topic.title)
        self._presumes = presumed(self._units, task.topic.title)
        self._scores = self._rate()

    def hooks(self) -> list[tuple[Unit, float]]:
        """Return the hooks worth trying, with their worth."""
        shown = [chart.unit for chart in self._charts]
        target = self._task.target_seconds
        return hook_candidates(self._units, self._scores, target, wanted_later=shown)[: _hook_count(target)]

    def plan(self, hook: Unit, hook_worth: float, closing: str) -> Plan:
        """Choose the body again with a corrected budget until the whole meets the target."""
        target = self._task.target_seconds
        budget = target - self._seconds(hook, (), closing)
        plans: list[Plan] = []
        for _ in range(_ROUNDS if target <= _LONG_SECONDS else _ROUNDS // 2):
            plans.append(self._attempt(hook, hook_worth, closing, budget))
            missing = target - plans[-1].seconds
            if not plans[-1].shots or abs(missing) <= _CLOSE_ENOUGH * target:
                break
            budget += missing
        return max(plans, key=lambda plan: plan.worth)

    def _attempt(self, hook: Unit, hook_worth: float, closing: str, budget: float) -> Plan:
        shots = self._shots(hook, budget)
        seconds = self._seconds(hook, shots, closing)
        miss = abs(self._task.target_seconds - seconds) / self._task.target_seconds
        cost = _MISS_COST * max(0.0, miss - _CLOSE_ENOUGH) + (_MISS_STEEPNESS * miss) ** 2
        worth = hook_worth + _CLOSING_WORTH * len(closing) + _BODY_WORTH * self._quality(shots) - cost
        return Plan(hook, shots, closing, seconds, self._weights, self._charts, worth)

    def _quality(self, shots: Sequence[Shot]) -> float:
        """Return the mean score of what is said, by the time it takes."""
        lines = [line for shot in shots for line in shot.lines]
        seconds = sum(line.sentence.seconds for line in lines)
        worth = sum(self._scores[line.unit.index] * line.sentence.seconds for line in lines)
        return worth / seconds if seconds else 0.0

    def _shots(self, hook: Unit, budget: float) -> tuple[Shot, ...]:
        if budget <= 0:
            return ()
        body = choose_body(
            self._units,
            self._scores,
            budget,
            said=hook,
            pause=SENTENCE_PAUSE_SECONDS,
            presumes=self._presumes,
        )
        return cut_into_shots(lines_of(body, said=hook), self._task.target_seconds) if body else ()

    def _seconds(self, hook: Unit, shots: Sequence[Shot], closing: str) -> float:
        return self._task.pace.script_seconds([spoken(hook), *(shot.narration for shot in shots), closing])

    def _rate(self) -> dict[int, float]:
        scores = rank_units(self._units, self._task.topic, self._weights)
        share = min(1.0, self._task.target_seconds / sum(unit.seconds for unit in self._units))
        for unit in self._units:
            if unit.opens_section and scores[unit.index] > 0:
                scores[unit.index] += _COVERAGE_BONUS * share
        for index in self._quotes_too_many(scores):
            scores[index] = max(_LEAST_SCORE, scores[index] - _REPEATED_QUOTE_COST)
        for chart in self._charts:
            scores[chart.unit] += _CHART_BONUS if scores[chart.unit] > 0 else 0.0
        return scores

    def _quotes_too_many(self, scores: dict[int, float]) -> list[int]:
        quoting = [
            unit.index
            for unit in self._units
            if scores[unit.index] > 0 and any(quote_in(sentence.text) for sentence in unit.sentences)
        ]
        enough = 1 + int(self._task.target_seconds / _SECONDS_PER_QUOTE)
        return sorted(quoting, key=lambda index: -scores[index])[enough:]
