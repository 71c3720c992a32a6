"""SimpleCostTracker: what a day has cost so far, and what follows from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from reelwright.clock import Clock
from reelwright.cost.budgets import BudgetNames, action_from, budget_names, day_of, limits_of, micro_usd
from reelwright.cost.ports import Ledger
from reelwright.cost.schema import Service, Totals, format_usd
from reelwright.environment.schema import BudgetSettings

__all__ = ["SimpleCostTracker", "Spending", "SpendingLevel"]

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


@dataclass(frozen=True, slots=True)
class _Finding:
    level: SpendingLevel
    text: str


@dataclass(frozen=True, slots=True)
class _Step:
    """What happens from an amount on, and the setting that says so."""

    level: SpendingLevel
    micro_usd: int | None
    key: str

    @property
    def threshold(self) -> int:
        return self.micro_usd or 0

    def counted(self, totals: Totals) -> int:
        """Return what this step looks at: everything committed to block, else what is or may be spent."""
        return totals.committed if self.level == "block" else totals.settled + totals.unknown


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

    def use(self, budgets: BudgetSettings) -> None:
        """Go by other settings from now on; limits that they change are written when they next apply."""
        self._settings = budgets

    def budgets_for(self, service: Service, production_id: str) -> tuple[str, ...]:
        """Return the budgets that a call counts against now, with their limits set in the ledger."""
        names = self._names(service, production_id)
        for budget, limit in limits_of(names, self._settings, service).items():
            self._set_limit(budget, limit)
        return names.all()

    def spending(self, service: Service, production_id: str) -> Spending:
        """Return what is to be done about a call that would cost money now; LedgerUnavailable if unknown.

        Without a limit that the ledger would have to be asked about, it is not asked.
        """
        findings = tuple(self._findings(self._names(service, production_id), service))
        if not findings:
            return Spending()
        worst = max(findings, key=lambda finding: _SEVERITY.index(finding.level))
        return Spending(worst.level, worst.text, tuple(finding.text for finding in findings))

    def today(self) -> Totals:
        """Return what counts against the day that it is where the settings say that days begin."""
        return self._ledger.totals(self._names("content", "").day)

    def _names(self, service: Service, production_id: str) -> BudgetNames:
        day = day_of(self._clock.now(), self._settings)
        return budget_names(self._environment, day, service, production_id)

    def _set_limit(self, budget: str, limit: int | None) -> None:
        """Write a limit once for each process and value: another value is other settings."""
        if budget not in self._limits or self._limits[budget] != limit:
            self._ledger.set_limit(budget, limit)
            self._limits[budget] = limit

    def _findings(self, names: BudgetNames, service: Service) -> Iterator[_Finding]:
        limits = limits_of(names, self._settings, service)
        yield from self._measured(names.day, self._day_steps(limits[names.day]))
        yield from self._measured(names.month, self._month_steps(limits[names.month]))
        for budget, key in (
            (names.environment, "total_block_usd"),
            (names.service, f"per_day_service_usd.{service}"),
            (names.video, "per_video_usd"),
        ):
            yield from self._measured(budget, [_Step("block", limits[budget], key)])

    def _day_steps(self, limit: int | None) -> list[_Step]:
        settings = self._settings
        own = settings.per_day_action_usd is not None
        return [
            _Step("block", limit, "per_day_block_usd"),
            _Step(
                settings.per_day_action,
                action_from(settings),
                "per_day_action_usd" if own else "per_day_warn_usd",
            ),
            _Step("warn", micro_usd(settings.per_day_warn_usd), "per_day_warn_usd"),
        ]

    def _month_steps(self, limit: int | None) -> list[_Step]:
        return [
            _Step("block", limit, "per_month_block_usd"),
            _Step("warn", micro_usd(self._settings.per_month_warn_usd), "per_month_warn_usd"),
        ]

    def _measured(self, budget: str, steps: Sequence[_Step]) -> Iterator[_Finding]:
        """Yield the worst step that the budget has reached; ask the ledger only if there are steps."""
        stated = [step for step in steps if step.micro_usd is not None]
        if not stated:
            return
        totals = self._ledger.totals(budget)
        reached = [step for step in stated if step.counted(totals) >= step.threshold]
        if reached:
            worst = max(reached, key=lambda step: _SEVERITY.index(step.level))
            yield _Finding(worst.level, _said(budget, worst, totals))


def _said(budget: str, step: _Step, totals: Totals) -> str:
    what = "spent or set aside" if step.level == "block" else "spent"
    return (
        f"${format_usd(step.counted(totals))} {what} in {budget}: from ${format_usd(step.threshold)} on "
        f"(budgets.{step.key}) {_CONSEQUENCES[step.level]}."
    )
