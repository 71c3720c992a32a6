"""PromptTemplateManager: from name and variables to what is sent, and why exactly that."""

from pathlib import Path

import pytest

from reelwright.environment.prompting import PromptSettings
from reelwright.observability.metrics import Metric
from reelwright.prompts.errors import MissingVariable, PromptMissing, PromptSyntaxError, UnknownVariant
from reelwright.prompts.parsing import content_version
from reelwright.prompts.remembering import FilePromptMemory
from reelwright.prompts.schema import RenderedPrompt
from reelwright.storage.ports import ABSENT
from tests.unit.prompts.worlds import ANN, AWAY, NAME, World, a_prompt

INVESTING = f"{NAME}.investing"
TOPIC = {"topic": "How index funds work"}
TIDES = {"topic": "Tides"}
HALVES = {"control": 50, "vivid": 50}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(
        memory=FilePromptMemory(tmp_path / "prompts.json"),
        bundled={NAME: a_prompt("General."), INVESTING: a_prompt("On money.", name=INVESTING)},
    )


def system(rendered: RenderedPrompt) -> str:
    return rendered.messages[0].text


def test_an_answer_says_what_was_rendered_and_why(world: World) -> None:
    version = world.store.publish(a_prompt("From the store.", variants=HALVES))
    rendered = world.a_manager().render(NAME, TIDES, topic="Tides", unit="prod_1")

    assert system(rendered).startswith("From the store.")
    assert "Tides" in rendered.messages[1].text
    assert (rendered.name, rendered.version, rendered.label) == (NAME, version, "production")
    assert (rendered.source, rendered.path, rendered.category) == ("store", (NAME,), "")
    assert rendered.variant in HALVES
    assert rendered.reason == f"no category has a word of the topic; 50% get {rendered.variant}"
    assert any("marks" in warning for warning in rendered.warnings)


def test_a_topic_chooses_the_file_of_its_category(world: World) -> None:
    rendered = world.a_manager().render(NAME, TOPIC, topic=TOPIC["topic"])

    assert system(rendered) == "On money."
    assert (rendered.category, rendered.path) == ("investing", (INVESTING,))
    assert "investing for 'index fund*', 'funds' in the topic" in rendered.reason


def test_a_category_without_a_file_leads_to_the_general_one_and_the_path_says_so(world: World) -> None:
    rendered = world.a_manager().render(NAME, TOPIC, topic="Why sleep matters")

    assert system(rendered) == "General."
    assert rendered.path == (f"{NAME}.health", NAME)


def test_without_a_topic_the_general_one_is_rendered(world: World) -> None:
    rendered = world.a_manager().render(NAME, TOPIC)
    assert (rendered.path, rendered.category) == ((NAME,), "")


def test_a_file_of_the_store_alone_is_chosen_by_the_topics_that_it_claims(world: World) -> None:
    sales = f"{NAME}.sales"
    text = a_prompt("On sales.", name=sales, topics=("Black Friday",))
    world.store.publish(text, name=sales)

    rendered = world.a_manager().render(NAME, TOPIC, topic="Index funds on Black Friday")
    assert system(rendered) == "On sales."
    assert "its file claims 'Black Friday'" in rendered.reason


def test_a_category_that_cannot_be_served_leads_to_the_general_one(world: World) -> None:
    world.bundled.pop(INVESTING)
    world.store.publish("broken", name=INVESTING)
    rendered = world.a_manager().render(NAME, TOPIC, topic=TOPIC["topic"])

    assert system(rendered) == "General."
    assert rendered.path == (INVESTING, NAME)
    assert "quarantine" in rendered.reason


def test_the_label_of_the_settings_then_of_the_call(world: World) -> None:
    one = world.store.publish(a_prompt("One."))
    two = world.store.publish(a_prompt("Two."), label="staging")
    manager = world.a_manager(PromptSettings(label="staging"))

    assert manager.render(NAME, TIDES).version == two
    assert manager.render(NAME, TIDES, label="production").version == one
    assert manager.render(NAME, TIDES, label="bundled").source == "bundled"


def test_a_unit_always_gets_its_variant_and_settings_force_one(world: World) -> None:
    world.store.publish(a_prompt("One.", variants=HALVES))
    variants = {
        unit: world.a_manager().render(NAME, TIDES, unit=unit).variant
        for unit in (f"prod_{number}" for number in range(40))
    }
    assert set(variants.values()) == {"control", "vivid"}
    for unit, variant in variants.items():
        assert world.a_manager().render(NAME, TIDES, unit=unit).variant == variant

    forced = world.a_manager(PromptSettings(variants={NAME: "vivid"}))
    assert {forced.render(NAME, TIDES, unit=unit).variant for unit in variants} == {"vivid"}
    assert system(forced.render(NAME, TIDES)) == "One.\nAs vivid."


def test_what_is_wrong_with_variables_is_raised_and_counted(world: World) -> None:
    with pytest.raises(MissingVariable, match="topic"):
        world.a_manager().render(NAME, {})
    with pytest.raises(PromptMissing):
        world.a_manager().render("nothing", {})
    assert world.metrics.of(Metric.PROMPT_RENDERS_FAILED) == [
        {"prompt": NAME, "error": "missing_variable"},
        {"prompt": "nothing", "error": "prompt_missing"},
    ]


# Preview: exactly what would be sent.


def test_a_preview_is_what_render_gives(world: World) -> None:
    world.store.publish(a_prompt("One.", variants=HALVES))
    manager = world.a_manager()
    for unit in ("prod_1", "prod_2", "prod_3"):
        assert manager.preview(NAME, TIDES, unit=unit, topic="Tides") == manager.render(
            NAME, TIDES, unit=unit, topic="Tides"
        )


def test_a_draft_is_rendered_without_a_store(world: World) -> None:
    world.store.error = AWAY
    draft = a_prompt("A draft.", variants=HALVES)
    rendered = world.a_manager().preview(NAME, TIDES, text=draft, variant="vivid")

    assert system(rendered) == "A draft.\nAs vivid."
    assert (rendered.version, rendered.label, rendered.source) == (content_version(draft), "draft", "file")
    assert world.store.asked == 0
    with pytest.raises(PromptSyntaxError, match="write-script:1:1"):
        world.a_manager().preview(NAME, TIDES, text="no front matter")


def test_a_version_is_previewed_by_its_name(world: World) -> None:
    one = world.store.publish(a_prompt("One."))
    world.store.publish(a_prompt("Two."))
    assert world.a_manager().preview(NAME, TIDES, version=one).version == one
    with pytest.raises(UnknownVariant):
        world.a_manager().preview(NAME, TIDES, version=one, variant="bold")


def test_what_is_served_can_be_looked_at(world: World) -> None:
    one = world.store.publish(a_prompt("One."))
    served = world.a_manager().served(NAME)
    assert (served.version, served.ready.text) == (one, a_prompt("One."))


def test_a_rollback_changes_what_is_rendered_and_nothing_else(world: World) -> None:
    """Before, after, and after the rollback: version, text, label, source."""
    manager = world.a_manager()
    told = []
    one = world.store.publish(a_prompt("One."))
    for act in (
        lambda: one,
        lambda: world.store.publish(a_prompt("Two.")),
        lambda: world.store.move(
            NAME, "production", one, expect=content_version(a_prompt("Two.")), author=ANN
        ),
    ):
        act()
        world.clock.advance(60)
        rendered = manager.render(NAME, TIDES)
        told.append((system(rendered), rendered.version == one, rendered.label, rendered.source))
    assert told == [
        ("One.", True, "production", "store"),
        ("Two.", False, "production", "store"),
        ("One.", True, "production", "store"),
    ]
    assert ABSENT not in {move.version for move in world.store.history(NAME)}
