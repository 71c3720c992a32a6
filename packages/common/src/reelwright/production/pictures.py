"""Pictures and footage that a brief brings: what they are called, what they show, where they are kept."""

import os
import unicodedata
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator, model_validator

from reelwright.production.text import clean_line
from reelwright.production.visuals import Frozen
from reelwright.storage.schema import Artifact

__all__ = ["MAX_MEDIA", "MAX_PICTURES", "BriefMedia", "BriefPicture", "PictureLook"]

MAX_PICTURES = 20
"""Of one brief: a video of twenty minutes has not many more scenes that a picture can open."""
MAX_MEDIA = 60
"""Of one brief: one each for the scenes of a long video."""
_MAX_FILE_CHARS = 1_000
_MAX_ADDRESS_CHARS = 2_000
_MAX_SCENE = 240
_MAX_CAPTION_CHARS = 200
_MAX_WORDS = 12

PictureLook = Literal["photograph", "cut-out"]
"""A photograph fills its rectangle; a cut-out, such as a logo, has nothing around what it shows."""

_Word = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class _OwnFile(Frozen):
    """How a file of the user's own is named: both kinds have the fields ``file`` and ``words``."""

    @model_validator(mode="before")
    @classmethod
    def _from_path(cls, value: object) -> object:
        return {"file": value} if isinstance(value, str | os.PathLike) else value

    @field_validator("file", mode="before", check_fields=False)
    @classmethod
    def _as_text(cls, value: object) -> object:
        return os.fspath(value) if isinstance(value, os.PathLike) else value

    @field_validator("file", check_fields=False)
    @classmethod
    def _printable(cls, value: str) -> str:
        if any(unicodedata.category(character) == "Cc" for character in value):
            raise ValueError("a file's name has no control characters")
        return value

    @field_validator("words", mode="before", check_fields=False)
    @classmethod
    def _clean_words(cls, value: object) -> object:
        parts = value.split(",") if isinstance(value, str) else value
        return tuple(map(clean_line, parts)) if isinstance(parts, list | tuple) else parts


class BriefPicture(_OwnFile):
    """One picture of the user's own. A path alone, or a text that is one, may stand for it."""

    file: Annotated[str, StringConstraints(min_length=1, max_length=_MAX_FILE_CHARS)]
    """Where it is; only its name once it is kept. The words of the name say what it shows."""
    caption: Annotated[str, StringConstraints(max_length=_MAX_CAPTION_CHARS)] = ""
    """What it shows, in a few words."""
    words: Annotated[tuple[_Word, ...], Field(max_length=_MAX_WORDS)] = ()
    """What it stands for wherever they are said, whatever its name and caption are."""
    kept: Artifact | None = None
    """The copy that the production works from; its hash is the picture's name. None until it is copied."""
    look: PictureLook | None = None
    """How it is drawn; found out when it is copied."""

    _clean_caption = field_validator("caption", mode="before")(clean_line)

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.file.replace("\\", "/").rstrip("/").rpartition("/")[2] or self.file


class BriefMedia(_OwnFile):
    """One clip of the user's own. A path or an https address alone, as a text, may stand for it.

    It is shown in the scene of that number, or else where its words are said, like a picture.
    """

    file: Annotated[str, StringConstraints(min_length=1, max_length=_MAX_ADDRESS_CHARS)]
    """Where it is; only its name once it is kept, for an address may hold a secret."""
    scene: Annotated[int, Field(ge=1, le=_MAX_SCENE)] | None = None
    """The number of the scene that it is for, from 1."""
    caption: Annotated[str, StringConstraints(max_length=_MAX_CAPTION_CHARS)] = ""
    words: Annotated[tuple[_Word, ...], Field(max_length=_MAX_WORDS)] = ()
    """What it stands for wherever they are said, whatever its name and caption are."""
    kept: Artifact | None = None
    """The copy that the production works from. None until it is copied."""

    _clean_caption = field_validator("caption", mode="before")(clean_line)

    @property
    def is_remote(self) -> bool:
        """Whether it is fetched from an address."""
        return "://" in self.file

    @property
    def name(self) -> str:
        """The file's name without its folder, and without what an address asks for."""
        path = self.file.partition("?")[0].partition("#")[0] if self.is_remote else self.file
        return path.replace("\\", "/").rstrip("/").rpartition("/")[2] or "media"
