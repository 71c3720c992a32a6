import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.content.engine.provider import EmbeddedWriter
from reelwright.content.engine.words import words_of
from reelwright.content.errors import TaskUnknown
from reelwright.content.limits import objections_to
from reelwright.models.schema import ContentRequest
from reelwright.production.schema import Brief, NumberVisual, Script
from tests.unit.content.writing import NOTES, brief, estimate, is_from_notes, script, spoken_body

WORDS = [
    "the",
    "Moon",
    "sea",
    "ship",
    "it",
    "they",
    "however",
    "but",
    "12",
    "2,000",
    "$5",
    "%",
    "rises",
    "was",
    "is",
    "never",
    "because",
    "people",
    "of",
    "in",
    "1969",
    "said",
]
SENTENCES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join)
BLOCKS = st.one_of(
    st.lists(SENTENCES, min_size=1, max_size=5).map(lambda parts: ". ".join(parts) + "."),
    st.lists(SENTENCES, min_size=1, max_size=8).map(lambda parts: "\n".join(f"- {part}" for part in parts)),
    st.lists(SENTENCES, min_size=1, max_size=5).map(lambda parts: "\n".join(f"1. {part}." for part in parts)),
    st.sampled_from(
        [
            "# A heading",
            "| Year | Sales |\n|---|---|\n| 1950 | 5 |\n| 1960 | 7 |",
            "> quoted text here.",
            "https://a.b/c",
        ]
    ),
    st.text(max_size=120),
)
ANY_NOTES = st.lists(BLOCKS, max_size=12).map("\n\n".join)


def test_a_script_opens_with_its_hook_and_ends_with_its_call_to_action() -> None:
    written = script()
    assert written.scenes[0].narration == written.hook
    assert written.scenes[0].visual.kind == "title"
    assert written.scenes[-1].narration == written.call_to_action
    assert written.scenes[-1].visual.kind == "closing"
    assert written.title == "Why honey keeps"
    assert written.language == "en"


def test_the_same_request_gives_the_same_script_and_seeds_differ_in_last_words_only() -> None:
    assert script(seed=1) == script(seed=1)
    endings = {script(seed=seed).call_to_action for seed in range(12)}
    bodies = {script(seed=seed).scenes[1].narration for seed in range(12)}
    assert len(endings) > 1
    assert len(bodies) == 1


@pytest.mark.parametrize("seconds", [15, 20, 30, 45, 60])
def test_the_time_is_met_within_three_percent_where_the_notes_suffice(seconds: int) -> None:
    written = script(seconds=seconds)
    assert abs(estimate(written) / seconds - 1) <= 0.03
    assert written.warnings == ()


def test_a_slower_voice_gets_fewer_words() -> None:
    fast = script()
    slow_words = sum(len(scene.narration.split()) for scene in _at_pace(120).scenes)
    assert slow_words < sum(len(scene.narration.split()) for scene in fast.scenes)


def _at_pace(words_per_minute: int) -> Script:
    request = _request(words_per_minute=words_per_minute)
    return Script.model_validate_json(EmbeddedWriter().write("embedded-writer", request).text)


def _request(task: str = "write_script", **variables: object) -> ContentRequest:
    known = {"brief": brief().model_dump(mode="json"), "words_per_minute": 165, "target_seconds": 60.0}
    return ContentRequest(
        idempotency_key="k", seed=1, task=task, variables=known | variables, output_schema={}
    )


def test_the_provider_answers_with_json_and_counts_characters() -> None:
    answer = EmbeddedWriter().write("embedded-writer", _request())
    assert Script.model_validate_json(answer.text) == script()
    (usage,) = answer.usage
    assert (usage.unit, usage.quantity) == ("characters", len(answer.text))


def test_the_provider_refuses_other_tasks() -> None:
    with pytest.raises(TaskUnknown, match="'translate'"):
        EmbeddedWriter().write("embedded-writer", _request("translate"))


def test_notes_that_cannot_fill_the_time_give_a_shorter_script_and_say_so() -> None:
    written = script("Honey never spoils. Bees make it from nectar that they carry home.", seconds=60)
    assert estimate(written) < 20
    assert re.fullmatch(
        r"The notes fill about \d+ of the 60 asked seconds; add about \d+ words\.", written.warnings[0]
    )


def test_what_cannot_be_read_aloud_is_told() -> None:
    written = script(NOTES + "\n\nSee https://a.b/c for more.")
    assert any("1 of the sentences" in warning for warning in written.warnings)


def test_nothing_is_said_twice() -> None:
    repeated = script(NOTES + NOTES, seconds=120)
    sentences = [source for scene in repeated.scenes for source in scene.sources]
    assert len(sentences) == len(set(sentences))


def test_numbers_keep_to_what_the_notes_say() -> None:
    shown = [scene.visual for scene in script().scenes if isinstance(scene.visual, NumberVisual)]
    assert shown
    assert all(f"{visual.value:,.{visual.decimals}f}" in NOTES for visual in shown)


@pytest.mark.parametrize(
    "topic",
    [
        "<script>alert(1)</script>",
        "{{7*7}} ${HOME}",
        "<speak><break time='9s'/></speak>",
        "🎉🎉",
        "مرحبا بالعالم",
        "a" * 200,
        "…",
    ],
)
def test_hostile_topics_stay_text(topic: str) -> None:
    for written in (script(topic=topic), script("", topic=topic)):
        assert not any("<" in scene.narration or "{" in scene.narration for scene in written.scenes)
        assert objections_to(written.seo) == []
        assert "49" not in written.title or "49" in topic


@pytest.mark.parametrize("language", ["fr", "de-DE", "ja"])
def test_other_languages_are_quoted_without_english_rules(language: str) -> None:
    written = script(
        "Le miel ne se gâte jamais. Il se garde mille ans.\n\n今日は良い天気です。", language=language
    )
    assert written.language == language
    assert not any("Now you know" in scene.narration for scene in written.scenes)


@given(ANY_NOTES, st.sampled_from([6, 15, 40, 90, 300, 1200]), st.integers(0, 3))
def test_any_notes_give_a_script_made_of_them_alone(notes: str, seconds: int, seed: int) -> None:
    given_brief = Brief.model_validate({"topic": "The sea", "notes": notes})
    written = script(notes, seconds, seed, topic="The sea")
    assert Script.model_validate_json(written.model_dump_json()) == written
    assert estimate(written) <= seconds * 1.25 + 20
    assert objections_to(written.seo) == []
    if written.warnings and "outline" in written.warnings[0]:
        return
    for scene in spoken_body(written):
        assert scene.sources
        assert all(is_from_notes(source, given_brief.notes) for source in scene.sources)
        assert all(_ends_in(source, scene.narration) for source in scene.sources)
        assert len(words_of(scene.narration)) <= sum(len(words_of(source)) for source in scene.sources)
        if isinstance(scene.visual, NumberVisual):
            assert f"{scene.visual.value:.{scene.visual.decimals}f}" in given_brief.notes.replace(",", "")
    assert not any(character.isdigit() for character in written.call_to_action)


def _ends_in(source: str, narration: str) -> bool:
    """Whether the narration says the sentence, but for an opening link word and its last mark."""
    said, words = f" {' '.join(words_of(narration))} ", words_of(source)
    return any(f" {' '.join(words[dropped:])} " in said for dropped in range(min(4, len(words))))


@pytest.mark.parametrize(
    "notes",
    [
        "word " * 39_999,
        "x" * 200_000,
        "- a\n" * 49_999,
        "The sea rises twice a day. " * 7_400,
        "It is here. " * 16_600,
        '"I am here now," said Tom. ' * 7_400,
        "| a | b |\n|---|---|\n| x | 1 |\n\n" * 6_000,
        "Is it? " * 28_000,
        "(" * 200_000,
        "<" * 200_000,
        "*a " * 66_000,
        "# a\n" * 49_999,
        "今日は良い天気です。" * 19_999,
        "1 " * 99_999,
    ],
    ids=lambda notes: repr(notes[:12]),
)
def test_adversarial_notes_of_full_size_are_digested(notes: str) -> None:
    written = script(notes[:200_000], 1200)
    assert 1 <= len(written.scenes) <= 60
