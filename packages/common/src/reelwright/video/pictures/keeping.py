"""The user's own pictures are copied when a production begins: what becomes of the files later is no matter.

On a machine, files are read, decoded once to see that they are whole, and put into the store of artifacts.
A function reads no file that a request names: there pictures must be in the store already, and their first
bytes are looked at, which takes no decoder.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from reelwright.production.pictures import PictureLook
from reelwright.production.schema import Brief, BriefPicture
from reelwright.storage.errors import ArtifactDamaged, ArtifactMissing
from reelwright.storage.ports import ArtifactStore
from reelwright.video.pictures.errors import PictureUnusable
from reelwright.video.pictures.headers import Header, kind_of, read_header

__all__ = ["MOST_BYTES", "MOST_FILE_PIXELS", "check_kept", "keep_pictures"]

MOST_BYTES: Final = 32_000_000
MOST_FILE_PIXELS: Final = 50_000_000
"""Of a picture from outside: 200 MB once decoded."""
_LEAST_SIDE: Final = 16
_NARROWEST: Final = 20
"""How many times longer than broad a picture may be."""
_FORMATS: Final = "Save it as a PNG, JPEG or WebP that does not move."
_SMALLER: Final = f"Save it smaller: at most {MOST_BYTES // 1_000_000} MB and 50 million pixels."

_Taken = Callable[[BriefPicture, str], BriefPicture]


def keep_pictures(brief: Brief, artifacts: ArtifactStore) -> Brief:
    """Return the brief with its pictures, and its footage, copied from their files into the store.

    Raises PictureUnusable, with field and file, for one that is no picture, and StorageFull or
    StorageUnwritable; a picture that is kept already is looked up. Of footage as ``keep_media`` says.
    """
    from reelwright.video.media_keeping import keep_media  # noqa: PLC0415 (only where a production begins)

    def take(picture: BriefPicture, field: str) -> BriefPicture:
        return (
            _found(picture, field, artifacts)
            if picture.kept is not None
            else _copied(picture, field, artifacts)
        )

    return keep_media(_each(brief, take), artifacts)


def check_kept(brief: Brief, artifacts: ArtifactStore) -> Brief:
    """Return the brief, whose pictures and footage are all in the store, with how they are drawn.

    No file is read. Raises PictureUnusable or MediaUnusable for what is not there, or is none.
    """
    from reelwright.video.media_keeping import check_media  # noqa: PLC0415 (only where a production begins)

    checked = _each(brief, lambda picture, field: _found(picture, field, artifacts))
    return check_media(checked, artifacts)


def _each(brief: Brief, take: _Taken) -> Brief:
    taken: dict[str, str] = {}
    pictures: list[BriefPicture] = []
    for at, picture in enumerate(brief.pictures):
        field = f"pictures.{at}"
        done = take(picture, field)
        digest = done.kept.sha256 if done.kept else ""
        if digest in taken:
            problem = f"it is the same picture as {taken[digest]}"
            raise _unusable(picture, field, problem, "Name it once, and give it all its words.")
        taken[digest] = field
        pictures.append(done)
    return brief.model_copy(update={"pictures": tuple(pictures)}) if pictures else brief


def _found(picture: BriefPicture, field: str, artifacts: ArtifactStore) -> BriefPicture:
    if picture.kept is None:
        problem = "it is not in the store of this environment, and no other file is read there"
        step = (
            "Start the production with 'reelwright make --env …', which puts it there; or name it as 'kept'."
        )
        raise _unusable(picture, field, problem, step)
    if picture.kept.size_bytes > MOST_BYTES:
        raise _unusable(picture, field, f"it has more than {MOST_BYTES // 1_000_000} MB", _SMALLER)
    try:
        content = artifacts.read_bytes(picture.kept)
    except (ArtifactMissing, ArtifactDamaged) as error:
        step = "Put it there again, under its own SHA-256."
        raise _unusable(picture, field, "the store does not have it as it is named", step) from error
    header = _checked(picture, field, content)
    if header.media_type != picture.kept.media_type:
        problem = f"it is {header.media_type}, and named as {picture.kept.media_type[:60]}"
        raise _unusable(picture, field, problem, "Correct the media_type.")
    look = picture.look or ("cut-out" if header.alpha else "photograph")
    return picture.model_copy(update={"file": picture.name, "look": look})


def _copied(picture: BriefPicture, field: str, artifacts: ArtifactStore) -> BriefPicture:
    content = _read(picture, field)
    header = _checked(picture, field, content)
    look = _look(picture, field, content)
    kept = artifacts.put_bytes(content, header.media_type)
    return picture.model_copy(update={"file": picture.name, "kept": kept, "look": picture.look or look})


def _look(picture: BriefPicture, field: str, content: bytes) -> PictureLook:
    """Decode all of it: half a file, or one that shows nothing, is found out before anything is spent."""
    from reelwright.video.pictures.raster import clearness  # noqa: PLC0415 (decoders are not loaded for briefs without pictures)

    try:
        least, most = clearness(content)
    except Exception as error:
        # A decoder of untrusted bytes may raise anything.
        problem = "it is cut off or damaged"
        raise _unusable(picture, field, problem, "Open it in an editor and save it anew.") from error
    if most == 0:
        raise _unusable(picture, field, "all of it is transparent", "Give one that shows something.")
    return "photograph" if least == 255 else "cut-out"


def _read(picture: BriefPicture, field: str) -> bytes:
    path = Path(picture.file).expanduser()
    try:
        _check_regular(picture, field, path.stat().st_mode)
        # Without O_NONBLOCK a pipe put in the file's place since the check would hold us for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        with os.fdopen(handle, "rb") as file:
            _check_regular(picture, field, os.fstat(handle).st_mode)
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise _unusable(picture, field, f"there is no file {picture.file}", "Check the path.") from error
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _unusable(picture, field, reason.lower(), "Check the path and its permissions.") from error
    return content


def _check_regular(picture: BriefPicture, field: str, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise _unusable(picture, field, "it is a folder", "Name every picture in it that is to be shown.")
    if not stat.S_ISREG(mode):
        raise _unusable(picture, field, "it is not a regular file", "Name a PNG, JPEG or WebP.")


def _checked(picture: BriefPicture, field: str, content: bytes) -> Header:
    if len(content) > MOST_BYTES:
        raise _unusable(picture, field, f"it has more than {MOST_BYTES // 1_000_000} MB", _SMALLER)
    header = read_header(content)
    if header is None:
        kind = kind_of(content)
        step = "Export it as a PNG." if kind == "an SVG" else _FORMATS
        raise _unusable(picture, field, f"it is {kind}", step)
    if header.animated:
        raise _unusable(picture, field, "it is animated", "Save the one frame that is to be shown.")
    short, long = sorted((header.width, header.height))
    if short * long > MOST_FILE_PIXELS:
        raise _unusable(picture, field, f"it is {header.width} × {header.height} pixels", _SMALLER)
    if short < _LEAST_SIDE:
        problem = f"it is only {header.width} × {header.height} pixels"
        raise _unusable(picture, field, problem, "Give it larger: 1,000 pixels and more look sharp.")
    if long > _NARROWEST * short:
        problem = f"it is more than {_NARROWEST} times as long as it is broad"
        raise _unusable(picture, field, problem, "Cut out the part that is to be shown.")
    return header


def _unusable(picture: BriefPicture, field: str, problem: str, next_step: str) -> PictureUnusable:
    return PictureUnusable(
        f"{field}: the picture {picture.name[:200]} cannot be used: {problem}.",
        next_step=next_step,
        context={"field": field, "picture": picture.name},
    )
