"""Animated grounds: each draws one picture for a moment, from nothing but the moment."""

from collections.abc import Callable, Mapping
from random import Random
from typing import Protocol

from reelwright.video.engine.fields.dots import Dots
from reelwright.video.engine.fields.hills import Hills
from reelwright.video.engine.fields.land import Land
from reelwright.video.engine.fields.orbs import Orbs
from reelwright.video.engine.fields.strata import Strata
from reelwright.video.engine.fields.water import Water
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.stage import Stage

__all__ = ["FIELDS", "GROUNDS", "Field"]


class Field(Protocol):
    """A ground in motion."""

    def draw(self, frame: Frame, t: float) -> None:
        """Paint the whole frame as it is at ``t`` seconds; times before 0 are fine."""
        ...


FIELDS: tuple[tuple[str, Callable[[Stage, Shade, Random], Field]], ...] = (
    ("hills", Hills),
    ("orbs", Orbs),
    ("strata", Strata),
    ("dots", Dots),
)
"""Every ground by name, in the order in which scenes take them."""

GROUNDS: Mapping[str, Callable[[Stage, Shade, Random], Field]] = {"land": Land, "water": Water}
"""What a picture can stand on or float on, by name."""
