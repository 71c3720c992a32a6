"""Prompts and a production: chosen when it begins, tried with its brief, pinned with their texts, told."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from reelwright import Brief, Studio
from reelwright.clock import VirtualClock
from reelwright.content.prompting import SCRIPT_PROMPT, script_variables
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.errors import Permanent
from reelwright.pipeline.flagging import Asking
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.prompting import PromptsFor, bundled_prompts, prompted
from reelwright.production.prompts import PromptRecord
from reelwright.production.schema import Production
from reelwright.prompts.errors import PromptTooLarge
from reelwright.prompts.library import PromptLibrary
from reelwright.prompts.manager import PromptTemplateManager
from reelwright.prompts.pinned import PinnedPrompts
from reelwright.prompts.stored import StoredPrompts
from reelwright.storage.memory import MemoryDocuments
from reelwright.storage.ports import ABSENT
from reelwright.storage.schema import Author
from reelwright.upload.memory import MemoryPlatform
from tests.simulation.settings import snapshot_of

LOCAL = load_environment("local").settings
BRIEF = Brief(topic="Tides", duration_seconds=30)
CLOCK = VirtualClock()
ANN = Author(actor="ann", reason="to try")
LIBRARY = PromptLibrary()


def bundled(name: str = SCRIPT_PROMPT) -> str:
    found = LIBRARY.get(name)
    assert found is not None
    return found.text


class Desk:
    """A place's prompts, and an operator who saves and labels them."""

    def __init__(self) -> None:
        self.store = StoredPrompts(MemoryDocuments(CLOCK), clock=CLOCK, rng=Random(1))

    def label(self, text: str, name: str = SCRIPT_PROMPT, label: str = "production") -> str:
        version = self.store.save(name, text, author=ANN, expect=None).version
        position = self.store.labels().position(name, label)
        self.store.move(name, label, version, expect=position.version if position else ABSENT, author=ANN)
        return version

    def __call__(self, settings: Settings) -> PromptTemplateManager:
        """Return the prompts, read anew."""
        return PromptTemplateManager(
            self.store, LIBRARY, clock=CLOCK, rng=Random(1), settings=settings.prompts
        )


def asking(brief: Brief = BRIEF, production_id: str = "prod_1") -> Asking:
    return Asking(production_id, "local", brief, CLOCK.now())


def said(source: PromptsFor, brief: Brief = BRIEF, production_id: str = "prod_1") -> PromptRecord:
    came = prompted(source(LOCAL), asking(brief, production_id), snapshot_of(LOCAL))
    (record,) = came.records
    variables = script_variables(brief, words_per_minute=LOCAL.audio.words_per_minute)
    rendered = PinnedPrompts.pinned_in(came.snapshot.documents).render(SCRIPT_PROMPT, variables)
    assert (rendered.version, rendered.variant, rendered.label, rendered.source, rendered.path) == (
        *(record.version, record.variant, record.label, record.source, record.path),
    )
    return record


@pytest.fixture
def open_studio(parts: Parts, tmp_path: Path) -> Callable[..., Studio]:
    def opened(**changes: Any) -> Studio:
        now = replace(parts, **changes)
        return Studio("local", lambda: snapshot_of(LOCAL), now, out_dir=tmp_path / "out")

    return opened


def decision(production: Production) -> tuple[str, str]:
    (found,) = (it for it in production.step("write_script").decisions if it.subject == "prompt")
    return found.chosen, found.reason


def test_a_place_without_a_store_says_the_codes_own() -> None:
    record = said(bundled_prompts)
    assert (record.step, record.name, record.file) == ("write_script", "write-script", "write-script")
    assert (record.label, record.source, record.category) == ("bundled", "bundled", "")
    assert record.origin == "the code's own"
    assert record.tokens_estimate > 500
    assert bundled_prompts(LOCAL) is bundled_prompts(LOCAL)


def test_the_topic_leads_to_the_file_of_its_category() -> None:
    record = said(bundled_prompts, Brief(topic="How index funds work"))
    assert (record.file, record.category) == ("write-script.investing", "investing")
    assert "investing for" in record.reason


def test_half_of_briefs_get_each_variant_and_one_brief_always_the_same() -> None:
    briefs = [BRIEF.model_copy(update={"notes": f"{BRIEF.notes} {number}"}) for number in range(200)]
    told = [said(bundled_prompts, brief) for brief in briefs]
    assert 80 < sum(record.variant == "question" for record in told) < 120
    assert all(
        said(bundled_prompts, brief, production_id="prod_2") == record
        for brief, record in zip(briefs[:3], told, strict=False)
    )


def test_settings_force_a_variant() -> None:
    settings = Settings.model_validate(
        {**LOCAL.model_dump(), "prompts": {"variants": {"write-script": "question"}}}
    )
    for number in range(8):
        brief = BRIEF.model_copy(update={"notes": f"{BRIEF.notes} {number}"})
        came = prompted(bundled_prompts(settings), asking(brief), snapshot_of(settings))
        assert came.records[0].variant == "question"


def test_what_an_operator_labelled_is_said_with_label_version_and_source() -> None:
    desk = Desk()
    version = desk.label(bundled().replace("short narrated videos", "short films"))
    record = said(desk)
    assert (record.version, record.label, record.source) == (version, "production", "store")
    assert record.origin == "production, as the store says"


def test_the_record_tells_what_a_linter_would_say() -> None:
    desk = Desk()
    desk.label(bundled().replace("# What is seen\n", "# What is seen  \n"))
    (warning,) = said(desk).warnings
    assert "trailing-spaces" in warning


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            {
                "    pace: integer": "    mood: string\n    pace: integer",
                "Language:": "Mood:\n{{mood}}\nLanguage:",
            },
            "mood is missing",
        ),
        ({"language: 5": "language: 1"}, "the variable language has 2 characters"),
    ],
)
def test_a_version_that_does_not_take_what_is_said_is_not_used_and_the_record_says_why(
    change: Mapping[str, str], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk, text = Desk(), bundled()
    for old, new in change.items():
        text = text.replace(old, new, 1)
    desk.label(text)
    record = said(desk)
    assert (record.label, record.source) == ("bundled", "bundled")
    assert why in record.reason
    assert "the code's own for this production" in caplog.text


def test_a_brief_that_no_prompt_takes_is_refused_before_anything_is_stored(
    open_studio: Callable[..., Studio],
) -> None:
    narrow = PromptLibrary.of({SCRIPT_PROMPT: bundled().replace("topic: 200", "topic: 3")})
    studio = open_studio(prompts=lambda _: PromptTemplateManager(None, narrow, clock=CLOCK, rng=Random(1)))
    with pytest.raises(PromptTooLarge, match="topic"):
        studio.make(BRIEF)
    assert studio.productions() == ()


def test_a_production_says_the_prompt_that_it_began_with_though_labels_moved(
    open_studio: Callable[..., Studio],
) -> None:
    class Refuses(MemoryPlatform):
        def publish(self, *_: object) -> Any:
            raise Permanent("closed for today")

    desk = Desk()
    first = desk.label(bundled().replace("short narrated videos", "short films"))
    with pytest.raises(Permanent, match="closed for today"):
        open_studio(prompts=desk, platforms={"folder": Refuses(CLOCK)}).make(BRIEF)
    second = desk.label(bundled().replace("short narrated videos", "long films"))
    studio = open_studio(prompts=desk)
    (began,) = studio.productions()

    resumed, fresh = studio.resume(began.id), studio.make(BRIEF)

    assert resumed.prompts == began.prompts
    assert [(record.version, record.label) for record in resumed.prompts] == [(first, "production")]
    assert decision(resumed)[0].startswith(f"write-script {first}, variant ")
    assert decision(fresh)[0].startswith(f"write-script {second}, variant ")
    assert decision(fresh)[1].startswith("production, as the store says; ")
    assert resumed.settings_fingerprint != fresh.settings_fingerprint


def test_a_resumed_production_needs_no_store_and_no_file(
    open_studio: Callable[..., Studio], parts: Parts
) -> None:
    text = bundled().replace("short narrated videos", "short films")
    old = PromptLibrary.of({SCRIPT_PROMPT: text})
    begun = open_studio(prompts=lambda _: PromptTemplateManager(None, old, clock=CLOCK, rng=Random(1)))
    made = begun.make(BRIEF)
    pinned = PinnedPrompts.pinned_in(parts.store.pinned(made.id).documents)
    variables = script_variables(BRIEF, words_per_minute=LOCAL.audio.words_per_minute)
    assert "short films" in pinned.render(SCRIPT_PROMPT, variables).messages[0].text
