from collections.abc import Mapping
from typing import Final

from reelwright.production.schema import StatementVisual
from reelwright.video.engine.actors import Actor
from reelwright.video.engine.layouts.illustrated import Spot, box_of, floating, moments_of, on_ground, titled
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Shape

__all__ = ["stage"]

_HERO: Final[Mapping[Shape, Spot]] = {
    "wide": Spot(0.5, 0, 0.5),
    "tall": Spot(0.5, 0, 0.33),
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
    actors = [
        make(setting, picture, spots[shape], moment, phase=1.0 + index)
        for index, (make, picture, spots, moment) in enumerate(
            zip((on_ground, floating), satellites, (_LEFT, _RIGHT), at[1:], strict=False)
        )
    ]
    return [*actors, on_ground(setting, hero, _HERO[shape], at[0]), *text.actors]
