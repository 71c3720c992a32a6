"""Whatever documents there are, what is read of a table and what is read of its parts is the same."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.config.layering import Contribution, lay_all
from reelwright.config.schema import Layer
from reelwright.config.tree import MISSING, dropped, find, leaves, placed, plain
from reelwright.environment.loader import merge
from tests.unit.config.world import BELOW_REQUEST, PLAIN, World

KEYS = st.sampled_from("abc")
VALUES = st.integers(0, 3) | st.booleans() | st.none() | st.text("xy", max_size=2)
LEAVES = VALUES | st.lists(VALUES, max_size=2)
TREES = st.recursive(
    st.dictionaries(KEYS, LEAVES, max_size=3),
    lambda inner: st.dictionaries(KEYS, LEAVES | inner, max_size=3),
    max_leaves=8,
)
SPEAKERS = [layer for layer in BELOW_REQUEST if layer is not Layer.SECRETS]
TOLD = st.dictionaries(st.sampled_from(SPEAKERS), TREES, max_size=4)
PATHS = st.lists(KEYS, min_size=1, max_size=3).map(".".join)


def world_of(told: Mapping[Layer, Any]) -> World:
    said = {layer: {"table": tree} for layer, tree in told.items()}
    said[Layer.DEFAULTS] = PLAIN | said.get(Layer.DEFAULTS, {})
    return World(said)


def walk(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Every value of a tree by dotted key, found by walking down."""
    found = {}
    for name, value in values.items():
        found[f"{prefix}{name}"] = value
        if isinstance(value, Mapping):
            found |= walk(value, f"{prefix}{name}.")
    return found


@given(TOLD)
@settings(deadline=None)
def test_a_parent_read_and_a_child_read_agree(told: dict[Layer, Any]) -> None:
    manager = world_of(told).process()
    walked = walk({name: manager.get(name) for name in type(manager.snapshot.settings).model_fields})
    assert walked.keys() == manager.snapshot.values.keys()
    assert all(manager.get(key) is value for key, value in walked.items())


@given(TOLD)
@settings(deadline=None)
def test_what_is_read_is_what_the_settings_say(told: dict[Layer, Any]) -> None:
    snapshot = world_of(told).process().snapshot
    assert plain(snapshot.values["table"]) == snapshot.settings.model_dump(mode="json")["table"]


@given(TOLD)
@settings(deadline=None)
def test_layers_merge_as_trees_laid_on_one_another(told: dict[Layer, Any]) -> None:
    expected: dict[str, Any] = {}
    for layer in reversed(SPEAKERS):
        expected = merge(expected, told.get(layer, {}))
    assert plain(world_of(told).process().get("table")) == expected


@given(TOLD)
@settings(deadline=None)
def test_every_leaf_is_said_by_the_highest_layer_that_reaches_it(told: dict[Layer, Any]) -> None:
    layered = lay_all(Contribution(layer, layer.value, "1", tree) for layer, tree in told.items())
    assert layered.origins.keys() == {key for key, _ in leaves(layered.tree)}
    for key, origin in layered.origins.items():
        speaking = [layer for layer in SPEAKERS if find(told.get(layer, {}), key) is not MISSING]
        assert origin.layer is next(
            layer for layer in speaking if not isinstance(find(told[layer], key), Mapping)
        )
        assert find(origin.settings, key) == find(layered.tree, key)


@given(TOLD)
@settings(deadline=None)
def test_an_explanation_has_the_value_that_is_read_and_every_other_layer(told: dict[Layer, Any]) -> None:
    manager = world_of(told).process()
    for key, value in manager.snapshot.values.items():
        explained = manager.explain(key)
        assert explained.value == plain(value)
        assert explained.layer not in {shadowed.layer for shadowed in explained.shadowed}


@given(TREES, PATHS, VALUES)
def test_what_is_placed_can_be_found_and_dropped_again(tree: dict[str, Any], key: str, value: Any) -> None:
    there = placed(tree, key, value)
    assert find(there, key) == value
    assert find(dropped(there, key), key) is MISSING


@given(TREES, PATHS)
def test_dropping_touches_nothing_else_and_leaves_no_empty_table(tree: dict[str, Any], key: str) -> None:
    before = dict(leaves(tree))
    after = dict(leaves(dropped(tree, key)))
    assert after == {leaf: value for leaf, value in before.items() if not f"{leaf}.".startswith(f"{key}.")}


def test_nobody_can_write_into_a_snapshot() -> None:
    snapshot = World().process().snapshot
    assert isinstance(snapshot.values, MappingProxyType)
    with pytest.raises(TypeError):
        snapshot.values["video"]["fps"] = 60
    with pytest.raises(TypeError):
        snapshot.values["video.fps"] = 60  # type: ignore[index]  # that is the point
