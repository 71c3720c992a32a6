"""The user's own footage is copied when a production begins, and played once: before anything is spent.

On a machine files are read and https addresses fetched. A function takes neither from a request: there
footage must be in the store of artifacts already, and is played when its scene is shot.
"""

import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from reelwright.clock import SystemClock
from reelwright.production.pictures import BriefMedia
from reelwright.production.schema import Brief
from reelwright.resilience.deadline import Deadline
from reelwright.storage.errors import ArtifactDamaged, ArtifactMissing
from reelwright.storage.fetching import FetchBroken, Fetching, FetchRefused, fetch
from reelwright.storage.ports import ArtifactStore
from reelwright.storage.schema import Artifact
from reelwright.storage.sniffing import SNIFFED_BYTES, MediaKind, media_kind
from reelwright.video.errors import MediaRefused, MediaUnusable

__all__ = ["MOST_MEDIA_BYTES", "check_media", "keep_media"]

MOST_MEDIA_BYTES: Final = 512 * 1024 * 1024
_FETCH_SECONDS: Final = 180.0
_SMALLER: Final = f"Give a smaller file: {MOST_MEDIA_BYTES >> 20} MB are the most."
_TYPES: Final[dict[MediaKind, str]] = {
    "mp4": "video/mp4",
    "matroska": "video/x-matroska",
    "avi": "video/x-msvideo",
    "ogg": "video/ogg",
    "gif": "image/gif",
    "flv": "video/x-flv",
    "mpegts": "video/mp2t",
    "mpeg": "video/mpeg",
}

_Taken = Callable[[BriefMedia, str], BriefMedia]


def keep_media(brief: Brief, artifacts: ArtifactStore, *, rules: Fetching | None = None) -> Brief:
    """Return the brief with its footage copied into the store, and played from end to end.

    ``rules`` are those for addresses, in place of the usual. Raises MediaUnusable, with field and name, for
    what no clip can be made of, FetchBroken for an address that does not answer, StorageFull and
    StorageUnwritable.
    """
    fetching = rules or Fetching(max_bytes=MOST_MEDIA_BYTES)

    def take(media: BriefMedia, field: str) -> BriefMedia:
        if media.kept is not None:
            return _found(media, field, artifacts)
        kept = (
            _fetched(media, field, artifacts, fetching)
            if media.is_remote
            else _copied(media, field, artifacts)
        )
        _play(media, field, artifacts.local_path(kept))
        return media.model_copy(update={"file": media.name, "kept": kept})

    return _each(brief, take)


def check_media(brief: Brief, artifacts: ArtifactStore) -> Brief:
    """Return the brief, whose footage is all in the store; no file and no address is read.

    MediaUnusable for footage that is not there, or does not begin like any.
    """
    return _each(brief, lambda media, field: _found(media, field, artifacts))


def _each(brief: Brief, take: _Taken) -> Brief:
    taken = tuple(take(media, f"media.{at}") for at, media in enumerate(brief.media))
    return brief.model_copy(update={"media": taken}) if taken else brief


def _found(media: BriefMedia, field: str, artifacts: ArtifactStore) -> BriefMedia:
    if media.kept is None:
        problem = "it is not in the store of this environment, and nothing else is read there"
        step = (
            "Start the production with 'reelwright make --env …', which puts it there; or name it as 'kept'."
        )
        raise _unusable(media, field, problem, step)
    if media.kept.size_bytes > MOST_MEDIA_BYTES:
        raise _unusable(media, field, "it is too large", _SMALLER)
    try:
        path = artifacts.local_path(media.kept)
    except (ArtifactMissing, ArtifactDamaged) as error:
        step = "Put it there again, under its own SHA-256."
        raise _unusable(media, field, "the store does not have it as it is named", step) from error
    _media_type(media, field, path)
    return media.model_copy(update={"file": media.name})


def _copied(media: BriefMedia, field: str, artifacts: ArtifactStore) -> Artifact:
    path = Path(media.file).expanduser()
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise _unusable(media, field, "it is not a regular file", "Name a video.")
        if facts.st_size > MOST_MEDIA_BYTES:
            raise _unusable(media, field, f"it has {facts.st_size >> 20} MB", _SMALLER)
        kind = _media_type(media, field, path)
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _unusable(media, field, reason.lower(), "Check the path and its permissions.") from error
    return artifacts.put_file(path, kind)


def _fetched(media: BriefMedia, field: str, artifacts: ArtifactStore, rules: Fetching) -> Artifact:
    deadline = Deadline.after(_FETCH_SECONDS, SystemClock())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "media"
        try:
            found = fetch(media.file, path, rules, deadline)
        except FetchRefused as error:
            raise _unusable(media, field, error.message.rstrip("."), error.next_step) from error
        except FetchBroken as error:
            raise FetchBroken(
                error.why, f"{field}: {error.message}", "", timed_out=error.timed_out
            ) from error
        return artifacts.put_file(path, _TYPES[found.kind])


def _media_type(media: BriefMedia, field: str, path: Path) -> str:
    with path.open("rb") as file:
        kind = media_kind(file.read(SNIFFED_BYTES))
    if kind is None:
        step = "Give a video: MP4, MOV, Matroska, WebM, AVI, MPEG-TS, Ogg or GIF."
        raise _unusable(media, field, "it does not begin like a video", step)
    return _TYPES[kind]


def _play(media: BriefMedia, field: str, path: Path) -> None:
    from reelwright.video.normalising import inspect  # noqa: PLC0415 (FFmpeg, only for briefs with footage)

    try:
        inspect(path)
    except MediaRefused as error:
        told = error.message.rpartition(f"{path.name} cannot be used ")[2].rstrip(".")
        raise _unusable(media, field, told, error.next_step) from error


def _unusable(media: BriefMedia, field: str, problem: str, next_step: str) -> MediaUnusable:
    return MediaUnusable(
        f"{field}: the footage {media.name[:200]} cannot be used: {problem}.",
        next_step=next_step,
        context={"field": field, "media": media.name},
    )
