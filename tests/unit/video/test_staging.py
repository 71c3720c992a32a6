"""The rule that composes scenes: total, always the same, and no two neighbours alike where it can help it."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.environment.loader import load_environment
from reelwright.production.schema import (
    ChartVisual,
    Datum,
    NumberVisual,
    Scene,
    Script,
    Seo,
    StatementVisual,
    Visual,
)
from reelwright.video.engine.layouts import LAYOUTS, NEED_A_HERO
from reelwright.video.pictures.pack import PicturePack
from reelwright.video.schema import PictureUse
from reelwright.video.staging import stage_scenes, stage_script
from tests.unit.video.engine.scenes import VISUALS

SETTINGS = load_environment("local").settings.video.pictures
ROLES = ("hero", "satellite", "item")


def a_use(role: str = "hero", name: str = "volcano", item: int = 0, word: str = "") -> PictureUse:
    known: dict[str, Any] = {"role": role, "item": item, "name": name, "digest": "d", "source": "pack"}
    return PictureUse(**known, word=word or name, score=0.9, why="a test")


uses = st.lists(
    st.builds(a_use, st.sampled_from(ROLES), st.sampled_from(("volcano", "fish", "moon")), st.integers(0, 5)),
    max_size=6,
).map(tuple)
scenes = st.lists(st.tuples(st.sampled_from(list(VISUALS.values())), uses), min_size=1, max_size=12)


@given(scenes)
def test_every_scene_has_a_layout_that_can_be_drawn(
    known: list[tuple[Visual, tuple[PictureUse, ...]]],
) -> None:
    visuals, pictures = zip(*known, strict=True)
    staged = stage_scenes(visuals, pictures, without="because")
    assert len(staged) == len(visuals)
    assert staged == stage_scenes(visuals, pictures, without="because")
    for one in staged:
        assert one.layout in LAYOUTS
        assert one.reason
        assert bool(one.pictures) != bool(one.without)
        assert one.layout not in NEED_A_HERO or any(use.role == "hero" for use in one.pictures)
        assert one.ground in {"", "land", "water"}


@given(st.lists(st.booleans(), min_size=2, max_size=12))
def test_neighbouring_statements_with_pictures_differ(pictured: list[bool]) -> None:
    visuals = [StatementVisual(text="It erupts")] * len(pictured)
    staged = stage_scenes(visuals, [(a_use(),) if has else () for has in pictured])
    layouts = [one.layout for one in staged]
    for index in range(1, len(layouts)):
        if pictured[index - 1] or pictured[index]:
            assert layouts[index] != layouts[index - 1]


def test_a_long_run_takes_all_layouts_in_turn() -> None:
    visuals = [VISUALS["title"], *[StatementVisual(text="It erupts")] * 6]
    staged = stage_scenes(visuals, [(), *[(a_use(),)] * 6])
    assert [one.layout for one in staged] == ["title", *["hero", "stage", "landscape"] * 2]
    assert layouts_of([True])[0] == "hero"


def layouts_of(pictured: list[bool]) -> list[str]:
    visuals = [StatementVisual(text="It erupts")] * len(pictured)
    return [one.layout for one in stage_scenes(visuals, [(a_use(),) if has else () for has in pictured])]


def test_of_two_scenes_with_pictures_shortly_after_each_other_both_look_different() -> None:
    for apart in (1, 2, 3):
        for begin in range(6):
            pictured = [place in {begin, begin + apart} for place in range(12)]
            layouts = layouts_of(pictured)
            assert layouts[begin] != layouts[begin + apart]


def test_a_picture_more_or_less_hardly_changes_how_other_scenes_are_composed() -> None:
    chance, changed = Random(8), []
    for _ in range(20):
        pictured = [chance.random() < 0.5 for _ in range(72)]
        before = layouts_of(pictured)
        place = chance.randrange(72)
        pictured[place] = not pictured[place]
        pairs = zip(before, layouts_of(pictured), strict=True)
        others = [at for at, (old, new) in enumerate(pairs) if old != new and at != place]
        assert all(at > place for at in others)
        changed.append(len(others))
    assert sum(changed) / len(changed) < 0.5, changed


@pytest.mark.parametrize(
    ("visual", "layout"),
    [
        ("title", "landscape"),
        ("number", "count"),
        ("share", "share"),
        ("closing", "recap"),
        ("quote", "quote"),
        ("list", "list"),
        ("bars", "bars"),
        ("line", "line"),
        ("map", "map"),
    ],
)
def test_what_is_shown_decides(visual: str, layout: str) -> None:
    (staged,) = stage_scenes([VISUALS[visual]], [(a_use(), a_use("item"))])
    assert staged.layout == (layout if layout != "share" else "number")


def test_without_pictures_each_kind_is_drawn_as_before() -> None:
    visuals = [visual for visual in VISUALS.values() if not isinstance(visual, ChartVisual)]
    staged = stage_scenes(visuals, [()] * len(visuals))
    assert [one.layout for one in staged] == [visual.kind for visual in visuals]


def test_only_pictures_that_are_drawn_are_named() -> None:
    (quote,) = stage_scenes([VISUALS["quote"]], [(a_use(),)])
    assert quote.pictures == ()
    assert "no place" in quote.without
    (points,) = stage_scenes([VISUALS["list"]], [(a_use(), a_use("item", item=1))])
    assert [use.role for use in points.pictures] == ["item"]


def test_a_number_shows_what_it_counts_rather_than_what_else_is_said() -> None:
    visual = NumberVisual(value=12, label="moons around a planet")
    said = (a_use(name="planet"), a_use("satellite", "moon", word="moons"))
    (staged,) = stage_scenes([visual], [said])
    assert [(use.name, use.role) for use in staged.pictures] == [("moon", "hero")]


def a_script(*texts: str, language: str = "en") -> Script:
    made = tuple(
        Scene(narration=text, visual_prompt=text, visual=StatementVisual(text=text)) for text in texts
    )
    return Script(
        title=texts[0],
        hook="",
        scenes=made,
        call_to_action="",
        seo=Seo(title="T", description=""),
        language=language,
    )


def test_the_record_says_that_there_is_no_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PicturePack, "installed", classmethod(lambda _: None))
    (staged,) = stage_script(a_script("The volcano erupts"), SETTINGS)
    assert staged.layout == "statement"
    assert "not installed" in staged.without


def test_the_record_says_that_pictures_are_switched_off() -> None:
    (staged,) = stage_script(a_script("The volcano erupts"), SETTINGS.model_copy(update={"enabled": False}))
    assert staged.pictures == ()
    assert "switched off" in staged.without


@pytest.mark.skipif(PicturePack.installed() is None, reason="the pack of pictures is not installed")
def test_a_script_is_staged_with_the_pictures_of_what_it_says() -> None:
    script = a_script("The volcano erupts", "Whatever it may be", "A sailboat sails")
    staged = stage_script(script, SETTINGS)
    assert [[use.name for use in one.pictures][:1] for one in staged] == [["volcano"], [], ["sailboat"]]
    assert "threshold" in staged[1].without
    assert stage_script(script.model_copy(), SETTINGS) is staged


@pytest.mark.skipif(PicturePack.installed() is None, reason="the pack of pictures is not installed")
def test_what_swims_and_sails_has_water_under_it() -> None:
    for name, ground in (
        ("sailboat", "water"),
        ("whale", "water"),
        ("water-wave", "water"),
        ("volcano", "land"),
    ):
        (staged,) = stage_scenes([VISUALS["title"]], [(a_use(name=name),)], pack=PicturePack.installed())
        assert staged.ground == ground


def test_over_water_what_would_sink_hangs_and_a_place_is_left_out() -> None:
    pack = PicturePack.installed()
    if pack is None:
        pytest.skip("the picture pack is not installed: python3 bin/setup.py pictures")
    names = ("sailboat", "cut-of-meat", "beach-with-umbrella", "cloud")
    uses = (a_use("hero", names[0]), *(a_use("satellite", name) for name in names[1:]))
    (title,) = stage_scenes([VISUALS["title"]], [uses], pack=pack)
    assert (title.layout, title.ground) == ("landscape", "water")
    assert {use.name: use.aloft for use in title.pictures} == {
        "sailboat": False,
        "cut-of-meat": True,
        "cloud": True,
    }


def test_charts_go_by_their_shape() -> None:
    data = (Datum(label="a", value=1), Datum(label="b", value=2))
    charts = [ChartVisual(heading="", data=data, shape=shape) for shape in ("bar", "line")]
    assert [one.layout for one in stage_scenes(charts, [(), ()])] == ["bars", "line"]
