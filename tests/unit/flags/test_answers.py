"""Answers that a production pins."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.flags.answers import DOCUMENT, FlagAnswers, NoFlags
from reelwright.flags.evaluation import Reason
from reelwright.flags.manager import FeatureFlagManager

DEFINED = {"attributes": {"sizes": {}, "tier": {}}}
VALUES: dict[str, Any] = {
    "plain": {"enabled": True},
    "off": {"enabled": False},
    "rich": {"enabled": True, "tier": "premium", "sizes": [1, 2.5]},
    "ruled": {
        "_variants": [
            {"name": "long", "enabled": True, "rule": "(gt $durationSeconds 60)"},
            {"name": "rest", "enabled": False},
        ]
    },
}


class Asked:
    """A manager as production code sees it."""

    origin = "a test"
    names = tuple(VALUES)

    def __init__(self) -> None:
        document = {"version": "1", "flags": dict.fromkeys(VALUES, DEFINED), "values": VALUES}
        self._manager = FeatureFlagManager.from_document(document, version="4")
        self.evaluate = self._manager.evaluate


def test_what_is_pinned_is_answered_alike_after_it_was_stored() -> None:
    given_now = FlagAnswers.given_by(Asked(), {"durationSeconds": 90})
    stored = json.loads(json.dumps({DOCUMENT: given_now.as_document()}))
    read = FlagAnswers.pinned_in(stored)

    assert read.names == given_now.names == tuple(VALUES)
    assert [read.evaluate(flag) for flag in VALUES] == [given_now.evaluate(flag) for flag in VALUES]
    assert read.evaluate("rich").attributes == {"tier": "premium", "sizes": (1, 2.5)}
    assert (read.evaluate("ruled").variant, read.evaluate("ruled").reason) == ("long", Reason.TARGETING_MATCH)
    assert read.version == "4"


def test_a_context_given_later_changes_nothing() -> None:
    answers = FlagAnswers.given_by(Asked(), {"durationSeconds": 90})
    assert answers.evaluate("ruled", {"durationSeconds": 6}).enabled
    assert answers.is_enabled("ruled")


@pytest.mark.parametrize("default", [False, True])
def test_what_was_not_asked_answers_the_default(default: bool) -> None:  # noqa: FBT001 (what is tested)
    answers = FlagAnswers.given_by(Asked(), {})
    missing: Any = [[], {}, None, "missing"]
    for name in missing:
        answer = answers.evaluate(name, default=default)
        assert (answer.enabled, answer.reason) == (default, Reason.FLAG_NOT_FOUND)
    nothing = FlagAnswers.pinned_in({}).evaluate("plain", default=default)
    assert (nothing.enabled, nothing.reason) == (default, Reason.PROVIDER_NOT_READY)


def test_a_place_without_flags_leaves_everything_to_its_callers() -> None:
    evaluator = NoFlags().evaluator_for("prod_1")
    assert (evaluator.names, evaluator.origin) == ((), "this place has no flags")
    assert evaluator.evaluate("captions", {"a": 1}, default=True).enabled


GOOD: dict[str, Any] = {
    "enabled": True,
    "variant": None,
    "attributes": {},
    "reason": "STATIC",
    "version": "1",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(damaged=JSON, key=st.sampled_from(sorted(GOOD)))
def test_what_cannot_be_read_is_left_out_and_nothing_raises(damaged: Any, key: str) -> None:
    assert FlagAnswers.pinned_in({DOCUMENT: damaged}).evaluate("good", default=True).enabled
    stored: Any = {"bad": {**GOOD, key: damaged}, "worse": damaged, "good": GOOD}
    assert FlagAnswers.pinned_in({DOCUMENT: stored}).evaluate("good").enabled
