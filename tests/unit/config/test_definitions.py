"""The merge of definitions: examples, and what holds for any three documents."""

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reelwright.config.definitions import merge_definitions, remembered

Document = dict[str, Any]

KEYS = st.sampled_from("abcd")
VALUES = st.integers(0, 3) | st.sampled_from(["x", "y"])
ATTRIBUTE = st.fixed_dictionaries({"constraints": st.fixed_dictionaries({"type": st.just("string")})})
STAMPS = {"_createdAt": st.sampled_from(["2026-01-01", "2026-02-02"])}
DEFINITION = st.fixed_dictionaries(
    {"name": st.sampled_from(["One", "Two"])},
    optional={"attributes": st.dictionaries(KEYS, ATTRIBUTE, min_size=1, max_size=3)},
)
LIVE_DEFINITION = st.fixed_dictionaries(
    {"name": st.sampled_from(["One", "Two"])},
    optional={
        "attributes": st.dictionaries(KEYS, ATTRIBUTE, min_size=1, max_size=3),
        "_deprecation": st.just({"status": "planned"}),
        **STAMPS,
    },
)


@st.composite
def flag_documents(draw: st.DrawFn, definition: st.SearchStrategy[Document], *, variants: bool) -> Document:
    flags = draw(st.dictionaries(KEYS, definition, max_size=4))
    values = {key: draw(values_of(flag, variants=variants)) for key, flag in flags.items()}
    return {"version": "1", "flags": flags, "values": values}


@st.composite
def values_of(draw: st.DrawFn, definition: Document, *, variants: bool) -> Document:
    keys = list(definition.get("attributes", {}))
    attributes = st.fixed_dictionaries({}, optional=dict.fromkeys(keys, VALUES))
    if variants and draw(st.booleans()):
        names = draw(st.lists(st.sampled_from("pqr"), min_size=1, max_size=2, unique=True))
        return {"_variants": [draw(variant(name, attributes)) for name in names]}
    return {"enabled": draw(st.booleans())} | draw(attributes)


@st.composite
def variant(draw: st.DrawFn, name: str, attributes: st.SearchStrategy[Document]) -> Document:
    made = {"name": name, "enabled": draw(st.booleans())}
    return made | ({"attributeValues": draw(attributes)} if draw(st.booleans()) else {})


SETTING_KEYS = st.sampled_from(["video.fps", "video.size", "music", "audio.voice.name"])


@st.composite
def settings_documents(draw: st.DrawFn, *, live: bool) -> Document:
    marks = {"deprecated": st.booleans()} if live else {"deprecated": st.sampled_from([False])}
    definition = st.fixed_dictionaries({"type": st.just("integer"), "default": VALUES, **marks})
    document = {
        "schema_version": 1,
        "settings": {},
        "definitions": draw(st.dictionaries(SETTING_KEYS, definition, max_size=4)),
    }
    if live:
        overrides = draw(st.dictionaries(SETTING_KEYS, VALUES, max_size=4))
        document["settings"] = tree(overrides)
        document["notes"] = {key: {"actor": "ann", "reason": "because"} for key in overrides}
    return document


def tree(leaves: Document) -> Document:
    grown: Document = {}
    for key, value in leaves.items():
        *above, last = key.split(".")
        table = grown
        for part in above:
            table = table.setdefault(part, {})
        table[last] = value
    return grown


def leaves(table: Document, above: str = "") -> Document:
    found: Document = {}
    for key, value in table.items():
        here = f"{above}{key}"
        found |= leaves(value, f"{here}.") if isinstance(value, dict) else {here: value}
    return found


EMPTY: st.SearchStrategy[Document] = st.just({})
LIVE_FLAGS = EMPTY | flag_documents(LIVE_DEFINITION, variants=True)
CODE_FLAGS = flag_documents(DEFINITION, variants=False)
BASE_FLAGS = EMPTY | flag_documents(LIVE_DEFINITION, variants=False)
FLAGS = st.tuples(BASE_FLAGS, LIVE_FLAGS, CODE_FLAGS)
SETTINGS = st.tuples(
    EMPTY | settings_documents(live=True),
    EMPTY | settings_documents(live=True),
    settings_documents(live=False),
)
EITHER = FLAGS | SETTINGS
Three = tuple[Document, Document, Document]


def part_of(document: Document) -> str:
    return "flags" if "flags" in document else "definitions"


def leaving(three: Three) -> set[str]:
    """The keys that go: code gave them up, and both sides know it."""
    base, live, new = three
    part = part_of(new)

    def deprecated(document: Document, key: str) -> bool:
        definition = document.get(part, {}).get(key, {})
        return "_deprecation" in definition or definition.get("deprecated") is True

    return {
        key
        for key in live.get(part, {})
        if key not in new[part] and deprecated(base, key) and deprecated(live, key)
    }


@given(EITHER)
def test_merging_twice_is_merging_once(three: Three) -> None:
    base, live, new = three
    merged = merge_definitions(base, live, new)

    assert merge_definitions(new, merged, new) == merged


@given(EITHER)
def test_the_arguments_stay_as_they_are(three: Three) -> None:
    before = deepcopy(three)
    merge_definitions(*three)

    assert three == before


@given(EITHER)
def test_what_code_defines_is_there_as_code_defines_it(three: Three) -> None:
    base, live, new = three
    merged = merge_definitions(base, live, new)
    part = part_of(new)

    for key, definition in new[part].items():
        ours = {name: value for name, value in definition.items() if name != "attributes"}
        assert ours.items() <= merged[part][key].items()
        assert definition.get("attributes", {}).items() <= merged[part][key].get("attributes", {}).items()


@given(EITHER)
def test_a_definition_goes_only_when_both_sides_knew_that_it_would(three: Three) -> None:
    base, live, new = three
    part = part_of(new)
    merged = merge_definitions(base, live, new)

    assert set(live.get(part, {})) - set(merged[part]) == leaving(three)


@given(EITHER)
def test_what_was_there_keeps_its_order_and_what_is_new_follows(three: Three) -> None:
    base, live, new = three
    part = part_of(new)
    merged = merge_definitions(base, live, new)

    stayed = [key for key in live.get(part, {}) if key in merged[part]]
    arrived = [key for key in new[part] if key not in live.get(part, {})]
    assert list(merged[part]) == stayed + arrived


@given(FLAGS)
def test_no_value_of_an_operator_is_changed_or_lost(three: Three) -> None:
    base, live, new = three
    merged = merge_definitions(base, live, new)

    for key, value in live.get("values", {}).items():
        if key in leaving(three):
            assert key not in merged["values"]
        elif "_variants" in value:
            pairs = zip(value["_variants"], merged["values"][key]["_variants"], strict=True)
            assert all(contains(after, before) for before, after in pairs)
        else:
            assert value.items() <= merged["values"][key].items()


def contains(after: Document, before: Document) -> bool:
    attributes = before.get("attributeValues", {}).items() <= after.get("attributeValues", {}).items()
    return attributes and all(after[key] == before[key] for key in before if key != "attributeValues")


@given(FLAGS)
def test_every_value_has_its_definition_and_every_attribute_too(three: Three) -> None:
    merged = merge_definitions(*three)

    for key, value in merged["values"].items():
        attributes = merged["flags"][key].get("attributes", {})
        places = [variant.get("attributeValues", {}) for variant in value.get("_variants", [])] or [value]
        assert {name for place in places for name in place} <= {*attributes, "enabled", "_variants"}


@given(FLAGS)
def test_a_new_flag_arrives_with_its_first_value(three: Three) -> None:
    base, live, new = three
    merged = merge_definitions(base, live, new)

    for key in set(new["flags"]) - set(live.get("flags", {})):
        assert merged["values"][key] == new["values"][key]


@given(FLAGS)
def test_what_code_never_defined_stays_as_it_is(three: Three) -> None:
    base, live, new = three
    merged = merge_definitions(base, live, new)

    for key in set(live.get("flags", {})) - set(base.get("flags", {})) - set(new["flags"]):
        assert merged["flags"][key] == live["flags"][key]


@given(SETTINGS)
def test_overrides_and_their_notes_stay_until_their_setting_goes(three: Three) -> None:
    base, live, new = three
    merged = merge_definitions(base, live, new)

    gone = leaving(three)
    overrides = leaves(live.get("settings", {}))
    assert leaves(merged["settings"]) == {key: value for key, value in overrides.items() if key not in gone}
    notes = live.get("notes", {})
    assert merged.get("notes", {}) == {key: note for key, note in notes.items() if key not in gone}


@given(EITHER, st.data())
def test_a_given_up_definition_goes_at_the_second_merge(three: Three, data: st.DataObject) -> None:
    base, live, new = three
    part = part_of(new)
    first = merge_definitions(base, live, new)
    base = remembered(base, new, first)
    if not new[part]:
        return
    given_up = data.draw(st.sampled_from(sorted(new[part])))
    without = {key: value for key, value in new[part].items() if key != given_up}
    values = {key: value for key, value in new.get("values", {}).items() if key != given_up}
    later = {**new, part: without} | ({"values": values} if part == "flags" else {})

    second = merge_definitions(base, first, later)
    base = remembered(base, later, second)
    third = merge_definitions(base, second, later)

    definition = second[part][given_up]
    assert "_deprecation" in definition or definition["deprecated"] is True
    assert given_up not in third[part]
    assert given_up not in remembered(base, later, third)[part]


@given(EITHER)
def test_taking_a_definition_back_undoes_its_deprecation(three: Three) -> None:
    base, live, new = three
    part = part_of(new)
    first = merge_definitions(base, live, new)
    base = remembered(base, new, first)
    nothing = {**new, part: {}} | ({"values": {}} if part == "flags" else {})
    second = merge_definitions(base, first, nothing)
    back = merge_definitions(remembered(base, nothing, second), second, new)

    for key in new[part]:
        assert "_deprecation" not in back[part][key]
        assert back[part][key].get("deprecated") in (None, False)


def test_an_operators_deprecation_of_a_live_flag_stays() -> None:
    mark = {"_deprecation": {"status": "planned", "date": "2027-01-01"}}
    new = {"version": "1", "flags": {"a": {"name": "A"}}, "values": {"a": {"enabled": True}}}
    live = {"version": "1", "flags": {"a": {"name": "Old", **mark}}, "values": {"a": {"enabled": False}}}

    merged = merge_definitions(new, live, new)

    assert merged == {
        "version": "1",
        "flags": {"a": {"name": "A", **mark}},
        "values": {"a": {"enabled": False}},
    }


def test_an_attribute_that_code_adds_is_filled_in_every_variant() -> None:
    attribute = {"constraints": {"type": "number", "required": True}}
    new = {
        "version": "1",
        "flags": {"a": {"name": "A", "attributes": {"n": attribute}}},
        "values": {"a": {"enabled": True, "n": 3}},
    }
    variants = [{"name": "p", "enabled": True, "rule": "(eq $x 1)"}, {"name": "q", "enabled": False}]
    live = {"version": "1", "flags": {"a": {"name": "A"}}, "values": {"a": {"_variants": variants}}}

    merged = merge_definitions(live, live, new)

    assert [one["attributeValues"] for one in merged["values"]["a"]["_variants"]] == [{"n": 3}, {"n": 3}]


def test_an_attribute_that_code_gives_up_goes_once_no_value_carries_it() -> None:
    attribute = {"constraints": {"type": "number"}}
    old = {
        "version": "1",
        "flags": {"a": {"attributes": {"n": attribute}}},
        "values": {"a": {"enabled": True, "n": 3}},
    }
    new = {"version": "1", "flags": {"a": {}}, "values": {"a": {"enabled": True}}}

    merged = merge_definitions(old, old, new)
    assert merged == old
    base = remembered(old, new, merged)
    del merged["values"]["a"]["n"]

    assert merge_definitions(base, merged, new) == new


def test_a_setting_that_became_a_table_keeps_what_was_set_in_it() -> None:
    gone = {"type": "integer", "default": 1, "deprecated": True}
    live = {
        "settings": {"video": {"size": {"wide": 3}}},
        "definitions": {"video.size": gone, "video.size.wide": {"type": "integer", "default": 2}},
    }
    new = {"settings": {}, "definitions": {"video.size.wide": {"type": "integer", "default": 2}}}

    merged = merge_definitions(live, live, new)

    assert merged == {"settings": {"video": {"size": {"wide": 3}}}, "definitions": new["definitions"]}


def test_the_consoles_dates_stay() -> None:
    stamps = {"_createdAt": "2026-01-01T00:00:00Z", "_updatedAt": "2026-01-02T00:00:00Z"}
    new = {"version": "1", "flags": {"a": {"name": "A"}}, "values": {"a": {"enabled": True}}}
    live = {
        "version": "1",
        "flags": {"a": {"name": "Old", **stamps}},
        "values": {"a": {"enabled": False, **stamps}},
    }

    merged = merge_definitions(new, live, new)

    assert merged["flags"]["a"] == {"name": "A", **stamps}
    assert merged["values"] == live["values"]
    assert merge_definitions(new, merged, new) == merged


def test_a_value_that_is_set_before_its_attribute_arrives_stays() -> None:
    attribute = {"constraints": {"type": "number"}}
    new = {
        "version": "1",
        "flags": {"a": {"attributes": {"n": attribute}}},
        "values": {"a": {"enabled": True, "n": 3}},
    }
    live = {"version": "1", "flags": {"a": {}}, "values": {"a": {"enabled": True, "n": 7}}}

    assert merge_definitions({}, live, new)["values"] == {"a": {"enabled": True, "n": 7}}
