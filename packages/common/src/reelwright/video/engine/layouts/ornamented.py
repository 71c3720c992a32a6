from math import hypot
from random import Random

from reelwright.video.engine.actors import Actor, Iris
from reelwright.video.engine.ornaments import ORNAMENTS, Arcs, Orbit
from reelwright.video.engine.plan import rng_of
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Place, Side

__all__ = ["corner_actors", "ornament_actor"]

_LARGEST_CORNER = 184
_REACH = 1.07
"""How far a figure goes, in radii: bodies on the outer ring stand out a little."""


def ornament_actor(setting: Setting, side: Side) -> list[Actor]:
    """Return the scene's ornament on a side of the text, opening at the start; nothing for ``none``."""
    where = setting.stage.ornament(side)
    if where is None:
        return []
    make = dict(ORNAMENTS)[setting.plan.ornament]
    figure = make(where, setting.shade, rng_of(setting.plan, "ornament"))
    return [Iris(figure, where.x, where.y, round(where.radius * 1.12), 0.05)]


def corner_actors(setting: Setting) -> list[Actor]:
    """Return quarter figures in two opposite corners, which frame centred text and never reach it."""
    width, height = setting.stage.width, setting.stage.height
    text = setting.stage.middle
    free = min(hypot(text.left, text.top), hypot(text.left, height - text.bottom))
    radius = min(setting.px(_LARGEST_CORNER), int(free / _REACH))
    rng = rng_of(setting.plan, "corners")
    low = rng.choice((0, height))
    return [_corner(setting, Place(x, y, radius), rng) for x, y in ((0, low), (width, height - low))]


def _corner(setting: Setting, place: Place, rng: Random) -> Actor:
    turning = setting.plan.ornament in {"arcs", "bloom"}
    figure = Arcs(place, setting.shade, rng) if turning else Orbit(place, setting.shade, rng)
    return Iris(figure, place.x, place.y, round(place.radius * 1.12), 0.1)
