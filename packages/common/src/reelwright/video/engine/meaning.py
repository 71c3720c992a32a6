"""What a sprite means to somebody who looks at the frame: a text to be read, or a picture."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["PICTURE", "Meaning"]


@dataclass(frozen=True, slots=True, eq=False)
class Meaning:
    """A text with its ink, or just that something is a picture."""

    role: Literal["headline", "label", "caption", "picture"]
    text: str = ""
    size: int = 0
    """Of the type, in pixels."""
    ink: npt.NDArray[np.uint8] | None = None
    """The letters, 0 to 255."""
    corner: tuple[int, int] = (0, 0)
    """Where they are in the sprite."""


PICTURE = Meaning("picture")
