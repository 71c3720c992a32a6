"""Colours moved no further than they must be."""

from collections.abc import Callable

from reelwright.video.engine.colour import Rgb, mix

__all__ = ["first_that"]

_STEPS = 40


def first_that(colour: Rgb, towards: Rgb, fits: Callable[[Rgb], bool]) -> Rgb:
    """Return the first colour that fits on the way to another one, and that one where none before it does."""
    for step in range(_STEPS):
        found = mix(colour, towards, step / _STEPS)
        if fits(found):
            return found
    return towards
