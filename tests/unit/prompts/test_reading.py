"""PromptReader: which version serves, and what does while better ones are away or in quarantine."""

import multiprocessing
import threading
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.clock import VirtualClock
from reelwright.observability.metrics import Metric
from reelwright.prompts import believing
from reelwright.prompts.errors import PromptMissing, PromptUnavailable
from reelwright.prompts.library import PromptLibrary
from reelwright.prompts.parsing import content_version
from reelwright.prompts.reading import PromptReader, Served
from reelwright.prompts.remembering import FilePromptMemory
from reelwright.storage.errors import StorageUnavailable, StorageUnwritable
from reelwright.storage.ports import ABSENT
from tests.unit.prompts.worlds import ANN, AWAY, NAME, World, a_prompt

ONE, TWO, THREE = (a_prompt(f"Say it in way {number}.") for number in (1, 2, 3))
BROKEN = "---\nname: write-script\n---\n{{unclosed"
DENIED = StorageUnwritable("The bucket cannot be used: access denied to GetObject.")
HOUR = 3600.0


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(memory=FilePromptMemory(tmp_path / "prompts.json"))


def said(served: Served) -> tuple[str, str, str]:
    return served.version, served.label, served.source


def bundled_version() -> str:
    return content_version(a_prompt("Bundled."))


def why(served: Served) -> str:
    return "; ".join(served.reasons)


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


# Drill: a version that cannot be rendered.


@pytest.mark.parametrize(
    "text",
    [
        BROKEN,
        "no front matter",
        a_prompt("Hello {{nobody}}."),
        a_prompt("As another.", name="write-script.investing"),
        a_prompt("{{topic}}"),
        a_prompt("x").replace("schema: script", "schema: unknown"),
    ],
    ids=["unclosed", "no front matter", "undeclared", "another prompt", "untrusted system", "output"],
)
def test_a_version_that_cannot_be_rendered_is_quarantined_and_the_one_before_serves(
    world: World, text: str
) -> None:
    one = world.store.publish(ONE)
    bad = world.store.publish(text)
    reader = world.a_reader()

    for _ in range(3):
        served = reader.serve(NAME)
        assert said(served) == (one, "production", "store")
        assert f"production {bad} is in quarantine" in why(served)
        world.clock.advance(60)
    assert world.metrics.of(Metric.PROMPTS_QUARANTINED) == [{"prompt": NAME, "version": bad}]


def test_when_all_versions_are_bad_production_then_the_bundle_serves(world: World) -> None:
    one = world.store.publish(ONE)
    world.store.publish(BROKEN, label="dev")
    reader = world.a_reader()
    assert said(reader.serve(NAME, "dev")) == (one, "production", "store")

    world.store.publish(BROKEN)
    world.store.publish(BROKEN + "!")
    bad = World()
    bad.store.publish(BROKEN)
    bad.store.publish(BROKEN + "!")
    served = bad.a_reader().serve(NAME)
    assert said(served) == (bundled_version(), "bundled", "bundled")
    assert why(served).count("quarantine") == 2


def test_when_not_even_the_bundle_can_be_rendered_it_says_so() -> None:
    world = World(bundled={NAME: BROKEN})
    world.store.publish(BROKEN + "!")
    with pytest.raises(PromptUnavailable, match=r"No version of the prompt write-script .*quarantine"):
        world.a_reader().serve(NAME)


def test_a_text_that_was_damaged_is_passed_over_and_looked_for_again(world: World) -> None:
    one, two = world.store.publish(ONE), world.store.publish(TWO)
    document = f"prompts/texts/{NAME}/{two}"
    world.store.documents.put(document, b"something else", expect=None, author=ANN)
    reader = world.a_reader()

    served = reader.serve(NAME)
    assert said(served) == (one, "production", "store")
    assert f"production {two} is broken" in why(served)
    world.store.documents.put(document, TWO.encode(), expect=None, author=ANN)
    world.clock.advance(60)
    assert reader.serve(NAME).version == two


def test_a_damaged_text_that_is_remembered_is_served_from_there(world: World) -> None:
    two = world.store.publish(TWO)
    world.a_reader().serve(NAME)
    world.store.documents.put(f"prompts/texts/{NAME}/{two}", b"else", expect=None, author=ANN)

    served = world.a_reader().serve(NAME)
    assert said(served) == (two, "production", "store")
    assert served.ready.where == "remembered"


# Drill: a memory that is damaged.


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\x00" * 100, b'{"at": 1}', b'{"at":"2026-01-01T00:00:00"}']
)
def test_a_damaged_memory_is_none_and_is_begun_anew(world: World, tmp_path: Path, content: bytes) -> None:
    two = world.store.publish(TWO)
    (tmp_path / "prompts.json").write_bytes(content)
    world.store.error = AWAY
    assert said(world.a_reader().serve(NAME))[1:] == ("bundled", "bundled")

    world.store.error = None
    assert world.a_reader().serve(NAME).version == two
    world.store.error = AWAY
    assert said(world.a_reader().serve(NAME)) == (two, "production", "remembered")


def test_a_remembered_text_that_was_altered_is_not_served(world: World, tmp_path: Path) -> None:
    world.store.publish(TWO)
    world.a_reader().serve(NAME)
    path = tmp_path / "prompts.json"
    path.write_bytes(path.read_bytes().replace(b"Say it in way 2.", b"Say it in way 9."))
    world.store.error = AWAY

    assert said(world.a_reader().serve(NAME))[1:] == ("bundled", "bundled")


def test_a_memory_that_cannot_be_written_stops_nobody(world: World) -> None:
    class Unwritable(FilePromptMemory):
        def save(self, remembered: object) -> None:
            raise StorageUnwritable("The disk is read-only.")

    world.memory = Unwritable(Path("nowhere"))
    two = world.store.publish(TWO)
    assert world.a_reader().serve(NAME).version == two


def test_any_cut_of_the_memory_serves_something(tmp_path: Path) -> None:
    world = World(memory=FilePromptMemory(tmp_path / "prompts.json"))
    two = world.store.publish(TWO)
    world.a_reader().serve(NAME)
    world.store.error = AWAY
    whole = (tmp_path / "prompts.json").read_bytes()

    for size in Random(1).sample(range(len(whole)), 40):
        (tmp_path / "prompts.json").write_bytes(whole[:size])
        assert world.a_reader().serve(NAME).version in {two, bundled_version()}


def test_what_was_remembered_before_a_rollback_is_what_was_served_then(world: World) -> None:
    one, two = world.store.publish(ONE), world.store.publish(TWO)
    world.a_reader().serve(NAME)
    world.store.move(NAME, "production", one, expect=two, author=ANN)
    world.clock.advance(60)
    world.a_reader().serve(NAME)
    world.store.error = AWAY

    assert said(world.a_reader().serve(NAME)) == (one, "production", "remembered")


# One version, whatever labels say.


def test_a_version_is_rendered_though_labels_moved(world: World) -> None:
    one = world.store.publish(ONE)
    world.store.publish(TWO)

    served = world.a_reader().exactly(NAME, one)
    assert said(served) == (one, "", "store")
    assert served.ready.text == ONE


def test_a_version_that_is_bundled_needs_no_store(world: World) -> None:
    world.store.error = AWAY
    assert world.a_reader().exactly(NAME, bundled_version()).source == "bundled"
    assert world.store.read_texts == []


def test_a_version_that_cannot_be_had_now_is_not_replaced(world: World) -> None:
    one = world.store.publish(ONE)
    world.store.error = AWAY
    with pytest.raises(PromptUnavailable, match=f"Version {one} .*cannot be reached"):
        world.a_reader().exactly(NAME, one)


def test_a_version_that_was_served_is_remembered_for_those_who_pinned_it(world: World) -> None:
    one = world.store.publish(ONE)
    world.a_reader().serve(NAME)
    world.store.publish(TWO)
    world.clock.advance(60)
    world.a_reader().serve(NAME)
    world.store.error = AWAY

    assert world.a_reader().exactly(NAME, one).source == "remembered"


@pytest.mark.parametrize("version", ["0" * 12, "nonsense"])
def test_a_version_that_is_gone_for_good_is_replaced_and_that_is_said(world: World, version: str) -> None:
    two = world.store.publish(TWO)
    served = world.a_reader().exactly(NAME, version)
    assert served.version == two
    assert f"the version asked for {version} is broken" in why(served)


@given(st.lists(st.sampled_from(["publish", "bad", "away", "back", "texts", "wait", "restart", "ask"])))
def test_whatever_happens_somebody_always_serves_and_only_what_was_published(acts: list[str]) -> None:
    """The source tells the truth: ``store`` only when the label stood at that version or above it."""
    world = World()
    reader = world.a_reader()
    published = {bundled_version()}
    for number, act in enumerate(acts):
        if act == "publish":
            published.add(world.store.publish(a_prompt(f"Text {number}.")))
        elif act == "bad":
            world.store.publish(f"bad {number}")
        elif act in ("away", "back"):
            world.store.error = AWAY if act == "away" else None
        elif act == "texts":
            world.store.texts_away = not world.store.texts_away
        elif act == "wait":
            world.clock.advance(61)
        elif act == "restart":
            reader = world.a_reader()
        served = reader.serve(NAME)
        assert served.version in published
        assert (served.label == "bundled") == (served.source == "bundled")


def _serve(folder: Path, number: int) -> None:
    world = World(memory=FilePromptMemory(folder / "prompts.json"))
    name = f"prompt-{number}"
    for way in range(5):
        world.store.publish(a_prompt(f"Way {way}.", name=name), name=name)
        world.clock.advance(60)
        world.a_reader().serve(name)


def test_processes_that_share_a_memory_leave_it_whole(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_serve, args=(tmp_path, number)) for number in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
        assert process.exitcode == 0

    remembered = FilePromptMemory(tmp_path / "prompts.json").load()
    assert remembered is not None
    assert set(remembered.texts) <= remembered.labels.mentioned()
    assert remembered.texts
