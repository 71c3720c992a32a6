from collections.abc import Mapping
from typing import Final

from reelwright.production.schema import StatementVisual
from reelwright.video.engine.actors import Actor
from reelwright.video.engine.layouts.illustrated import Spot, box_of, moments_of, on_ground, outdoors, titled
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Shape

__all__ = ["stage"]

_HERO: Final[Mapping[Shape, Spot]] = {
    "wide": Spot(0.5, 0, 0.47),
    "tall": Spot(0.5, 0, 0.29),
    "square": Spot(0.5, 0, 0.42),
}
_LEFT: Final[Mapping[Shape, Spot]] = {
    "wide": Spot(0.255, 0, 0.2),
    "tall": Spot(0.135, 0, 0.1),
    "square": Spot(0.16, 0, 0.19),
}
_RIGHT: Final[Mapping[Shape, Spot]] = {
    "wide": Spot(0.76, 0.46, 0.18),
    "tall": Spot(0.86, 0.41, 0.095),
    "square": Spot(0.845, 0.47, 0.17),
}
_HEADLINE_FOOT: Final[Mapping[Shape, float]] = {"wide": 0.285, "tall": 0.325, "square": 0.315}
_USUAL: Final[Mapping[Shape, float]] = {"wide": 66, "tall": 76, "square": 64}


def stage(visual: StatementVisual, setting: Setting) -> list[Actor]:
    """Stand the picture in the middle under its headline, and what belongs to it on both sides."""
    hero, satellites = setting.pictures.hero, setting.pictures.satellites
    assert hero is not None  # noqa: S101 (a layout that is only taken with a picture)
    shape = setting.stage.shape
    at = moments_of(setting, (hero, *satellites))
    box = box_of(setting, 0.0, 0.0, 1.0, _HEADLINE_FOOT[shape])
    text = titled(
        setting, visual.text, box, usual=_USUAL[shape], emphasis=visual.emphasis, across="centre", down="top"
    )
    actors = outdoors(
        setting,
        satellites,
        (_LEFT[shape], _RIGHT[shape]._replace(y=0.0)),
        (_RIGHT[shape], _LEFT[shape]._replace(y=_RIGHT[shape].y)),
        at[1:],
    )
    return [*actors, on_ground(setting, hero, _HERO[shape], at[0]), *text.actors]
