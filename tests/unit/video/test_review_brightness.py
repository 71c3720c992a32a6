"""What is kept of a frame is the brightness of its squares, however that is worked out."""

import numpy as np
import pytest
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from reelwright.video.review.picture import brightness

pytestmark = pytest.mark.render
ANY = np.random.default_rng(8)


def frame_of(luma: NDArray[np.uint8], name: str = "yuv420p") -> VideoFrame:
    height, width = luma.shape
    grey = np.full((height // 2, width), 128, np.uint8)
    return VideoFrame.from_ndarray(np.concatenate([luma, grey]), format=name)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (854, 480), (24, 16), (20, 10)])
def test_a_square_is_as_bright_as_its_pixels_on_the_average(width: int, height: int) -> None:
    luma = ANY.integers(0, 256, (height, width), np.uint8)
    rows, columns = height // 8, width // 8
    means = luma[: 8 * rows, : 8 * columns].reshape(rows, 8, columns, 8).mean(axis=(1, 3))
    expected = np.clip(np.rint((means - 16) * 255 / 219), 0, 255)
    assert np.array_equal(brightness(frame_of(luma)), expected)
    assert np.array_equal(brightness(frame_of(luma, "yuvj420p")), np.rint(means))


def test_black_and_white_are_the_ends_of_the_scale() -> None:
    for level, bright in ((0, 0), (16, 0), (235, 255), (255, 255)):
        assert set(brightness(frame_of(np.full((16, 24), level, np.uint8))).ravel()) == {bright}


def test_other_formats_and_tiny_frames_are_scaled_to_nearly_the_same() -> None:
    luma = np.repeat(np.linspace(30, 220, 96, dtype=np.uint8)[None, :], 48, axis=0)
    frame = frame_of(luma)
    other = brightness(frame.reformat(format="yuv444p"))
    assert np.abs(other - brightness(frame)).max() <= 4
    assert brightness(frame_of(luma[:6, :6])).shape == (1, 1)
