"""Music that a brief brings: where it is, what is owed for it, where it is kept."""

import os
import unicodedata
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator, model_validator

from reelwright.production.text import clean_line
from reelwright.production.visuals import Frozen
from reelwright.storage.schema import Artifact

__all__ = ["BriefMusic"]

_MAX_FILE_CHARS = 1_000


class BriefMusic(Frozen):
    """A piece of the user's own, in place of a composed bed. A path alone may stand for it."""

    file: Annotated[str, StringConstraints(min_length=1, max_length=_MAX_FILE_CHARS)]
    """Where it is; only its name once it is kept."""
    credit: Annotated[str, StringConstraints(max_length=300)] = ""
    """Whose it is and by which licence it may be used: it goes under the description."""
    kept: Artifact | None = None
    """The copy that the production works from. None until it is copied."""
    seconds: Annotated[float, Field(ge=0, le=86_400)] = 0.0
    """How long it plays; found out when it is copied."""
    house: bool = False
    """The settings bring it, not the brief."""

    _clean_credit = field_validator("credit", mode="before")(clean_line)

    @model_validator(mode="before")
    @classmethod
    def _from_path(cls, value: object) -> object:
        return {"file": os.fspath(value)} if isinstance(value, str | os.PathLike) else value

    @field_validator("file")
    @classmethod
    def _printable(cls, value: str) -> str:
        if any(unicodedata.category(character) == "Cc" for character in value):
            raise ValueError("a file's name has no control characters")
        return value

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self.file.replace("\\", "/").rstrip("/").rpartition("/")[2] or self.file
