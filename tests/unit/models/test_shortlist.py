"""What is worked out once a day is worked out again the next, and switches are looked at every time."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reelwright.models.errors import NoModelAvailable
from reelwright.models.schema import RejectedCandidate
from tests.unit.models.world import OURS, PRODUCTION, World, text_request, writer


def ask(number: int) -> dict[str, str]:
    return {"idempotency_key": f"{PRODUCTION}/write_script/{number}/abc"}


def test_a_model_that_ends_overnight_is_asked_no_more_by_a_process_that_lives_on(tmp_path: Path) -> None:
    world = World(tmp_path)
    tomorrow = (world.clock.now() + timedelta(days=1)).date()
    world = World(tmp_path, models=(writer("alpha", 90, retired_on=tomorrow), writer("beta", 80), OURS))
    manager = world.process()
    assert manager.write(text_request(**ask(1))).model.name == "alpha"
    world.clock.advance(86_400)
    result = manager.write(text_request(**ask(2)))
    assert result.model.name == "beta"
    assert result.route.rejected[0].because == "lifecycle"


def test_a_switch_counts_from_the_next_call_on_once_for_each_provider_and_last_for_whoever_is_asked(
    tmp_path: Path,
) -> None:
    looked: list[str] = []
    stopped: set[str] = set()

    def switch(provider: str) -> str:
        looked.append(provider)
        return "stopped by an operator" if provider in stopped else ""

    twin = writer("alpha-two", 70).model_copy(update={"provider": "alpha"})
    world = World(tmp_path, models=(writer("alpha", 90), twin, writer("beta", 80), OURS))
    manager = world.process(switched_off=switch)
    assert manager.write(text_request(**ask(1))).model.name == "alpha"
    assert looked == ["alpha", "beta", "embedded", "alpha"]
    stopped.add("alpha")
    result = manager.write(text_request(**ask(2)))
    assert result.model.name == "beta"
    assert [(each.model, each.because) for each in result.route.rejected] == [
        ("alpha", "switch"),
        ("alpha-two", "switch"),
    ]
    stopped.clear()
    assert manager.write(text_request(**ask(3))).model.name == "alpha"


def test_the_absence_of_an_adapter_is_said_before_the_switch_and_that_before_the_tier(
    tmp_path: Path,
) -> None:
    other = writer("beta", 80).model_copy(update={"tiers": ("premium",)})
    nobody = writer("gone", 70).model_copy(update={"tiers": ("premium",)})
    world = World(tmp_path, models=(other, nobody, OURS))
    stopping = world.process(switched_off=lambda name: "" if name == "embedded" else "stopped")
    rejected = stopping.write(text_request()).route.rejected
    assert rejected == (
        RejectedCandidate(model="beta", reason="stopped", because="switch"),
        RejectedCandidate(model="gone", reason="provider 'gone' is not installed", because="configuration"),
    )


def test_reasons_of_one_call_are_not_those_of_the_next(tmp_path: Path) -> None:
    world = World(tmp_path, models=(writer("alpha", 90, languages=("en",)), writer("beta", 80)))
    manager = world.process()
    assert manager.write(text_request(**ask(1), language="de")).model.name == "beta"
    assert manager.write(text_request(**ask(2), language="en")).model.name == "alpha"
    world = World(tmp_path, models=(writer("alpha", 90, languages=("en",)),))
    with pytest.raises(NoModelAvailable, match="does not work in language 'de'"):
        world.process().write(text_request(language="de"))


def test_another_configuration_is_another_list_at_once(tmp_path: Path) -> None:
    world = World(tmp_path, models=(writer("alpha", 90), writer("beta", 80), OURS))
    before = world.process()
    assert before.write(text_request(**ask(1))).model.name == "alpha"
    world.changes = {"providers.alpha.credential": None}
    after = world.process()
    result = after.write(text_request(**ask(2)))
    assert [(each.model, each.because) for each in result.route.rejected] == [("alpha", "credential")]
    assert before.write(text_request(**ask(3))).model.name == "alpha"


def test_a_capability_is_missed_before_a_key_and_each_in_the_order_of_the_catalogue(tmp_path: Path) -> None:
    models = (
        writer("alpha", 90, languages=("fr",)),
        writer("gone", 85),
        writer("beta", 80).model_copy(update={"tiers": ("premium",)}),
        writer("delta", 70),
        OURS,
    )
    world = World(tmp_path, models=models, changes={"providers.alpha.credential": None})
    world.changes["providers.delta.credential"] = None
    vendors = world.parts.providers
    world.parts = replace(
        world.parts, providers=replace(vendors, content={**vendors.content, "delta": world.alpha})
    )
    rejected = world.process().write(text_request()).route.rejected
    assert [(each.model, each.because) for each in rejected] == [
        ("alpha", "capability"),
        ("gone", "configuration"),
        ("beta", "tier"),
        ("delta", "credential"),
    ]


def test_threads_of_two_configurations_write_down_their_own_reasons(tmp_path: Path) -> None:
    world = World(tmp_path, models=(writer("alpha", 90), writer("beta", 80), OURS))
    managers = [world.process()]
    world.changes = {"models.content.models": ("beta",)}
    managers.append(world.process())

    def call(number: int) -> bool:
        request = text_request(**ask(number))
        first = managers[number % 2].write(request)
        return managers[1 - number % 2].write(request).route.rejected == first.route.rejected

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(call, range(200)))
    assert len(world.alpha.asked) == len(world.beta.asked) == 100
