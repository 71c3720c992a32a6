"""Documents before they are evaluated: every fault with its path, and AppConfig's schema as the judge."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from reelwright.flags.definitions import PROFILES, FlagProfile, flag_definitions
from reelwright.flags.document import InvalidFlagDocument, compile_document, json_path
from reelwright.flags.errors import InvalidFlags
from reelwright.flags.schema import MAX_DOCUMENT_BYTES, parse_flags

ORACLE = Draft7Validator(
    json.loads((Path(__file__).parent / "data" / "appconfig-feature-flags.schema.json").read_text("utf-8"))
)
GOOD: dict[str, Any] = {
    "version": "1",
    "flags": {
        "tier-flag": {
            "name": "Tier",
            "description": "Which one.",
            "_createdAt": "2026-01-01T00:00:00Z",
            "_updatedAt": "2026-01-02T00:00:00Z",
            "_deprecation": {"status": "planned", "date": "2027-01-01"},
            "attributes": {
                "tier": {"constraints": {"type": "string", "enum": ["economy", "premium"], "required": True}},
                "code": {"constraints": {"type": "string", "pattern": "^[a-z]+$"}},
                "share": {"constraints": {"type": "number", "minimum": 0, "maximum": 9}},
                "loud": {"constraints": {"type": "boolean"}},
                "tags": {
                    "constraints": {"type": "array", "elements": {"type": "string", "enum": ["a", "b"]}}
                },
                "free": {"description": "Anything."},
            },
        },
        "plain": {},
    },
    "values": {
        "tier-flag": {
            "_variants": [
                {
                    "name": "Some",
                    "enabled": True,
                    "rule": '(and (eq $platform "youtube") (split pct::10 by::$production seed::"abc"))',
                    "attributeValues": {"tier": "premium", "share": 2.5, "tags": ["a"]},
                },
                {
                    "name": "More",
                    "enabled": True,
                    "rule": '(exists key::"vip")',
                    "attributeValues": {"tier": "premium"},
                },
                {"name": "Others", "enabled": False, "attributeValues": {"tier": "economy"}},
            ]
        },
        "plain": {"enabled": True, "_createdAt": "2026-01-01T00:00:00Z"},
    },
}
GONE = object()


def changed(*path: Any, to: Any) -> dict[str, Any]:
    """The good document with one thing replaced, added, or gone."""
    document: Any = json.loads(json.dumps(GOOD))
    place = document
    for part in path[:-1]:
        place = place[part]
    if to is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return dict(document)


def basic(**attributes: Any) -> dict[str, Any]:
    return changed("values", "tier-flag", to={"enabled": True, "tier": "economy", **attributes})


FLAG = ("flags", "tier-flag")
LIMITS = (*FLAG, "attributes")
VARIANTS = ("values", "tier-flag", "_variants")
ATTRIBUTES = '$.flags["tier-flag"].attributes'
VALUE = '$.values["tier-flag"]'
CHOICES = f"{VALUE}._variants"

STRICTER: dict[str, tuple[dict[str, Any], str, str]] = {
    # What AppConfig's schema lets through, and nobody could evaluate.
    "attribute called enabled": (
        changed(*LIMITS, "enabled", to={}),
        f"{ATTRIBUTES}.enabled",
        "called enabled",
    ),
    "impossible day": (
        changed(*FLAG, "_deprecation", "date", to="2026-02-31"),
        '$.flags["tier-flag"]._deprecation.date',
        "no such day",
    ),
    "day in words": (
        changed(*FLAG, "_deprecation", "date", to="soon"),
        '$.flags["tier-flag"]._deprecation.date',
        "schema",
    ),
    "pattern that is none": (
        changed(*LIMITS, "code", "constraints", "pattern", to="("),
        f"{ATTRIBUTES}.code.constraints.pattern",
        "regular expression",
    ),
    "minimum above maximum": (
        changed(*LIMITS, "free", "constraints", to={"type": "number", "minimum": 2, "maximum": 1}),
        f"{ATTRIBUTES}.free.constraints.minimum",
        "above the maximum",
    ),
    "minimum of elements above maximum": (
        changed(
            *LIMITS,
            "free",
            "constraints",
            to={"type": "array", "elements": {"type": "number", "minimum": 2, "maximum": 1}},
        ),
        f"{ATTRIBUTES}.free.constraints.elements.minimum",
        "above the maximum",
    ),
    "too many in an enum": (
        changed(*LIMITS, "tier", "constraints", "enum", to=["economy", "premium", *map(str, range(99))]),
        f"{ATTRIBUTES}.tier.constraints.enum",
        "at most 100",
    ),
    "value without definition": (
        changed("values", "other", to={"enabled": True}),
        "$.values.other",
        "no definition",
    ),
    "value of nothing": (
        changed("values", "plain", to={}),
        "$.values.plain.enabled",
        "enabled, or _variants",
    ),
    "unknown attribute": (changed("values", "plain", "x", to=1), "$.values.plain.x", "no such attribute"),
    "unknown attribute of a variant": (
        changed(*VARIANTS, 2, "attributeValues", "colour", to="red"),
        f"{CHOICES}[2].attributeValues.colour",
        "no such attribute",
    ),
    "required attribute missing": (
        changed("values", "tier-flag", to={"enabled": True}),
        f"{VALUE}.tier",
        "required",
    ),
    "required attribute missing in a variant": (
        changed(*VARIANTS, 1, "attributeValues", to=GONE),
        f"{CHOICES}[1].attributeValues.tier",
        "required",
    ),
    "not in the list": (basic(tier="best"), f"{VALUE}.tier", "none of economy, premium"),
    "not of the pattern": (basic(code="A1"), f"{VALUE}.code", "does not match"),
    "too small": (basic(share=-1), f"{VALUE}.share", "below 0"),
    "too large": (basic(share=9.5), f"{VALUE}.share", "above 9"),
    "boolean for a number": (basic(share=True), f"{VALUE}.share", "not a number"),
    "number for text": (basic(code=3), f"{VALUE}.code", "not text"),
    "number for a boolean": (basic(loud=1), f"{VALUE}.loud", "neither true nor false"),
    "text for a list": (basic(tags="a"), f"{VALUE}.tags", "not a list"),
    "part not in the list": (basic(tags=["a", "c"]), f"{VALUE}.tags", "none of a, b"),
    "number beyond every double": (basic(free=10**400), f"{VALUE}.free", "too large"),
    "half a character": (basic(free="a\ud800"), f"{VALUE}.free", "half a character"),
    "no variant": (changed(*VARIANTS, to=[]), CHOICES, "empty"),
    "too many variants": (
        changed(*VARIANTS, to=[{"name": f"v{n}", "enabled": True, "rule": "(eq 1 1)"} for n in range(33)]),
        CHOICES,
        "at most 32",
    ),
    "variants beside enabled": (
        changed("values", "tier-flag", "enabled", to=True),
        f"{VALUE}.enabled",
        "beside _variants",
    ),
    "variants beside an attribute": (
        changed("values", "tier-flag", "tier", to="economy"),
        f"{VALUE}.tier",
        "beside _variants",
    ),
    "twins": (changed(*VARIANTS, 1, "name", to="Some"), f"{CHOICES}[1].name", "another variant"),
    "default first": (changed(*VARIANTS, 0, "rule", to=GONE), f"{CHOICES}[0]", "never reached"),
    "no default": (changed(*VARIANTS, 2, "rule", to="(eq 1 1)"), f"{CHOICES}[2].rule", "no default"),
    "empty rule": (changed(*VARIANTS, 0, "rule", to=""), f"{CHOICES}[0].rule", "at least 1"),
    "rule without an end": (
        changed(*VARIANTS, 1, "rule", to='(eq $a "b"'),
        f"{CHOICES}[1].rule",
        "does not compile: Line 1, column 11",
    ),
    "rule of an unknown operator": (
        changed(*VARIANTS, 0, "rule", to='(ne $a "b")'),
        f"{CHOICES}[0].rule",
        "does not compile: Line 1, column 2",
    ),
    "rule of two": (
        changed(*VARIANTS, 0, "rule", to="(eq 1 1)\n(eq 2 2)"),
        f"{CHOICES}[0].rule",
        "does not compile: Line 2, column 1",
    ),
    "rule of a thousand brackets": (
        changed(*VARIANTS, 0, "rule", to="(not " * 3000 + "true" + ")" * 1000),
        f"{CHOICES}[0].rule",
        "does not compile",
    ),
}
BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "version": (changed("version", to="2"), "$.version", "'1'"),
    "version as a number": (changed("version", to=1), "$.version", "'1'"),
    "no version": (changed("version", to=GONE), "$.version", "missing"),
    "unknown key": (changed("extra", to=1), "$.extra", "none of AppConfig's schema"),
    "flags as a list": (changed("flags", to=[]), "$.flags", "object"),
    "flag key": (changed("flags", "Model", to={}), "$.flags.Model", "written"),
    "flag key with a dot": (changed("flags", "a.b", to={}), '$.flags["a.b"]', "written"),
    "empty flag key": (changed("flags", "", to={}), '$.flags[""]', "written"),
    "long flag key": (changed("flags", "m" * 65, to={}), f"$.flags.{'m' * 65}", "written"),
    "value key": (changed("values", "9x", to={"enabled": True}), '$.values["9x"]', "written"),
    "flag as text": (changed("flags", "plain", to="on"), "$.flags.plain", "object"),
    "long name": (changed(*FLAG, "name", to="n" * 65), '$.flags["tier-flag"].name', "written"),
    "name of two lines": (changed(*FLAG, "name", to="a\nb"), '$.flags["tier-flag"].name', "written"),
    "long description": (
        changed(*FLAG, "description", to="d" * 1025),
        '$.flags["tier-flag"].description',
        "1024",
    ),
    "deprecation": (
        changed(*FLAG, "_deprecation", "status", to="now"),
        '$.flags["tier-flag"]._deprecation.status',
        "'planned'",
    ),
    "unknown key of a flag": (changed(*FLAG, "owner", to="me"), '$.flags["tier-flag"].owner', "none of"),
    "too many attributes": (
        changed(*LIMITS, to={f"a{number}": {} for number in range(26)}),
        ATTRIBUTES,
        "at most 25",
    ),
    "attribute key": (changed(*LIMITS, "Free", to={}), f"{ATTRIBUTES}.Free", "written"),
    "no type": (changed(*LIMITS, "free", "constraints", to={}), f"{ATTRIBUTES}.free.constraints", "missing"),
    "unknown type": (
        changed(*LIMITS, "free", "constraints", to={"type": "date"}),
        f"{ATTRIBUTES}.free.constraints",
        "none that may stand",
    ),
    "elements of booleans": (
        changed(*LIMITS, "tags", "constraints", "elements", to={"type": "boolean"}),
        f"{ATTRIBUTES}.tags.constraints.elements",
        "none that may stand",
    ),
    "pattern and enum": (
        changed(*LIMITS, "code", "constraints", "enum", to=["a"]),
        f"{ATTRIBUTES}.code.constraints",
        "not both",
    ),
    "bound that is not whole": (
        changed(*LIMITS, "share", "constraints", "minimum", to=0.5),
        f"{ATTRIBUTES}.share.constraints.minimum",
        "whole number",
    ),
    "bounds on text": (
        changed(*LIMITS, "tier", "constraints", "minimum", to=1),
        f"{ATTRIBUTES}.tier.constraints.minimum",
        "none of",
    ),
    "required as text": (
        changed(*LIMITS, "loud", "constraints", "required", to="yes"),
        f"{ATTRIBUTES}.loud.constraints.required",
        "true or false",
    ),
    "enabled as text": (changed("values", "plain", "enabled", to="yes"), "$.values.plain.enabled", "true or"),
    "mixed list": (basic(free=["a", 1]), f"{VALUE}.free", "only text, or only numbers"),
    "list of booleans": (basic(free=[True]), f"{VALUE}.free", "only text, or only numbers"),
    "object": (basic(free={"a": 1}), f"{VALUE}.free", "AppConfig holds nothing else"),
    "null": (basic(free=None), f"{VALUE}.free", "no null"),
    "null in a list": (basic(free=["a", None]), f"{VALUE}.free[1]", "no null"),
    "null for a name": (changed("flags", "plain", "name", to=None), "$.flags.plain.name", "no null"),
    "null for variants": (changed(*VARIANTS, to=None), CHOICES, "no null"),
    "long text": (basic(free="x" * 1025), f"{VALUE}.free", "1024"),
    "long text in a list": (basic(free=["x" * 1025]), f"{VALUE}.free", "1024"),
    "variants as an object": (changed(*VARIANTS, to={}), CHOICES, "list"),
    "variant without name": (changed(*VARIANTS, 0, "name", to=GONE), f"{CHOICES}[0].name", "missing"),
    "variant of an empty name": (changed(*VARIANTS, 0, "name", to=""), f"{CHOICES}[0].name", "written"),
    "variant without enabled": (
        changed(*VARIANTS, 2, "enabled", to=GONE),
        f"{CHOICES}[2].enabled",
        "missing",
    ),
    "unknown key of a variant": (changed(*VARIANTS, 1, "weight", to=5), f"{CHOICES}[1].weight", "none of"),
    "rule as a list": (changed(*VARIANTS, 0, "rule", to=["eq"]), f"{CHOICES}[0].rule", "text"),
    "long rule": (changed(*VARIANTS, 0, "rule", to="r" * 16_385), f"{CHOICES}[0].rule", "16384"),
    "object in a variant": (
        changed(*VARIANTS, 0, "attributeValues", "free", to={}),
        f"{CHOICES}[0].attributeValues.free",
        "AppConfig holds nothing else",
    ),
}


def refused(content: Any) -> InvalidFlagDocument:
    with pytest.raises(InvalidFlagDocument) as caught:
        compile_document(content)
    return caught.value


@pytest.mark.parametrize(
    ("document", "path", "wrong"), [*BAD.values(), *STRICTER.values()], ids=[*BAD, *STRICTER]
)
def test_a_fault_is_named_with_its_path_and_what_to_do(document: Any, path: str, wrong: str) -> None:
    error = refused(json.dumps(document))

    assert [(fault.path, wrong in fault.wrong) for fault in error.faults] == [(path, True)]
    assert error.path == path
    assert error.faults[0].next_step.endswith(".")
    assert path in error.message
    assert error.next_step
    assert isinstance(error, InvalidFlags)


@pytest.mark.parametrize("document", [case[0] for case in BAD.values()], ids=BAD)
def test_the_schema_refuses_it_too(document: Any) -> None:
    assert not ORACLE.is_valid(document)


@pytest.mark.parametrize("document", [case[0] for case in STRICTER.values()], ids=STRICTER)
def test_the_schema_alone_would_let_it_through(document: Any) -> None:
    assert ORACLE.is_valid(document)


def test_the_good_document_is_good_to_both() -> None:
    compiled = compile_document(json.dumps(GOOD))

    assert ORACLE.is_valid(GOOD)
    assert compiled.document.as_json() == GOOD
    assert {flag: len(rules) for flag, rules in compiled.rules.items()} == {"tier-flag": 2, "plain": 0}


@pytest.mark.parametrize("profile", PROFILES)
def test_what_code_defines_is_accepted_by_all_three(profile: FlagProfile) -> None:
    document = flag_definitions(profile)

    assert compile_document(document).document == document
    assert ORACLE.is_valid(document.as_json())


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"\xff{}", "not JSON"),
        ("", "line 1, column 1"),
        ('{"version" "1"}', "line 1, column 12"),
        ('{"version": NaN}', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "an object"),
        ("null", "an object"),
        ('{"version": ' + "9" * 5000 + "}", "not JSON"),
        ({"version": "1", "flags": {1, 2}}, "not JSON"),
        ({"version": float("nan")}, "not JSON"),
        ('{"version": "1", "x": "' + "é" * (MAX_DOCUMENT_BYTES // 2) + '"}', "AppConfig holds 2097152"),
    ],
)
def test_what_is_no_document_is_refused_as_a_whole(content: Any, wrong: str) -> None:
    error = refused(content)

    assert error.path == "$"
    assert wrong in error.faults[0].wrong


def test_a_key_that_stands_twice_is_refused_where_it_stands() -> None:
    error = refused('{"version": "1", "flags": {"a": {}, "b": {"name": "x", "name": "y"}, "a": {}}}')

    assert [fault.path for fault in error.faults] == ["$.flags.a", "$.flags.b.name"]


def test_eighty_thousand_faults_are_found_in_one_pass() -> None:
    pairs = ",".join(f'"{number}":{{"a":1,"a":2}}' for number in range(40_000))
    error = refused(f'{{"version":"1","x":{{{pairs},{pairs}}}}}')

    assert len(error.faults) == 80_000
    assert len(error.message.splitlines()) == 21


def test_every_fault_is_told_at_once_and_twenty_are_shown() -> None:
    many = changed("values", to={f"flag{number}": {"enabled": True} for number in range(30)})
    error = refused(many)

    assert len(error.faults) == 30
    assert len(error.message.splitlines()) == 21
    assert error.message.endswith("… and 10 more.")
    assert len(refused(basic(share=99, loud=3, tier="x")).faults) == 3


def test_a_value_is_never_repeated() -> None:
    secret = "hunter2-hunter2"  # noqa: S105 (none of anybody's)
    documents = [
        basic(tier=secret),
        basic(free={"a": secret}),
        changed("values", "plain", "enabled", to=secret),
    ]

    assert [one for one in documents if secret in str(refused(one).as_dict())] == []


def test_what_is_made_shares_nothing_with_what_was_handed_over() -> None:
    document = basic(tags=["a"])
    compiled = compile_document(document)
    document["values"]["tier-flag"]["tags"].append("b")

    assert compiled.document.values["tier-flag"].attributes["tags"] == ["a"]


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ((), "$"),
        (("a", 0, "b_1"), "$.a[0].b_1"),
        (("a-b", "9", ""), '$["a-b"]["9"][""]'),
        (('"', "é\n"), '$["\\""]["\\u00e9\\n"]'),
    ],
)
def test_paths_are_written_as_jsonpath(path: tuple[str | int, ...], written: str) -> None:
    assert json_path(path) == written


KEYS = st.sampled_from(["a", "bee", "enabled", "Upper", "a-1", "", "_variants", "x" * 65, "value", "name"])
ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "x", "1", "planned", "(eq 1 1)", "(", "string", "number", "y" * 1025]),
)
VALUES = st.one_of(ATOMS, st.lists(ATOMS, max_size=3), st.dictionaries(KEYS, ATOMS, max_size=2))
CONSTRAINTS = st.fixed_dictionaries(
    {"type": st.sampled_from(["string", "number", "boolean", "array", "date"])},
    optional={
        "required": st.booleans(),
        "pattern": st.sampled_from(["a", "("]),
        "enum": st.lists(ATOMS, max_size=2),
        "minimum": ATOMS,
        "maximum": st.integers(-3, 3),
        "elements": st.sampled_from(
            [{"type": "string"}, {"type": "number", "minimum": 1}, {"type": "array"}]
        ),
    },
)
VARIANT = st.fixed_dictionaries(
    {"name": st.sampled_from(["A", "B", "", "long" * 20])},
    optional={
        "enabled": st.one_of(st.booleans(), ATOMS),
        "rule": st.sampled_from(['(eq $a "b")', "(split pct::1 by::$a)", "(eq", "", 7]),
        "attributeValues": st.dictionaries(KEYS, VALUES, max_size=2),
        "other": ATOMS,
    },
)
DEFINITION = st.fixed_dictionaries(
    {},
    optional={
        "name": ATOMS,
        "description": ATOMS,
        "attributes": st.dictionaries(
            KEYS, st.fixed_dictionaries({}, optional={"constraints": CONSTRAINTS}), max_size=3
        ),
        "_deprecation": st.fixed_dictionaries({}, optional={"status": ATOMS, "date": ATOMS}),
    },
)
VALUE_OF_FLAG = st.one_of(
    st.dictionaries(KEYS, VALUES, max_size=3),
    st.fixed_dictionaries({"enabled": st.booleans()}),
    st.fixed_dictionaries({"_variants": st.lists(VARIANT, max_size=3)}),
)
DOCUMENTS = st.fixed_dictionaries(
    {"version": st.sampled_from(["1", "1", "1", "1", "2", 1])},
    optional={
        "flags": st.dictionaries(KEYS, DEFINITION, max_size=3),
        "values": st.dictionaries(KEYS, VALUE_OF_FLAG, max_size=3),
    },
)


@given(DOCUMENTS)
def test_what_is_accepted_keeps_to_the_schema_and_what_breaks_it_is_refused(document: Any) -> None:
    try:
        compile_document(document)
    except InvalidFlagDocument as error:
        assert all(found_at(fault.path, document) for fault in error.faults)  # noqa: PT017 (one of two fates)
        return
    assert ORACLE.is_valid(document)
    assert parse_flags(document)


def found_at(path: str, document: Any) -> bool:
    """Whether a path leads into the document, or to one key that is missing at its end."""
    place = document
    steps = [*steps_of(path)]
    for number, step in enumerate(steps):
        known = step in place if isinstance(place, dict) else isinstance(step, int) and step < len(place)
        if not known:
            return number == len(steps) - 1 or step in ("attributeValues", "enabled")
        place = place[step]
    return True


def steps_of(path: str) -> list[str | int]:
    found: list[str | int] = []
    rest = path[1:]
    while rest:
        if rest.startswith("["):
            step, length = json.JSONDecoder().raw_decode(rest[1:])
            found.append(step)
            rest = rest[length + 2 :]
        else:
            name = rest[1:].split(".")[0].split("[")[0]
            found.append(name)
            rest = rest[len(name) + 1 :]
    return found


@given(st.one_of(st.binary(max_size=60), st.text(max_size=60), st.recursive(ATOMS, st.lists, max_leaves=9)))
def test_nothing_but_a_refusal_comes_of_nonsense(content: Any) -> None:
    if not isinstance(content, str | bytes):
        content = json.dumps(content)
    refused(content)
