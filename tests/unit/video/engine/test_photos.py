"""Photographs and logos of the user's own: how they are drawn, and that they never stand still."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelwright.production.schema import StatementVisual
from reelwright.video.engine.layouts.photo import window_of
from reelwright.video.engine.photos import Photo, as_card, as_print, cropped
from reelwright.video.engine.pictures import ScenePicture
from reelwright.video.engine.plan import plan_scene
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.engine.scene import Scene
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Stage
from reelwright.video.schema import PictureUse
from tests.unit.video.engine.scenes import graphics

NOISE = Image.effect_noise((320, 200), 90).convert("RGB")
SIZES = {"16:9": (640, 360), "9:16": (360, 640), "1:1": (360, 360)}


def use(path: Path, **more: object) -> PictureUse:
    fields = {"role": "hero", "name": path.name, "digest": path.name, "source": "user", "path": path}
    return PictureUse.model_validate({**fields, "score": 1.0, "why": "x", **more})


def test_a_photograph_moves_in_every_second_and_only_behind_its_window() -> None:
    window = Box(40, 30, 240, 160)
    photo = Photo(cropped(NOISE, 200, 130), window, 0.0, 12.0, radius=20, way=1)
    frames = []
    for second in range(1, 12):
        frame = Frame.blank(320, 200)
        photo.draw(frame, float(second))
        frames.append(frame.y.copy())
    for before, after in pairwise(frames):
        assert np.mean(before != after) > 0.05
    outside = np.ones((200, 320), bool)
    outside[30:160, 40:240] = False
    assert all((frame[outside] == 16).all() for frame in frames)
    assert frames[0][30, 40] == 16, "its corners are round"


def test_nothing_is_seen_before_its_moment() -> None:
    frame = Frame.blank(320, 200)
    Photo(NOISE, Box(0, 0, 200, 130), 1.0, 5.0, radius=9, way=-1).draw(frame, 0.9)
    assert (frame.y == 16).all()


@pytest.mark.parametrize("size", [(300, 200), (200, 300), (2000, 100), (100, 2000), (60, 60)])
def test_prints_have_room_and_proportions_that_can_be_looked_at(size: tuple[int, int]) -> None:
    made = as_print(NOISE.resize(size), 90)
    assert max(made.size) <= 100
    assert max(made.size) / min(made.size) < 1.5
    assert made.getpixel((0, 0))[3] < 8


@pytest.mark.parametrize(("colour", "lightness", "card"), [("navy", 0.1, 255), ("white", 0.95, 38)])
def test_a_logo_lies_on_a_card_that_it_shows_on(colour: str, lightness: float, card: int) -> None:
    made = as_card(Image.new("RGBA", (90, 30), colour), lightness)
    assert made.getpixel((made.width // 2, 3))[2] == card


@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("proportion", [0.2, 0.75, 1.5, 6.0])
def test_the_window_is_inside_the_safe_area_and_leaves_the_words_theirs(
    aspect: str, proportion: float
) -> None:
    for index in (0, 1):
        stage = Stage(*SIZES[aspect], captions=True)
        setting = Setting(stage, plan_scene("photo", index, 7, "auto"), (), 5.0)
        window, area = window_of(setting, proportion), stage.content
        assert area.left <= window.left < window.right <= area.right
        assert area.top <= window.top < window.bottom <= area.bottom
        left_over = area.width - window.width if stage.shape == "wide" else area.height - window.height
        assert left_over >= 0.4 * (area.width if stage.shape == "wide" else area.height)


@pytest.mark.parametrize("aspect", SIZES)
def test_a_scene_is_drawn_the_same_again(tmp_path: Path, aspect: str) -> None:
    path = tmp_path / "shop.png"
    NOISE.save(path)
    scene = graphics("statement").model_copy(
        update={
            "visual": StatementVisual(text="This is our shop in Graz"),
            "layout": "photo",
            "pictures": (use(path, photo=True), use(path, role="satellite", photo=True)),
            "aspect": aspect,
        }
    )

    def drawn() -> bytes:
        frame = Frame.blank(*SIZES[aspect])
        Scene(scene, *SIZES[aspect], 4.0).draw(frame, 2.0)
        return frame.y.tobytes()

    assert drawn() == drawn()


def test_what_is_asked_of_a_picture_follows_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a-logo.png"
    Image.new("RGBA", (200, 60), (0, 0, 120, 200)).save(path)
    plain, card = ScenePicture(use(path)).image(80), ScenePicture(use(path, aloft=True)).image(80)
    assert plain.getpixel((2, 2))[3] == 200
    assert card.getpixel((card.width // 2, 3)) == (255, 255, 255, 255)
