"""All pairs of layers, for scalars, objects and lists."""

import pytest

from reelwright.config.errors import InvalidConfiguration
from reelwright.config.memory import ScriptedSource
from reelwright.config.request import with_request_overrides
from reelwright.config.schema import Layer
from tests.unit.config.precedence import PAIRS, SHAPES, as_markdown, meeting, outcome
from tests.unit.config.world import BELOW_REQUEST, PLAIN, World


def test_the_layers_are_ordered_as_the_guide_says() -> None:
    assert [layer.value for layer in Layer] == [
        *("request", "flags", "runtime", "ssm", "secrets", "s3", "environment", "defaults")
    ]
    assert len(PAIRS) == 28


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("higher", "lower"), PAIRS)
def test_the_higher_of_any_two_layers_wins(higher: Layer, lower: Layer, shape: str) -> None:
    expected = {
        "scalar": higher.value,
        "object": f"{higher.value} where both, both else",
        # Secrets may not supply a list at all, so it neither wins nor spoils anything.
        "list": f"{(lower if higher is Layer.SECRETS else higher).value}, whole",
    }
    assert outcome(higher, lower, shape) == expected[shape]


@pytest.mark.parametrize(("higher", "lower"), PAIRS)
def test_who_says_each_leaf_is_known(higher: Layer, lower: Layer) -> None:
    snapshot = meeting(higher, lower, "object")
    table = "keys" if Layer.SECRETS in {higher, lower} else "table"
    assert snapshot.origins[f"{table}.both"].layer is higher
    assert snapshot.origins[f"{table}.{higher.value}"].layer is higher
    if lower is Layer.DEFAULTS:
        assert f"{table}.{lower.value}" not in snapshot.origins
    else:
        assert snapshot.origins[f"{table}.{lower.value}"].layer is lower


@pytest.mark.parametrize("count", range(1, len(BELOW_REQUEST) + 1))
def test_of_many_layers_the_highest_wins_and_the_others_are_shadowed_in_order(count: int) -> None:
    speaking = [layer for layer in BELOW_REQUEST[-count:] if layer is not Layer.SECRETS]
    told = {layer: {"table": {"x": layer.value}} for layer in speaking}
    told[Layer.DEFAULTS] = PLAIN | told[Layer.DEFAULTS]
    manager = World(told).process()
    explained = manager.explain("table.x")
    assert (explained.layer, explained.value) == (speaking[0], speaking[0].value)
    assert [(one.layer, one.value) for one in explained.shadowed] == [
        (layer, layer.value) for layer in speaking[1:]
    ]


def test_a_scalar_replaces_a_table_and_a_table_a_scalar() -> None:
    world = World(
        {Layer.RUNTIME: {"table": {"x": 1, "y": {"z": 2}}}, Layer.SSM: {"table": {"x": {"a": 3}, "y": 4}}}
    )
    snapshot = world.process().snapshot
    assert snapshot.values["table"] == {"x": 1, "y": {"z": 2}}
    assert {key for key in snapshot.origins if key.startswith("table")} == {"table.x", "table.y.z"}


def test_within_a_layer_the_source_given_last_lies_on_top() -> None:

    world = World()
    extra = [ScriptedSource(Layer.SSM, {"table": {"x": name}}, name=name) for name in ("first", "second")]
    snapshot = world.process(sources=[*world.sources.values(), *extra]).snapshot
    assert snapshot.values["table.x"] == "second"


def test_what_one_production_asks_for_is_checked_as_a_whole() -> None:

    with pytest.raises(InvalidConfiguration, match=r"request \(this request\): video\.fps = 25 is refused"):
        with_request_overrides(World().process().snapshot, {"video": {"fps": 25}})


def test_a_request_that_asks_for_nothing_is_the_snapshot_itself() -> None:
    snapshot = World().process().snapshot
    assert with_request_overrides(snapshot, {}) is snapshot


def test_the_table_for_the_guide_has_every_pair() -> None:
    table = as_markdown().splitlines()
    assert len(table) == 2 + 28
    assert "| runtime over ssm | runtime | runtime where both, both else | runtime, whole |" in table
