"""A brief's own footage in a video: which scene each clip is for, and the clip that is made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwright.environment.schema import PictureSettings
from reelwright.models.schema import ShotRequest
from reelwright.production.pictures import BriefMedia
from reelwright.production.schema import Brief, Clip, Decision, Script
from reelwright.storage.ports import ArtifactStore
from reelwright.video.branding import logo_over
from reelwright.video.engine.encoder import ClipFormat
from reelwright.video.shooting import Footage

__all__ = ["Placed", "clip_of", "media_told", "placed"]

_NOT_SHOWN = "not shown"
_SHORTER = ("the last picture stays", "it is played")
"""How it is told what became of footage that is shorter than its scene."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Footage in a scene, and why there."""

    media: BriefMedia
    reason: str


def placed(brief: Brief, script: Script, settings: PictureSettings) -> Mapping[int, Placed]:
    """Return by scene the footage that it shows: what names its number, then what its words name.

    Of several for one scene the first of the brief is shown. Footage that was not copied is left out.
    """
    kept = [media for media in brief.media if media.kept]
    found: dict[int, Placed] = {}
    for media in kept:
        if media.scene is not None and media.scene <= len(script.scenes):
            found.setdefault(media.scene - 1, Placed(media, "the brief names it for this scene"))
    for index, heard in _heard([media for media in kept if media.scene is None], script, settings):
        found.setdefault(index, heard)
    return found


def clip_of(
    chosen: Placed, request: ShotRequest, scene_index: int, artifacts: ArtifactStore, *, burned: bool
) -> Footage:
    """Return the clip that is made of footage for a scene; no model is asked.

    Raises MediaRefused, ArtifactMissing, ArtifactDamaged, StorageFull, StorageUnwritable.
    """
    from reelwright.video.normalising import normalise  # noqa: PLC0415 (FFmpeg, only for footage of others)

    media, out = chosen.media, request.work_dir / "own.mp4"
    assert media.kept is not None, media.name  # noqa: S101 (only kept footage is placed)
    over = logo_over(request)
    done = normalise(artifacts.local_path(media.kept), _format(request), out, again=True, over=over)
    clip = Clip(
        scene_index=scene_index,
        media=artifacts.put_file(out, "video/mp4"),
        frames=request.frames,
        fps=request.fps,
        width=request.width,
        height=request.height,
    )
    told = _decisions(chosen, done, scene_index, burned=burned)
    return Footage(clip=clip, decisions=told, warnings=_warnings(media, done, scene_index))


def media_told(brief: Brief, script: Script, settings: PictureSettings) -> tuple[Decision, ...]:
    """Return for each clip of the brief that no scene shows why not."""
    shown = placed(brief, script, settings)
    return tuple(
        Decision(
            subject=f"footage {media.name} of the brief",
            chosen=_NOT_SHOWN,
            reason=_why_not(media, script, shown),
        )
        for media in brief.media
        if media.kept and all(each.media is not media for each in shown.values())
    )


def _heard(
    media: Sequence[BriefMedia], script: Script, settings: PictureSettings
) -> list[tuple[int, Placed]]:
    if not media:
        return []
    from reelwright.video.pictures.choosing import hear_own  # noqa: PLC0415 (the lexicon, only where it is asked)
    from reelwright.video.pictures.own import OwnPicture  # noqa: PLC0415 (as above)

    places = {str(Path(str(at)) / each.name): each for at, each in enumerate(media)}
    own = [
        OwnPicture(Path(place), each.caption, each.kept.sha256 if each.kept else "", each.words, photo=True)
        for place, each in places.items()
    ]
    heard = hear_own(script, settings, own)
    return [
        (heard[place].scene, Placed(each, f"{heard[place].score:.2f}: the scene speaks of it"))
        for place, each in places.items()
        if place in heard and heard[place].score >= settings.threshold
    ]


def _decisions(
    chosen: Placed, done: tuple[str, ...], scene_index: int, *, burned: bool
) -> tuple[Decision, ...]:
    media, number = chosen.media, scene_index + 1
    digest = media.kept.sha256 if media.kept else ""
    told = (
        Decision(
            subject=f"footage of scene {number}",
            chosen=media.name,
            reason="; ".join((chosen.reason, *done, f"SHA-256 {digest}")),
        ),
    )
    soft = Decision(
        subject=f"captions of scene {number}",
        chosen="soft captions only",
        reason="only engines of ours draw captions into the picture",
    )
    return (*told, soft) if burned else told


def _warnings(media: BriefMedia, done: tuple[str, ...], scene_index: int) -> tuple[str, ...]:
    return tuple(
        f"Scene {scene_index + 1}: {media.name} is shorter than the scene: {each}."
        for each in done
        if each.startswith(_SHORTER)
    )


def _why_not(media: BriefMedia, script: Script, shown: Mapping[int, Placed]) -> str:
    if media.scene is None:
        return "no scene speaks of it surely enough, or another clip is shown there; name its scene"
    if media.scene > len(script.scenes):
        return f"it is for scene {media.scene}, and there are {len(script.scenes)}"
    return f"scene {media.scene} shows {shown[media.scene - 1].media.name}"


def _format(request: ShotRequest) -> ClipFormat:
    return ClipFormat(request.width, request.height, request.fps, request.frames)
