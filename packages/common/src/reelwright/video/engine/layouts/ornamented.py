from random import Random

from reelwright.video.engine.actors import Actor, Iris
from reelwright.video.engine.ornaments import ORNAMENTS, Arcs, Orbit
from reelwright.video.engine.plan import rng_of
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Place, Side

__all__ = ["corner_actors", "ornament_actor"]

_CORNER_RADIUS = {"wide": 190, "tall": 190, "square": 132}


def ornament_actor(setting: Setting, side: Side) -> list[Actor]:
    """Return the scene's ornament on a side of the text, opening at the start; nothing for ``none``."""
    where = setting.stage.ornament(side)
    if where is None:
        return []
    make = dict(ORNAMENTS)[setting.plan.ornament]
    figure = make(where, setting.shade, rng_of(setting.plan, "ornament"))
    return [Iris(figure, where.x, where.y, round(where.radius * 1.12), 0.05)]


def corner_actors(setting: Setting) -> list[Actor]:
    """Return quarter figures in two opposite corners, which frame centred text."""
    width, height = setting.stage.width, setting.stage.height
    radius = setting.px(_CORNER_RADIUS[setting.stage.shape])
    rng = rng_of(setting.plan, "corners")
    low = rng.choice((0, height))
    return [_corner(setting, Place(x, y, radius), rng) for x, y in ((0, low), (width, height - low))]


def _corner(setting: Setting, place: Place, rng: Random) -> Actor:
    turning = setting.plan.ornament in {"arcs", "bloom"}
    figure = Arcs(place, setting.shade, rng) if turning else Orbit(place, setting.shade, rng)
    return Iris(figure, place.x, place.y, round(place.radius * 1.12), 0.1)
