"""A brief's own pictures in a video: what they are found by, where they lie, and what became of each."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from reelwright.environment.schema import PictureSettings
from reelwright.production.schema import Brief, BriefPicture, Decision, Script
from reelwright.storage.ports import ArtifactStore
from reelwright.video.pictures.choosing import Heard, hear_own
from reelwright.video.pictures.own import OwnPicture
from reelwright.video.schema import PictureUse
from reelwright.video.staging import Staged

__all__ = ["at_hand", "own_pictures", "told_of", "warnings_of"]

_SHOWN_CHARS: Final = 16
_NOT_SHOWN: Final = "not shown"
_NAMED_BY: Final = 4


def own_pictures(brief: Brief) -> tuple[OwnPicture, ...]:
    """Return the pictures of a brief as they are looked for; those that were not copied are left out."""
    return tuple(_own(picture, picture.kept.sha256) for picture in brief.pictures if picture.kept)


def at_hand(uses: Sequence[PictureUse], brief: Brief, artifacts: ArtifactStore) -> tuple[PictureUse, ...]:
    """Return the pictures of one scene with the files of those that the brief brings.

    Only these are fetched. Raises ArtifactMissing or ArtifactDamaged for one that is gone from the store.
    """
    kept = {picture.kept.sha256: picture.kept for picture in brief.pictures if picture.kept}
    return tuple(
        use.model_copy(update={"path": artifacts.local_path(kept[use.digest])}) if use.digest in kept else use
        for use in uses
    )


def told_of(
    brief: Brief, script: Script, settings: PictureSettings, staged: Sequence[Staged]
) -> tuple[Decision, ...]:
    """Return for each picture of a brief in which scenes it is, or why in none."""
    own = own_pictures(brief)
    heard = hear_own(script, settings, own) if own else {}
    return tuple(_told(picture, settings, heard, staged) for picture in own)


def warnings_of(decisions: Sequence[Decision]) -> tuple[str, ...]:
    """Return what whoever brought the pictures should know: which of them nobody will see."""
    return tuple(
        f"The {decision.subject} is not shown: {decision.reason}."
        for decision in decisions
        if decision.chosen == _NOT_SHOWN
    )


def _own(picture: BriefPicture, sha256: str) -> OwnPicture:
    place = Path(sha256[:_SHOWN_CHARS]) / picture.name
    photo = picture.look == "photograph"
    return OwnPicture(place, picture.caption, sha256, picture.words, photo)


def _told(
    picture: OwnPicture, settings: PictureSettings, heard: Mapping[str, Heard], staged: Sequence[Staged]
) -> Decision:
    scenes = [
        number
        for number, scene in enumerate(staged, 1)
        if any(use.digest == picture.digest for use in scene.pictures)
    ]
    subject = f"picture {picture.path.name} of the brief"
    if not scenes:
        reason = _why_not(picture, settings, heard.get(str(picture.path)), staged)
        return Decision(subject=subject, chosen=_NOT_SHOWN, reason=reason)
    best = max(
        (use for scene in staged for use in scene.pictures if use.digest == picture.digest),
        key=lambda use: use.score,
    )
    look = "a photograph" if picture.photo else "a cut-out"
    return Decision(
        subject=subject,
        chosen=f"scene {', '.join(map(str, scenes))}",
        reason=f"{best.score:.2f}: {best.why}; {look}, SHA-256 {picture.digest}",
    )


def _why_not(
    picture: OwnPicture, settings: PictureSettings, heard: Heard | None, staged: Sequence[Staged]
) -> str:
    if not settings.enabled:
        return "pictures are switched off"
    if not picture.telling and not picture.words:
        return "its file's name has no word that could be said; give it a caption, or words"
    if heard is None:
        named = ", ".join(map(repr, (*picture.words, *picture.telling)[:_NAMED_BY]))
        return f"nothing that is said or listed names it; it is looked for by {named}"
    told = f"scene {heard.scene + 1} speaks of it at {heard.score:.2f}"
    if heard.score < settings.threshold:
        return f"{told}, and the threshold is {settings.threshold:g}"
    return f"{told}, and its layout {staged[heard.scene].layout} has no place left for it"
