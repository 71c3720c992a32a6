"""Ornaments: one large abstract figure beside the text, always in motion."""

from collections.abc import Callable
from random import Random
from typing import Protocol

from reelwright.video.engine.ornaments.arcs import Arcs
from reelwright.video.engine.ornaments.bloom import Bloom
from reelwright.video.engine.ornaments.orbit import Orbit
from reelwright.video.engine.ornaments.ripples import Ripples
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.stage import Place

__all__ = ["ORNAMENTS", "Arcs", "Orbit", "Ornament"]


class Ornament(Protocol):
    """A figure in motion."""

    def draw(self, frame: Frame, t: float) -> None:
        """Lay it on the frame as it is at ``t`` seconds; times before 0 are fine."""
        ...


ORNAMENTS: tuple[tuple[str, Callable[[Place, Shade, Random], Ornament]], ...] = (
    ("orbit", Orbit),
    ("arcs", Arcs),
    ("bloom", Bloom),
    ("ripples", Ripples),
)
"""Every ornament by name, in the order in which scenes take them."""
