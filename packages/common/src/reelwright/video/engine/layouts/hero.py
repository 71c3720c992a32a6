import math
from typing import Final, NamedTuple

from reelwright.production.schema import StatementVisual
from reelwright.video.engine.actors import Actor, Iris
from reelwright.video.engine.colour import Rgb, mix
from reelwright.video.engine.layouts.illustrated import Spot, floating, moments_of, titled
from reelwright.video.engine.palette import Palette, Shade
from reelwright.video.engine.pictured import Disc
from reelwright.video.engine.pictures import ScenePicture
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Place, Shape
from reelwright.video.outstanding import plainness

__all__ = ["disc_colours", "hero"]


class _Measures(NamedTuple):
    """Sizes in shares of the height."""

    radius: float
    picture: float
    satellite: float


_MEASURES: Final[dict[Shape, _Measures]] = {
    "wide": _Measures(0.305, 0.46, 0.15),
    "tall": _Measures(0.165, 0.255, 0.085),
    "square": _Measures(0.215, 0.335, 0.12),
}
_OUT: Final = 1.12
_RIM: Final = (-38.0, 142.0)
"""Where on the rim of the disc satellites sit, in degrees clockwise from the right."""
_WHITE: Final = Rgb(255, 255, 255)
_CLEARER: Final = 0.12
"""How much more plainly a picture must show on another disc for that to be taken."""
_CORNERED: Final = 0.88
"""A picture with corners is drawn so much smaller: they stay on the disc."""
_USUAL: Final[dict[Shape, float]] = {"wide": 72, "tall": 78, "square": 66}


def hero(visual: StatementVisual, setting: Setting) -> list[Actor]:
    """Show one picture on a disc, as large as can be, with the headline beside it or under it."""
    picture, satellites = setting.pictures.hero, setting.pictures.satellites
    assert picture is not None  # noqa: S101 (a layout that is only taken with a picture)
    plate = _plate(setting)
    stage, measures = setting.stage, _MEASURES[setting.stage.shape]
    at = moments_of(setting, (picture, *satellites), first=0.1)
    outer, inner = disc_colours(setting.plan.palette, setting.shade, picture)
    disc = Disc((plate.x, plate.y), plate.radius, outer, inner)
    actors: list[Actor] = [Iris(disc, plate.x, plate.y, plate.radius + 4, 0.0)]
    size = measures.picture * (_CORNERED if picture.fills_its_square() else 1.0)
    middle = Spot(plate.x / stage.width, plate.y / stage.height, size)
    actors.append(floating(setting, picture, middle, at[0]))
    for index, (each, degrees) in enumerate(zip(satellites, _rim(setting), strict=False)):
        turn = math.radians(degrees)
        out = _OUT * plate.radius
        x, y = plate.x + out * math.cos(turn), plate.y + out * math.sin(turn)
        spot = Spot(x / stage.width, y / stage.height, measures.satellite)
        actors.append(floating(setting, each, spot, at[1 + index], phase=1.5 + index))
    box = _text_box(setting, plate)
    usual = _USUAL[stage.shape]
    wide = stage.shape == "wide"
    text = titled(
        setting,
        visual.text,
        box,
        usual=usual,
        emphasis=visual.emphasis,
        across="left" if wide else "centre",
        down="middle" if wide else "top",
    )
    return [*actors, *text.actors]


def _plate(setting: Setting) -> Place:
    stage, area = setting.stage, setting.stage.content
    radius = round(_MEASURES[stage.shape].radius * stage.height)
    if stage.shape != "wide":
        return Place(stage.width // 2, area.top + radius, radius)
    x = 0.735 if setting.plan.variant == "right" else 0.265
    return Place(round(x * stage.width), (area.top + area.bottom) // 2, radius)


def _rim(setting: Setting) -> tuple[float, float]:
    """Satellites keep away from the text."""
    if setting.stage.shape == "wide" and setting.plan.variant == "left":
        return 180 - _RIM[0], 180 - _RIM[1]
    return _RIM


def _text_box(setting: Setting, plate: Place) -> Box:
    area, gap = setting.stage.content, setting.px(58)
    if setting.stage.shape != "wide":
        top = plate.y + plate.radius + setting.px(40)
        return Box(area.left, top, area.right, area.bottom)
    if setting.plan.variant == "right":
        return Box(area.left, area.top, plate.x - plate.radius - gap, area.bottom)
    return Box(plate.x + plate.radius + gap, area.top, area.right, area.bottom)


def disc_colours(palette: Palette, shade: Shade, picture: ScenePicture) -> tuple[Rgb, Rgb]:
    """Return the outer and the inner colour of the disc that a picture shows on: the usual one if it does."""
    usual, *others = _pairs(palette, shade)
    tones = picture.tones()
    shown = {pair: plainness(tones, pair[1]) for pair in (usual, *others)}
    best = max(others, key=shown.__getitem__)
    return best if shown[best] > shown[usual] + _CLEARER else usual


def _pairs(palette: Palette, shade: Shade) -> tuple[tuple[Rgb, Rgb], ...]:
    """Return the usual colours of a disc, and those for pictures that would be lost on it."""
    if shade.tone == "light":
        far, near, _ = shade.ground
        deep, deeper = (mix(palette.dark.bottom, _WHITE, share) for share in (0.06, 0.16))
        usual = mix(far, shade.bottom, 0.1), mix(far, shade.bottom, 0.42)
        return usual, (near, mix(near, far, 0.3)), (deep, deeper)
    deep, deeper, pale, paler = (mix(shade.bottom, _WHITE, share) for share in (0.14, 0.24, 0.62, 0.78))
    return (deep, deeper), (pale, paler)
