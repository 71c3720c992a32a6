"""A vendor's footage made over into a clip like ours: same size, same rate, same frames, same coding."""

from pathlib import Path

from reelwright.models.schema import ShotRequest
from reelwright.video.branding import logo_over
from reelwright.video.engine.encoder import ClipFormat
from reelwright.video.normalising import normalise
from reelwright.video.probe import ONLY_MP4

__all__ = ["fit"]


def fit(footage: Path, request: ShotRequest, out: Path) -> tuple[str, ...]:
    """Write ``out``, the footage at the request's size, rate and frames, and return what was unlike them.

    It is an MP4, for no vendor delivers anything else. ``out`` appears only when it is whole. MediaRefused
    for footage that is no video, StorageFull and StorageUnwritable for the file.
    """
    clip = ClipFormat(request.width, request.height, request.fps, request.frames)
    return normalise(footage, clip, out, formats=ONLY_MP4, over=logo_over(request))
