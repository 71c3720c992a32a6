"""Prompts that a production pinned: the same text to its end, whatever becomes of stores and files."""

from random import Random

import pytest
from pydantic import JsonValue

from reelwright.clock import VirtualClock
from reelwright.prompts.errors import MissingVariable, PromptMissing
from reelwright.prompts.library import PromptLibrary
from reelwright.prompts.manager import PromptTemplateManager
from reelwright.prompts.pinned import PinnedPrompt, PinnedPrompts
from reelwright.prompts.schema import RenderedPrompt
from tests.unit.prompts.worlds import NAME, a_prompt

TEXT = a_prompt("Say it.", variants={"control": 1, "vivid": 1})
MONEY = a_prompt("Say it of money.", name=f"{NAME}.investing")
SCRIPT = {
    "topic": "Tides",
    "audience": "all",
    "language": "en",
    "seconds": 30,
    "words": 80,
    "pace": 160,
    "notes": "",
}


def manager(**texts: str) -> PromptTemplateManager:
    files = {NAME: TEXT, f"{NAME}.investing": MONEY} | texts
    return PromptTemplateManager(None, PromptLibrary.of(files), clock=VirtualClock(), rng=Random(1))


def chosen(topic: str = "Tides", unit: str = "prod_1") -> tuple[RenderedPrompt, PinnedPrompts]:
    source = manager()
    rendered = source.render(NAME, {"topic": topic}, topic=topic, unit=unit)
    served = source.reader.exactly(rendered.path[-1], rendered.version)
    return rendered, PinnedPrompts((PinnedPrompt.of(rendered, served),))


def pinned_again(prompts: PinnedPrompts) -> PinnedPrompts:
    return PinnedPrompts.pinned_in({"flags": {}, "prompts": prompts.as_document()})


@pytest.mark.parametrize(("topic", "file"), [("Tides", NAME), ("Index funds", f"{NAME}.investing")])
def test_what_was_chosen_is_said_again_word_for_word(topic: str, file: str) -> None:
    units = [f"prod_{number}" for number in range(8)]
    for unit in units:
        rendered, prompts = chosen(topic, unit)
        assert rendered.path[-1] == file
        assert pinned_again(prompts).render(NAME, {"topic": topic}) == rendered
    assert {chosen(unit=unit)[0].variant for unit in units} == {"control", "vivid"}


def test_the_document_names_version_label_and_source_of_each_file() -> None:
    rendered, prompts = chosen("Index funds")
    (told,) = prompts.as_document().items()
    file, pin = told
    assert file == f"{NAME}.investing"
    assert isinstance(pin, dict)
    assert (pin["version"], pin["label"], pin["source"]) == (rendered.version, "bundled", "bundled")


@pytest.mark.parametrize(
    "documents",
    [
        {},
        {"prompts": None},
        {"prompts": []},
        {"prompts": {NAME: None}},
        {"prompts": {NAME: {"version": "1"}}},
        {"prompts": {NAME: {"version": "a" * 12, "label": "", "source": "store", "variant": "control"}}},
    ],
)
def test_what_was_not_pinned_or_cannot_be_read_is_the_codes_own(documents: dict[str, JsonValue]) -> None:
    rendered = PinnedPrompts.pinned_in(documents).render(NAME, SCRIPT)
    assert (rendered.source, rendered.label, rendered.variant) == ("bundled", "bundled", "control")
    assert rendered.reason == "no version was pinned"
    bundled = PromptLibrary().get(NAME)
    assert bundled is not None
    assert rendered.version == bundled.version


def test_a_path_that_is_empty_names_no_file() -> None:
    _, prompts = chosen()
    (pin,) = prompts.as_document().values()
    assert isinstance(pin, dict)
    told = PinnedPrompts.pinned_in({"prompts": {NAME: {**pin, "path": []}}}).render(NAME, SCRIPT)
    assert told.reason == "no version was pinned"


@pytest.mark.parametrize("text", ["no front matter", TEXT.replace("topic: string", "other: string")])
def test_a_text_that_a_newer_version_of_the_code_cannot_say_gives_way_to_its_own(text: str) -> None:
    _, prompts = chosen()
    (pin,) = prompts.as_document().values()
    assert isinstance(pin, dict)
    rendered = PinnedPrompts.pinned_in({"prompts": {NAME: {**pin, "text": text}}}).render(NAME, SCRIPT)
    assert rendered.source == "bundled"
    assert "the pinned version cannot be rendered" in rendered.reason


def test_what_cannot_be_said_at_all_is_an_error_that_names_it() -> None:
    with pytest.raises(MissingVariable):
        PinnedPrompts().render(NAME, {"topic": "Tides"})
    with pytest.raises(PromptMissing, match="write-song"):
        PinnedPrompts().render("write-song", {})
