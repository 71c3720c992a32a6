"""The rule language: a table of what holds, a table of what is no rule, limits, and reasons."""

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.flags.errors import InvalidFlags
from reelwright.flags.rules import RuleError, compile_rule, explain_rule
from reelwright.flags.rules.parsing import MAX_DEPTH, MAX_RULE_CHARS, parse_rule
from reelwright.flags.rules.tree import print_rule

HERE = Path(__file__).parent
TABLE = tomllib.loads((HERE / "rules.toml").read_text(encoding="utf-8"))
ROWS = [(basis, *row) for basis, rows in TABLE.items() for row in rows]
BAD = tomllib.loads((HERE / "bad_rules.toml").read_text(encoding="utf-8"))["bad"]
OPERATORS_RULE = (
    '(or (eq $a 1) (gt $a "x") (lte $b 2024-01) (begins_with $a $b) (contains $a "x") (in $a [1, "x", true]) '
    '(matches in::$a pattern::"^x+$") (exists key::"a") (split pct::1 by::$a) $a (not (eq $a $b)))'
)


def test_the_tables_are_whole() -> None:
    assert set(TABLE) == {"documented", "inferred"}
    assert len(ROWS) >= 150
    assert len(BAD) >= 60
    assert len({(rule, repr(context)) for _, rule, context, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize(("basis", "rule", "context", "result"), ROWS, ids=[f"{r[0]}-{r[1]}" for r in ROWS])
def test_a_rule_of_the_table(basis: str, rule: str, context: Mapping[str, Any], *, result: bool) -> None:
    assert basis in ("documented", "inferred")
    assert compile_rule(rule)(context, flag="captions") is result
    assert explain_rule(rule)(context, flag="captions").result is result
    printed = print_rule(parse_rule(rule))
    assert parse_rule(printed) == parse_rule(rule)
    assert compile_rule(printed)(context, flag="captions") is result


@pytest.mark.parametrize(("text", "line", "column", "expected"), BAD, ids=[str(row[0]) for row in BAD])
def test_what_is_no_rule_says_where_and_what_is_expected(
    text: str, line: int, column: int, expected: str
) -> None:
    with pytest.raises(RuleError) as caught:
        compile_rule(text)

    assert (caught.value.line, caught.value.column) == (line, column)
    assert expected in str(caught.value)
    assert f"ine {line}, column {column}" in str(caught.value)
    assert caught.value.context == {"line": str(line), "column": str(column)}


def test_a_bad_rule_is_a_bad_flag_document() -> None:
    assert issubclass(RuleError, InvalidFlags)


@pytest.mark.parametrize(("open_", "close"), [("(not ", ")"), ("(and true ", ")"), ("(eq true ", ")")])
def test_a_rule_lies_no_deeper_than_the_limit(open_: str, close: str) -> None:
    deepest = open_ * MAX_DEPTH + "true" + close * MAX_DEPTH

    assert compile_rule(deepest)({}) in (True, False)
    assert explain_rule(deepest)({}).result is compile_rule(deepest)({})
    with pytest.raises(RuleError, match=f"at most {MAX_DEPTH} expressions"):
        compile_rule(open_ + deepest + close)


def test_a_rule_is_no_longer_than_appconfig_allows() -> None:
    filler = "(eq $a 1)".ljust(MAX_RULE_CHARS)

    assert compile_rule(filler)({"a": 1})
    with pytest.raises(RuleError, match=f"at most {MAX_RULE_CHARS} characters, found {MAX_RULE_CHARS + 1}"):
        compile_rule(filler + " ")


@pytest.mark.parametrize(
    "unit", ["(", "((", "'", '"', "/*", "/* */", "\\", "(not ", "[", "$a ", "'''", "1", "pct::"]
)
def test_no_text_within_the_limit_is_too_much_for_the_reader(unit: str) -> None:
    with pytest.raises(RuleError):
        compile_rule((unit * MAX_RULE_CHARS)[:MAX_RULE_CHARS])


@given(st.text(alphabet="()[]$ab \"'\\:,/*-.0129eqT\n\r", max_size=60) | st.text(max_size=60))
def test_any_text_is_a_rule_or_a_rule_error(text: str) -> None:
    with suppress(RuleError):
        assert compile_rule(text)({}) in (True, False)


class Tier(StrEnum):
    PREMIUM = "premium"


ODD: list[object] = [
    None,
    object(),
    b"bytes",
    10**5000,
    -(10**5000),
    float("nan"),
    float("inf"),
    "9" * 5000,
    "\ud800",
    "\0",
    datetime.min,  # noqa: DTZ901 (a naive moment at the end of time is the point)
    datetime.max,  # noqa: DTZ901 (as above)
    datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
    datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))),
    [object(), None, "x"],
    {"x": 1},
    {1, 2},
    1j,
    Tier.PREMIUM,
]


@pytest.mark.parametrize("value", ODD, ids=[f"{type(v).__name__}-{i}" for i, v in enumerate(ODD)])
def test_no_value_of_a_context_makes_a_rule_raise(value: object) -> None:
    for other in (*ODD, "x", 1, True):
        context = {"a": value, "b": other}
        result = compile_rule(OPERATORS_RULE)(context)
        assert result is explain_rule(OPERATORS_RULE)(context).result


@given(
    st.dictionaries(
        st.sampled_from("ab"),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes() | st.binary(),
    )
)
def test_no_context_makes_a_rule_raise(context: dict[str, object]) -> None:
    assert compile_rule(OPERATORS_RULE)(context) in (True, False)


def test_members_of_an_enumeration_are_their_text_and_moments_keep_their_offset() -> None:
    east = datetime(2024, 1, 1, 1, tzinfo=timezone(timedelta(hours=1)))

    assert compile_rule('(eq $tier "premium")')({"tier": Tier.PREMIUM})
    assert compile_rule("(eq $at 2024-01-01T00:00Z)")({"at": east})
    assert compile_rule("(eq $at 2024-01-01T00:00Z)")({"at": datetime(2024, 1, 1, tzinfo=UTC)})


def test_an_explanation_says_which_part_held_and_what_the_context_had() -> None:
    rule = '(or (and (ends_with $email "@a.b") (gt $age 5)) (not $beta) (exists key::"c-d"))'
    explain = explain_rule(rule)

    assert list(explain({"email": "x@a.b", "age": "old", "beta": "true"}).lines()) == [
        f"false  {rule}  — no part is true",
        '  false  (and (ends_with $email "@a.b") (gt $age 5))  — part 2 is false',
        '    true   (ends_with $email "@a.b")  — $email is "x@a.b"',
        '    false  (gt $age 5)  — $age is "old", which is no number',
        "  false  (not $beta)  — the part is true",
        '    true   $beta  — $beta is "true"',
        "  false  (exists key::\"c-d\")  — '$c-d' is missing",
    ]


def test_an_explanation_says_where_a_value_lies_in_a_split() -> None:
    told = explain_rule('(split pct::50 by::$id seed::"s")')({"id": 42})
    place = float(told.because.removeprefix("$id is 42, which lies at ").removesuffix(" %"))

    assert told.result is (place < 50)
    assert explain_rule("(split pct::50 by::$id)")({}).because == "$id is missing"


def test_an_explanation_shortens_what_is_long() -> None:
    assert len(explain_rule('(eq $a "1")')({"a": "x" * 500}).because) < 80
