"""From the settings' limits to the ledger's budgets: their names, their limits, and when a day begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from reelwright.cost.schema import Service
from reelwright.environment.schema import BudgetSettings, Usd

__all__ = ["BudgetNames", "action_from", "budget_names", "day_limit", "day_of", "limits_of", "micro_usd"]

_MICRO = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class BudgetNames:
    """The budgets that one call counts against."""

    environment: str
    month: str
    day: str
    service: str
    """Of one service on that day."""
    video: str
    """Of one production, whenever it is made."""

    def all(self) -> tuple[str, ...]:
        """Return them, widest first."""
        return (self.environment, self.month, self.day, self.service, self.video)


def day_of(moment: datetime, settings: BudgetSettings) -> date:
    """Return the calendar day of a moment where the settings say that days begin."""
    return moment.astimezone(ZoneInfo(settings.time_zone)).date()


def budget_names(environment: str, day: date, service: Service, production_id: str) -> BudgetNames:
    """Return the names, such as ``day:dev:2026-11-25``."""
    of_day = f"day:{environment}:{day.isoformat()}"
    return BudgetNames(
        environment=f"env:{environment}",
        month=f"month:{environment}:{day:%Y-%m}",
        day=of_day,
        service=f"{of_day}:{service}",
        video=f"video:{production_id}",
    )


def limits_of(names: BudgetNames, settings: BudgetSettings, service: Service) -> Mapping[str, int | None]:
    """Return the hard limit of each budget in micro-dollars; None for no limit."""
    of_service = getattr(settings.per_day_service_usd, service)
    return {
        names.environment: micro_usd(settings.total_block_usd),
        names.month: micro_usd(settings.per_month_block_usd),
        names.day: day_limit(settings),
        names.service: micro_usd(of_service),
        names.video: micro_usd(settings.per_video_usd),
    }


def day_limit(settings: BudgetSettings) -> int | None:
    """Return where everything paid stops in a day: the block limit, or the action's if that is to block."""
    stops = [micro_usd(settings.per_day_block_usd)]
    if settings.per_day_action == "block":
        stops.append(action_from(settings))
    return min((stop for stop in stops if stop is not None), default=None)


def action_from(settings: BudgetSettings) -> int | None:
    """Return the spending of a day from which its action is taken; the warning's unless it has its own."""
    own = settings.per_day_action_usd
    return micro_usd(settings.per_day_warn_usd if own is None else own)


def micro_usd(usd: Usd | None) -> int | None:
    """Return dollars as micro-dollars; configured amounts have six decimals at most."""
    return None if usd is None else int(usd * _MICRO)
