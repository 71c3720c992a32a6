"""Whom a variant is for: said in parts, written as one rule, and taken apart again."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.flags.rules import RuleError, compile_rule
from reelwright.flags.targeting import InvalidTargeting, Targeting, keys_of, targeted

START = datetime(2026, 12, 1, tzinfo=UTC)
END = datetime(2026, 12, 24, 18, 0, 30, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    ("targeting", "rule"),
    [
        (Targeting(percent=10), "(split pct::10 by::$id)"),
        (Targeting(percent=0.001, by="topic", seed="a"), '(split pct::0.001 by::$topic seed::"a")'),
        (Targeting(percent=10, by="it's", seed='"'), "(split pct::10 by::'$it\\'s' seed::\"\\\"\")"),
        (Targeting(rule='(eq $language "de") // why'), '(eq $language "de") // why'),
        (Targeting(start=START), "(gte $now 2026-12-01T00:00:00Z)"),
        (Targeting(end=END), "(lt $now 2026-12-24T17:00:30Z)"),
        (
            Targeting('(eq $language "de")', 10, None, None, START, END),
            (
                '(and (gte $now 2026-12-01T00:00:00Z) (lt $now 2026-12-24T17:00:30Z) (eq $language "de") '
                "(split pct::10 by::$id))"
            ),
        ),
    ],
)
def test_parts_make_a_rule(targeting: Targeting, rule: str) -> None:
    assert targeted(None, targeting) == rule
    compile_rule(rule)


WHOLE = targeted(None, Targeting('(eq $language "de")', 10, "topic", "s", START, END))


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        (Targeting(percent=50), "pct::10", "pct::50"),
        (Targeting(by="id"), "by::$topic", "by::$id"),
        (Targeting(seed="t"), 'seed::"s"', 'seed::"t"'),
        (Targeting(rule='(exists key::"a")'), '(eq $language "de")', '(exists key::"a")'),
        (Targeting(start=START + timedelta(days=1)), "2026-12-01", "2026-12-02"),
        (Targeting(end=END + timedelta(days=1)), "2026-12-24", "2026-12-25"),
    ],
)
def test_one_part_changes_and_the_others_stay(change: Targeting, old: str, new: str) -> None:
    assert targeted(WHOLE, change) == WHOLE.replace(old, new)


def test_a_share_inside_of_an_operators_own_rule_is_found() -> None:
    rule = '(and (split pct::5 by::$id) (eq $topic "a") (exists key::"b"))'
    assert targeted(rule, Targeting(percent=6)) == (
        '(and (eq $topic "a") (exists key::"b") (split pct::6 by::$id))'
    )


def test_a_rule_of_another_shape_is_narrowed_and_never_widened() -> None:
    rule = "(or (split pct::5 by::$id) (split pct::5 by::$topic))"
    assert targeted(rule, Targeting(percent=50)) == f"(and {rule} (split pct::50 by::$id))"
    two = "(and (split pct::5 by::$id) (split pct::5 by::$topic))"
    assert targeted(two, Targeting(percent=50)) == (
        "(and (split pct::5 by::$id) (split pct::5 by::$topic) (split pct::50 by::$id))"
    )


@pytest.mark.parametrize(
    "targeting",
    [
        Targeting(percent=-0.1),
        Targeting(percent=100.1),
        Targeting(percent=float("nan")),
        Targeting(percent=float("inf")),
        Targeting(by="id"),
        Targeting(seed="a"),
        Targeting(percent=1, by=" "),
        Targeting(start=END, end=START),
        Targeting(start=START, end=START),
    ],
)
def test_what_means_nobody_is_refused(targeting: Targeting) -> None:
    with pytest.raises(InvalidTargeting):
        targeted(None, targeting)


def test_an_end_before_a_beginning_that_is_there_is_refused() -> None:
    with pytest.raises(InvalidTargeting, match="before it began"):
        targeted(WHOLE, Targeting(end=START))


def test_a_rule_that_is_none_says_where() -> None:
    for text in ("", "(", '(eqq $a "b")', "(eq $a) x"):
        with pytest.raises(RuleError):
            targeted(None, Targeting(rule=text, percent=1))


def test_what_a_rule_asks_for_is_known() -> None:
    assert keys_of(WHOLE) == {"now", "language", "topic"}
    assert keys_of('(not (or (exists key::"a") (matches in::$b pattern::"c") (in $d ["e"])))') == {
        "a",
        "b",
        "d",
    }


@given(
    percent=st.floats(0, 100),
    grown=st.floats(0, 100),
    now=st.datetimes(timezones=st.just(UTC)),
    unit=st.text(max_size=8),
    language=st.sampled_from(["de", "en"]),
)
def test_the_rule_holds_just_where_all_parts_do(
    percent: float, grown: float, now: datetime, unit: str, language: str
) -> None:
    whole = Targeting('(eq $language "de")', percent, None, None, START, END)
    rule = targeted(targeted(None, whole), Targeting(percent=grown))
    share = compile_rule(targeted(None, Targeting(percent=grown)))
    context = {"id": unit, "now": now, "language": language}
    expected = START <= now < END and language == "de" and share(context, flag="f")
    assert compile_rule(rule)(context, flag="f") is expected
