"""Pictures that move: laid where they belong, at any size and angle, without steps and without waste."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from reelwright.video.engine.colour import rgb, to_yuv
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.sprites import Sprite
from reelwright.video.pictures.sprites import PictureSprites

RED = rgb("#C81E32")


def disc(size: int = 40, height: int | None = None) -> Image.Image:
    big = Image.new("RGBA", (size * 8, (height or size) * 8))
    ImageDraw.Draw(big).ellipse((0, 0, *(side - 1 for side in big.size)), fill=(*RED, 255))
    return big.reduce(8)


def laid(sprites: PictureSprites, *place: float, ground: int = 16) -> Frame:
    frame = Frame.blank(120, 100)
    frame.y[:] = ground
    sprite, x, y = sprites.at(*place)
    sprite.draw(frame, x, y)
    return frame


def middle(plane: np.ndarray, ground: int) -> tuple[float, float]:
    """The centre of mass of what differs from the ground, in pixels of the plane."""
    weight = np.abs(plane.astype(float) - ground)
    rows, columns = np.indices(plane.shape) + 0.5
    return float((weight * columns).sum() / weight.sum()), float((weight * rows).sum() / weight.sum())


def test_at_rest_on_whole_pixels_it_is_the_picture_itself() -> None:
    image = disc()
    plain = Frame.blank(120, 100)
    Sprite.picture(np.asarray(image)).draw(plain, 30, 25)
    moved = laid(PictureSprites(image), 50, 45)
    for one, other in ((plain.y, moved.y), (plain.u, moved.u), (plain.v, moved.v)):
        assert np.abs(one.astype(int) - other).max() <= 2


@settings(max_examples=60)
@given(
    st.floats(40, 80),
    st.floats(40, 60),
    st.floats(0.3, 1.2),
    st.floats(-400, 400),
    st.tuples(st.integers(30, 45), st.integers(30, 45)),
)
def test_its_middle_lies_where_it_was_asked_for(
    x: float, y: float, scale: float, degrees: float, sides: tuple[int, int]
) -> None:
    frame = laid(PictureSprites(disc(*sides)), x, y, scale, degrees)
    assert middle(frame.y, 16) == pytest.approx((x, y), abs=0.2)
    for plane in (frame.u, frame.v):
        assert middle(plane, 128) == pytest.approx((x / 2, y / 2), abs=0.2)


def test_a_slow_drift_moves_by_quarters_of_a_pixel() -> None:
    sprites = PictureSprites(disc())
    seen = [middle(laid(sprites, 50 + step / 8, 45).y, 16)[0] for step in range(40)]
    moves = np.diff(seen)
    assert moves.min() >= -0.02
    assert moves.max() <= 0.3


def test_degrees_turn_clockwise_and_flip_mirrors() -> None:
    bar = Image.new("RGBA", (40, 40))
    bar.paste((*RED, 255), (20, 18, 40, 22))
    pointing = {
        "right": middle(laid(PictureSprites(bar), 60, 50).y, 16),
        "down": middle(laid(PictureSprites(bar), 60, 50, 1, 90).y, 16),
        "left": middle(laid(PictureSprites(bar, flip=True), 60, 50).y, 16),
    }
    assert pointing["right"] == pytest.approx((70, 50), abs=0.2)
    assert pointing["down"] == pytest.approx((60, 60), abs=0.2)
    assert pointing["left"] == pytest.approx((50, 50), abs=0.2)


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.25, 0.1])
def test_size_follows_the_scale(scale: float) -> None:
    frame = laid(PictureSprites(disc(60)), 60, 50, scale)
    across = (frame.y[50].astype(float) - 16).sum() / (to_yuv(RED).y - 16)
    assert across == pytest.approx(60 * scale, abs=0.6)


@settings(max_examples=40)
@given(st.integers(0, 255), st.integers(0, 255), st.floats(0, 1), st.floats(0, 45))
def test_no_sample_leaves_what_lies_between_the_ground_and_the_paint(
    ground: int, alpha: int, x: float, degrees: float
) -> None:
    image = Image.new("RGBA", (30, 30), (255, 255, 255, alpha))
    frame = laid(PictureSprites(image), 60 + x, 50, 1, degrees, ground=ground)
    assert frame.y.min() >= min(ground, 235) - 2
    assert frame.y.max() <= max(ground, 235) + 2
    assert np.abs(frame.u.astype(int) - 128).max() <= 2


def test_nearly_the_same_moment_takes_the_same_sprite() -> None:
    sprites = PictureSprites(disc(100))
    first, x, y = sprites.at(50, 45, 1, 3)
    again, further, lower = sprites.at(57.05, 44.95, 1.001, 3.1)
    assert again is first
    assert (further - x, lower - y) == (7, 0)
    assert sprites.at(50.25, 45, 1, 3)[0] is not first
    assert sprites.at(50, 45, 1, 4)[0] is not first


def test_a_full_turn_is_none() -> None:
    sprites = PictureSprites(disc())
    assert sprites.at(50, 45, 1, 360)[0] is sprites.at(50, 45)[0]


def test_what_was_used_longest_ago_goes_first_and_memory_stays_bounded() -> None:
    one = PictureSprites(disc()).at(50, 45)[0]
    sprites = PictureSprites(disc(), kept_bytes=one.width * one.height * 6 * 3)
    first = sprites.at(50, 45)[0]
    second = sprites.at(50.25, 45)[0]
    assert sprites.at(50, 45)[0] is first
    for step in range(2, 4):
        sprites.at(50 + step / 4, 45)
    assert sprites.at(50, 45)[0] is first
    assert sprites.at(50.25, 45)[0] is not second
    for turn in range(40):
        for odd in (0, 1):
            sprite, x, y = sprites.at(50 + odd, 45, 1, turn * 9)
            sprite.draw(Frame.blank(120, 100), x, y)
    assert len(sprites._kept) <= 4


def test_a_sprite_tells_what_it_takes() -> None:
    sprite, x, y = PictureSprites(disc()).at(50, 45)
    before = sprite.nbytes
    assert before == sprite.width * sprite.height * 4
    sprite.draw(Frame.blank(120, 100), x, y)
    assert before < sprite.nbytes < 2 * before
