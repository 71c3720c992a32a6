"""From the settings' limits to the ledger's budgets: their names, their limits, and when a day begins."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from reelwright.cost.schema import Service
from reelwright.environment.schema import BudgetSettings, Usd

__all__ = [
    "BudgetNames",
    "Day",
    "action_from",
    "budget_names",
    "call_budgets",
    "day_limit",
    "hard_limits",
    "micro_usd",
    "video_budget",
]

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
    batch: str = ""
    """Of the batch that the production belongs to; empty for one of none."""

    def all(self) -> tuple[str, ...]:
        """Return them, widest first; the batch's comes last, for not every call has one."""
        names = (self.environment, self.month, self.day, self.service, self.video)
        return (*names, self.batch) if self.batch else names


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day somewhere, and the moments at which it begins and is over: 23, 24 or 25 hours apart."""

    date: date
    begins: datetime
    is_over: datetime

    @classmethod
    def of(cls, moment: datetime, time_zone: str) -> "Day":
        """Return the day of a moment in an IANA time zone."""
        zone = ZoneInfo(time_zone)
        day = moment.astimezone(zone).date()
        return cls(day, _midnight(day, zone), _midnight(day + timedelta(1), zone))

    def __contains__(self, moment: datetime) -> bool:
        return self.begins <= moment < self.is_over


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins, in UTC: where clocks skip midnight, with the first moment that there is."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


@lru_cache(maxsize=512)
def call_budgets(
    environment: str, day: date, service: Service, production_id: str, batch: str | None = None
) -> tuple[str, ...]:
    """Return the names of all budgets of a call, widest first; the same ones again are the same object."""
    return budget_names(environment, day, service, production_id, batch).all()


@lru_cache(maxsize=512)
def budget_names(
    environment: str, day: date, service: Service, production_id: str, batch: str | None = None
) -> BudgetNames:
    """Return the names, such as ``day:dev:2026-11-25``."""
    of_day = f"day:{environment}:{day.isoformat()}"
    return BudgetNames(
        environment=f"env:{environment}",
        month=f"month:{environment}:{day:%Y-%m}",
        day=of_day,
        service=f"{of_day}:{service}",
        video=video_budget(production_id),
        batch=f"batch:{batch}" if batch else "",
    )


def video_budget(production_id: str) -> str:
    """Return the budget that every call of a production counts against, on whichever day."""
    return f"video:{production_id}"


def hard_limits(settings: BudgetSettings, service: Service) -> tuple[int | None, ...]:
    """Return the limits of a call's budgets in micro-dollars, as ``BudgetNames.all`` orders them."""
    limits = (
        micro_usd(settings.total_block_usd),
        micro_usd(settings.per_month_block_usd),
        day_limit(settings),
        micro_usd(getattr(settings.per_day_service_usd, service)),
        micro_usd(settings.per_video_usd),
    )
    return (*limits, micro_usd(settings.per_batch_usd)) if settings.batch else limits


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
