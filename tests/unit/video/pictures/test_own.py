"""Which words name a picture of the user's own, where it goes, and what is told of one that goes nowhere."""

from pathlib import Path

import pytest

from reelwright.production.schema import Brief, ClosingVisual, ListVisual, Script, TitleVisual
from reelwright.video.own_pictures import own_pictures, told_of, warnings_of
from reelwright.video.pictures.choosing import choose_pictures
from reelwright.video.pictures.matching import Matcher
from reelwright.video.pictures.own import OwnPicture
from reelwright.video.schema import PictureUse
from reelwright.video.staging import stage_scenes, stage_script
from tests.unit.video.pictures.scripts import Index, script_of, settings

INDEX = Index()


def own(name: str, caption: str = "", *words: str, photo: bool = False) -> OwnPicture:
    return OwnPicture(Path(name), caption, f"digest of {name}", words, photo)


def named(text: str, *pictures: OwnPicture, english: bool = True) -> list[str]:
    hits = Matcher(INDEX, own=pictures, english=english).hits(text)
    best = sorted((hit for hit in hits if hit.source == "brief"), key=lambda hit: -hit.score)
    return [hit.picture for hit in best]


def heroes(script: Script, *pictures: OwnPicture, pack: Index | None = INDEX) -> list[str]:
    chosen = choose_pictures(script, settings(), pack, pictures)
    return [next((use.name for use in scene if use.role == "hero"), "") for scene in chosen]


@pytest.mark.parametrize(
    ("picture", "text", "found"),
    [
        (own("copper-kettle.jpg"), "The kettle boils.", True),
        (own("copper-kettle.jpg"), "Two copper kettles stand there.", True),
        (own("copper-kettle.jpg"), "Copper wires carry current.", False),
        (own("CopperKettle2.png"), "Our kettle.", True),
        (own("IMG_2031.JPG", "The new kettle of our shop in Graz"), "A kettle.", True),
        (own("IMG_2031.JPG", "The new kettle of our shop in Graz"), "Graz is a town.", False),
        (own("IMG_2031.JPG", "The new kettle of our shop in Graz"), "The shop opens in Graz.", True),
        (own("x.jpg", "The valley where the copper comes from"), "A sheet of copper.", False),
        (own("x.jpg", "The valley where the copper comes from"), "It lies in the valley.", True),
        (own("kettle-front.png"), "In front of the house.", False),
        (own("photo.png"), "A photo of nothing.", False),
        (own("iron.png"), "They iron their shirts.", False),
        (own("x.png", "", "Acme 3000"), "The ACME-3000 is here.", True),
    ],
)
def test_names_captions_and_words_name_it_and_what_only_describes_does_not(
    picture: OwnPicture, text: str, *, found: bool
) -> None:
    assert bool(named(text, picture)) is found


def test_what_tells_two_of_a_kind_apart_decides() -> None:
    red, blue = own("kettle_red.png"), own("kettle_blue.png")
    assert named("The blue kettle.", red, blue)[0] == "kettle_blue.png"
    assert named("The red kettle.", red, blue)[0] == "kettle_red.png"


@pytest.mark.parametrize(
    ("picture", "text", "found"),
    [
        (own("roter-kessel.jpg"), "Der rote Kessel pfeift.", True),
        (own("kessel.jpg"), "Der Kesselflicker kommt.", False),
        (own("茶壶.jpg"), "这个铜茶壶很漂亮。", True),
        (own("x.jpg", "", "चाय"), "हमारी चाय सबसे अच्छी है।", True),
        (own("чайник.png"), "Чайник кипит.", True),
        (own("x.png", "", "إبريق"), "هذا إبريق جميل.", True),
        (own("x.png", "Der Kessel der Werkstatt"), "Der Kessel ist voll.", False),
    ],
)
def test_other_languages_have_whole_words_as_they_are_written(
    picture: OwnPicture, text: str, *, found: bool
) -> None:
    assert bool(named(text, picture, english=False)) is found


def test_a_picture_of_the_brief_goes_before_a_surer_one_of_the_pack() -> None:
    script = script_of("Things", "The volcano is near the kettle.", "A volcano sleeps.")
    assert heroes(script)[0] == "volcano"
    assert heroes(script, own("kettle.png")) == ["kettle.png", "volcano"]
    assert heroes(script, own("volcano.png"))[0] == "volcano.png"


def test_it_needs_no_pack_and_no_english() -> None:
    assert heroes(script_of("Things", "The kettle boils."), own("kettle.png"), pack=None) == ["kettle.png"]
    script = script_of("Dinge", "Der Kessel pfeift.", language="de")
    assert heroes(script, own("kessel.png")) == ["kessel.png"]


def test_each_has_a_scene_if_one_speaks_of_it() -> None:
    script = script_of("Things", "The kettle and the lamp are ours.", "The kettle is old.", "Nobody knows.")
    shown = heroes(script, own("kettle.png"), own("lamp.png"))
    assert shown == ["lamp.png", "kettle.png", ""]


def test_a_logo_closes_the_video_and_nothing_else_goes_where_nobody_speaks_of_it() -> None:
    script = script_of("Things", "So it goes.", ClosingVisual(text="Good night."))
    assert heroes(script, own("acme-logo.png"), own("kettle.png")) == ["", "acme-logo.png"]


def test_the_topic_shows_it_in_the_title() -> None:
    script = script_of("How a kettle is made", TitleVisual(title="How a kettle is made"), "It is hammered.")
    assert heroes(script, own("kettle.jpg", photo=True))[0] == "kettle.jpg"


def test_a_photograph_hangs_and_a_logo_does_not_stand() -> None:
    script = script_of("Things", "The kettle boils.")
    (uses,) = choose_pictures(script, settings(), INDEX, [own("kettle.jpg", photo=True)])
    (staged,) = stage_scenes([script.scenes[0].visual], [uses])
    assert (staged.layout, staged.ground, staged.pictures[0].aloft) == ("photo", "", True)
    (logo,) = choose_pictures(script_of("Things", "The logo is new."), settings(), INDEX, [own("a-logo.png")])
    assert stage_scenes([script.scenes[0].visual], [logo])[0].pictures[0].aloft


def kept(name: str, number: int, **more: object) -> dict[str, object]:
    artifact = {"sha256": f"{number:064}", "size_bytes": 9, "media_type": "image/png"}
    return {"file": name, "kept": artifact, "look": "cut-out", **more}


def test_the_record_tells_of_each_where_it_is_or_why_it_is_not() -> None:
    names = ["kettle.png", "IMG_1.png", "lamp.png", "table.png"]
    brief = Brief.model_validate(
        {"topic": "x", "pictures": [kept(name, at) for at, name in enumerate(names)]}
    )
    script = script_of("Things", "The kettle boils.", ListVisual(heading="A table", items=("One", "Two")))
    staged = stage_script(script, settings(), own_pictures(brief))
    told = told_of(brief, script, settings(), staged)
    assert [decision.subject for decision in told] == [f"picture {name} of the brief" for name in names]
    assert told[0].chosen == "scene 1"
    assert f"SHA-256 {0:064}" in told[0].reason
    assert "give it a caption" in told[1].reason
    assert "looked for by 'lamp'" in told[2].reason
    assert [decision.chosen for decision in told[1:3]] == ["not shown"] * 2
    assert len(warnings_of(told)) == sum(decision.chosen == "not shown" for decision in told)
    off = settings().model_copy(update={"enabled": False})
    hidden = told_of(brief, script, off, stage_script(script, off, own_pictures(brief)))
    assert {decision.reason for decision in hidden} == {"pictures are switched off"}


def test_the_same_arguments_give_the_same_pictures() -> None:
    script = script_of("Things", *["The kettle and the lamp."] * 6)
    pictures = [own("kettle.png"), own("lamp.png")]

    def once() -> tuple[tuple[PictureUse, ...], ...]:
        return choose_pictures(script, settings(), INDEX, pictures)

    assert once() == once()
    assert {use.name for scene in once() for use in scene} == {"kettle.png", "lamp.png"}
