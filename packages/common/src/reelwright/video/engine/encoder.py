"""Frames into a silent H.264 MP4, always with the same settings: clips must join by stream copy."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream

from reelwright.video.engine.planes import Bytes, Frame

__all__ = ["encode"]

# Adaptive quantisation costs 4 % of the time and keeps the dither that ultrafast would smooth into blocks.
_OPTIONS = {
    "preset": "ultrafast",
    "crf": "21",
    "x264-params": "threads=1:open-gop=0:scenecut=0:aq-mode=1:colorprim=bt709:transfer=bt709:colormatrix=bt709:fullrange=off",
}
_KEYFRAME_SECONDS = 2
_TIMESCALE_PER_FRAME = 512


def encode(
    path: Path, width: int, height: int, fps: int, frames: int, draw: Callable[[Frame, float], None]
) -> None:
    """Write ``frames`` pictures; ``draw(frame, t)`` paints each at its time in seconds.

    The pictures are painted into the encoder's own buffer. Nothing of the date or the machine goes
    into the file, so equal pictures give equal bytes. H.264, yuv420p, BT.709 limited range, closed
    groups of pictures, no frames out of order.
    """
    av.logging.set_level(av.logging.ERROR)
    ticks = str(fps * _TIMESCALE_PER_FRAME)
    options = {
        "movflags": "+faststart",
        "fflags": "+bitexact",
        "video_track_timescale": ticks,
        "movie_timescale": ticks,
    }
    with av.open(str(path), "w", format="mp4", options=options) as container:
        stream = _stream(
            container.add_stream("libx264", rate=fps, options=dict(_OPTIONS)), width, height, fps
        )
        picture = VideoFrame(width, height, "yuv420p")
        picture.time_base = Fraction(1, fps)
        painted = _planes(picture, width, height)
        for index in range(frames):
            draw(painted, index / fps)
            picture.pts, picture.duration = index, 1
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def _stream(stream: VideoStream, width: int, height: int, fps: int) -> VideoStream:
    context = stream.codec_context
    stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
    stream.time_base = context.time_base = Fraction(1, fps)
    context.gop_size = _KEYFRAME_SECONDS * fps
    context.thread_count = 1
    context.max_b_frames = 0
    context.color_range = ColorRange.MPEG
    context.colorspace = Colorspace.ITU709
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    return stream


def _planes(picture: VideoFrame, width: int, height: int) -> Frame:
    sizes = ((height, width), (height // 2, width // 2), (height // 2, width // 2))
    y, u, v = (_view(plane, *size) for plane, size in zip(picture.planes, sizes, strict=True))
    return Frame(y, u, v)


def _view(plane: "av.video.plane.VideoPlane", height: int, width: int) -> Bytes:
    whole = np.frombuffer(plane, np.uint8)
    return whole.reshape(-1, plane.line_size)[:height, :width]
