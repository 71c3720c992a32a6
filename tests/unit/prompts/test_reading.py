"""PromptReader: which version serves, and what does while better ones are away or in quarantine."""

import threading
from itertools import pairwise
from pathlib import Path

import pytest

from reelwright.clock import VirtualClock
from reelwright.observability.metrics import Metric
from reelwright.prompts import believing
from reelwright.prompts.errors import PromptMissing, PromptUnavailable
from reelwright.prompts.library import PromptLibrary
from reelwright.prompts.parsing import content_version
from reelwright.prompts.reading import PromptReader
from reelwright.prompts.remembering import FilePromptMemory
from reelwright.storage.errors import StorageUnavailable, StorageUnwritable
from reelwright.storage.ports import ABSENT
from tests.unit.prompts.worlds import ANN, AWAY, NAME, World, a_prompt, bundled_version, said, why

ONE, TWO, THREE = (a_prompt(f"Say it in way {number}.") for number in (1, 2, 3))
DENIED = StorageUnwritable("The bucket cannot be used: access denied to GetObject.")
HOUR = 3600.0


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(memory=FilePromptMemory(tmp_path / "prompts.json"))


def test_the_version_under_the_label_serves(world: World) -> None:
    world.store.publish(ONE)
    two = world.store.publish(TWO)

    served = world.a_reader().serve(NAME)
    assert said(served) == (two, "production", "store")
    assert served.ready.text == TWO
    assert served.reasons == ()


def test_without_a_store_the_bundle_serves() -> None:
    reader = PromptReader(None, PromptLibrary.of({NAME: ONE}), clock=VirtualClock())

    assert said(reader.serve(NAME)) == (content_version(ONE), "bundled", "bundled")
    assert "no store" in why(reader.serve(NAME))


def test_a_store_that_has_no_label_of_a_prompt_leaves_it_to_the_bundle(world: World) -> None:
    world.store.save(NAME, ONE, author=ANN, expect=None)

    served = world.a_reader().serve(NAME)
    assert said(served) == (bundled_version(), "bundled", "bundled")
    assert why(served) == "write-script has no label production"


def test_a_label_that_a_prompt_lacks_leads_to_production_then_to_the_bundle(world: World) -> None:
    one = world.store.publish(ONE)
    two = world.store.publish(TWO, label="staging")
    reader = world.a_reader()

    assert said(reader.serve(NAME, "staging")) == (two, "staging", "store")
    assert said(reader.serve(NAME, "dev")) == (one, "production", "store")
    assert why(reader.serve(NAME, "dev")) == "write-script has no label dev"
    assert said(reader.serve(NAME, "bundled")) == (bundled_version(), "bundled", "bundled")


def test_a_label_that_was_taken_off_leads_to_the_bundle(world: World) -> None:
    one = world.store.publish(ONE)
    world.store.move(NAME, "production", ABSENT, expect=one, author=ANN)

    assert said(world.a_reader().serve(NAME))[1:] == ("bundled", "bundled")


def test_a_prompt_that_nobody_has_is_missing_and_the_near_ones_are_named(world: World) -> None:
    world.store.publish(ONE)
    with pytest.raises(PromptMissing, match=r"no prompt 'write-scirpt'.*write-script"):
        world.a_reader().serve("write-scirpt")


def test_labels_are_read_once_and_again_after_their_time(world: World) -> None:
    world.store.publish(ONE)
    reader = world.a_reader()
    for _ in range(5):
        reader.serve(NAME)
    assert world.store.asked == 1
    two = world.store.publish(TWO)

    world.clock.advance(26)
    assert reader.serve(NAME).version != two
    world.clock.advance(5)
    assert said(reader.serve(NAME)) == (two, "production", "store")
    assert world.store.asked == 1


def test_a_version_is_read_once_whatever_labels_do(world: World) -> None:
    one, two = world.store.publish(ONE), world.store.publish(TWO)
    reader = world.a_reader()
    for version, before in ((two, two), (one, two), (two, one), (one, two)):
        if version != before:
            world.store.move(NAME, "production", version, expect=before, author=ANN)
            world.store.read_texts.clear()
        world.clock.advance(HOUR)
        assert reader.serve(NAME).version == version
    assert world.store.read_texts == []


def test_one_own_change_is_seen_at_once_when_labels_expire(world: World) -> None:
    world.store.publish(ONE)
    reader = world.a_reader()
    reader.serve(NAME)
    two = world.store.publish(TWO)
    reader.expire()

    assert reader.serve(NAME).version == two


# Drill: the store goes away.


@pytest.mark.parametrize("error", [AWAY, DENIED, RuntimeError("a bug")])
def test_warm_a_store_that_goes_away_changes_nothing_but_the_source(world: World, error: Exception) -> None:
    two = world.store.publish(TWO)
    reader = world.a_reader()
    reader.serve(NAME)
    world.store.error = error
    world.clock.advance(HOUR)

    served = reader.serve(NAME)
    assert said(served) == (two, "production", "remembered")
    assert "cannot be used" in why(served)
    assert "labels are those of 2026-01-01 00:00:00 UTC" in why(served)
    assert world.metrics.of(Metric.PROMPT_READS_FAILED)


@pytest.mark.parametrize("error", [AWAY, DENIED, RuntimeError("a bug")])
def test_cold_what_an_earlier_process_served_is_remembered(world: World, error: Exception) -> None:
    two = world.store.publish(TWO)
    world.a_reader().serve(NAME)
    world.store.error = error
    world.clock.advance(HOUR)

    served = world.a_reader().serve(NAME)
    assert said(served) == (two, "production", "remembered")
    assert served.ready.text == TWO


def test_cold_without_a_memory_the_bundle_serves_and_says_why() -> None:
    world = World()
    world.store.publish(TWO)
    world.store.error = AWAY

    served = world.a_reader().serve(NAME)
    assert said(served) == (bundled_version(), "bundled", "bundled")
    assert "cannot be reached just now" in why(served)


def test_a_prompt_that_only_the_store_may_have_is_unavailable_while_it_is_away(world: World) -> None:
    world.store.error = AWAY
    with pytest.raises(PromptUnavailable, match="cannot be reached"):
        world.a_reader().serve("title-video")
    world.store.error = None
    with pytest.raises(PromptMissing):
        world.a_reader().serve("title-video")
    with pytest.raises(PromptMissing):
        PromptReader(None, PromptLibrary.of({}), clock=VirtualClock()).serve("title-video")


def test_a_store_that_comes_back_is_served_from_again(world: World) -> None:
    world.store.publish(ONE)
    reader = world.a_reader()
    reader.serve(NAME)
    two = world.store.publish(TWO)
    world.store.error = AWAY
    world.clock.advance(HOUR)
    assert reader.serve(NAME).source == "remembered"

    world.store.error = None
    world.clock.advance(60)
    assert said(reader.serve(NAME)) == (two, "production", "store")


def test_a_store_that_is_away_is_asked_less_and_less_often(world: World) -> None:
    world.store.publish(ONE)
    reader = world.a_reader()
    reader.serve(NAME)
    world.store.asked, world.store.error = 0, AWAY
    world.clock.advance(60)
    asked = []
    for second in range(600):
        reader.serve(NAME)
        if len(asked) < world.store.asked:
            asked.append(second)
        world.clock.advance(1)

    gaps = [after - before for before, after in pairwise(asked)]
    assert len(asked) <= 30
    assert gaps[-1] >= 30
    assert max(gaps) <= 61


def test_workers_do_not_come_back_together() -> None:
    returns = set()
    for seed in range(20):
        world = World(seed=seed)
        world.store.error = AWAY
        reader = world.a_reader()
        for _ in range(200):
            reader.serve(NAME)
            if world.store.asked >= 5:
                break
            world.clock.advance(0.25)
        returns.add(world.clock.monotonic())
    assert len(returns) >= 10


def test_the_wait_that_a_store_asks_for_is_honoured(world: World) -> None:
    world.store.error = StorageUnavailable("Slow down.", retry_after_seconds=40)
    reader = world.a_reader()
    reader.serve(NAME)
    world.clock.advance(39)
    reader.serve(NAME)
    assert world.store.asked == 1
    world.clock.advance(2)
    reader.serve(NAME)
    assert world.store.asked == 2


def test_texts_that_cannot_be_had_leave_it_to_the_version_before_then_to_the_bundle(world: World) -> None:
    one = world.store.publish(ONE)
    reader = world.a_reader()
    reader.serve(NAME)
    two = world.store.publish(TWO)
    world.store.texts_away = True
    world.clock.advance(60)

    served = reader.serve(NAME)
    assert said(served) == (one, "production", "store")
    assert f"production {two} cannot be had" in why(served)

    cold = World()
    cold.store.publish(TWO)
    cold.store.texts_away = True
    assert said(cold.a_reader().serve(NAME))[1:] == ("bundled", "bundled")


def test_a_store_that_hangs_holds_up_one_caller_for_a_moment_and_nobody_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = world.store.publish(ONE)
    reader = world.a_reader()
    reader.serve(NAME)
    world.store.asked = 0
    release = threading.Event()
    world.store.meanwhile = lambda: release.wait(30)
    world.clock.advance(60)
    waits: list[float] = []
    monkeypatch.setattr(believing, "settle", lambda _futures, seconds: waits.append(seconds))
    try:
        for _ in range(3):
            assert reader.serve(NAME).version == one
        assert waits == [0.3]
        assert world.store.asked == 1
    finally:
        release.set()


def test_a_store_that_hangs_from_the_first_is_waited_for_once_then_given_up_and_asked_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(believing, "_COLD_SECONDS", 0.05)
    two = world.store.publish(TWO)
    release = threading.Event()
    world.store.meanwhile = lambda: release.wait(30)
    reader = world.a_reader()
    try:
        assert said(reader.serve(NAME))[1:] == ("bundled", "bundled")
        assert "has not answered yet" in why(reader.serve(NAME))
        assert world.store.asked == 1
        world.clock.advance(11)
        assert "did not answer within 10 seconds" in why(reader.serve(NAME))
        world.store.meanwhile = lambda: None
        world.clock.advance(2)
        assert said(reader.serve(NAME)) == (two, "production", "store")
    finally:
        release.set()


def test_an_answer_that_comes_late_is_taken_up(world: World) -> None:
    world.store.publish(ONE)
    reader = world.a_reader()
    reader.serve(NAME)
    two = world.store.publish(TWO)
    asking, release = threading.Event(), threading.Event()
    world.store.meanwhile = lambda: (asking.set(), release.wait(30))
    world.clock.advance(60)
    assert reader.serve(NAME).version != two
    release.set()
    for _ in range(500):
        if reader.serve(NAME).version == two:
            break
        threading.Event().wait(0.01)
    assert said(reader.serve(NAME)) == (two, "production", "store")


def test_many_threads_share_one_question(world: World) -> None:
    two = world.store.publish(TWO)
    reader = world.a_reader()
    barrier = threading.Barrier(8)
    found: list[str] = []

    def ask() -> None:
        barrier.wait()
        found.append(reader.serve(NAME).version)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [two] * 8
    assert world.store.asked == 1


def test_labels_that_are_gone_are_no_order_to_serve_the_bundle(world: World) -> None:
    """Somebody deleted the document: that is damage, not a decision."""
    two = world.store.publish(TWO)
    warm = world.a_reader()
    warm.serve(NAME)
    world.store.documents._documents.pop("prompts/labels")
    world.clock.advance(60)

    for reader in (warm, world.a_reader()):
        served = reader.serve(NAME)
        assert said(served) == (two, "production", "remembered")
        assert "its labels are gone" in why(served)


def test_labels_that_are_damaged_leave_the_last_good_ones(world: World) -> None:
    two = world.store.publish(TWO)
    reader = world.a_reader()
    reader.serve(NAME)
    world.store.documents.put("prompts/labels", b"{", expect=None, author=ANN)
    world.clock.advance(60)

    assert said(reader.serve(NAME)) == (two, "production", "remembered")
