"""PromptReader: what serves while a version or the memory is damaged, and for who pinned one."""

import multiprocessing
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.observability.metrics import Metric
from reelwright.prompts.errors import PromptUnavailable
from reelwright.prompts.remembering import FilePromptMemory
from reelwright.storage.errors import StorageUnwritable
from tests.unit.prompts.worlds import ANN, AWAY, NAME, World, a_prompt, bundled_version, said, why

ONE, TWO, THREE = (a_prompt(f"Say it in way {number}.") for number in (1, 2, 3))
BROKEN = "---\nname: write-script\n---\n{{unclosed"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(memory=FilePromptMemory(tmp_path / "prompts.json"))


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
