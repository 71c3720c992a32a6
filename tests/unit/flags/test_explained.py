"""Why a flag answers what it answers."""

from typing import Any

import pytest

from reelwright.environment.flagging import FlagOverride
from reelwright.flags.editing import UnknownFlag
from reelwright.flags.evaluation import Reason
from reelwright.flags.explained import explain_flag

DOCUMENT: Any = {
    "version": "1",
    "flags": {"f": {}, "plain": {}, "unset": {}},
    "values": {
        "plain": {"enabled": True},
        "f": {
            "_variants": [
                {"name": "germans", "enabled": True, "rule": '(eq $language "de")'},
                {"name": "some", "enabled": False, "rule": "(split pct::100 by::$id)"},
                {"name": "default", "enabled": True},
            ]
        },
    },
}


@pytest.mark.parametrize(
    ("context", "outcomes", "variant"),
    [
        ({"language": "de", "id": "1"}, ["matched", "not asked", "not asked"], "germans"),
        ({"language": "en", "id": "1"}, ["not matched", "matched", "not asked"], "some"),
        ({"language": "en"}, ["not matched", "not matched", "default"], "default"),
        ({}, ["not asked", "not asked", "default"], "default"),
    ],
)
def test_every_variant_says_what_became_of_it(context: Any, outcomes: list[str], variant: str) -> None:
    told = explain_flag(DOCUMENT, "f", context, version="7")
    assert [one.outcome for one in told.variants] == outcomes
    assert (told.answer.variant, told.answer.version) == (variant, "7")
    assert [one.because is not None for one in told.variants] == [bool(context), bool(context), False]


def test_a_rule_tells_why() -> None:
    germans = explain_flag(DOCUMENT, "f", {"language": "en"}).variants[0]
    assert germans.because is not None
    assert list(germans.because.lines()) == ['false  (eq $language "de")  — $language is "en"']


def test_an_override_answers_and_what_it_hides_is_told() -> None:
    told = explain_flag(DOCUMENT, "f", {"language": "de"}, overrides={"f": FlagOverride(variant="some")})
    assert (told.answer.reason, told.answer.variant) == (Reason.OVERRIDE, "some")
    assert told.by_document.variant == "germans"
    assert "overridden by settings: f" in told.origin


def test_a_flag_without_variants_has_nothing_to_explain() -> None:
    told = explain_flag(DOCUMENT, "plain", {})
    assert (told.answer.enabled, told.variants) == (True, ())


def test_what_is_not_set_is_unknown() -> None:
    for flag in ("plian", "unset"):
        with pytest.raises(UnknownFlag):
            explain_flag(DOCUMENT, flag, {})
