"""The designed stills of a production: what each shows, how it was measured, and which was kept."""

from typing import Annotated

from pydantic import Field

from reelwright.production.visuals import Frozen
from reelwright.storage.schema import Artifact

__all__ = ["Thumbnail", "ThumbnailMeasures"]

_Share = Annotated[float, Field(ge=0, le=1)]


class ThumbnailMeasures(Frozen):
    """What was measured on the drawn pixels of one thumbnail."""

    contrast: Annotated[float, Field(ge=1, le=21)]
    """The lowest ratio of WCAG 2.2 between a word and what lies around its letters."""
    picture_share: _Share
    """Of the frame, covered by pictures."""
    words_share: _Share
    """Of the frame, covered by words and their plates."""
    words: Annotated[int, Field(ge=0)]
    small_px: Annotated[float, Field(ge=0)]
    """Height of the lowest line's letters where the thumbnail is 168 pixels wide."""
    calm: _Share
    """How even the ground behind the words is; 1 for one colour."""
    relation: _Share
    """How surely its picture shows the topic, as the matcher scored it; 0 without a picture."""


class Thumbnail(Frozen):
    """One candidate."""

    composition: str
    words: str
    picture: str = ""
    """Names of what it shows; empty where it is typographic."""
    image: Artifact
    score: Annotated[float, Field(ge=0, le=100)]
    measures: ThumbnailMeasures
    why: str
    """What its score is made of, in words."""
