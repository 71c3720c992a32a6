"""Budgets as they stand: limit, spent, left, what follows from it, and when they begin anew."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, get_args
from zoneinfo import ZoneInfo

from reelwright.cli.costing import dollars, open_ledger, table
from reelwright.cli.modelling import open_settings
from reelwright.cli.output import answer
from reelwright.clock import SystemClock
from reelwright.cost.budgets import Day
from reelwright.cost.schema import Service, format_usd
from reelwright.cost.tracker import BudgetStanding, SimpleCostTracker
from reelwright.environment.schema import BudgetSettings
from reelwright.errors import InvalidInput

if TYPE_CHECKING:
    from reelwright.cost.ports import Ledger

__all__ = ["Obstacle", "obstacles", "point_to_configuration", "show"]

_NAMES = ("budget", "limit", "settled", "reserved", "unknown", "left", "level", "begins anew")
_SERVICES: tuple[Service, ...] = get_args(Service)
_OF_CALLS = 4
"""Budgets of every call before that of its video."""
_NEW = "a-new-video"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A budget in the way of a video that is still to be made."""

    standing: BudgetStanding
    level: str
    """What follows: ``warn``, ``mock`` or ``block``."""
    when: str
    """``now``, or once it costs what is ``expected``, or only if it costs the ``high`` end."""


def show(environment: str) -> None:
    """Print all budgets that a call would count against now, and those of the videos of today."""
    settings, now = open_settings(environment).budgets, SystemClock().now()
    day = Day.of(now, settings.time_zone)
    with open_ledger(environment) as ledger:
        tracker = SimpleCostTracker(ledger, settings, environment=environment, clock=SystemClock())
        standings = _standings(tracker, _videos_since(ledger, day.begins))
    rows = [_row(each, day, settings.time_zone) for each in standings]
    text = table(_NAMES, [_cells(row) for row in rows])
    data = {"budgets": rows, "time_zone": settings.time_zone, "as_of": now.isoformat()}
    answer(data, f"{text}\n{_how_to_change(environment)}")


def point_to_configuration(environment: str, key: str, usd: str) -> None:
    """Refuse, with the command that sets a limit; InvalidInput for what is no limit and no amount, too."""
    known = [name for name in BudgetSettings.model_fields if name.endswith("_usd")]
    name = key.removeprefix("budgets.")
    if name.partition(".")[0] not in known:
        raise InvalidInput(f"{key[:60]!r} is not a limit.", next_step=f"Limits are: {', '.join(known)}.")
    dollars(usd)
    where = "" if environment == "local" else f" --env {environment}"
    raise InvalidInput(
        "Limits are settings: they are set, explained and taken back where all settings are.",
        next_step=f"Run: reelwright config set budgets.{name} {usd} --reason TEXT{where}",
        context={"key": f"budgets.{name}"},
    )


def obstacles(
    ledger: "Ledger",
    settings: BudgetSettings,
    environment: str,
    amounts: Iterable[tuple[Service, int, int]],
) -> tuple[Obstacle, ...]:
    """Return the budgets that a video would meet.

    ``amounts`` are what each service is expected to cost, and at most, in micro-dollars.
    """
    tracker = SimpleCostTracker(ledger, settings, environment=environment, clock=SystemClock())
    known = tuple(amounts)
    expected, high = sum(each[1] for each in known), sum(each[2] for each in known)
    common = tracker.standings("content", _NEW)
    asked = [(each, expected, high) for each in (*common[: _OF_CALLS - 1], common[_OF_CALLS])]
    for service, its_expected, its_high in known:
        asked.append((tracker.standings(service, _NEW)[_OF_CALLS - 1], its_expected, its_high))
    return tuple(obstacle for each in asked for obstacle in _obstacles_of(*each))


def _obstacles_of(standing: BudgetStanding, expected: int, high: int) -> Iterator[Obstacle]:
    """Yield each thing that would happen, with the first moment at which it would."""
    if not high:
        return
    moments = {
        "now": standing.level,
        "expected": standing.level_after(expected),
        "high": standing.level_after(high),
    }
    levels = dict.fromkeys(level for level in moments.values() if level != "normal")
    for level in levels:
        yield Obstacle(standing, level, next(when for when, each in moments.items() if each == level))


def _standings(tracker: SimpleCostTracker, videos: Sequence[str]) -> Iterator[BudgetStanding]:
    yield from tracker.standings("content", _NEW)[: _OF_CALLS - 1]
    for service in _SERVICES:
        yield tracker.standings(service, _NEW)[_OF_CALLS - 1]
    each_video = tracker.standings("content", _NEW)[_OF_CALLS]
    if each_video.totals.limit is not None:
        yield replace(each_video, budget="video:(each)")
    for video in videos:
        yield tracker.standings("content", video)[_OF_CALLS]


def _videos_since(ledger: "Ledger", begins: datetime) -> list[str]:
    found = (charge.subject.get("production_id", "") for charge in ledger.charges(since=begins))
    return list(dict.fromkeys(video for video in found if video))


def _row(standing: BudgetStanding, day: Day, time_zone: str) -> dict[str, Any]:
    totals = standing.totals
    anew = _begins_anew(standing.budget, day, time_zone)
    return {
        "budget": standing.budget,
        "limit_usd": None if totals.limit is None else format_usd(totals.limit),
        "settled_usd": format_usd(totals.settled),
        "reserved_usd": format_usd(totals.reserved),
        "unknown_usd": format_usd(totals.unknown),
        "left_usd": None if totals.available is None else format_usd(totals.available),
        "level": standing.level,
        "begins_anew": None if anew is None else anew.isoformat(),
        "thresholds": [
            {"level": each.level, "from_usd": format_usd(each.micro_usd), "setting": each.key}
            for each in standing.thresholds
        ],
    }


def _begins_anew(budget: str, day: Day, time_zone: str) -> datetime | None:
    """Return when a budget is empty again, in its time zone; None if it never is."""
    zone = ZoneInfo(time_zone)
    if budget.startswith("day:"):
        return day.is_over.astimezone(zone)
    if budget.startswith("month:"):
        next_month = (day.date.replace(day=1) + timedelta(days=32)).replace(day=1)
        return Day.of(datetime.combine(next_month, datetime.min.time(), zone), time_zone).begins.astimezone(
            zone
        )
    return None


def _cells(row: dict[str, Any]) -> list[str]:
    anew = row["begins_anew"]
    return [
        row["budget"],
        "none" if row["limit_usd"] is None else f"${row['limit_usd']}",
        f"${row['settled_usd']}",
        f"${row['reserved_usd']}",
        f"${row['unknown_usd']}",
        "—" if row["left_usd"] is None else f"${row['left_usd']}",
        row["level"],
        "never" if anew is None else f"{datetime.fromisoformat(anew):%Y-%m-%d %H:%M %Z}",
    ]


def _how_to_change(environment: str) -> str:
    where = "" if environment == "local" else f" --env {environment}"
    return f"Limits are settings: reelwright config set budgets.per_day_block_usd 5.00 --reason TEXT{where}"
