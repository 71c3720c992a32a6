from reelwright.config.request import REQUEST_SOURCE, with_request_overrides
from reelwright.config.schema import Layer
from reelwright.environment.fingerprint import fingerprint
from tests.unit.config.world import World


def test_what_one_production_asks_for_is_the_highest_layer_of_its_snapshot_alone() -> None:
    manager = World({Layer.RUNTIME: {"video": {"fps": 60}}, Layer.SSM: {"number": 3}}).process()
    before = manager.snapshot
    asked = with_request_overrides(before, {"video": {"fps": 30}, "features": {"music": False}})
    assert (asked.values["video.fps"], asked.settings.video.fps, asked.values["number"]) == (30, 30, 3)
    assert {key: origin.layer for key, origin in asked.origins.items()} == {
        "video.fps": Layer.REQUEST,
        "features.music": Layer.REQUEST,
        "number": Layer.SSM,
    }
    assert asked.sources[0].source == REQUEST_SOURCE
    assert asked.sources[1:] == before.sources
    assert manager.get("video.fps") == 60


def test_its_fingerprint_is_that_of_its_content_and_its_generation_that_of_where_it_began() -> None:
    world = World()
    world[Layer.RUNTIME].say({}, documents={"flags": {"a": 1}})
    before = world.process().snapshot
    asked = with_request_overrides(before, {"video": {"fps": 30}})
    assert asked.fingerprint == fingerprint(asked.settings, {"flags": {"a": 1}}) != before.fingerprint
    assert (asked.generation, asked.documents) == (before.generation, before.documents)


def test_a_secret_is_asked_for_by_its_reference() -> None:
    asked = with_request_overrides(World().process().snapshot, {"key": "secret://providers/runway"})
    assert str(asked.values["key"]) == "secret://providers/runway"
    assert asked.origins["key"].value == "secret://providers/runway"
