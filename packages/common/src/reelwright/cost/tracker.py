"""SimpleCostTracker: what a day has cost so far, and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal, get_args

from reelwright.clock import Clock
from reelwright.cost.budgets import Day, action_from, budget_names, call_budgets, hard_limits, micro_usd
from reelwright.cost.ports import Ledger
from reelwright.cost.schema import Service, Totals, format_usd
from reelwright.environment.schema import BudgetSettings

__all__ = ["BudgetStanding", "SimpleCostTracker", "Spending", "SpendingLevel", "Threshold"]

SpendingLevel = Literal["normal", "warn", "mock", "block"]
"""``mock``: engines of ours stand in for paid models. ``block``: everything paid is refused."""

_CONSEQUENCES: dict[SpendingLevel, str] = {
    "warn": "productions warn",
    "mock": "engines of ours stand in for paid models",
    "block": "nothing is bought",
}
_SEVERITY: tuple[SpendingLevel, ...] = ("normal", "warn", "mock", "block")


@dataclass(frozen=True, slots=True)
class Spending:
    """Where the spending stands, and why; the worst of what holds."""

    level: SpendingLevel = "normal"
    reason: str = ""
    warnings: tuple[str, ...] = ()
    anew: datetime | None = None
    """When the day that it stands so in is over; None if it is not the day's spending that counts."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """An amount of a budget in micro-dollars, what happens from it on, and the setting that says so."""

    level: SpendingLevel
    micro_usd: int
    key: str


@dataclass(frozen=True, slots=True)
class BudgetStanding:
    """One budget as it stands: what counts against it, and what follows from that."""

    budget: str
    totals: Totals
    """With the limit that the settings state; the ledger has it once a call counts against the budget."""
    thresholds: tuple[Threshold, ...]
    """The worst first; none if nothing is stated."""
    level: SpendingLevel = "normal"

    def level_after(self, micro_usd: int) -> SpendingLevel:
        """Return what would follow if so much more were spent."""
        for threshold in self.thresholds:
            after = _counted(threshold.level, self.totals) + micro_usd
            is_over = after > threshold.micro_usd
            if is_over or (after == threshold.micro_usd and threshold.level != "block"):
                return threshold.level
        return "normal"


@dataclass(frozen=True, slots=True)
class _Finding:
    level: SpendingLevel
    text: str
    of_day: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """What happens from an amount on, and the setting that says so."""

    level: SpendingLevel
    micro_usd: int
    key: str

    def counted(self, totals: Totals) -> int:
        """Return what this step looks at: everything committed to block, else what is or may be spent."""
        return _counted(self.level, totals)


@dataclass(frozen=True, slots=True)
class _Steps:
    """What settings say of each service's five budgets, widest first: worked out once, not for every call."""

    limits: Mapping[Service, tuple[int | None, ...]]
    of_call: Mapping[Service, tuple[tuple[_Step, ...], ...]]


_NORMAL = Spending()
_UNSET = -1


class SimpleCostTracker:
    """Keeps no figures of its own: they are the ledger's, which every worker shares and no restart loses.

    Warnings and the switch to engines of ours look at what is *spent*: settled, and unknown, which may be. A
    reservation is an upper bound that mostly gives money back; if it counted, two workers that have just
    begun would switch each other off. Hard limits count everything committed, reservations too, because the
    ledger refuses by that.

    A call belongs to the day and the month in which its money was set aside, even if it ends after midnight.
    """

    def __init__(self, ledger: Ledger, budgets: BudgetSettings, *, environment: str, clock: Clock) -> None:
        self._ledger = ledger
        self._settings = budgets
        self._environment = environment
        self._clock = clock
        self._limits: dict[str, int | None] = {}
        self._steps = _steps(budgets)
        self._limited: tuple[tuple[str, ...], _Steps] = ((), self._steps)
        """The budgets of the last call, and by what their limits were set."""
        self._day = Day.of(clock.now(), budgets.time_zone)

    def use(self, budgets: BudgetSettings) -> None:
        """Go by other settings from now on; limits that they change are written when they next apply."""
        self._settings = budgets
        self._steps = _steps(budgets)
        self._day = Day.of(self._clock.now(), budgets.time_zone)

    def budgets_for(self, service: Service, production_id: str) -> tuple[str, ...]:
        """Return the budgets that a call counts against now, with their limits set in the ledger."""
        names = self._names(service, production_id)
        limited, steps = self._limited, self._steps
        if limited[0] is not names or limited[1] is not steps:
            for budget, limit in zip(names, steps.limits[service], strict=True):
                self._set_limit(budget, limit)
            self._limited = (names, steps)
        return names

    def spending(self, service: Service, production_id: str) -> Spending:
        """Return what is to be done about a call that would cost money now; LedgerUnavailable if unknown.

        Without a limit that the ledger would have to be asked about, it is not asked.
        """
        stated = self._steps.of_call[service]
        if not any(stated):
            return _NORMAL
        names = self._names(service, production_id)
        measured = [self._measured(names[place], steps) for place, steps in enumerate(stated) if steps]
        findings = [finding for finding in measured if finding is not None]
        if not findings:
            return _NORMAL
        worst = max(findings, key=lambda finding: _SEVERITY.index(finding.level))
        warnings = tuple(finding.text for finding in findings)
        return Spending(worst.level, worst.text, warnings, self._day.is_over if worst.of_day else None)

    def standings(self, service: Service, production_id: str) -> tuple[BudgetStanding, ...]:
        """Return the budgets that a call would count against now, widest first; no limit is written."""
        names, limits = self._names(service, production_id), self._steps.limits[service]
        return tuple(
            _standing(self._ledger.totals(budget).model_copy(update={"limit": limit}), steps)
            for budget, limit, steps in zip(names, limits, self._steps.of_call[service], strict=True)
        )

    def today(self) -> Totals:
        """Return what counts against the day that it is where the settings say that days begin."""
        return self._ledger.totals(budget_names(self._environment, self._date(), "content", "").day)

    def _names(self, service: Service, production_id: str) -> tuple[str, ...]:
        batch = self._settings.batch
        return call_budgets(self._environment, self._date(), service, production_id, batch)

    def _date(self) -> date:
        now = self._clock.now()
        if now not in self._day:
            self._day = Day.of(now, self._settings.time_zone)
        return self._day.date

    def _set_limit(self, budget: str, limit: int | None) -> None:
        """Write a limit once for each process and value: another value is other settings."""
        if self._limits.get(budget, _UNSET) != limit:
            self._ledger.set_limit(budget, limit)
            self._limits[budget] = limit

    def _measured(self, budget: str, steps: tuple[_Step, ...]) -> _Finding | None:
        """Return the worst step that the budget has reached, if any."""
        totals = self._ledger.totals(budget)
        for step in steps:
            if step.counted(totals) >= step.micro_usd:
                return _Finding(step.level, _said(budget, step, totals), budget.startswith("day:"))
        return None


def _counted(level: SpendingLevel, totals: Totals) -> int:
    return totals.committed if level == "block" else totals.settled + totals.unknown


def _standing(totals: Totals, steps: tuple[_Step, ...]) -> BudgetStanding:
    reached = (step.level for step in steps if step.counted(totals) >= step.micro_usd)
    thresholds = tuple(Threshold(step.level, step.micro_usd, f"budgets.{step.key}") for step in steps)
    return BudgetStanding(totals.budget, totals, thresholds, next(reached, "normal"))


@lru_cache(maxsize=64)
def _steps(settings: BudgetSettings) -> _Steps:
    services: tuple[Service, ...] = get_args(Service)
    limits = {service: hard_limits(settings, service) for service in services}
    return _Steps(limits, {service: _of_call(settings, service, limits[service]) for service in services})


def _of_call(
    settings: BudgetSettings, service: Service, limits: tuple[int | None, ...]
) -> tuple[tuple[_Step, ...], ...]:
    """Return the steps of each budget of a call, in the order of the budgets' names."""
    total, month, day, of_service, video, *batch = limits
    own = settings.per_day_action_usd is not None
    action_key = "per_day_action_usd" if own else "per_day_warn_usd"
    return (
        _worst_first(("block", total, "total_block_usd")),
        _worst_first(
            ("block", month, "per_month_block_usd"),
            ("warn", micro_usd(settings.per_month_warn_usd), "per_month_warn_usd"),
        ),
        _worst_first(
            ("block", day, "per_day_block_usd"),
            (settings.per_day_action, action_from(settings), action_key),
            ("warn", micro_usd(settings.per_day_warn_usd), "per_day_warn_usd"),
        ),
        _worst_first(("block", of_service, f"per_day_service_usd.{service}")),
        _worst_first(("block", video, "per_video_usd")),
        *(_worst_first(("block", limit, "per_batch_usd")) for limit in batch),
    )


def _worst_first(*stated: tuple[SpendingLevel, int | None, str]) -> tuple[_Step, ...]:
    steps = [_Step(level, amount, key) for level, amount, key in stated if amount is not None]
    return tuple(sorted(steps, key=lambda step: -_SEVERITY.index(step.level)))


def _said(budget: str, step: _Step, totals: Totals) -> str:
    what = "spent or set aside" if step.level == "block" else "spent"
    return (
        f"${format_usd(step.counted(totals))} {what} in {budget}: from ${format_usd(step.micro_usd)} on "
        f"(budgets.{step.key}) {_CONSEQUENCES[step.level]}."
    )
