"""Productions that are made again and again: which topics, how often, and where the clock hangs."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, JsonValue, StringConstraints

from reelwright.environment.basics import Several, Strict

__all__ = ["RecurringName", "RecurringSpec"]

RecurringName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$", max_length=32)]
"""What a recurring production is called; it becomes part of names in AWS."""

_RATE = r"rate\([1-9]\d{0,3} (minute|hour|day)s?\)"
_CRON = r"cron\((\S+ ){5}\S+\)"


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("it must be a time zone such as Europe/Berlin") from None
    return name


def _one_kind_of_day(cadence: str) -> str:
    """Refuse what EventBridge Scheduler would refuse when it is deployed: one of two days must be ``?``."""
    if cadence.startswith("cron("):
        _, _, of_month, _, of_week, _ = cadence.split(" ")
        if (of_month == "?") == (of_week == "?"):
            raise ValueError("of the day of the month and the day of the week exactly one must be '?'")
    return cadence


class RecurringSpec(Strict):
    """One cadence. Each time, a production is started for every topic."""

    topics: Annotated[Several[Annotated[str, StringConstraints(min_length=1)]], Field(min_length=1)]
    """What the videos are about."""
    cadence: Annotated[
        str, StringConstraints(pattern=rf"^(?:{_RATE}|{_CRON})$"), AfterValidator(_one_kind_of_day)
    ]
    """As EventBridge Scheduler takes it: ``cron(0 7 ? * MON-FRI *)``, or ``rate(7 days)``."""
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    """In which a cron is meant, with its changes of summer time."""
    enabled: bool = True
    """False keeps it, and starts nothing."""
    brief: dict[str, JsonValue] = Field(default={})
    """What the briefs say besides their topics, such as ``duration_seconds``; checked at synth."""
