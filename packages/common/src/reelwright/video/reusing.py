"""Footage of an earlier video shown again in one that tells it in another language: it was paid for once."""

from pathlib import Path
from typing import Final

from reelwright.models.schema import ShotRequest
from reelwright.production.schema import Clip, Decision, Translation
from reelwright.production.translation import ReusedFootage
from reelwright.storage.ports import ArtifactStore
from reelwright.storage.schema import Artifact
from reelwright.video.engine.encoder import ClipFormat
from reelwright.video.shooting import Footage

__all__ = ["reused_footage"]

_SLOWEST: Final = 0.66
"""A language that takes half as long again; slower than that, and footage looks like slow motion."""
_MP4: Final = "video/mp4"


def reused_footage(
    translation: Translation,
    request: ShotRequest,
    scene_index: int,
    artifacts: ArtifactStore,
    *,
    burned: bool,
) -> Footage | None:
    """Return the clip that the original's footage makes of a scene; None for a scene that we draw.

    It is as long as the scene in the new language: cut off at its end, or slowed down a little and then begun
    again. No model is asked. Raises MediaRefused, ArtifactMissing, ArtifactDamaged, StorageFull,
    StorageUnwritable.
    """
    found = next((each for each in translation.footage if each.scene_index == scene_index), None)
    if found is None:
        return None
    speed = _speed(found, request)
    media, done = _fitted(found, request, speed, artifacts)
    clip = Clip(
        scene_index=scene_index,
        media=media,
        frames=request.frames,
        fps=request.fps,
        width=request.width,
        height=request.height,
    )
    return Footage(clip=clip, decisions=_decisions(translation, scene_index, done, burned=burned))


def _speed(found: ReusedFootage, request: ShotRequest) -> float:
    had, has = found.frames / found.fps, request.frames / request.fps
    return max(_SLOWEST, min(1.0, had / has))


def _fitted(
    found: ReusedFootage, request: ShotRequest, speed: float, artifacts: ArtifactStore
) -> tuple[Artifact, tuple[str, ...]]:
    wanted = ClipFormat(request.width, request.height, request.fps, request.frames)
    if ClipFormat(found.width, found.height, found.fps, found.frames) == wanted:
        return found.media, ("it is as it was",)
    from reelwright.video.normalising import normalise  # noqa: PLC0415 (FFmpeg, only where it has to fit)

    out: Path = request.work_dir / "reused.mp4"
    done = normalise(artifacts.local_path(found.media), wanted, out, again=True, speed=speed)
    slowed = (f"it is played at {speed:.0%} of its speed",) if speed < 1 else ()
    return artifacts.put_file(out, _MP4), (*slowed, *done)


def _decisions(
    translation: Translation, scene_index: int, done: tuple[str, ...], *, burned: bool
) -> tuple[Decision, ...]:
    number = scene_index + 1
    told = Decision(
        subject=f"footage of scene {number}",
        chosen=f"that of {translation.original}",
        reason="; ".join(("it was shot for the original, and is not paid for again", *done)),
    )
    soft = Decision(
        subject=f"captions of scene {number}",
        chosen="soft captions only",
        reason="only engines of ours draw captions into the picture",
    )
    return (told, soft) if burned else (told,)
