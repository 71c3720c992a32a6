"""A version that makes the whole invalid is kept out, and nothing else with it."""

from datetime import timedelta

import pytest

from reelwright.config.errors import InvalidConfiguration
from reelwright.config.layering import Contribution
from reelwright.config.memory import MemoryLastKnownGood
from reelwright.config.ports import Fetched, Remembered
from reelwright.config.schema import Layer, Quarantined
from reelwright.config.sifting import sift
from reelwright.config.validation import Valid, validate
from reelwright.observability.metrics import Metric
from tests.unit.config.world import PLAIN, World

BAD = {"video": {"fps": 25}}


def running() -> World:
    return World({Layer.RUNTIME: {"number": 1}, Layer.SSM: {"table": {"x": 1}}})


def test_a_bad_version_is_refused_and_the_one_before_stays() -> None:
    world = running()
    manager = world.process()
    manager.refresh()
    heard: list[Quarantined] = []
    manager.watch_quarantine(heard.append)
    version = world[Layer.RUNTIME].say(BAD)
    snapshot = manager.refresh(force=True)
    assert (snapshot.values["number"], snapshot.values["video.fps"]) == (1, 24)
    notice = manager.quarantine["runtime:test"]
    assert heard == [notice]
    assert (notice.version, notice.layer) == (version, Layer.RUNTIME)
    assert notice.reason == "runtime (runtime:test): video.fps = 25 is refused: it must be 24, 30 or 60."
    assert world.metrics.count(Metric.CONFIG_QUARANTINED, "runtime:test") == 1
    (record,) = [one for one in snapshot.sources if one.layer is Layer.RUNTIME]
    assert (record.state, record.version) == ("stale", "1")
    assert record.reason.startswith(f"version {version} is quarantined: runtime (runtime:test)")


def test_a_refused_version_is_not_tried_again_until_the_source_says_another() -> None:
    world = running()
    manager = world.process()
    manager.refresh()
    world[Layer.RUNTIME].say(BAD)
    for _ in range(4):
        world.clock.advance(31)
        manager.refresh()
    assert world.metrics.count(Metric.CONFIG_QUARANTINED, "runtime:test") == 1
    assert manager.explain("number").age_seconds == 4 * 31
    world[Layer.RUNTIME].say({"number": 2})
    manager.refresh(force=True)
    assert (manager.get("number"), dict(manager.quarantine)) == (2, {})


def test_going_back_to_the_version_that_is_served_ends_the_quarantine() -> None:
    world = running()
    manager = world.process()
    good = world[Layer.RUNTIME]._said
    manager.refresh()
    world[Layer.RUNTIME].say(BAD)
    manager.refresh(force=True)
    world[Layer.RUNTIME].offer(good)
    manager.refresh(force=True)
    assert dict(manager.quarantine) == {}
    assert manager.explain("number").age_seconds == 0


@pytest.mark.parametrize("guilty", [Layer.RUNTIME, Layer.SSM, Layer.DOCUMENTS, Layer.ENVIRONMENT])
def test_the_guilty_source_is_found_among_several_that_changed(guilty: Layer) -> None:
    world = running()
    manager = world.process()
    manager.refresh()
    changed = [Layer.RUNTIME, Layer.SSM, Layer.DOCUMENTS, Layer.ENVIRONMENT]
    for layer in changed:
        good = {"table": {layer.value: "news"}}
        world[layer].say(good | (BAD if layer is guilty else {}))
    snapshot = manager.refresh(force=True)
    assert list(manager.quarantine) == [f"{guilty.value}:test"]
    assert {layer for layer in changed if layer.value in snapshot.values["table"]} == {*changed} - {guilty}


def test_two_guilty_sources_are_both_found() -> None:
    world = running()
    manager = world.process()
    manager.refresh()
    world[Layer.RUNTIME].say({"number": "many"})
    world[Layer.SSM].say(BAD)
    world[Layer.DOCUMENTS].say({"table": {"news": True}})
    manager.refresh(force=True)
    assert sorted(manager.quarantine) == ["runtime:test", "ssm:test"]
    assert (manager.get("number"), manager.get("table.news")) == (1, True)
    assert "number" in manager.quarantine["runtime:test"].reason
    assert "video.fps" not in manager.quarantine["runtime:test"].reason


def test_a_mistake_that_a_higher_layer_hides_spoils_nothing() -> None:
    world = World({Layer.RUNTIME: {"video": {"fps": 60}}})
    manager = world.process()
    manager.refresh()
    world[Layer.SSM].say(BAD)
    manager.refresh(force=True)
    assert dict(manager.quarantine) == {}
    assert manager.get("video.fps") == 60


def test_at_a_cold_start_the_version_of_an_earlier_process_is_served() -> None:
    world = running()
    world.process().refresh()
    world.clock.advance(50)
    world[Layer.RUNTIME].say(BAD)
    manager = world.process()
    assert manager.get("number") == 1
    assert list(manager.quarantine) == ["runtime:test"]
    explained = manager.explain("number")
    assert (explained.version, explained.age_seconds) == ("1", 50)
    (record,) = [one for one in manager.snapshot.sources if one.layer is Layer.RUNTIME]
    assert record.state == "remembered"


def test_at_a_cold_start_that_nobody_remembers_the_mistake_is_told() -> None:
    world = running()
    world[Layer.RUNTIME].say(BAD)
    with pytest.raises(InvalidConfiguration, match=r"runtime:test\): video\.fps = 25 is refused"):
        world.process(memory=MemoryLastKnownGood()).get("number")


def test_a_mistake_at_the_start_can_be_put_right_without_a_new_process() -> None:
    world = running()
    world[Layer.RUNTIME].say(BAD)
    manager = world.process(memory=None)
    with pytest.raises(InvalidConfiguration):
        manager.get("number")
    world[Layer.RUNTIME].say({"number": 3})
    world.clock.advance(31)
    assert manager.get("number") == 3


def test_by_the_policy_of_the_bundle_a_bad_first_version_gives_way_to_defaults() -> None:
    world = running()
    world[Layer.RUNTIME].say(BAD)
    manager = world.process(memory=None, last_resort="bundle")
    assert manager.get("number") == 0
    (record,) = [one for one in manager.snapshot.sources if one.layer is Layer.RUNTIME]
    assert (record.state, list(manager.quarantine)) == ("bundled", ["runtime:test"])


def test_the_fewest_are_refused_and_those_blamed_first() -> None:
    base = Contribution(Layer.DEFAULTS, "base", "1", PLAIN)
    offers = {
        "base": base,
        "low": Contribution(Layer.SSM, "low", "2", {"video": {"resolution": "4k"}}),
        "high": Contribution(Layer.RUNTIME, "high", "2", {"video": {"fps": 30}}),
    }
    fallbacks = {
        "high": Contribution(Layer.RUNTIME, "high", "1", {"video": {"resolution": "480p"}}),
        "low": Contribution(Layer.SSM, "low", "1"),
    }
    verdict, refused, why = sift(offers, fallbacks, validate)
    assert isinstance(verdict, Valid)
    assert refused == {"low"}  # going back on "high" would have hidden the mistake just as well
    assert why is not None
    assert why.blamed == {"ssm (low)"}


def test_an_end_that_would_make_the_whole_invalid_changes_nothing() -> None:
    video = {name: value for name, value in PLAIN["video"].items() if name != "fps"}
    world = World({Layer.DEFAULTS: PLAIN | {"video": video}})
    end = world.clock.now() + timedelta(minutes=1)
    world[Layer.RUNTIME].offer(Fetched("1", {"video": {"fps": 60}}, expires={"video.fps": end}))
    manager = world.process()
    before = manager.refresh()
    world.clock.advance(61)
    after = manager.refresh()
    assert (after.values["video.fps"], after.generation) == (60, before.generation)
    world[Layer.SSM].say({"video": {"fps": 30}})
    world.clock.advance(31)
    manager.refresh()
    assert manager.get("video.fps") == 30


def test_what_is_remembered_is_checked_against_the_schema_of_today() -> None:
    world = running()
    at = world.clock.now()
    world.memory.save("runtime:test", Remembered(Fetched("0", {"cinema": {"screens": 2}}), at))
    world[Layer.RUNTIME].outage = "timeout"
    with pytest.raises(InvalidConfiguration, match=r"runtime \(runtime:test\): cinema is not a key"):
        world.process().get("number")
