"""Scenes with pictures: where things stand, that they move, and that they come out the same everywhere."""

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from reelwright.environment.schema import Aspect
from reelwright.video.engine.layouts import LAYOUTS, NEED_A_HERO
from reelwright.video.engine.palette import PALETTES
from reelwright.video.engine.picture import to_rgb
from reelwright.video.engine.pictures import ScenePicture, ScenePictures
from reelwright.video.engine.plan import plan_scene
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.engine.pool import ScenePool
from reelwright.video.engine.render import render
from reelwright.video.engine.scene import Scene
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Stage
from reelwright.video.pictures.sprites import PictureSprites
from reelwright.video.schema import PictureUse, frame_size
from tests.unit.video.engine.conftest import TextSpy
from tests.unit.video.engine.pictured_scenes import SCENES, pictured
from tests.unit.video.engine.scenes import ASPECTS, LATE, SECONDS, SPEECH, graphics, spoken, still
from tests.unit.video.engine.test_clips import shot
from tests.unit.video.engine.test_scenes import difference, overlapping, worst_contrast
from tests.unit.video.engine.test_visuals import SVG


@dataclass
class PictureSpy:
    """Sees where every picture goes."""

    seen: list[Box] = field(default_factory=list)


@pytest.fixture
def picture_spy(monkeypatch: pytest.MonkeyPatch) -> PictureSpy:
    spy, real = PictureSpy(), PictureSprites.at

    def at(self: PictureSprites, *where: float) -> object:
        sprite, x, y = real(self, *where)
        spy.seen.append(sprite.box_at(x, y))
        return sprite, x, y

    monkeypatch.setattr(PictureSprites, "at", at)
    return spy


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("name", SCENES)
def test_text_stays_in_the_safe_area_and_clear_of_pictures(
    name: str, aspect: Aspect, text_spy: TextSpy, picture_spy: PictureSpy, tmp_path: Path
) -> None:
    for index, captions in ((0, True), (1, True), (0, False)):
        text_spy.seen.clear()
        picture_spy.seen.clear()
        still(pictured(name, tmp_path, aspect=aspect, scene_index=index, captions=captions), LATE)
        room, area = text_spy.box(), Stage(*frame_size(aspect, "480p"), captions).content.grown(6)
        assert room.clipped(area) == room
        assert all(
            spied.clip is None or spied.box.clipped(spied.clip) == spied.box for spied in text_spy.seen
        )
        assert overlapping(text_spy) < 30
        assert picture_spy.seen
        for picture in picture_spy.seen:
            inner = picture.grown(-4)
            assert not [
                spied
                for spied in text_spy.seen
                if (cut := spied.box.clipped(inner)).width > 0 and cut.height > 0
            ]


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("name", SCENES)
def test_pictures_stay_in_the_frame_and_above_the_captions(
    name: str, aspect: Aspect, picture_spy: PictureSpy, tmp_path: Path
) -> None:
    scene = pictured(name, tmp_path, aspect=aspect, captions=True)
    for moment in (0.4, LATE):
        for ground in {"land", "water"} if scene.ground else {""}:
            still(scene.model_copy(update={"ground": ground}), moment)
    width, height = frame_size(aspect, "480p")
    foot = {"16:9": 0.825, "9:16": 0.7, "1:1": 0.82}[aspect] * height
    for box in picture_spy.seen:
        assert box.left > -4
        assert box.right < width + 4
        assert box.top >= 0
        assert box.bottom < foot + 4


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("name", ["landscape", "landscape of a statement", "stage", "stage, long"])
def test_what_hangs_in_the_sky_keeps_clear_of_the_words(
    name: str, aspect: Aspect, text_spy: TextSpy, picture_spy: PictureSpy
) -> None:
    layout, visual = SCENES[name]
    size = frame_size(aspect, "480p")
    setting = Setting(
        Stage(*size, captions=True),
        plan_scene(layout, 0, 0, "auto"),
        (),
        SECONDS,
        ScenePictures(tuple(ScenePicture(use, SVG) for use in flying())),
    )
    actors = LAYOUTS[layout](visual, setting)
    for moment in (0.4, LATE):
        for actor in actors:
            actor.draw(Frame.blank(*size), moment)
    assert len(picture_spy.seen) >= 3
    for picture in (seen.grown(-6) for seen in picture_spy.seen):
        cuts = [spied.box.clipped(picture) for spied in text_spy.seen]
        assert not [cut for cut in cuts if cut.width > 0 and cut.height > 0]


def flying() -> tuple[PictureUse, ...]:
    """A hero and two beside it, none of which stands on a ground."""
    known = {"name": "kite", "digest": "0", "source": "pack", "score": 1.0, "why": "a test", "aloft": True}
    return tuple(
        PictureUse.model_validate({**known, "role": role}) for role in ("hero", "satellite", "satellite")
    )


@pytest.mark.parametrize("name", ["landscape", "hero", "stage", "count of a unit"])
def test_a_hero_is_large(name: str, picture_spy: PictureSpy, tmp_path: Path) -> None:
    still(pictured(name, tmp_path), LATE)
    largest = max(box.width for box in picture_spy.seen)
    assert largest >= (0.4 if name != "count of a unit" else 0.35) * 480


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("name", ["landscape", "hero", "recap"])
def test_contrast_on_the_pixels_themselves(
    name: str, palette: str, text_spy: TextSpy, tmp_path: Path
) -> None:
    for index in (0, 1):
        ground = ("land", "water")[(index + len(palette)) % 2]
        scene = pictured(name, tmp_path, style=palette, scene_index=index, ground=ground)
        text_spy.seen.clear()
        text_spy.hide = False
        shown = to_rgb(still(scene, LATE))
        text_spy.hide = True
        assert worst_contrast(shown, to_rgb(still(scene, LATE)), text_spy) >= 4.5


@pytest.mark.parametrize("ground", ["land", "water"])
@pytest.mark.parametrize("name", ["landscape", "hero", "stage", "count of few", "recap", "list"])
def test_something_moves_in_every_second(name: str, ground: str, tmp_path: Path) -> None:
    scene = pictured(name, tmp_path, ground=ground)
    moments = [still(scene, float(second)) for second in range(3, 8)]
    assert min(difference(before, after) for before, after in pairwise(moments)) > 0.3


def test_pictures_enter_when_they_are_spoken_of(picture_spy: PictureSpy, tmp_path: Path) -> None:
    scene = pictured("hero", tmp_path, words=spoken("Look at all the moons that there are", each=0.1))
    still(scene, 0.1)
    assert not picture_spy.seen
    still(scene, 0.85)
    assert picture_spy.seen


@pytest.mark.parametrize("ground", ["land", "water"])
@pytest.mark.parametrize("name", ["landscape", "hero", "count of few", "list"])
def test_a_motion_comes_back_to_what_was_drawn_before(
    name: str, ground: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Every way to lie costs more than forty that are kept."""
    made: list[object] = []
    real = PictureSprites._make
    monkeypatch.setattr(
        PictureSprites, "_make", lambda self, key: (made.append((id(self), key)), real(self, key))[1]
    )
    scene = pictured(name, tmp_path, ground=ground)
    drawn = Scene(scene, 426, 240, 20.0)
    frame = Frame.blank(426, 240)
    for number in range(60, 300):
        drawn.draw(frame, number / 24)
    of_each: dict[int, int] = {}
    for owner, _ in made:  # type: ignore[misc]
        of_each[owner] = of_each.get(owner, 0) + 1
    assert max(of_each.values()) <= (100 if ground == "water" else 30)


@pytest.mark.render
@pytest.mark.parametrize("name", ["landscape", "hero", "stage", "count of few", "recap", "list"])
def test_the_same_bytes_come_twice_and_from_another_process(name: str, tmp_path: Path) -> None:
    scene = pictured(name, tmp_path, ground="water", captions=True, words=spoken(SPEECH))
    folders = [tmp_path / where for where in ("first", "again", "pool")]
    for folder in folders:
        folder.mkdir()
    shelf = tmp_path / "shelf"
    first = render(shot(folders[0], scene)).media.read_bytes()
    again = render(shot(folders[1], scene), shelf).media.read_bytes()
    pool = ScenePool(1, shelf)
    try:
        elsewhere = pool.run(shot(folders[2], scene)).media.read_bytes()
    finally:
        pool.close()
    assert first == again == elsewhere
    assert list(shelf.glob("*.png"))


@pytest.mark.parametrize("layout", sorted(NEED_A_HERO))
def test_a_picture_that_is_not_there_leaves_the_layout_of_the_kind(layout: str) -> None:
    visual = next(visual for known, visual in SCENES.values() if known == layout)
    gone = PictureUse(
        role="hero", name="no-such-picture", digest="0", source="pack", score=0.9, why="'it' in the lexicon"
    )
    scene = graphics(visual, layout=layout, pictures=(gone,))
    plain = graphics(visual)
    assert difference(still(scene, LATE), still(plain, LATE)) == 0
    choices = dict(Scene(scene, 320, 180, 4.0).choices)
    assert "left out no-such-picture" in choices


def test_every_layout_has_a_place_here_or_is_drawn_by_its_kind() -> None:
    tested = {layout for layout, _ in SCENES.values()}
    assert tested >= NEED_A_HERO
    assert tested <= set(LAYOUTS)


def test_without_a_layout_or_pictures_a_scene_is_as_it_was() -> None:
    for kind in ("title", "statement", "list", "closing"):
        plain, named = graphics(kind), graphics(kind, layout=kind)
        assert difference(still(plain, LATE), still(named, LATE)) == 0


def test_a_wipe_uncovers_the_ground_that_the_next_scene_begins_with(tmp_path: Path) -> None:
    for ground in ("land", "water"):
        scene = graphics("statement", scene_index=0, scene_count=2, next_ground=ground)
        last = still(scene, 8.0 - 1e-6)
        first = still(
            pictured(
                "landscape",
                tmp_path,
                ground=ground,
                scene_index=1,
                scene_count=2,
                words=(),
            ),
            0.0,
        )
        changed = np.abs(last.y[:-8].astype(int) - first.y[:-8].astype(int)) > 24
        assert changed.mean() < 0.01
