"""Clips of any coding: marked with a prompt's hash, so that what becomes of them can be checked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from tests.simulators.media import _background, _with_box, prompt_hash

PROMPT = "The tide comes in at dusk."
TURNED = {
    90: (0, 0x10000, 0, 0xFFFF0000, 0, 0, 0, 0, 0x40000000),
    180: (0xFFFF0000, 0, 0, 0, 0xFFFF0000, 0, 0, 0, 0x40000000),
    270: (0, 0xFFFF0000, 0, 0x10000, 0, 0, 0, 0, 0x40000000),
}
"""Matrices of a track header for a picture that is to be turned with the clock (ISO/IEC 14496-12, 8.3.2)."""
_TICKS = 90_000


@dataclass(frozen=True, slots=True)
class Film:
    """How a clip is coded."""

    codec: str = "libx264"
    pixels: str = "yuv420p"
    size: tuple[int, int] = (640, 360)
    rate: Fraction = Fraction(24)
    seconds: float = 1.5
    options: dict[str, str] = field(default_factory=dict)
    times: Sequence[float] = ()
    """When each picture begins, in place of the rate."""
    transfer: int = 0
    primaries: int = 0
    matrix: int = 0
    full_range: bool = False
    pixel_aspect: Fraction | None = None
    sound: str = ""
    """The layout of a track of sound."""
    turned: int = 0
    """By how many degrees with the clock the file says that it is to be turned; its pictures lie."""

    def but(self, **changes: object) -> "Film":
        return replace(self, **changes)  # type: ignore[arg-type]


def write(path: Path, film: Film) -> Path:
    """Write a clip; the container is what the name ends in."""
    times = film.times or [n / float(film.rate) for n in range(round(film.seconds * film.rate))]
    with av.open(str(path), "w") as media:
        stream: Any = media.add_stream(film.codec, rate=film.rate, options=film.options)
        stream.width, stream.height, stream.pix_fmt = *film.size, film.pixels
        context = stream.codec_context
        context.time_base = Fraction(1, _TICKS) if film.times else 1 / film.rate
        _colour(context, film)
        if film.pixel_aspect:
            context.sample_aspect_ratio = film.pixel_aspect
        sound = media.add_stream("aac", rate=48_000, layout=film.sound) if film.sound else None
        shaper = VideoReformatter()
        for number, time in enumerate(times):
            frame = _frame(shaper, film, number / len(times))
            frame.time_base = context.time_base
            frame.pts = round(time / context.time_base)
            media.mux(stream.encode(frame))
        media.mux(stream.encode(None))
        if sound is not None:
            _play(media, sound, film)
    if film.turned:
        _turn(path, TURNED[film.turned])
    return path


def _colour(context: av.VideoCodecContext, film: Film) -> None:
    if film.transfer:
        context.color_trc = film.transfer
    if film.primaries:
        context.color_primaries = film.primaries
    if film.matrix:
        context.colorspace = film.matrix
    if film.full_range:
        context.color_range = 2


def _frame(shaper: VideoReformatter, film: Film, progress: float) -> VideoFrame:
    width, height = film.size[::-1] if film.turned in {90, 270} else film.size
    upright = _with_box(_background(width, height, prompt_hash(PROMPT)), progress)
    grey: NDArray[np.uint8] = np.ascontiguousarray(np.rot90(upright, film.turned // 90))
    rgb = np.repeat(grey[:, :, None], 3, axis=2)
    made = shaper.reformat(
        VideoFrame.from_ndarray(rgb, "rgb24"), format=film.pixels, dst_color_range=2 if film.full_range else 1
    )
    if film.transfer:
        made.color_trc, made.color_primaries, made.colorspace = film.transfer, film.primaries, film.matrix
    return made


def _play(media: av.container.OutputContainer, stream: av.AudioStream, film: Film) -> None:
    channels = stream.codec_context.layout.nb_channels
    for start in range(0, round(film.seconds * 48_000) // 1024 * 1024, 1024):
        wave = np.sin(2 * np.pi * 440 * np.arange(start, start + 1024) / 48_000) * 0.2
        frame = AudioFrame.from_ndarray(np.tile(wave.astype(np.float32), (channels, 1)), "fltp", film.sound)
        frame.sample_rate, frame.pts, frame.time_base = 48_000, start, Fraction(1, 48_000)
        media.mux(stream.encode(frame))
    media.mux(stream.encode(None))


def _turn(path: Path, matrix: tuple[int, ...]) -> None:
    """Write a matrix into the header of the first track."""
    data = bytearray(path.read_bytes())
    place = data.index(b"tkhd") + 4
    place += 4 + (32 if data[place] else 20) + 16
    data[place : place + 36] = b"".join(each.to_bytes(4, "big") for each in matrix)
    path.write_bytes(data)
