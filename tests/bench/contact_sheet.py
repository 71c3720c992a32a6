"""A contact sheet of a video, or of the sample scenes drawn by the engine, for looking at.

python -m tests.bench.contact_sheet out/…/video.mp4 sheet.png
python -m tests.bench.contact_sheet --samples tides --aspect 9:16 --seed 3 sheet.png
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from PIL import Image

from reelwright.environment.schema import Aspect, Resolution
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.scene import Scene
from reelwright.video.schema import frame_size
from tests.bench.render_samples import OTHER_SCENES, TIDES, video

_COLUMNS = 4
_TILES = 16
_SHEET_WIDTH = 1920


def from_file(path: Path, count: int = _TILES) -> Iterator[Image.Image]:
    """Yield pictures from a video file at even distances."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        total = stream.frames
        wanted = {round((place + 0.5) * total / count) for place in range(count)}
        for index, picture in enumerate(container.decode(stream)):
            if index in wanted:
                yield _shown(picture)


def from_scenes(
    scenes: str, aspect: Aspect, resolution: Resolution, *, style: str, seed: int, shares: list[float]
) -> Iterator[Image.Image]:
    """Yield each sample scene at some shares of its length."""
    width, height = frame_size(aspect, resolution)
    for graphics, seconds in video(TIDES if scenes == "tides" else OTHER_SCENES, aspect, style, seed):
        scene = Scene(graphics, width, height, seconds)
        for share in shares:
            frame = Frame.blank(width, height)
            scene.draw(frame, share * seconds)
            yield to_image(frame)


def to_image(frame: Frame) -> Image.Image:
    """Return a frame as a decoder would show it."""
    height, width = frame.y.shape
    packed = np.concatenate([frame.y.ravel(), frame.u.ravel(), frame.v.ravel()]).reshape(
        height * 3 // 2, width
    )
    picture = VideoFrame.from_ndarray(packed, format="yuv420p")
    picture.colorspace = av.video.reformatter.Colorspace.ITU709
    return _shown(picture.reformat(format="rgb24", src_colorspace="ITU709", dst_colorspace="ITU709"))


def _shown(picture: VideoFrame) -> Image.Image:
    image: Image.Image = picture.to_image()  # type: ignore[no-untyped-call]  # PyAV has no types for it
    return image


def sheet(pictures: list[Image.Image], columns: int = _COLUMNS, width: int = _SHEET_WIDTH) -> Image.Image:
    """Return the pictures in rows."""
    across = width // columns
    down = round(across * pictures[0].height / pictures[0].width)
    rows = -(-len(pictures) // columns)
    page = Image.new("RGB", (across * columns, down * rows))
    for place, picture in enumerate(pictures):
        tile = picture.resize((across, down), Image.Resampling.LANCZOS)
        page.paste(tile, (place % columns * across, place // columns * down))
    return page


def main() -> None:
    """Write the sheet that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", nargs="?", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--samples", choices=("tides", "others"))
    parser.add_argument("--aspect", default="16:9", choices=("16:9", "9:16", "1:1"))
    parser.add_argument("--resolution", default="720p", choices=("480p", "720p", "1080p"))
    parser.add_argument("--style", default="auto")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--shares", default="0.45,0.86")
    parser.add_argument("--columns", type=int, default=_COLUMNS)
    asked = parser.parse_args()
    if asked.samples:
        shares = [float(share) for share in asked.shares.split(",")]
        look = {"style": asked.style, "seed": asked.seed, "shares": shares}
        pictures = list(from_scenes(asked.samples, asked.aspect, asked.resolution, **look))
    else:
        pictures = list(from_file(asked.video))
    sheet(pictures, asked.columns).save(asked.out)


if __name__ == "__main__":
    main()
