import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.video.engine.colour import Rgb, Yuv, rgb, to_yuv
from reelwright.video.engine.picture import to_rgb
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.engine.shapes import disc, polyline, ring, rounded
from reelwright.video.engine.sprites import Sprite

RED = rgb("#C81E32")


def full(width: int, height: int) -> np.ndarray:
    return np.full((height, width), 255, np.uint8)


@given(st.integers(-30, 60), st.integers(-30, 60), st.integers(1, 25), st.integers(1, 25))
def test_an_opaque_sprite_covers_exactly_its_room_and_nothing_else(
    x: int, y: int, width: int, height: int
) -> None:
    frame = Frame.blank(40, 30)
    Sprite.solid(full(width, height), RED).draw(frame, x, y)
    place = Box(x, y, x + width, y + height).clipped(frame.box)
    inside = np.zeros((30, 40), bool)
    inside[place.top : place.bottom, place.left : place.right] = True
    luma = to_yuv(RED).y
    assert np.all(np.abs(frame.y[inside].astype(int) - luma) <= 1)
    assert np.all(frame.y[~inside] == 16)


@given(st.integers(0, 9), st.integers(0, 9))
def test_colour_lands_where_brightness_does_at_odd_places_too(x: int, y: int) -> None:
    frame = Frame.blank(40, 30)
    Sprite.solid(full(12, 12), RED).draw(frame, x, y)
    inner = to_rgb(frame)[y + 2 : y + 10, x + 2 : x + 10].astype(int)
    assert np.abs(inner - np.array(RED)).max() <= 6


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_a_clip_hides_everything_outside_it(left: int, top: int, width: int, height: int) -> None:
    clip = Box(left, top, left + width, top + height)
    frame = Frame.blank(40, 30)
    Sprite.solid(full(30, 24), RED).draw(frame, 3, 3, clip)
    rows, columns = np.nonzero(frame.y != 16)
    assert all(clip.left <= column < clip.right for column in columns)
    assert all(clip.top <= row < clip.bottom for row in rows)


@pytest.mark.parametrize("opacity", [0.0, 0.25, 0.5, 1.0])
def test_opacity_mixes_in_proportion(opacity: float) -> None:
    frame = Frame.blank(8, 8)
    Sprite.solid(full(8, 8), rgb("#FFFFFF")).draw(frame, 0, 0, opacity=opacity)
    assert frame.y[4, 4] == pytest.approx(16 + opacity * (235 - 16), abs=2)


def test_a_picture_keeps_its_colours() -> None:
    rgba = np.zeros((16, 16, 4), np.uint8)
    rgba[:, :, :3], rgba[:, :, 3] = RED, 255
    frame = Frame.blank(16, 16)
    Sprite.picture(rgba).draw(frame, 0, 0)
    assert np.abs(to_rgb(frame).astype(int) - np.array(RED)).max() <= 4


@given(st.integers(-20, 60), st.integers(-20, 60), st.integers(0, 50), st.integers(0, 50))
def test_filling_stays_inside_the_picture(left: int, top: int, width: int, height: int) -> None:
    frame = Frame.blank(40, 30)
    frame.fill(Box(left, top, left + width, top + height), Yuv(90, 100, 150))
    covered = Box(left, top, left + width, top + height).clipped(frame.box)
    assert int((frame.y == 90).sum()) == covered.width * covered.height


def test_shapes_have_the_area_of_what_they_are() -> None:
    assert disc(100).sum() / 255 == pytest.approx(np.pi * 50**2, rel=0.01)
    assert ring(100, 10).sum() / 255 == pytest.approx(np.pi * (50**2 - 40**2), rel=0.01)
    assert rounded(80, 40, 10).sum() / 255 == pytest.approx(80 * 40 - (4 - np.pi) * 10**2, rel=0.01)
    line = polyline(np.array([(10, 20), (90, 20)], np.float32), 100, 40, 6)
    assert line.sum() / 255 == pytest.approx(80 * 6 + np.pi * 3**2, rel=0.02)


@given(st.builds(Rgb, *[st.integers(0, 255)] * 3))
def test_colours_survive_the_way_to_yuv_and_back(colour: Rgb) -> None:
    frame = Frame.blank(4, 4)
    frame.fill(frame.box, to_yuv(colour))
    assert np.abs(to_rgb(frame)[1, 1].astype(int) - np.array(colour)).max() <= 4
