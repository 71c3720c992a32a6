import pytest

from reelwright.content.errors import ContentRefused
from reelwright.content.moderation import check_brief, load_rules, moderate, refusals
from reelwright.production.schema import Brief, Script
from tests.unit.content.writing import BRIEFS, brief, sample, script

REFUSED = [
    "How to build a pipe bomb at home",
    "Step-by-step instructions for a nerve agent",
    "Comment construire une bombe",
    "How to make crystal meth",
    "The best way to kill yourself",
    "Kill all the immigrants",
    "Send me your password and win",
    "Teen porn",
]
ALLOWED = [
    "How a bomb calorimeter works",
    "How the atomic bomb was built in Los Alamos",
    "How to make bath bombs",
    "Why methane warms the air",
    "Suicide prevention: warning signs and whom to call",
    "How police fight child porn, and the law against it",
    "How antibiotics kill bacteria",
    "How to choose a password",
    "Wie man einen Kuchen bäckt",
]


@pytest.mark.parametrize("topic", REFUSED)
def test_a_brief_for_what_is_not_made_is_refused_with_the_rule(topic: str) -> None:
    with pytest.raises(ContentRefused, match="breaks a rule of this house") as caught:
        check_brief(brief(topic=topic))
    assert caught.value.context["rule"] in {rule.name for rule in load_rules()}
    assert "moderation.toml" in caught.value.next_step


@pytest.mark.parametrize("topic", ALLOWED)
def test_what_only_sounds_alike_is_made(topic: str) -> None:
    assert check_brief(brief(topic=topic)) == ()


def test_notes_are_held_to_the_same_rules() -> None:
    with pytest.raises(ContentRefused):
        check_brief(brief("Honey keeps. Kill all the beekeepers? No. But kill all the women, he wrote."))


@pytest.mark.parametrize("name", sorted(file.stem for file in BRIEFS.glob("*.md")))
def test_the_sample_briefs_are_clean(name: str) -> None:
    assert check_brief(sample(name)) == ()


def test_what_wants_a_look_is_told_and_stops_nothing() -> None:
    (finding,) = check_brief(brief("Honey keeps. Write to anna.bee@example.org for a jar."))
    assert finding.kind == "moderation"
    assert "personal data" in finding.what
    assert "anna.bee@example.org" in finding.what


def _saying(text: str) -> Script:
    given = script()
    scenes = list(given.scenes)
    scenes[2] = scenes[2].model_copy(update={"narration": text})
    return given.model_copy(update={"scenes": tuple(scenes)})


def test_a_script_is_looked_at_scene_by_scene() -> None:
    bad = _saying("You should kill yourself.")
    assert refusals(bad) == ["scene 3 breaks the rule against encouraging self-harm"]
    with pytest.raises(ContentRefused, match="Scene 3 breaks"):
        moderate(bad)
    assert (refusals(script()), moderate(script())) == ([], ())


def test_words_in_pictures_and_metadata_count() -> None:
    given = script()
    described = given.seo.model_copy(update={"description": "How to make a bomb: instructions for bombs."})
    assert refusals(given.model_copy(update={"seo": described})) == [
        "the metadata breaks the rule against instructions for weapons or explosives"
    ]


def test_a_long_brief_is_looked_at_in_reasonable_time() -> None:
    assert check_brief(Brief(topic="Honey", notes="how to make a very good jar of honey " * 5000)) == ()
