"""Media as data URIs, so that the page needs nothing beside it, and stills of the scenes."""

import base64
import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.pipeline.report.markup import DataUri
from reelwright.production.schema import Span

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from PIL.Image import Image

__all__ = ["data_uri", "design_uri", "poster_uri", "scene_stills"]

_POSTER_WIDTH = 960
_DESIGN_WIDTH = 480
_STILL_WIDTH = 240
_JPEG_QUALITY = 78
_STILL_SHARE = 0.8
"""Of a scene: everything has entered, and the wipe to the next has not begun."""


def data_uri(data: bytes, media_type: str) -> DataUri:
    """Return the bytes as a base64 data URI."""
    return DataUri(f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}")


def poster_uri(thumbnail: Path) -> DataUri:
    """Return the thumbnail as a small JPEG, or as it is where Pillow is not installed."""
    return _reduced(thumbnail, _POSTER_WIDTH)


def design_uri(thumbnail: Path) -> DataUri:
    """Return the same, as small as it stands beside others."""
    return _reduced(thumbnail, _DESIGN_WIDTH)


def _reduced(thumbnail: Path, width: int) -> DataUri:
    try:
        from PIL import Image  # noqa: PLC0415 (optional: the page also comes without it)
    except ImportError:
        return data_uri(thumbnail.read_bytes(), "image/png")
    with Image.open(thumbnail) as picture:
        small = picture.convert("RGB")
    small.thumbnail((width, width * 2))
    return _jpeg_uri(small)


def scene_stills(video: Path, scenes: Sequence[Span]) -> tuple[DataUri | None, ...]:
    """Return one small JPEG per scene, near its end; None for what cannot be decoded."""
    half = -(-len(scenes) // 2)
    with ThreadPoolExecutor(2) as threads:
        halves = threads.map(lambda part: _stills(video, part), (scenes[:half], scenes[half:]))
    return tuple(still for part in halves for still in part)


def _stills(video: Path, scenes: Sequence[Span]) -> list[DataUri | None]:
    stills: list[DataUri | None] = [None] * len(scenes)
    with suppress(ImportError, OSError, ValueError):
        import av  # noqa: PLC0415 (optional: the page also comes without it)

        with av.open(str(video)) as container:
            for index, scene in enumerate(scenes):
                at_seconds = scene.start_seconds + _STILL_SHARE * scene.duration_seconds
                stills[index] = _still(container, at_seconds)
    return stills


def _still(container: "InputContainer", at_seconds: float) -> DataUri | None:
    container.seek(round(at_seconds * 1_000_000))
    for frame in container.decode(container.streams.video[0]):
        if frame.time is None or frame.time >= at_seconds:
            return _frame_uri(frame)
    return None


def _frame_uri(frame: "VideoFrame") -> DataUri:
    from PIL import Image  # noqa: PLC0415 (as above)

    height = max(2, round(frame.height * _STILL_WIDTH / frame.width))
    return _jpeg_uri(Image.fromarray(frame.to_ndarray(width=_STILL_WIDTH, height=height, format="rgb24")))


def _jpeg_uri(picture: "Image") -> DataUri:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_JPEG_QUALITY, optimize=True)
    return data_uri(buffer.getvalue(), "image/jpeg")
