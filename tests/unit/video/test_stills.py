"""A frame that stands for a video is a whole picture of its own size, and no opening that is still empty."""

from pathlib import Path

import numpy as np
from PIL import Image

from reelwright.video.engine.encoder import ClipFormat, encode
from reelwright.video.engine.planes import Frame
from reelwright.video.stills import still_of


def test_a_frame_is_taken_from_a_fifth_of_the_video_on(tmp_path: Path) -> None:
    def draw(frame: Frame, t: float) -> None:
        frame.y[:], frame.u[:], frame.v[:] = (16 if t < 0.1 else 200), 128, 128

    encode(tmp_path / "clip.mp4", ClipFormat(128, 96, 24, 24), draw)
    still_of(tmp_path / "clip.mp4", 1.0, tmp_path / "still.png")
    with Image.open(tmp_path / "still.png") as picture:
        assert picture.size == (128, 96)
        assert float(np.asarray(picture).mean()) > 180
