"""Schedules are rules on ``$now``, the moment that a context carries: in UTC, to the second.

There is no summer time in them::

    (and (gte $now 2026-12-01T00:00:00Z) (lt $now 2027-01-01T00:00:00Z))
"""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.flags.evaluation import Reason
from reelwright.flags.manager import FeatureFlagManager
from reelwright.flags.rules import RuleError, compile_rule

DECEMBER = "(and (gte $now 2026-12-01T00:00:00Z) (lt $now 2027-01-01T00:00:00Z))"
BERLIN = ZoneInfo("Europe/Berlin")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("now", "held"),
    [
        ("2026-11-30T23:59:59+00:00", False),
        ("2026-11-30T23:59:59.999999+00:00", False),
        ("2026-12-01T00:00:00+00:00", True),
        ("2026-12-01T00:59:59+01:00", False),
        ("2026-12-01T01:00:00+01:00", True),
        ("2026-11-30T19:00:00-05:00", True),
        ("2026-12-31T23:59:59.999999+00:00", True),
        ("2027-01-01T00:00:00+00:00", False),
        ("2027-01-01T00:30:00+01:00", True),
        ("2027-12-15T00:00:00+00:00", False),
    ],
)
def test_a_schedule_begins_and_ends_at_its_moment_wherever_the_clock_stands(now: str, *, held: bool) -> None:
    rule = compile_rule(DECEMBER)

    assert rule({"now": moment(now)}) is held
    assert rule({"now": now}) is held
    assert rule({"now": moment(now).astimezone(UTC)}) is held
    assert rule({"now": moment(now).astimezone(BERLIN)}) is held
    assert rule({"now": moment(now).astimezone(UTC).replace(tzinfo=None)}) is held


@pytest.mark.parametrize(
    "context", [{}, {"now": None}, {"now": "soon"}, {"now": 1_796_083_200}, {"when": "2026-12-05"}]
)
def test_without_a_moment_no_schedule_holds(context: dict[str, object]) -> None:
    assert not compile_rule(DECEMBER)(context)
    assert compile_rule('(not (exists key::"now"))')({"when": 1})


def test_summer_time_neither_swallows_an_hour_nor_says_one_twice() -> None:
    """Berlin's clocks skip from 2 to 3 on 2026-03-29, and go back from 3 to 2 on 2026-10-25."""
    for start, first in (("2026-03-29T00:30:00", "+01:00"), ("2026-10-25T00:30:00", "+02:00")):
        begin = moment(f"{start}+00:00")
        end = begin + timedelta(hours=1)
        rule = compile_rule(f"(and (gte $now {begin:%Y-%m-%dT%H:%M:%SZ}) (lt $now {end:%Y-%m-%dT%H:%M:%SZ}))")
        told = [
            rule({"now": (begin + timedelta(seconds=second)).astimezone(BERLIN)})
            for second in range(-2, 3602)
        ]
        assert told == [False] * 2 + [True] * 3600 + [False] * 2
        assert begin.astimezone(BERLIN).isoformat().endswith(first)


_MOMENTS = st.integers(86_400, 4_102_444_800).map(lambda second: datetime.fromtimestamp(second, UTC))
_OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(
    begin=_MOMENTS, end=_MOMENTS, now=_MOMENTS, near=st.integers(-2, 2), offsets=st.tuples(_OFFSETS, _OFFSETS)
)
def test_a_schedule_holds_from_its_first_second_up_to_its_last_in_whatever_offset_it_is_written(
    begin: datetime, end: datetime, now: datetime, near: int, offsets: tuple[timezone, timezone]
) -> None:
    written = [at.astimezone(offsets[0]).isoformat() for at in (begin, end)]
    rule = compile_rule(f"(and (gte $now {written[0]}) (lt $now {written[1]}))")

    for at in (now, begin + timedelta(seconds=near), end + timedelta(seconds=near)):
        assert rule({"now": at.astimezone(offsets[1])}) is (begin <= at < end)
        assert rule({"now": at.astimezone(offsets[1]).isoformat()}) is (begin <= at < end)


@pytest.mark.parametrize(
    ("text", "column"),
    [("(gte $now 2026-13-01)", 11), ("(lt $now 2026-12-01T25:00Z)", 10), ("(lt $now 2026-02-29)", 10)],
)
def test_a_day_that_there_is_not_is_refused_where_it_stands(text: str, column: int) -> None:
    with pytest.raises(RuleError) as caught:
        compile_rule(text)
    assert (caught.value.line, caught.value.column) == (1, column)


def test_a_flag_is_scheduled_by_a_variant() -> None:
    document = {
        "version": "1",
        "flags": {"snow": {}},
        "values": {
            "snow": {
                "_variants": [
                    {"name": "December", "rule": DECEMBER, "enabled": True},
                    {"name": "Else", "enabled": False},
                ]
            }
        },
    }
    manager = FeatureFlagManager.from_document(document)
    during, after = moment("2026-12-24T18:00:00+01:00"), moment("2027-01-06T00:00:00+00:00")

    said = manager.evaluate("snow", {"now": during})
    assert (said.enabled, said.variant, said.reason) == (True, "December", Reason.TARGETING_MATCH)
    assert not manager.is_enabled("snow", {"now": after})
    assert not manager.is_enabled("snow")


@pytest.mark.parametrize(
    ("rule", "context", "held"),
    [
        (
            '(and (gte $hour 9) (lt $hour 17) (in $weekday ["Monday", "Tuesday"]))',
            {"hour": 9, "weekday": "Monday"},
            True,
        ),
        (
            '(and (gte $hour 9) (lt $hour 17) (in $weekday ["Monday", "Tuesday"]))',
            {"hour": 17, "weekday": "Monday"},
            False,
        ),
        (
            '(and (gte $hour 9) (lt $hour 17) (in $weekday ["Monday", "Tuesday"]))',
            {"hour": 9, "weekday": "Sunday"},
            False,
        ),
        ("(or (gte $hour 22) (lt $hour 6))", {"hour": 23}, True),
        ("(or (gte $hour 22) (lt $hour 6))", {"hour": 12}, False),
    ],
)
def test_what_recurs_is_told_by_the_hour_and_the_day(
    rule: str, context: dict[str, object], *, held: bool
) -> None:
    assert compile_rule(rule)(context) is held
