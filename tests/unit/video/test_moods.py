import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from reelwright.assets import locate
from reelwright.production.schema import Scene, Script, Seo, StatementVisual
from reelwright.video import moods
from reelwright.video.engine.palette import PALETTES
from reelwright.video.engine.styles import AUTO, STYLES
from reelwright.video.moods import choose_mood, mood_for
from reelwright.video.outstanding import Look, echo_of, look_of
from reelwright.video.pictures.lexicon import NOTHING
from reelwright.video.pictures.moodtable import mood_table, parse_moods
from reelwright.video.pictures.pack import PicturePack
from reelwright.video.pictures.tones import tones_of
from reelwright.video.schema import PictureUse

NAMES = STYLES[1:]
SAYS_NOTHING = "It is what it is"
vocabulary = st.sampled_from(
    [
        "sea",
        "tide",
        "volcano",
        "forest",
        "star",
        "snow",
        "coffee",
        "bank",
        "heart",
        "and",
        "über",
        "1789",
        "…",
    ]
)
texts = st.lists(vocabulary, min_size=1, max_size=8).map(" ".join)


def a_script(*texts: str, title: str = SAYS_NOTHING, language: str = "en") -> Script:
    scenes = tuple(
        Scene(narration=text, visual_prompt=text, visual=StatementVisual(text=text))
        for text in texts or (SAYS_NOTHING,)
    )
    seo = Seo(title="T", description="")
    return Script(title=title, hook="", scenes=scenes, call_to_action="", seo=seo, language=language)


def own(folder: Path, colour: str) -> PictureUse:
    """Return a picture of the brief: a disc in one colour."""
    path = folder / f"{colour.removeprefix('#')}.png"
    image = Image.new("RGBA", (200, 200))
    ImageDraw.Draw(image).ellipse((20, 20, 180, 180), fill=colour)
    image.save(path)
    return a_use(path.name, source="user", path=path)


def a_use(name: str, role: str = "hero", **known: Any) -> PictureUse:
    return PictureUse.model_validate(
        {"role": role, "name": name, "digest": "d", "source": "pack", "score": 0.9, "why": "said", **known}
    )


@given(st.lists(texts, min_size=1, max_size=6), texts, st.integers(0, 2**31), st.sampled_from(["en", "fr"]))
def test_every_script_has_one_palette_always_the_same(
    said: list[str], title: str, seed: int, language: str
) -> None:
    script = a_script(*said, title=title, language=language)
    mood = choose_mood(script, (), topic=title, seed=seed)
    assert mood == choose_mood(script, (), topic=title, seed=seed)
    assert mood.style in PALETTES
    assert mood.decision.chosen == mood.style
    assert {one.name for one in mood.decision.rejected} == set(PALETTES) - {mood.style}
    assert all(one.reason for one in mood.decision.rejected)


@given(st.text(max_size=200), st.integers(0, 2**31))
def test_any_text_will_do(text: str, seed: int) -> None:
    assert choose_mood(a_script(title=text or "x"), (), topic=text, seed=seed).style in PALETTES


@given(st.integers(0, 2**31))
def test_without_evidence_the_seed_decides_as_it_does_in_the_engine(seed: int) -> None:
    mood = choose_mood(a_script(), (), seed=seed)
    assert mood.style == NAMES[seed % len(NAMES)]
    assert f"seed {seed}" in mood.decision.reason


def test_another_process_comes_to_the_same() -> None:
    code = (
        "from tests.unit.video.test_moods import a_script, choose_mood\n"
        "mood = choose_mood(a_script('Stars and tides', 'A heart of snow', title='Sea'), (), seed=5)\n"
        "print(mood.decision.model_dump_json())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_the_words_that_spoke_for_it_are_on_the_record() -> None:
    mood = choose_mood(a_script("The tide rises", "Boats wait"), (), topic="Why the sea rises")
    assert mood.style == "lagoon"
    assert "'sea' in the title or topic (+2.00)" in mood.decision.reason
    assert "'tide', 'boats' in the scenes" in mood.decision.reason
    assert "seed" not in mood.decision.reason


def test_one_word_in_passing_decides_nothing() -> None:
    said = ["It is what it is"] * 6
    assert "seed 3" in choose_mood(a_script("Stars", *said), (), seed=3).decision.reason


def test_a_tie_falls_to_the_seed_between_those_that_tie() -> None:
    script = a_script("A tide", "A glacier")
    assert {choose_mood(script, (), seed=seed).style for seed in range(12)} == {"lagoon", "glacier"}


def test_phrases_mean_something_else_than_their_words() -> None:
    script = a_script(title="The star of the cold war movie star")
    assert "war" not in choose_mood(script, ()).decision.reason
    assert choose_mood(script, ()).style == "midnight"


def test_words_of_other_languages_say_nothing() -> None:
    script = a_script("fire fire fire", title="fire", language="de")
    assert {choose_mood(script, (), seed=seed).style for seed in range(len(NAMES))} == set(NAMES)


def test_a_picture_of_the_brief_has_to_stand_out(tmp_path: Path) -> None:
    """Where nothing else speaks for a palette, a blue one is not laid on blue."""
    for colour, alike in (("#1443B4", "cobalt"), ("#96293A", "ember"), ("#1D4C35", "forest")):
        use = own(tmp_path, colour)
        chosen = {choose_mood(a_script(), [[use]], seed=seed).style for seed in range(24)}
        assert alike not in chosen
        assert len(chosen) > 2


def test_what_is_said_counts_more_than_how_a_picture_looks(tmp_path: Path) -> None:
    script = a_script("The tide", "The sea", title="The ocean")
    assert choose_mood(script, [[own(tmp_path, "#0B5665")]]).style == "lagoon"


def test_between_palettes_that_fit_the_one_wins_on_which_the_picture_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moods, "echo_of", lambda *_: 0.0)
    script = a_script("A tide", "A glacier")
    for colour, better, seed in (("#0B5665", "glacier", 0), ("#38597C", "lagoon", 1)):
        assert choose_mood(script, (), seed=seed).style != better
        assert choose_mood(script, [[own(tmp_path, colour)]], seed=seed).style == better


def _look(folder: Path, colour: str) -> Look:
    look = look_of(own(folder, colour), None)
    assert look is not None
    return look


def test_the_picture_of_most_scenes_is_the_main_one(tmp_path: Path) -> None:
    blue, red = own(tmp_path, "#1443B4"), own(tmp_path, "#C02020")
    mood = choose_mood(a_script("a", "b", "c"), [[red], [blue], [blue]])
    assert blue.name in mood.decision.reason


def test_a_picture_that_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    uses = [[a_use("broken.png", source="user", path=broken), a_use("no-such", "satellite")]]
    assert choose_mood(a_script(), uses, seed=4).style == NAMES[4]


def test_pictures_speak_where_words_are_of_another_language() -> None:
    pack = PicturePack.installed()
    if pack is None:
        pytest.skip("the pack of pictures is not installed")
    mood = choose_mood(a_script(language="fr"), [[a_use("penguin")], [a_use("snowflake")]], pack=pack)
    assert mood.style == "glacier"
    assert "the pictures penguin, snowflake" in mood.decision.reason


def test_a_style_that_was_asked_for_is_kept() -> None:
    mood = mood_for("ember", "The sea", a_script("The tide"), (), 0)
    assert (mood.style, mood.decision.reason) == ("ember", "asked for by name")
    assert mood_for(AUTO, "The sea", a_script("The tide"), (), 0).style == "lagoon"


def test_the_colour_there_is_most_of_comes_first() -> None:
    image = Image.new("RGBA", (64, 64), "#20A020")
    image.paste(Image.new("RGBA", (64, 20), "#E02020"), (0, 0))
    image.paste(Image.new("RGBA", (64, 16)), (0, 48))
    green, red = tones_of(image)
    assert green.colour.g > green.colour.r
    assert red.colour.r > red.colour.g
    assert green.share == pytest.approx(28 / 48, abs=0.03)
    assert tones_of(Image.new("RGBA", (9, 9))) == ()


def test_an_accent_takes_up_the_colour_of_a_picture(tmp_path: Path) -> None:
    rose, grey = _look(tmp_path, "#F06292"), _look(tmp_path, "#808080")
    assert echo_of(rose, PALETTES["rose"]) > echo_of(rose, PALETTES["forest"])
    assert {echo_of(grey, palette) for palette in PALETTES.values()} == {0.0}


# The table


def rows() -> list[list[str]]:
    text = locate("pictures").joinpath("moods.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def test_the_table_has_words_enough_for_every_palette() -> None:
    words = {
        name: {word for row in rows() if row[:2] == ["word", name] for word in row[3].split(", ")}
        for name in NAMES
    }
    assert all(len(words[name]) >= 60 for name in NAMES)
    assert len(set().union(*words.values())) >= 400
    assert len(tuple(mood_table().words.phrases())) >= 400


def test_nothing_stands_in_the_table_twice() -> None:
    seen: set[tuple[str, ...]] = set()
    for kind, palette, _, names, *when in rows():
        for name in names.split(", "):
            key = (kind, palette, name, *when)
            assert key not in seen, key
            assert name == name.strip().lower()
            seen.add(key)


def test_what_a_phrase_hides_is_not_in_the_table_as_well() -> None:
    hidden = {
        name for kind, palette, _, names, *_ in rows() if palette == NOTHING for name in names.split(", ")
    }
    named = {
        name for kind, palette, _, names, *_ in rows() if palette != NOTHING for name in names.split(", ")
    }
    assert hidden & named == set()


def test_the_pack_knows_all_pictures_and_groups_of_the_table() -> None:
    pack = PicturePack.installed()
    if pack is None:
        pytest.skip("the pack of pictures is not installed")
    table = mood_table()
    assert [name for name in table.pictures if pack.get(name) is None] == []
    assert set(table.subgroups) <= {picture.subgroup for picture in pack.pictures}


@pytest.mark.parametrize(
    "line",
    [
        "word\tneon\t1\tsea",
        "colour\tlagoon\t1\tblue",
        "word\tlagoon\t2\tsea",
        "word\tlagoon\t1",
        "picture\tlagoon\t0\twhale",
        "picture\tlagoon\tmuch\twhale",
        "picture\t-\t1\twhale",
        "subgroup\tlagoon\t1\tanimal-marine\tnoun",
    ],
)
def test_a_line_that_is_none_is_refused_by_its_number(line: str) -> None:
    with pytest.raises(ValueError, match="line 2 of the"):
        parse_moods(f"# a remark\n{line}\n")
