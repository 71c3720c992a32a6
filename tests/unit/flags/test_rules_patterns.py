"""The regular expressions of ``matches``: like RE2's, and never slow."""

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.flags.rules import patterns
from reelwright.flags.rules.expressions import MAX_STEPS
from reelwright.flags.rules.patterns import Pattern, PatternError

ATOMS = (
    "a",
    "b",
    ".",
    "[ab]",
    "[^a]",
    r"\d",
    r"\W",
    "^",
    "$",
    r"\b",
    r"\B",
    "é",
    "(?i)A",
    r"\x61",
    "[a-c1-]",
)
KNOWN = [
    ("", "", True),
    ("a|", "", True),
    ("[]a]", "]", True),
    ("[^]a]", "]", False),
    ("[[:alpha:][:digit:]]", "-1", True),
    ("[[:^alpha:]]", "a", False),
    ("[^\\D]", "a", False),
    ("[\\W]", "a", False),
    ("[a-]", "-", True),
    ("(?s).", "\n", True),
    (".", "\n", False),
    ("(?m)^b$", "a\nb\nc", True),
    ("^b$", "a\nb\nc", False),
    (r"\Aa\z", "a", True),
    ("a$", "a\n", False),
    ("(?i:a)b", "Ab", True),
    ("(?i:a)b", "AB", False),
    ("(?i)a(?-i)b", "AB", False),
    ("(?i)[^a]", "A", False),
    ("(?P<x>a)(?<y>b)(?:c)", "abc", True),
    ("x{2,3}?y", "xxy", True),
    ("^x{2,3}$", "xxxx", False),
    ("^x{2,}$", "xxxx", True),
    ("^x{0}$", "", True),
    ("a{,2}", "a{,2}", True),
    ("a{", "a{", True),
    (r"\x{1F600}", "😀", True),
    (r"\.", "a", False),
    (r"\s", "\v", False),
    ("(a*)*b", "aab", True),
    ("(|a)+$", "", True),
    ("(^a|b$)", "ab", True),
]


@pytest.mark.parametrize(("pattern", "text", "found"), KNOWN)
def test_a_pattern(pattern: str, text: str, *, found: bool) -> None:
    assert Pattern(pattern).found_in(text) is found
    assert Pattern(pattern).found_in(text) is found


def grown(random: Random, depth: int = 3) -> str:
    kind = random.randrange(5) if depth else 0
    if kind == 1:
        return f"(?:{grown(random, depth - 1)}|{grown(random, depth - 1)})"
    if kind == 2:
        return f"(?:{grown(random, depth - 1)}){random.choice(('*', '+', '?', '{2}', '{1,}', '{0,2}', '*?'))}"
    if kind in (3, 4):
        return grown(random, depth - 1) + grown(random, depth - 1)
    return random.choice([atom for atom in ATOMS if not atom.startswith("(?i)")])


def test_it_agrees_with_pythons_engine_where_both_mean_the_same() -> None:
    random, matched = Random(3), 0
    for _ in range(4_000):
        pattern = grown(random)
        text = "".join(random.choice("abc1é\n- ") for _ in range(random.randrange(8)))
        expected = re.search(pattern.replace("$", r"\Z"), text, re.ASCII) is not None
        if text == "" and r"\B" in pattern:
            continue  # Python, until 3.14, finds no \B in an empty text; RE2 does
        assert Pattern(pattern).found_in(text) is expected, (pattern, text)
        matched += expected
    assert 1_000 < matched < 3_900


@given(st.text(alphabet=r"ab()[]{}|*+?^$\.-,:=!<>PimsdwbBQpx01", max_size=20), st.text(max_size=10))
def test_any_text_is_a_pattern_or_a_pattern_error(pattern: str, text: str) -> None:
    try:
        compiled = Pattern(pattern)
    except PatternError:
        return
    assert compiled.found_in(text) in (True, False)


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|aa)+$", "^(a|a?)+$", "(.*a){20}$", "(a*)*b"])
def test_what_a_backtracking_engine_never_ends_is_found_at_once(pattern: str) -> None:
    assert not Pattern(pattern).found_in("a" * 2_000 + "!")


def test_a_pattern_has_a_limit_of_steps() -> None:
    assert Pattern("a" * MAX_STEPS).found_in("a" * MAX_STEPS)
    for pattern in (
        "a" * (MAX_STEPS + 1),
        "(a{100}){100}",
        "((((x{1000}){1000}){1000}){1000}){1000}",
        "(){1000}" * 2,
    ):
        with pytest.raises(PatternError, match=f"at most {MAX_STEPS} steps"):
            Pattern(pattern)


def test_what_is_kept_is_bounded_and_begun_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "_MAX_KEPT", 50)
    pattern = Pattern("(a|b)*a(a|b){9}x")
    text = "".join(Random(1).choice("ab") for _ in range(500))

    assert not pattern.found_in(text)
    assert pattern._kept <= 50 + MAX_STEPS
    assert pattern.found_in(text + "abbbbbbbbbx")
