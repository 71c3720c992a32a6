"""Each source down in each way, warm and at a cold start: never does an outage turn into a default."""

import threading
from collections.abc import Sequence

import pytest

from reelwright.config.errors import ConfigurationUnavailable
from reelwright.config.memory import MemoryLastKnownGood, Outage
from reelwright.config.ports import Remembered
from reelwright.config.schema import Layer
from reelwright.observability.metrics import Metric
from tests.unit.config.drill import (
    BUDGET_SECONDS,
    DOWN,
    MOMENTS,
    OUTAGE_SECONDS,
    OUTAGES,
    REMOTE,
    Moment,
    drill,
    key_of,
    value_of,
    world,
)

SAID: dict[Outage, str] = {
    "timeout": "it did not answer within 2 s",
    "throttle": "it asks to be left alone",
    "denied": "access is denied",
    "garbage": "what it holds is not a document",
    "broken": "it broke with RuntimeError",
    "hang": "it did not answer in time",
}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("outage", OUTAGES)
@pytest.mark.parametrize("down", DOWN, ids=lambda down: "+".join(layer.value for layer in down))
def test_what_is_served_during_an_outage(down: Sequence[Layer], outage: Outage, moment: Moment) -> None:
    found = drill(down, outage, moment)

    if moment == "cold, not remembered":
        assert isinstance(found, str)
        assert all(f"{layer.value}:test" in found for layer in down)
        assert SAID[outage] in found
        return
    assert not isinstance(found, str)
    for layer, served in found.items():
        assert (served.value, served.layer) == (value_of(layer), layer)
        if layer in down:
            assert served.state == ("stale" if moment == "warm" else "remembered")
            assert served.age_seconds == OUTAGE_SECONDS
            assert ("remembered from an earlier process" in served.reason) == (moment != "warm")
            assert (SAID[outage] if outage != "hang" else "it has not answered yet") in served.reason
        else:
            assert (served.state, served.age_seconds) == ("fresh", 0)


@pytest.mark.parametrize("outage", OUTAGES)
def test_a_default_asked_for_by_the_caller_does_not_hide_an_outage(outage: Outage) -> None:
    here = world()
    here[Layer.SSM].outage = outage
    manager = here.process()
    with pytest.raises(ConfigurationUnavailable):
        manager.get("video.fps", 24)
    here[Layer.SSM].release()


def test_defaults_stand_in_only_by_an_explicit_policy_and_say_so() -> None:
    here = world()
    here[Layer.SSM].outage = "denied"
    manager = here.process(last_resort="bundle")
    assert manager.get(key_of(Layer.SSM)) == "default"
    (record,) = [one for one in manager.snapshot.sources if one.layer is Layer.SSM]
    assert record.state == "bundled"
    assert record.reason == "never read: defaults stand in, by policy; it could not be read: access is denied"
    here[Layer.SSM].release()
    here.clock.advance(60)
    manager.refresh()
    assert manager.get(key_of(Layer.SSM)) == "ssm"


def test_a_source_that_failed_at_the_start_is_asked_again_after_a_while() -> None:
    here = world()
    here[Layer.SSM].outage = "timeout"
    manager = here.process()
    for _ in range(5):
        with pytest.raises(ConfigurationUnavailable):
            manager.get("video.fps")
    assert here[Layer.SSM].fetches == 1
    here[Layer.SSM].release()
    here.clock.advance(2)
    assert manager.get(key_of(Layer.SSM)) == "ssm"


def test_failures_are_followed_by_longer_and_longer_pauses_up_to_a_minute() -> None:
    here = world()
    manager = here.process()
    manager.refresh()
    here[Layer.SSM].outage = "timeout"
    before = here[Layer.SSM].fetches
    for _ in range(3600):
        here.clock.advance(1)
        manager.refresh()
    asked = here[Layer.SSM].fetches - before
    assert 3600 / 60 <= asked <= 3600 / 15  # full jitter: half the ceiling on average
    assert here.metrics.count(Metric.CONFIG_SOURCE_FAILED, "ssm:test") == asked
    here[Layer.SSM].outage = None
    here.clock.advance(61)
    manager.refresh()
    assert manager.explain(key_of(Layer.SSM)).age_seconds == 0


def test_a_source_that_asks_for_a_pause_is_given_it() -> None:
    here = world()
    manager = here.process()
    manager.refresh()
    here[Layer.SSM].outage = "throttle"
    here.clock.advance(31)
    manager.refresh()
    before = here[Layer.SSM].fetches
    here.clock.advance(6.5)
    manager.refresh()
    assert here[Layer.SSM].fetches == before
    here.clock.advance(1)
    manager.refresh()
    assert here[Layer.SSM].fetches == before + 1


def test_an_answer_older_than_its_bound_says_so() -> None:
    here = world()
    manager = here.process()
    manager.refresh()
    here[Layer.SSM].outage = "denied"
    here.clock.advance(601)
    manager.refresh()
    assert manager.explain(key_of(Layer.SSM)).reason == (
        "said by ssm:test; it could not be read: access is denied; "
        "the answer is older than its bound of 600 s"
    )


def test_a_late_answer_is_taken_up_by_the_next_refresh() -> None:
    here = world()
    manager = here.process()
    manager.refresh()
    here[Layer.SSM].say({"table": {"ssm": "late"}})
    here[Layer.SSM].outage = "hang"
    here.clock.advance(31)
    manager.refresh(budget_seconds=BUDGET_SECONDS)
    assert manager.get("table.ssm") == "ssm"
    fetches = here[Layer.SSM].fetches
    here[Layer.SSM].release()
    manager.refresh()
    assert (manager.get("table.ssm"), here[Layer.SSM].fetches) == ("late", fetches)


def test_an_answer_that_was_given_up_is_never_looked_at() -> None:
    here = world()
    manager = here.process(patience_seconds=10.0)
    manager.refresh()
    here[Layer.SSM].outage = "hang"
    here[Layer.SSM].say({"table": {"ssm": "much too late"}})
    here.clock.advance(31)
    manager.refresh(budget_seconds=BUDGET_SECONDS)
    hanging = [thread for thread in threading.enumerate() if thread.name == "config:ssm:test"]
    here.clock.advance(11)
    manager.refresh(budget_seconds=BUDGET_SECONDS)
    here[Layer.SSM].say({"table": {"ssm": "newest"}})
    here[Layer.SSM].outage = None
    here.clock.advance(61)
    manager.refresh()
    assert manager.get("table.ssm") == "newest"
    here[Layer.SSM].release()
    for thread in hanging:
        thread.join(60)
    manager.refresh(force=True)
    assert manager.get("table.ssm") == "newest"


def test_a_memory_that_fails_is_survived_when_the_sources_answer() -> None:
    here = world()
    here.memory.failing = True
    manager = here.process()
    assert manager.get("table.ssm") == "ssm"
    assert here.memory.saves == 0
    here.memory.failing = False
    here.clock.advance(31)
    manager.refresh()
    assert here.memory.saves == 1 + len(REMOTE)


def test_a_memory_that_fails_together_with_a_source_is_an_outage() -> None:
    here = world()
    here.process().refresh()
    here.memory.failing = True
    here[Layer.SSM].outage = "timeout"
    manager = here.process()
    with pytest.raises(ConfigurationUnavailable):
        manager.get("video.fps")
    here.memory.failing = False  # and is asked again, while the source still is away
    assert manager.get("table.ssm") == "ssm"


def test_only_what_was_found_valid_is_remembered() -> None:
    here = world()
    manager = here.process()
    manager.refresh()
    here[Layer.SSM].say({"video": {"fps": 25}})
    manager.refresh(force=True)
    assert here.memory.load()["ssm:test"].fetched.settings == {"table": {"ssm": "ssm"}}


def test_knowing_that_a_source_holds_nothing_is_remembered_too() -> None:
    here = world()
    here[Layer.SSM].say({})
    here.process().refresh()
    here[Layer.SSM].outage = "timeout"
    assert here.process().get("table.ssm") == "default"


def test_memory_is_not_written_again_for_every_answer() -> None:
    here = world()
    manager = here.process()
    manager.refresh()
    saves = here.memory.saves
    for _ in range(9):
        here.clock.advance(31)
        manager.refresh()
    assert here.memory.saves == saves
    here.clock.advance(31)
    manager.refresh()
    assert here.memory.saves == 2 * saves


def test_a_source_of_this_process_is_not_remembered() -> None:
    here = world()
    here.process().refresh()
    assert "defaults:test" not in here.memory.load()


def test_a_hanging_memory_does_not_hold_up_an_invocation() -> None:
    here = world()
    released = threading.Event()

    class Hanging(MemoryLastKnownGood):
        def save(self, source: str, remembered: Remembered) -> None:
            released.wait()

    manager = here.process(memory=Hanging(), patience_seconds=10.0)
    manager.refresh(budget_seconds=BUDGET_SECONDS)
    assert manager.get("table.ssm") == "ssm"
    released.set()
