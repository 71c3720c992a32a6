"""Strangers' text reaches a terminal as text only."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.cli.output import as_json, error_lines, printable
from reelwright.errors import InvalidInput, Permanent


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;https://example.org\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jgone", "gone"),
        ("a\x08b\x7fc\x00d", "abcd"),
        ("overwritten\rby this", "overwrittenby this"),
        ("abc\u202edef\u2066ghi\u200e", "abcdefghi"),
        ("\x1b", ""),
        ("\x1b]never closed", ""),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("[bold]markup[/bold]", "[bold]markup[/bold]"),
        ("עברית 🏳\ufe0f\u200d🌈", "עברית 🏳\ufe0f\u200d🌈"),
    ],
)
def test_only_what_can_be_displayed_is_left(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text())
def test_nothing_is_left_that_a_terminal_obeys(text: str) -> None:
    shown = printable(text)
    hidden = [each for each in shown if unicodedata.category(each) in {"Cc", "Cs"}]
    assert set(hidden) <= {"\n", "\t"}
    assert printable(shown) == shown


@given(st.dictionaries(st.text(), st.text()))
def test_json_is_ascii_and_comes_back_as_it_was(data: dict[str, str]) -> None:
    line = as_json(data)
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line) == data


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\udce6\udcbd\udcae.md", "潮.md"),
        ("caf\udce9", "caf\ufffd"),
        ("\ud800 half", "? half"),
        ("whole 🌊", "whole 🌊"),
    ],
)
def test_halves_of_characters_reach_nobody(text: str, shown: str) -> None:
    assert json.loads(as_json({text: [text]})) == {shown: [shown]}
    assert printable(text) == shown


def test_an_error_is_told_with_its_code_and_what_to_do() -> None:
    told = error_lines(InvalidInput("The topic is empty.", next_step="Give one."))
    assert told == "Error [invalid_input]: The topic is empty.\n  Next: Give one."
    assert error_lines(Permanent("It broke.")) == "Error [permanent]: It broke."


def test_a_huge_message_loses_its_middle() -> None:
    told = error_lines(InvalidInput("start " + "x" * 10_000 + " end"))
    assert told.startswith("Error [invalid_input]: start x")
    assert told.endswith("x end")
    assert len(told) < 2100
