"""The brand of a video: whose it is to be seen to be, as it was copied when the production began."""

import os
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from reelwright.production.visuals import Frozen
from reelwright.storage.schema import Artifact

__all__ = ["Brand", "BriefBrand"]

_Share = Annotated[float, Field(ge=0, le=1)]
_Colour = Annotated[str, StringConstraints(pattern=r"^(#[0-9A-Fa-f]{6})?$")]


class Brand(Frozen):
    """A brand with its files in the store."""

    name: Annotated[str, StringConstraints(max_length=100)]
    title: Annotated[str, StringConstraints(max_length=60)] = ""
    logo: Artifact | None = None
    """PNG or SVG."""
    corner: Literal["top-left", "top-right", "bottom-left", "bottom-right"] = "top-right"
    size: Annotated[float, Field(ge=0.02, le=0.2)] = 0.07
    """Height of the logo, as a share of the shorter side of the picture."""
    opacity: _Share = 0.9
    margin: Annotated[float, Field(ge=0, le=0.1)] = 0.03
    font: Artifact | None = None
    """The typeface of headlines, TTF or OTF."""
    font_family: Annotated[str, StringConstraints(max_length=200)] = ""
    """What that is called; without a file a family that engines look for where they draw."""
    intro: Artifact | None = None
    """A clip before the first scene."""
    outro: Artifact | None = None
    """A clip after the last."""
    intro_card: bool = False
    outro_card: bool = False
    card_seconds: Annotated[float, Field(ge=1, le=6)] = 2.0
    dark: _Colour = ""
    light: _Colour = ""
    accent: _Colour = ""


class BriefBrand(Frozen):
    """Which brand a brief asks for: by its name in the settings or by its file. A text may stand for it."""

    name: Annotated[str, StringConstraints(max_length=40)] = ""
    """``none`` for none, whatever the settings say."""
    file: Annotated[str, StringConstraints(max_length=1_000)] = ""
    """A TOML file with the keys of a brand of the settings; only its name once it is kept."""
    kept: Brand | None = None
    """What the production works from. None until it begins."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if not isinstance(value, str | os.PathLike):
            return value
        text = os.fspath(value)
        return {"file": text} if text.lower().endswith(".toml") else {"name": text}

    @model_validator(mode="after")
    def _either(self) -> "BriefBrand":
        if bool(self.name) == bool(self.file):
            raise ValueError("a brand is named by its name or by its file")
        return self
