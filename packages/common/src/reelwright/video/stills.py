"""A frame of a finished video as a picture."""

from pathlib import Path

import av
from av.video.frame import VideoFrame
from PIL import Image

from reelwright.storage.files import writing_to
from reelwright.video.errors import CutUnreadable
from reelwright.video.probe import open_media

__all__ = ["still_of"]

_SHARE = 0.2
"""How far into the video: the opening has entered by then, and nothing has ended."""


def still_of(video: Path, duration_seconds: float, out: Path) -> None:
    """Write a frame from early in the video as a PNG; CutUnreadable if there is none."""
    with open_media(video) as media, writing_to(out):
        stream = media.streams.video[0]
        wanted = _SHARE * duration_seconds
        media.seek(int(wanted * av.time_base))  # to the key frame before
        later = (each for each in media.decode(stream) if (each.time or 0.0) >= wanted)
        frame: VideoFrame | None = next(later, None)
        if frame is None:
            raise CutUnreadable(
                f"{video.name} has no picture at {_SHARE:.0%} of its length.",
                next_step="Run the step again; if it fails the same way, shoot the scenes again.",
            )
        Image.fromarray(frame.to_ndarray(format="rgb24")).save(out)
