"""Where a brief file may have its pictures: in its own folder, and nowhere else.

A brief may come from somebody else, and is made with the rights of whoever makes it. Were it free to name any
file, it could have a scan of a passport shown in a video that its sender then sees. What a person names on
the command line or in code is their own choice, and may lie anywhere.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path, PureWindowsPath

from reelwright.content.errors import BriefInvalid
from reelwright.production.schema import BriefBrand, BriefMedia, BriefMusic, BriefPicture

__all__ = ["brand_inside", "inside", "media_inside", "music_inside"]

_MEDIA_ELSEWHERE = "Put it beside the brief."
_ELSEWHERE = "Put it beside the brief, or name it yourself with --picture {file}."


def inside(folder: Path | None, pictures: Sequence[BriefPicture], where: str) -> tuple[BriefPicture, ...]:
    """Return the pictures with their whole paths, from the folder of their brief.

    ``where`` names the place in the brief. Raises BriefInvalid for one that is, or leads by ``..`` or a
    link, outside of the folder, and for all where there is no folder; whether it is there is not looked at.
    """
    return tuple(_inside(folder, picture, f"{where}.{at}") for at, picture in enumerate(pictures))


def media_inside(folder: Path | None, media: Sequence[BriefMedia], where: str) -> tuple[BriefMedia, ...]:
    """Return footage as ``inside`` does pictures; addresses are left as they are, for their own judge."""
    return tuple(
        each if each.is_remote and each.kept is None else _media_inside(folder, each, f"{where}.{at}")
        for at, each in enumerate(media)
    )


def music_inside(folder: Path | None, music: BriefMusic, where: str) -> BriefMusic:
    """Return the music of a brief as ``inside`` does pictures."""
    if music.kept is not None or music.house:
        raise _refused(music, where, "it may have file and credit", "Leave out the other lines.")
    if folder is None:
        raise _refused(music, where, "the brief is not in a file", "Save it, and its music beside it.")
    for problem in _objections(folder, music.file):
        raise _refused(
            music, where, problem, "Put it beside the brief, or name it yourself with --music-file."
        )
    return music.model_copy(update={"file": str(folder.resolve() / music.file)})


def brand_inside(folder: Path | None, brand: BriefBrand, where: str) -> BriefBrand:
    """Return the brand of a brief as ``inside`` does pictures; one by its name is left as it is."""
    if brand.kept is not None:
        raise _refused(brand, where, "it may be a name or a file", "Leave out the other lines.")
    if not brand.file:
        return brand
    if folder is None:
        raise _refused(brand, where, "the brief is not in a file", "Save it, and its brand beside it.")
    for problem in _objections(folder, brand.file):
        raise _refused(brand, where, problem, "Put it beside the brief, or name it yourself with --brand.")
    return brand.model_copy(update={"file": str(folder.resolve() / brand.file)})


def _media_inside(folder: Path | None, media: BriefMedia, where: str) -> BriefMedia:
    if media.kept is not None:
        raise _refused(
            media, where, "it may have file, scene, caption and words", "Leave out the other lines."
        )
    if folder is None:
        raise _refused(media, where, "the brief is not in a file", "Save it, and its footage beside it.")
    for problem in _objections(folder, media.file):
        raise _refused(media, where, problem, _MEDIA_ELSEWHERE)
    return media.model_copy(update={"file": str(folder.resolve() / media.file)})


def _inside(folder: Path | None, picture: BriefPicture, where: str) -> BriefPicture:
    if picture.kept is not None or picture.look is not None:
        raise _refused(picture, where, "it may have file, caption and words", "Leave out the other lines.")
    if folder is None:
        raise _refused(picture, where, "the brief is not in a file", "Save it, and its pictures beside it.")
    for problem in _objections(folder, picture.file):
        raise _refused(picture, where, problem, _ELSEWHERE.format(file=picture.name))
    return picture.model_copy(update={"file": str(folder.resolve() / picture.file)})


def _objections(folder: Path, file: str) -> Iterator[str]:
    if Path(file).is_absolute() or PureWindowsPath(file).is_absolute() or file.startswith("~"):
        yield "its path must be relative to the brief"
    elif ".." in PureWindowsPath(file).parts:
        yield "its path leads out of the brief's folder"
    else:
        try:
            home, place = folder.resolve(), (folder / file).resolve()
        except (OSError, RuntimeError):  # a link that leads to itself
            yield "its path cannot be followed"
            return
        if not place.is_relative_to(home):
            yield "it is a link that leads out of the brief's folder"


def _refused(
    own: BriefPicture | BriefMedia | BriefMusic | BriefBrand, where: str, problem: str, next_step: str
) -> BriefInvalid:
    return BriefInvalid(
        f"{where}: {own.file[:200]!r} cannot be used: {problem}.",
        next_step=next_step,
        context={"field": where, "picture": own.name},
    )
