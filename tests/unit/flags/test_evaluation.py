"""What flags answer: variant, attributes, reason, and the shape of the AppConfig agent."""

import dataclasses
import json
from collections import UserDict
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.flags import document as documents
from reelwright.flags.evaluation import Reason
from reelwright.flags.manager import FeatureFlagManager

DOCUMENT: dict[str, Any] = {
    "version": "1",
    "flags": {
        "captions": {"attributes": {"style": {}, "sizes": {}}},
        "music": {"attributes": {"gain": {}}},
        "model": {"attributes": {"tier": {}, "tags": {}}},
        "alone": {"attributes": {"tier": {}}},
        "defined": {},
    },
    "values": {
        "captions": {"enabled": True, "style": "karaoke", "sizes": [12, 14.5], "_updatedAt": "2026-01-01"},
        "music": {"enabled": False, "gain": -18},
        "model": {
            "_variants": [
                {
                    "name": "QA",
                    "enabled": True,
                    "rule": '(ends_with $email "@qa.example.org")',
                    "attributeValues": {"tier": "premium", "tags": ["a", "b"]},
                },
                {"name": "Blocked", "enabled": False, "rule": '(in $country ["xx"])', "attributeValues": {}},
                {
                    "name": "Some",
                    "enabled": True,
                    "rule": '(and (exists key::"id") (not (split pct::0 by::$id)))',
                    "attributeValues": {"tier": "standard"},
                },
                {"name": "Others", "enabled": True, "attributeValues": {"tier": "economy"}},
            ]
        },
        "alone": {"_variants": [{"name": "Only", "enabled": True, "attributeValues": {"tier": "economy"}}]},
    },
}
FLAGS = FeatureFlagManager.from_document(DOCUMENT, version="7")
QA = {"email": "jo@qa.example.org"}
ELSEWHERE = {"email": "jo@example.org"}


KARAOKE = {"style": "karaoke", "sizes": (12, 14.5)}
PREMIUM = {"tier": "premium", "tags": ("a", "b")}


@pytest.mark.parametrize(
    ("flag", "context", "expected"),
    [
        ("captions", None, (True, None, KARAOKE, Reason.STATIC)),
        ("captions", QA, (True, None, KARAOKE, Reason.STATIC)),
        ("music", QA, (False, None, {}, Reason.STATIC)),
        ("model", QA, (True, "QA", PREMIUM, Reason.TARGETING_MATCH)),
        ("model", {"country": "xx"}, (False, "Blocked", {}, Reason.TARGETING_MATCH)),
        ("model", QA | {"country": "xx"}, (True, "QA", PREMIUM, Reason.TARGETING_MATCH)),
        ("model", {"id": "7"}, (True, "Some", {"tier": "standard"}, Reason.SPLIT)),
        ("model", ELSEWHERE, (True, "Others", {"tier": "economy"}, Reason.DEFAULT)),
        ("model", {}, (True, "Others", {"tier": "economy"}, Reason.DEFAULT)),
        ("model", None, (True, "Others", {"tier": "economy"}, Reason.DEFAULT)),
        ("alone", QA, (True, "Only", {"tier": "economy"}, Reason.STATIC)),
        ("defined", QA, (False, None, {}, Reason.FLAG_NOT_FOUND)),
        ("unknown", QA, (False, None, {}, Reason.FLAG_NOT_FOUND)),
    ],
)
def test_a_flag_answers_with_its_first_variant_that_matches(flag: str, context: Any, expected: Any) -> None:
    answer = FLAGS.evaluate(flag, context)

    assert (answer.enabled, answer.variant, dict(answer.attributes), answer.reason) == expected
    assert (answer.flag, answer.version) == (flag, "7")
    assert FLAGS.is_enabled(flag, context) is answer.enabled


def test_without_a_context_no_rule_is_asked() -> None:
    rule = '(not (exists key::"country"))'
    variants = [{"name": "A", "enabled": True, "rule": rule}, {"name": "B", "enabled": False}]
    flags = FeatureFlagManager.from_document(
        {"version": "1", "flags": {"f": {}}, "values": {"f": {"_variants": variants}}}
    )

    assert flags.evaluate("f", {"other": "1"}).variant == "A"
    assert [flags.evaluate("f", context).variant for context in (None, {})] == ["B", "B"]


def test_only_a_flag_that_is_not_there_takes_the_callers_default() -> None:
    assert FLAGS.is_enabled("unknown", QA, default=True)
    assert FLAGS.is_enabled("defined", default=True)
    assert not FLAGS.is_enabled("music", default=True)
    assert FeatureFlagManager().is_enabled("captions", QA, default=True)


def test_without_a_document_the_reason_says_so() -> None:
    answer = FeatureFlagManager().evaluate("captions", QA)

    assert (answer.enabled, answer.reason, answer.version) == (False, Reason.PROVIDER_NOT_READY, "")
    assert FeatureFlagManager().retrieve(QA) == {}


def test_all_flags_come_in_the_shape_of_the_agent() -> None:
    assert FLAGS.retrieve(QA) == {
        "captions": {"enabled": True, "style": "karaoke", "sizes": [12, 14.5]},
        "music": {"enabled": False},
        "model": {"_variant": "QA", "enabled": True, "tier": "premium", "tags": ["a", "b"]},
        "alone": {"_variant": "Only", "enabled": True, "tier": "economy"},
    }
    assert FLAGS.retrieve({"country": "xx"})["model"] == {"_variant": "Blocked", "enabled": False}
    assert json.loads(json.dumps(FLAGS.retrieve())) == FLAGS.retrieve(None)


def test_an_answer_is_plain_data_for_the_record() -> None:
    assert json.loads(json.dumps(FLAGS.evaluate("model", QA).as_dict())) == {
        "flag": "model",
        "enabled": True,
        "variant": "QA",
        "attributes": {"tier": "premium", "tags": ["a", "b"]},
        "reason": "TARGETING_MATCH",
        "version": "7",
    }


def test_nobody_changes_an_answer_for_others() -> None:
    answer: Any = FLAGS.evaluate("captions")

    with pytest.raises(TypeError):
        answer.attributes["style"] = "plain"
    with pytest.raises(dataclasses.FrozenInstanceError):
        answer.enabled = False
    FLAGS.retrieve()["captions"]["sizes"].append(99)
    assert FLAGS.evaluate("captions").attributes["sizes"] == (12, 14.5)


def test_the_name_of_the_flag_seeds_a_split_without_a_seed() -> None:
    variants = [
        {"name": "In", "enabled": True, "rule": "(split pct::50 by::$id)"},
        {"name": "Out", "enabled": False},
    ]
    document = {
        "version": "1",
        "flags": {"one": {}, "two": {}},
        "values": {name: {"_variants": variants} for name in ("one", "two")},
    }
    flags = FeatureFlagManager.from_document(document)
    sides = [
        tuple(flags.evaluate(name, {"id": str(number)}).variant for name in ("one", "two"))
        for number in range(200)
    ]

    assert {*sides} == {("In", "In"), ("In", "Out"), ("Out", "In"), ("Out", "Out")}
    assert flags.evaluate("one", {"id": "1"}).reason in (Reason.SPLIT, Reason.DEFAULT)


class Spiteful(Mapping[str, Any]):
    """A context that raises whatever one does with it."""

    def __getitem__(self, key: str) -> NoReturn:
        raise MemoryError

    def __len__(self) -> NoReturn:
        raise RuntimeError("no length")

    def __iter__(self) -> Iterator[str]:
        raise RecursionError


class SpitefulValue(str):
    """A value that raises when it is compared."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError

    def __hash__(self) -> int:
        raise ZeroDivisionError

    def endswith(self, *_: Any) -> bool:
        raise ZeroDivisionError


@pytest.mark.parametrize("context", ["text", b"bytes", 7, [("email", "x")], object(), Spiteful(), {"email"}])
def test_a_context_that_cannot_be_used_counts_as_none_and_the_reason_says_so(context: Any) -> None:
    answer = FLAGS.evaluate("model", context)

    assert (answer.variant, answer.reason) == ("Others", Reason.INVALID_CONTEXT)
    assert FLAGS.evaluate("captions", context).enabled


def test_any_mapping_is_a_context() -> None:
    assert FLAGS.evaluate("model", UserDict(QA)).variant == "QA"


def test_a_rule_that_raises_is_no_match_of_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(context: Any, *, flag: str = "") -> NoReturn:
        raise ValueError(flag, context)

    monkeypatch.setattr(documents, "compile_rule", lambda _text: raising)
    answer = FeatureFlagManager.from_document(DOCUMENT).evaluate("model", QA)

    assert (answer.variant, answer.reason) == ("Others", Reason.INVALID_CONTEXT)


@pytest.mark.parametrize("flag", [None, 7, [], {}, object(), "", "x" * 10_000, "\ud800"])
def test_what_is_no_name_is_the_name_of_no_flag(flag: Any) -> None:
    assert FLAGS.evaluate(flag, QA).reason is Reason.FLAG_NOT_FOUND
    assert FLAGS.attributes_of(str(flag)) == frozenset()


ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=9),
        st.binary(max_size=9),
        st.datetimes(),
        st.decimals(),
        st.builds(SpitefulValue, st.text(max_size=3)),
        st.builds(object),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
        st.tuples(inner, inner),
    ),
    max_leaves=5,
)
NAMES = st.one_of(st.sampled_from(["email", "country", "id"]), st.text(max_size=5), st.integers(), st.none())


@given(
    st.one_of(st.sampled_from([*DOCUMENT["flags"], "unknown"]), ANYTHING),
    st.one_of(ANYTHING, st.dictionaries(NAMES, ANYTHING, max_size=4), st.builds(Spiteful)),
    st.data(),
)
def test_to_evaluate_never_raises(flag: Any, context: Any, data: st.DataObject) -> None:
    default = data.draw(st.booleans())
    answer = FLAGS.evaluate(flag, context, default=default)

    assert isinstance(answer.enabled, bool)
    assert answer.reason in Reason
    assert answer.enabled is default or answer.reason is not Reason.FLAG_NOT_FOUND
    assert FLAGS.retrieve(context).keys() == DOCUMENT["values"].keys()
