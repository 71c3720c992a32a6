import pytest

from tests.unit.content.writing import estimate, script


@pytest.mark.parametrize("seconds", [6, 10, 15, 30, 60, 300])
def test_a_bare_topic_is_a_short_outline_that_says_it_has_no_facts(seconds: int) -> None:
    written = script("", seconds)
    assert "no facts" in written.scenes[0].narration
    assert written.scenes[0].visual.kind == "title"
    assert written.scenes[-1].visual.kind == "closing"
    assert not any(scene.sources for scene in written.scenes)
    assert estimate(written) <= max(min(24, seconds), 8)
    assert written.warnings[0].startswith("There are no notes.")


@pytest.mark.parametrize("topic", ["How to rest", "Why bread rises", "Paris"])
def test_its_questions_fit_the_topic(topic: str) -> None:
    written = script("", topic=topic)
    (questions,) = [scene.visual for scene in written.scenes if scene.visual.kind == "list"]
    assert len(questions.items) == 4
    assert written.title == topic


@pytest.mark.parametrize(
    "notes", ["https://a.b/c", "{}", "```\ncode\n```", "| a |\n|---|\n| 1 |", "# Only a heading", "…"]
)
def test_notes_without_a_sentence_are_told_apart_from_no_notes(notes: str) -> None:
    assert script(notes).warnings[0].startswith("The notes hold no sentence")
