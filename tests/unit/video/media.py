"""Small real media for the tests of the cutting room."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from reelwright.production.schema import Word

FPS = 24
WIDTH, HEIGHT = 320, 180
SAMPLE_RATE = 48_000
Luma = Callable[[float], NDArray[np.uint8] | None]
Wave = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def moving(seconds: float, width: int = WIDTH, height: int = HEIGHT) -> NDArray[np.uint8]:
    """Return a picture of stripes that move on with time."""
    across, down = np.arange(width)[None, :], np.arange(height)[:, None]
    return (40 + (across + 2 * down + seconds * 200) % 160).astype(np.uint8)


def write_clip(
    path: Path,
    seconds: float,
    picture: Luma = lambda _: None,
    *,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    fps: int = FPS,
    **options: str,
) -> Path:
    """Write a clip; ``picture`` gives the luma at a time, none the moving stripes."""
    width, height = size
    with av.open(str(path), "w", format="mp4") as media:
        stream = media.add_stream(
            "libx264", rate=fps, options={"preset": "ultrafast", "crf": "21", **options}
        )
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(round(seconds * fps)):
            planes = np.full((height * 3 // 2, width), 128, np.uint8)
            luma = picture(number / fps)
            planes[:height] = moving(number / fps, width, height) if luma is None else luma
            frame = av.VideoFrame.from_ndarray(planes, "yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            media.mux(stream.encode(frame))
        media.mux(stream.encode(None))
    return path


def tone(amplitude: float = 10 ** (-14 / 20)) -> Wave:
    """Return a 997 Hz sine; at full scale in both channels it is 0 LUFS (ITU-R BS.1770-5, annex 1)."""
    return lambda times: amplitude * np.sin(2 * np.pi * 997 * times)


def write_sound(
    path: Path, seconds: float, wave: Wave | None = None, *, codec: str = "aac", rate: int = SAMPLE_RATE
) -> Path:
    """Write a stereo M4A of a wave, both channels alike."""
    samples = (wave or tone())(np.arange(round(seconds * rate)) / rate).astype(np.float32)
    with av.open(str(path), "w", format="mp4") as media:
        stream: Any = media.add_stream(codec, rate=rate, layout="stereo", bit_rate=128_000)
        for start in range(0, len(samples), 1024):
            part = np.stack([samples[start : start + 1024]] * 2)
            frame = av.AudioFrame.from_ndarray(part, "fltp", "stereo")
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            media.mux(stream.encode(frame))
        media.mux(stream.encode(None))
    return path


def spoken(seconds: float, each: float = 0.4) -> tuple[Word, ...]:
    """Return words said without a pause for so long, sentences of six."""
    names = ["tide", "moon", "sea", "wave", "rock", "sand"]
    return tuple(
        Word(
            text=names[number % 6] + ("." if number % 6 == 5 else ""),
            start_seconds=round(number * each, 3),
            end_seconds=round((number + 1) * each, 3),
            scene_index=0,
        )
        for number in range(int(seconds / each))
    )


def remux(
    source: Path, target: Path, kinds: Iterable[str], change: Callable[[Any], None] | None = None
) -> Path:
    """Copy the streams of some kinds, passing each packet through ``change``."""
    with av.open(str(source)) as media, av.open(str(target), "w", format="mp4") as out:
        streams = {
            stream.index: out.add_stream_from_template(stream)
            for stream in media.streams
            if stream.type in kinds
        }
        for packet in media.demux(*(media.streams[index] for index in streams)):
            if packet.dts is not None:
                if change:
                    change(packet)
                packet.stream = streams[packet.stream_index]
                out.mux(packet)
    return target
