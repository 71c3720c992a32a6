"""AppConfig's flag document: what is accepted, what is refused, and how the fault is named."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.config.errors import InvalidConfiguration
from reelwright.flags.errors import InvalidFlags
from reelwright.flags.schema import MAX_DOCUMENT_BYTES, FlagDocument, parse_flags

RULE = '(and (eq $platform "youtube") (split pct::10 by::$production seed::"abc"))'
FULL: dict[str, Any] = {
    "version": "1",
    "flags": {
        "model": {
            "name": "Model",
            "description": "Which one.",
            "_createdAt": "2026-01-01T00:00:00Z",
            "_updatedAt": "2026-01-02T00:00:00Z",
            "_deprecation": {"status": "planned", "date": "2027-01-01"},
            "attributes": {
                "tier": {
                    "constraints": {"type": "string", "enum": ["economy", "premium", 3], "required": True}
                },
                "code": {"constraints": {"type": "string", "pattern": "^[a-z]+$"}},
                "share": {
                    "description": "Percent.",
                    "constraints": {"type": "number", "minimum": 0, "maximum": 9},
                },
                "loud": {"constraints": {"type": "boolean"}},
                "tags": {
                    "constraints": {"type": "array", "elements": {"type": "string", "enum": ["a", "b"]}}
                },
                "free": {},
            },
        },
        "plain": {},
    },
    "values": {
        "model": {
            "_variants": [
                {
                    "name": "Some",
                    "enabled": True,
                    "rule": RULE,
                    "attributeValues": {"tier": "premium", "share": 2.5},
                },
                {
                    "name": "Others",
                    "enabled": False,
                    "attributeValues": {"tier": "economy", "tags": ["a", "b"]},
                },
            ]
        },
        "plain": {"enabled": True, "_createdAt": "2026-01-01T00:00:00Z"},
    },
}


def changed(*path: Any, to: Any) -> dict[str, Any]:
    """The full document with one thing replaced."""
    document: Any = json.loads(json.dumps(FULL))
    place = document
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = to
    return dict(document)


def test_a_full_document_is_accepted_and_written_as_it_was() -> None:
    assert parse_flags(json.dumps(FULL)).as_json() == FULL
    assert parse_flags(json.dumps(FULL).encode()) == parse_flags(FULL)


def test_the_least_document_is_its_version() -> None:
    assert parse_flags('{"version": "1"}') == FlagDocument(version="1")


MODEL = ("flags", "model")
LIMITS = (*MODEL, "attributes")
VARIANTS = ("values", "model", "_variants")
BASIC = {"enabled": True, "tier": "economy"}
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "version": (changed("version", to="2"), "version"),
    "unknown key": (changed("extra", to=1), "extra is not a key"),
    "flag key": (changed("flags", "Model", to={}), "flags.Model"),
    "long flag key": (changed("flags", "m" * 65, to={}), f"flags.{'m' * 65}"),
    "long name": (changed(*MODEL, "name", to="n" * 65), "flags.model.name"),
    "name of two lines": (changed(*MODEL, "name", to="a\nb"), "flags.model.name"),
    "long description": (changed(*MODEL, "description", to="d" * 1025), "flags.model.description"),
    "deprecation": (changed(*MODEL, "_deprecation", to={"status": "now"}), "flags.model._deprecation.status"),
    "unknown key of a flag": (changed(*MODEL, "owner", to="me"), "flags.model.owner is not a key"),
    "attribute called enabled": (changed(*LIMITS, "enabled", to={}), "flags.model.attributes.enabled"),
    "too many attributes": (
        changed(*LIMITS, to={f"a{number}": {} for number in range(26)}),
        "flags.model.attributes",
    ),
    "constraints without type": (
        changed(*LIMITS, "free", "constraints", to={}),
        "attributes.free.constraints",
    ),
    "unknown type": (
        changed(*LIMITS, "free", "constraints", to={"type": "date"}),
        "attributes.free.constraints",
    ),
    "pattern and enum": (changed(*LIMITS, "code", "constraints", "enum", to=["a"]), "not both"),
    "pattern that is none": (
        changed(*LIMITS, "code", "constraints", "pattern", to="("),
        "not a regular expression",
    ),
    "bound that is not whole": (changed(*LIMITS, "share", "constraints", "minimum", to=0.5), "minimum"),
    "bounds on text": (changed(*LIMITS, "tier", "constraints", "minimum", to=1), "minimum is not a key"),
    "value without definition": (
        changed("values", "other", to={"enabled": True}),
        "values.other has no definition",
    ),
    "enabled that is no boolean": (changed("values", "plain", "enabled", to="yes"), "values.plain.enabled"),
    "value without enabled": (changed("values", "plain", to={}), "values.plain is refused"),
    "attribute without definition": (
        changed("values", "plain", "x", to=1),
        "values.plain.x has no definition",
    ),
    "required attribute missing": (
        changed("values", "model", to={"enabled": True}),
        "values.model.tier is missing",
    ),
    "not in the list": (
        changed("values", "model", to={**BASIC, "tier": "best"}),
        "values.model.tier is refused",
    ),
    "not of the pattern": (
        changed("values", "model", to={**BASIC, "code": "A1"}),
        "values.model.code is refused",
    ),
    "too small": (changed("values", "model", to={**BASIC, "share": -1}), "values.model.share is refused"),
    "too large": (changed("values", "model", to={**BASIC, "share": 9.5}), "values.model.share is refused"),
    "boolean for a number": (changed("values", "model", to={**BASIC, "share": True}), "values.model.share"),
    "number for text": (changed("values", "model", to={**BASIC, "tier": 3}), "values.model.tier"),
    "number for a boolean": (changed("values", "model", to={**BASIC, "loud": 1}), "values.model.loud"),
    "text for a list": (changed("values", "model", to={**BASIC, "tags": "a"}), "values.model.tags"),
    "part not in the list": (
        changed("values", "model", to={**BASIC, "tags": ["a", "c"]}),
        "values.model.tags",
    ),
    "mixed list": (changed("values", "model", to={**BASIC, "free": ["a", 1]}), "values.model.free"),
    "object": (changed("values", "model", to={**BASIC, "free": {"a": 1}}), "values.model.free"),
    "null": (changed("values", "model", to={**BASIC, "free": None}), "values.model.free"),
    "long text": (changed("values", "model", to={**BASIC, "free": "x" * 1025}), "values.model.free"),
    "long text in a list": (
        changed("values", "model", to={**BASIC, "free": ["x" * 1025]}),
        "values.model.free",
    ),
    "no variant": (changed(*VARIANTS, to=[]), "values.model._variants"),
    "variants and enabled": (changed("values", "model", "enabled", to=True), "values.model is refused"),
    "variant without name": (changed(*VARIANTS, 0, "name", to=""), "values.model._variants.0.name"),
    "twins": (changed(*VARIANTS, 0, "name", to="Others"), "same name"),
    "default not last": (changed(*VARIANTS, 0, to={"name": "A", "enabled": True}), "only the last variant"),
    "no default": (changed(*VARIANTS, 1, "rule", to="(eq 1 1)"), "the last variant has no rule"),
    "empty rule": (changed(*VARIANTS, 0, "rule", to=""), "values.model._variants.0.rule"),
    "long rule": (changed(*VARIANTS, 0, "rule", to="r" * 16_385), "values.model._variants.0.rule"),
    "attribute of a variant": (
        changed(*VARIANTS, 0, "attributeValues", "tier", to="best"),
        "values.model._variants.Some.tier is refused",
    ),
    "required in every variant": (
        changed(*VARIANTS, 1, "attributeValues", to={}),
        "values.model._variants.Others.tier is missing",
    ),
    "too many variants": (
        changed(*VARIANTS, to=[{"name": f"v{n}", "enabled": True, "rule": "r"} for n in range(33)]),
        "values.model._variants",
    ),
}


@pytest.mark.parametrize(("document", "told"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_refused_and_named(document: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidFlags) as caught:
        parse_flags(json.dumps(document))
    assert told in caught.value.message
    assert isinstance(caught.value, InvalidConfiguration)


def test_every_fault_is_told_at_once() -> None:
    document = changed("values", "model", to={"enabled": True, "share": 99, "loud": 3})

    with pytest.raises(InvalidFlags) as caught:
        parse_flags(document)
    assert len(caught.value.message.splitlines()) == 3


@pytest.mark.parametrize(
    "content",
    ["", "nonsense", "[1]", '{"version": NaN}', '"1"', "[" * 5000, '{"version": ' + "9" * 5000 + "}"],
)
def test_what_is_no_document_is_refused(content: str) -> None:
    with pytest.raises(InvalidFlags):
        parse_flags(content)


def test_a_document_beyond_appconfigs_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(InvalidFlags, match="AppConfig holds"):
        parse_flags(b" " * (MAX_DOCUMENT_BYTES + 1))


def test_no_value_is_repeated_in_a_fault() -> None:
    document = changed(
        "values", "model", to={**BASIC, "tier": "canary-1", "code": "CANARY-2", "free": ["canary-3", 1]}
    )
    with pytest.raises(InvalidFlags) as caught:
        parse_flags(document)
    assert "canary" not in f"{caught.value} {caught.value.context} {caught.value.__cause__}".lower()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("aflgvsnu_", max_size=6), inner, max_size=3)
    ),
)


@given(st.fixed_dictionaries({"version": st.just("1")}, optional={"flags": JSON, "values": JSON}))
def test_any_json_is_a_document_or_refused(document: dict[str, Any]) -> None:
    try:
        parsed = parse_flags(json.dumps(document))
    except InvalidFlags as error:
        assert error.message  # noqa: PT017 (either outcome is right; nothing else may be raised)
    else:
        assert parsed.as_json() == document
