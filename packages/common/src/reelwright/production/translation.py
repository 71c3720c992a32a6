"""What a brief says that asks for a video again in another language."""

from typing import Annotated

from pydantic import Field, StringConstraints

from reelwright.production.visuals import Frozen
from reelwright.storage.schema import Artifact

__all__ = ["ReusedFootage", "Translation"]

_MAX_SCENES = 240


class ReusedFootage(Frozen):
    """The clip of one scene that nobody drew here: a vendor was paid for it, or the user brought it."""

    scene_index: Annotated[int, Field(ge=0, lt=_MAX_SCENES)]
    media: Artifact
    frames: Annotated[int, Field(ge=1)]
    fps: Annotated[int, Field(ge=1)]
    width: int
    height: int


class Translation(Frozen):
    """The video that is told again: its script, and the footage of it that is shown again."""

    original: Annotated[str, StringConstraints(pattern=r"^prod_[0-9A-Z]{26}$")]
    """The production that it is told from."""
    language: str
    """That one's."""
    script: Artifact
    """That one's script, as JSON."""
    brought: Artifact | None = None
    """The translated script, as JSON, if somebody brought it: then no model is asked."""
    footage: Annotated[tuple[ReusedFootage, ...], Field(max_length=_MAX_SCENES)] = ()
