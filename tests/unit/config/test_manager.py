from datetime import timedelta
from decimal import Decimal

import pytest

from reelwright.config.errors import InvalidConfiguration, OverrideRefused, UnknownSetting
from reelwright.config.manager import ConfigurationManager
from reelwright.config.ports import Fetched
from reelwright.config.schema import Change, Layer, Shadowed
from reelwright.environment.errors import InvalidEnvironment
from reelwright.environment.fingerprint import fingerprint
from reelwright.environment.secret import Secret
from reelwright.errors import InvalidInput
from reelwright.observability.metrics import Metric
from tests.unit.config.world import PLAIN, World

REFERENCE = "secret://providers/runway#api_key"
CANARY = "sk-live-canary-0123456789"


def test_values_have_their_types() -> None:
    told = {"budgets": {"per_video_usd": "2.50"}, "providers": {"runway": {"credential": REFERENCE}}}
    manager = World({Layer.SSM: told}).process()
    assert manager.get("video.fps") == 24
    assert manager.get("budgets.per_video_usd") == Decimal("2.50")
    assert manager.get("providers.runway.credential") == Secret("providers/runway", "api_key")
    assert manager.get("features") == {"captions": "burned", "music": True, "scene_cache": True}


def test_tables_of_free_names_take_any() -> None:
    manager = World({Layer.RUNTIME: {"providers": {"newcomer": {"enabled": False}}}}).process()
    assert manager.get("providers.newcomer.enabled") is False
    assert manager.get("providers.newcomer.credential") is None
    assert manager.get("providers.runway.enabled") is True


def test_an_unknown_setting_is_named_with_a_near_one() -> None:
    with pytest.raises(UnknownSetting) as caught:
        World().process().get("video.fsp")
    assert caught.value.message == "There is no setting 'video.fsp'. Did you mean 'video.fps'?"
    assert isinstance(caught.value, KeyError)


def test_a_default_is_for_keys_that_need_not_exist() -> None:
    manager = World().process()
    assert manager.get("providers.newcomer", None) is None
    assert manager.get("video.fps", 60) == 24


def test_an_explanation_tells_value_layer_version_age_reason_and_what_is_hidden() -> None:
    world = World({Layer.RUNTIME: {"video": {"fps": 60}}, Layer.SSM: {"video": {"fps": 30}}})
    manager = world.process()
    manager.refresh()
    world.clock.advance(12)
    explained = manager.explain("video.fps")
    assert (explained.value, explained.layer, explained.version) == (60, Layer.RUNTIME, "1")
    assert explained.age_seconds == 12
    assert explained.reason == "said by runtime:test"
    assert explained.shadowed == (Shadowed(Layer.SSM, 30, "1"), Shadowed(Layer.DEFAULTS, 24, "1"))


def test_the_age_is_since_the_source_last_said_so_and_not_since_it_changed() -> None:
    world = World({Layer.SSM: {"number": 1}})
    manager = world.process()
    world.clock.advance(100)
    manager.refresh()
    world.clock.advance(5)
    assert manager.explain("number").age_seconds == 5


def test_a_setting_that_nobody_says_is_the_schemas_own() -> None:
    explained = World().process().explain("number")
    assert (explained.value, explained.layer) == (0, Layer.DEFAULTS)
    assert "schema" in explained.reason


def test_an_unknown_setting_cannot_be_explained() -> None:
    with pytest.raises(UnknownSetting, match="Did you mean"):
        World().process().explain("video.fpss")


def test_a_source_is_asked_again_only_when_its_answer_is_too_old() -> None:
    world = World()
    manager = world.process()
    manager.refresh()
    assert world[Layer.SSM].fetches == 1
    world.clock.advance(31)
    manager.refresh()
    assert (world[Layer.SSM].fetches, world[Layer.DEFAULTS].fetches) == (2, 1)
    manager.refresh(force=True)
    assert (world[Layer.SSM].fetches, world[Layer.DEFAULTS].fetches) == (3, 2)


def test_reading_asks_no_source() -> None:
    world = World()
    manager = world.process()
    manager.get("video.fps")
    fetches = [source.fetches for source in world.sources.values()]
    world.clock.advance(10_000)
    manager.get("video.fps")
    manager.explain("video.fps")
    assert [source.fetches for source in world.sources.values()] == fetches


def test_equal_content_has_an_equal_fingerprint_and_makes_no_generation() -> None:
    world = World()
    manager = world.process()
    first = manager.snapshot
    world[Layer.SSM].say({"video": {"fps": 24}})
    second = manager.refresh(force=True)
    assert (second.fingerprint, second.generation) == (first.fingerprint, first.generation)
    assert second.origins["video.fps"].layer is Layer.SSM
    assert first.fingerprint == fingerprint(first.settings)


def test_a_snapshot_tells_what_is_not_at_its_default() -> None:
    world = World({Layer.RUNTIME: {"video": {"fps": 60}}, Layer.SSM: {"budgets": {"per_video_usd": "1.50"}}})
    record = world.process().snapshot.record()
    assert [(one.key, one.value, one.layer) for one in record.overridden] == [
        ("budgets.per_video_usd", "1.50", Layer.SSM),
        ("video.fps", 60, Layer.RUNTIME),
    ]
    assert {source.source: source.state for source in record.sources} == {
        "defaults:test": "fresh",
        "environment:test": "absent",
        "s3:test": "absent",
        "secrets:test": "absent",
        "ssm:test": "fresh",
        "runtime:test": "fresh",
    }


def test_documents_travel_with_the_settings() -> None:
    world = World()
    manager = world.process()
    before = manager.snapshot
    heard: list[Change] = []
    manager.subscribe("documents.flags", lambda event: heard.extend(event.changes))
    world[Layer.RUNTIME].say({}, documents={"flags": {"a": 1}})
    after = manager.refresh(force=True)
    assert after.documents == {"flags": {"a": 1}}
    assert after.fingerprint != before.fingerprint
    assert [(one.key, one.old, one.new) for one in heard] == [("documents.flags", None, {"a": 1})]


def test_of_two_documents_of_one_name_the_higher_layers_counts() -> None:
    world = World()
    world[Layer.SSM].say({}, documents={"flags": "low"})
    world[Layer.RUNTIME].say({}, documents={"flags": "high"})
    assert world.process().snapshot.documents == {"flags": "high"}


def test_a_time_that_is_over_ends_a_setting_without_any_word_of_its_source() -> None:
    world = World()
    end = world.clock.now() + timedelta(minutes=10)
    world[Layer.RUNTIME].offer(Fetched("2", {"number": 5}, expires={"number": end}))
    manager = world.process()
    assert manager.get("number") == 5
    world[Layer.RUNTIME].outage = "timeout"
    world.clock.advance(601)
    manager.refresh()
    assert manager.get("number") == 0
    assert manager.explain("number").layer is Layer.DEFAULTS


def test_every_problem_is_told_with_layer_source_key_value_and_what_is_allowed() -> None:
    world = World({Layer.SSM: {"video": {"fps": 25}}, Layer.ENVIRONMENT: {"vidoe": {"fps": 24}}})
    with pytest.raises(InvalidConfiguration) as caught:
        world.process().get("video.fps")
    assert caught.value.message.splitlines() == [
        "ssm (ssm:test): video.fps = 25 is refused: it must be 24, 30 or 60.",
        "environment (environment:test): vidoe is not a key. Did you mean 'video'?",
    ]


def test_names_with_dots_are_no_keys() -> None:
    with pytest.raises(InvalidConfiguration, match=r"'video\.fps' is not a key"):
        World({Layer.SSM: {"video.fps": 24}}).process().get("video.fps")


@pytest.mark.parametrize(
    ("layer", "place"),
    [
        (layer, place)
        for layer in (Layer.RUNTIME, Layer.SSM, Layer.DOCUMENTS, Layer.ENVIRONMENT)
        for place in ("credential", "whole table", "wrong name")
    ]
    + [(Layer.SECRETS, "credential")],  # what else it may not supply is left out
)
def test_a_secret_in_plain_text_is_refused_and_never_shown(layer: Layer, place: str) -> None:
    told = {
        "credential": {"credential": CANARY},
        "whole table": CANARY,
        "wrong name": {"credentail": CANARY},
    }
    world = World({layer: {"providers": {"runway": told[place]}}})
    with pytest.raises(InvalidConfiguration) as caught:
        world.process().get("video.fps")
    assert layer.value in caught.value.message
    assert "providers.runway" in caught.value.message
    assert CANARY not in repr(caught.value) + str(caught.value) + repr(caught.value.as_dict())


def test_a_secret_in_plain_text_is_refused_even_where_a_higher_layer_hides_it() -> None:
    world = World(
        {
            Layer.RUNTIME: {"providers": {"runway": {"credential": REFERENCE}}},
            Layer.DOCUMENTS: {"providers": {"runway": {"credential": CANARY}}},
        }
    )
    with pytest.raises(
        InvalidConfiguration, match=r"s3 \(s3:test\): providers\.runway\.credential = <hidden>"
    ):
        world.process().get("video.fps")


def test_the_layer_of_secrets_supplies_references_and_nothing_else() -> None:
    told = {"providers": {"runway": {"credential": REFERENCE, "enabled": False}}, "number": 7}
    manager = World({Layer.SECRETS: told}).process()
    assert str(manager.get("providers.runway.credential")) == REFERENCE
    assert (manager.get("providers.runway.enabled"), manager.get("number")) == (True, 0)
    (record,) = [one for one in manager.snapshot.sources if one.layer is Layer.SECRETS]
    assert record.reason == "it may not supply providers.runway.enabled, number, which was left out"


def test_two_environments_are_compared_setting_by_setting() -> None:
    dev = World().process()
    other = World({Layer.SSM: {"video": {"fps": 60}, "budgets": {"per_day_block_usd": None}}}).process()
    expected = (
        Change("budgets.per_day_block_usd", "5.00", None, Layer.SSM),
        Change("video.fps", 24, 60, Layer.SSM),
    )
    assert dev.diff(other) == dev.diff(other.snapshot) == expected
    assert dev.diff(dev) == ()


def test_there_is_no_configuration_of_an_unknown_environment() -> None:
    with pytest.raises(InvalidEnvironment, match="Did you mean 'dev'"):
        ConfigurationManager.for_environment("dve")


def test_without_a_place_for_overrides_there_are_none() -> None:
    with pytest.raises(OverrideRefused):
        World().process().set_runtime_override("number", 1, actor="ann", reason="try")


def test_two_sources_of_one_name_are_a_mistake_of_the_caller() -> None:
    world = World()
    with pytest.raises(ValueError, match="same name"):
        world.process(sources=[world[Layer.SSM], world[Layer.SSM]])


def test_the_age_of_every_source_that_can_age_is_measured() -> None:
    world = World()
    manager = world.process()
    manager.refresh()
    world[Layer.SSM].outage = "timeout"
    world.clock.advance(45)
    manager.refresh()
    ages = {
        details["source"]: value
        for metric, value, details in world.metrics.values
        if metric is Metric.CONFIG_AGE
    }
    assert ages["ssm:test"] == 45
    assert ages["runtime:test"] == 0
    assert "defaults:test" not in ages


def test_invalid_configuration_is_bad_input() -> None:
    assert issubclass(InvalidConfiguration, InvalidInput)
    assert PLAIN["video"]["fps"] == 24
