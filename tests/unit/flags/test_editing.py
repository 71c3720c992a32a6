"""Edits of flag documents: what they change, and that they change nothing else."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.flags.definitions import flag_definitions
from reelwright.flags.document import compile_document
from reelwright.flags.editing import (
    EditRefused,
    FlagEdit,
    UnknownFlag,
    edited,
    edited_value,
    restored,
    with_values,
)
from reelwright.flags.evaluation import FlagTable
from reelwright.flags.targeting import Targeting

BUNDLED = flag_definitions("flags").as_json()
TIER = {"attributes": {"tier": {}, "limit": {}}}
STAMPS = {"_createdAt": "2026-01-01", "_updatedAt": "2026-02-02"}
RAMP = {
    **STAMPS,
    "_variants": [
        {"name": "beta", "enabled": True, "rule": '(eq $topic "a")', "attributeValues": {"tier": "premium"}},
        {
            "name": "on",
            "enabled": True,
            "rule": "(split pct::10 by::$id)",
            "attributeValues": {"tier": "premium"},
        },
        {"name": "default", "enabled": False, "attributeValues": {"tier": "economy"}},
    ],
}


def test_a_plain_value_changes_in_what_is_said() -> None:
    value = {**STAMPS, "enabled": False, "tier": "economy", "limit": 3}
    assert edited_value("f", TIER, value, FlagEdit(enabled=True)) == {**value, "enabled": True}
    assert edited_value("f", TIER, value, FlagEdit(attributes={"tier": "premium"})) == {
        **value,
        "tier": "premium",
    }
    assert edited_value("f", {}, {}, FlagEdit(enabled=True)) == {"enabled": True}


def test_a_share_makes_a_plain_value_the_default() -> None:
    edit = FlagEdit(enabled=True, attributes={"tier": "premium"}, targeting=Targeting(percent=10))
    assert edited_value("f", TIER, {**STAMPS, "enabled": False, "tier": "economy", "limit": 3}, edit) == {
        **STAMPS,
        "_variants": [
            {
                "name": "on",
                "enabled": True,
                "rule": "(split pct::10 by::$id)",
                "attributeValues": {"tier": "premium", "limit": 3},
            },
            {"name": "default", "enabled": False, "attributeValues": {"tier": "economy", "limit": 3}},
        ],
    }


def test_a_new_variant_is_asked_before_those_that_are_there() -> None:
    edit = FlagEdit(enabled=False, variant="germans", targeting=Targeting(rule='(eq $language "de")'))
    changed = edited_value("f", TIER, RAMP, edit)
    assert [one["name"] for one in changed["_variants"]] == ["germans", "beta", "on", "default"]
    assert changed["_variants"][1:] == RAMP["_variants"]
    assert changed["_variants"][0]["attributeValues"] == {"tier": "economy"}


def test_a_variant_that_is_there_changes_in_its_place_and_only_in_what_is_said() -> None:
    changed = edited_value("f", TIER, RAMP, FlagEdit(targeting=Targeting(percent=50)))
    grown = {**RAMP["_variants"][1], "rule": "(split pct::50 by::$id)"}
    assert changed == {**RAMP, "_variants": [RAMP["_variants"][0], grown, RAMP["_variants"][2]]}
    off = edited_value("f", TIER, RAMP, FlagEdit(enabled=False, variant="beta"))
    assert off["_variants"] == [{**RAMP["_variants"][0], "enabled": False}, *RAMP["_variants"][1:]]
    default = edited_value("f", TIER, RAMP, FlagEdit(attributes={"tier": "standard"}, variant="default"))
    assert default["_variants"][2] == {
        "name": "default",
        "enabled": False,
        "attributeValues": {"tier": "standard"},
    }


def test_for_everybody_the_variants_go_and_the_attributes_are_those_that_already_say_so() -> None:
    assert edited_value("f", TIER, RAMP, FlagEdit(enabled=True)) == {
        **STAMPS,
        "enabled": True,
        "tier": "premium",
    }
    assert edited_value("f", TIER, RAMP, FlagEdit(enabled=False)) == {
        **STAMPS,
        "enabled": False,
        "tier": "economy",
    }


def test_what_variants_do_not_agree_on_has_to_be_said() -> None:
    apart = deepcopy(RAMP)
    apart["_variants"][0]["attributeValues"] = {"tier": "standard"}
    with pytest.raises(EditRefused, match="differ in tier") as refused:
        edited_value("f", TIER, apart, FlagEdit(enabled=True))
    assert "--attribute tier=" in refused.value.next_step
    said = FlagEdit(enabled=True, attributes={"tier": "economy"})
    assert edited_value("f", TIER, apart, said)["tier"] == "economy"
    del apart["_variants"][0]["attributeValues"]
    with pytest.raises(EditRefused, match="differ in tier"):
        edited_value("f", TIER, apart, FlagEdit(enabled=True))


@pytest.mark.parametrize(
    ("edit", "match"),
    [
        (FlagEdit(attributes={"tire": "x"}), "no attribute 'tire'. Did you mean 'tier'"),
        (FlagEdit(enabled=True, variant="betta"), "no variant 'betta'. Did you mean 'beta'"),
        (FlagEdit(enabled=True, variant="default", targeting=Targeting(percent=1)), "no rule matches"),
        (FlagEdit(attributes={"tier": "premium"}), "has variants: beta, on, default"),
    ],
)
def test_what_leaves_no_room_is_refused(edit: FlagEdit, match: str) -> None:
    with pytest.raises(EditRefused, match=match):
        edited_value("f", TIER, RAMP, edit)


def test_an_unknown_flag_offers_the_nearest() -> None:
    for act in (
        lambda: edited(BUNDLED, "cptions", FlagEdit(enabled=True)),
        lambda: with_values(BUNDLED, {"cptions": {"enabled": True}}),
        lambda: restored(BUNDLED, BUNDLED, "cptions"),
    ):
        with pytest.raises(UnknownFlag, match="Did you mean 'captions'"):
            act()


def test_an_older_version_brings_values_back_and_leaves_definitions_alone() -> None:
    now = edited(BUNDLED, "music", FlagEdit(enabled=False))
    old = {
        "flags": {"gone": {"name": "Gone"}},
        "values": {"gone": {"enabled": True}, "captions": {"enabled": False}, "music": {"enabled": True}},
    }
    back = restored(now, old)
    assert back["flags"] == BUNDLED["flags"]
    assert back["values"] == {**BUNDLED["values"], "captions": {"enabled": False}}
    one = restored(now, old, "captions")
    assert one["values"] == {**now["values"], "captions": {"enabled": False}}
    with pytest.raises(EditRefused, match="sets no flag publish-x"):
        restored(now, old, "publish-x")


NAMES = st.sampled_from(["on", "off", "default", "half", "naïve name"])
TARGETINGS = st.builds(
    Targeting,
    rule=st.none() | st.sampled_from(['(eq $language "de")', '(exists key::"topic")']),
    percent=st.floats(0, 100),
    by=st.none() | st.sampled_from(["id", "topic", "we ird"]),
    seed=st.none() | st.text(max_size=5).filter(lambda text: text.isprintable()),
)
EDITS = st.builds(
    FlagEdit,
    enabled=st.none() | st.booleans(),
    attributes=st.just({}) | st.just({"tier": "premium"}),
    variant=st.none() | NAMES,
    targeting=st.none() | TARGETINGS,
)


def _edited(document: Any, flag: str, edit: FlagEdit) -> Any:
    try:
        return edited(document, flag, edit)
    except EditRefused:
        return document


@given(st.lists(st.tuples(st.sampled_from(sorted(BUNDLED["flags"])), EDITS), min_size=1, max_size=6))
def test_no_edit_loses_or_changes_anything_of_others(steps: list[tuple[str, FlagEdit]]) -> None:
    document: Any = {**deepcopy(BUNDLED), "extra": {"kept": True}}
    for flag, edit in steps:
        before = json.dumps(document)
        after = _edited(document, flag, edit)
        assert json.dumps(document) == before, "the document that was given is left alone"
        assert json.dumps({**after, "values": None}) == json.dumps({**document, "values": None})
        others = {key: value for key, value in after["values"].items() if key != flag}
        assert others == {key: value for key, value in document["values"].items() if key != flag}
        assert list(after["values"]) == list(document["values"])
        _check_inside(document["values"][flag], after["values"][flag], edit)
        document = after
    del document["extra"]
    FlagTable(compile_document(document), "1")


def _check_inside(before: Any, after: Any, edit: FlagEdit) -> None:
    """No other variant is lost or changed, unless it is for everybody; the default stays last, ruleless."""
    if "_variants" not in after:
        assert edit.targeting is None or after == before
        return
    assert "rule" not in after["_variants"][-1]
    if "_variants" not in before:
        return
    kept = [one for one in after["_variants"] if one in before["_variants"]]
    assert len(kept) >= len(before["_variants"]) - 1
    assert [one["name"] for one in kept] == [one["name"] for one in before["_variants"] if one in kept]
