"""One request into one clip, in the process that calls."""

import os
from functools import cache
from pathlib import Path

from reelwright.cost.schema import Usage
from reelwright.errors import InvalidInput, Permanent
from reelwright.models.schema import ShotRequest, ShotResponse
from reelwright.video.engine.encoder import ClipFormat, encode
from reelwright.video.engine.scene import Scene
from reelwright.video.engine.tracing import SceneLog
from reelwright.video.pictures.shelf import RasterShelf
from reelwright.video.schema import SceneGraphics
from reelwright.video.trace import write_trace

__all__ = ["render"]

_MIN_SIDE = 96
_MAX_PIXELS = 3840 * 2160
_MAX_FPS = 120


def render(request: ShotRequest, pictures_dir: Path | None = None) -> ShotResponse:
    """Draw the scene and write ``scene_NNN.mp4``, and its trace beside it, into the request's folder.

    The file appears under its name only when it is whole. InvalidInput for graphics that are not a
    scene's, odd or absurd sizes, unknown styles; Permanent when the file cannot be written. Pictures that
    were rasterised are kept in ``pictures_dir``.
    """
    graphics = _checked(request)
    shelf = _shelf(pictures_dir)
    seconds = request.frames / request.fps
    scene = Scene(graphics, request.width, request.height, seconds, shelf, language=request.language)
    path = request.work_dir / f"scene_{graphics.scene_index:03d}.mp4"
    partial, trace = path.with_suffix(f".{os.getpid()}.part"), path.with_suffix(".trace")
    clip = ClipFormat(request.width, request.height, request.fps, request.frames)
    log = SceneLog(scene, clip)
    try:
        encode(partial, clip, log.draw)
        partial.replace(path)
        write_trace(partial, log.trace())
        partial.replace(trace)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        partial.unlink(missing_ok=True)
    usage = Usage(unit="video_seconds", quantity=-(-request.frames // request.fps))
    return ShotResponse(media=path, frames=request.frames, choices=scene.choices, usage=(usage,), trace=trace)


@cache
def _shelf(folder: Path | None) -> RasterShelf:
    """Return one shelf for all scenes of a process: it counts what it wrote, and outlines read once stay."""
    return RasterShelf(folder)


def _checked(request: ShotRequest) -> SceneGraphics:
    if not isinstance(request.graphics, SceneGraphics):
        raise InvalidInput(
            f"The motion-graphics engine draws scenes, not {type(request.graphics).__name__}.",
            next_step="Give the request a SceneGraphics.",
            context={"field": "graphics"},
        )
    width, height = request.width, request.height
    sane = min(width, height) >= _MIN_SIDE and width * height <= _MAX_PIXELS and 1 <= request.fps <= _MAX_FPS
    if width % 2 or height % 2 or not sane:
        raise InvalidInput(
            f"A clip of {width} by {height} pixels at {request.fps} frames a second cannot be made: "
            f"both sides must be even and at least {_MIN_SIDE}, together at most {_MAX_PIXELS} pixels, "
            f"and the rate 1 to {_MAX_FPS}.",
            next_step="Ask for a resolution and a frame rate that the settings allow.",
            context={"width": width, "height": height, "fps": request.fps},
        )
    return request.graphics


def _unwritable(path: Path, error: OSError) -> Permanent:
    return Permanent(
        f"The clip {path} could not be written: {error.strerror or error}.",
        next_step="Free some space, or choose a folder that can be written.",
        context={"path": path},
    )
