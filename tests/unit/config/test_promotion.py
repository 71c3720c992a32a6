"""What promoting would change, and what must not happen silently."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import JsonValue

from reelwright.config.promotion import plain_values, plan_promotion
from reelwright.config.schema import Change, Layer, OverriddenSetting, Snapshot
from reelwright.environment.loader import load_environment, merge
from reelwright.environment.schema import Settings


def snapshot(
    environment: str, *said: tuple[str, JsonValue, Layer], over: Mapping[str, Any] | None = None
) -> Snapshot:
    """What an environment looks like when somebody said these things in these layers."""
    tree: dict[str, Any] = merge(load_environment(environment).settings.model_dump(mode="json"), over or {})
    for key, value, _ in said:
        holder = tree
        *tables, last = key.split(".")
        for table in tables:
            holder = holder[table]
        holder[last] = value
    settings = Settings.model_validate(tree)
    origins = {
        key: OverriddenSetting(key=key, value=value, layer=layer, version="7") for key, value, layer in said
    }
    return Snapshot(environment, settings, "f", 1, values=plain_values(settings), origins=origins)


def nothing(_: Settings) -> tuple[str, ...]:
    return ()


@pytest.mark.parametrize("layer", [Layer.RUNTIME, Layer.SSM, Layer.DOCUMENTS])
def test_what_operators_set_is_taken_along(layer: Layer) -> None:
    plan = plan_promotion(snapshot("dev", ("video.fps", 30, layer)), snapshot("staging"), incapable=nothing)
    assert plan.changes == (Change("video.fps", 24, 30, Layer.DOCUMENTS),)
    assert (plan.rises, plan.hidden, plan.objections) == ((), (), ())


@pytest.mark.parametrize("layer", [Layer.ENVIRONMENT, Layer.DEFAULTS, Layer.REQUEST, Layer.SECRETS])
def test_what_belongs_to_one_place_or_one_production_stays(layer: Layer) -> None:
    plan = plan_promotion(snapshot("dev", ("video.fps", 30, layer)), snapshot("staging"), incapable=nothing)
    assert plan.changes == ()


def test_defaults_that_differ_between_environments_are_no_change() -> None:
    assert plan_promotion(snapshot("dev"), snapshot("prod"), incapable=nothing).changes == ()


def test_what_is_the_same_already_is_no_change() -> None:
    plan = plan_promotion(
        snapshot("dev", ("video.fps", 30, Layer.RUNTIME)), snapshot("prod"), incapable=nothing
    )
    assert plan.changes == ()


def test_a_reference_to_a_secret_stays_where_it_is() -> None:
    reference = ("providers.runway.credential", "secret://providers/other#api_key", Layer.RUNTIME)
    assert plan_promotion(snapshot("dev", reference), snapshot("staging"), incapable=nothing).changes == ()


def test_what_a_higher_layer_of_the_target_decides_is_said() -> None:
    target = snapshot("staging", ("video.fps", 60, Layer.RUNTIME))
    plan = plan_promotion(snapshot("dev", ("video.fps", 30, Layer.SSM)), target, incapable=nothing)
    assert plan.changes == ()
    assert [(origin.key, origin.layer) for origin in plan.hidden] == [("video.fps", Layer.RUNTIME)]


@pytest.mark.parametrize(
    ("key", "value", "rises"),
    [
        ("budgets.per_day_block_usd", "25.01", True),
        ("budgets.per_day_block_usd", "24.99", False),
        ("budgets.per_day_block_usd", None, True),
        ("budgets.per_day_action", "mock", True),
        ("budgets.per_day_action", "warn", True),
        ("video.fps", 30, False),
    ],
)
def test_no_budget_rises_silently(key: str, value: JsonValue, *, rises: bool) -> None:
    plan = plan_promotion(
        snapshot("dev", (key, value, Layer.RUNTIME)), snapshot("staging"), incapable=nothing
    )
    assert [change.key for change in plan.changes] == [key]
    assert [change.key for change in plan.rises] == ([key] if rises else [])


def test_a_first_limit_and_a_stricter_action_are_no_rise() -> None:
    said = (
        ("budgets.per_video_usd", "9.00", Layer.RUNTIME),
        ("budgets.per_day_action", "block", Layer.RUNTIME),
    )
    plan = plan_promotion(snapshot("dev", *said), snapshot("prod"), incapable=nothing)
    assert len(plan.changes) == 2
    assert plan.rises == ()


def test_an_entry_that_the_target_has_not_yet_is_a_change() -> None:
    source = snapshot("dev", ("providers.newcomer", {"enabled": True}, Layer.RUNTIME))
    source.origins["providers.newcomer.enabled"] = OverriddenSetting(  # type: ignore[index]  # a test looks behind
        key="providers.newcomer.enabled", value=False, layer=Layer.RUNTIME, version="7"
    )
    plan = plan_promotion(source, snapshot("staging"), incapable=nothing)
    assert [change.key for change in plan.changes] == ["providers.newcomer.enabled"]


def test_what_the_target_cannot_do_is_an_objection() -> None:
    def no_route(settings: Settings) -> tuple[str, ...]:
        return (f"No video model at {settings.video.fps} frames a second.",)

    source = snapshot("dev", ("video.fps", 60, Layer.RUNTIME))
    plan = plan_promotion(source, snapshot("staging"), incapable=no_route)
    assert plan.objections == ("No video model at 60 frames a second.",)
