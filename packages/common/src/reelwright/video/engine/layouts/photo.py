from collections.abc import Mapping
from typing import Final

from reelwright.production.schema import StatementVisual, TitleVisual
from reelwright.video.engine.actors import Actor, Appear
from reelwright.video.engine.layouts.illustrated import Spot, floating, moments_of, titled
from reelwright.video.engine.layouts.parts import shadowed
from reelwright.video.engine.photos import Photo, cropped
from reelwright.video.engine.pictures import ScenePicture
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Shape

__all__ = ["photo", "window_of"]

_SHARES: Final[Mapping[Shape, float]] = {"wide": 0.53, "tall": 0.55, "square": 0.56}
"""Of the content's width in wide frames, of its height in others, for the photograph."""
_NARROWEST: Final = 0.8
_BROADEST: Final[Mapping[Shape, float]] = {"wide": 1.5, "tall": 1.5, "square": 1.78}
"""Proportions that a photograph is cut to, across to down."""
_USUAL: Final[Mapping[Shape, float]] = {"wide": 70, "tall": 78, "square": 64}
_BESIDE: Final[Mapping[Shape, float]] = {"wide": 0.15, "tall": 0.085, "square": 0.13}


def photo(visual: TitleVisual | StatementVisual, setting: Setting) -> list[Actor]:
    """Hang the photograph, as large as the words leave room for, with the headline beside or under it."""
    picture, satellites = setting.pictures.hero, setting.pictures.satellites
    assert picture is not None  # noqa: S101 (a layout that is only taken with a picture)
    shape = setting.stage.shape
    image = picture.whole(max(setting.stage.width, setting.stage.height))
    window = window_of(setting, image.width / image.height)
    at = min(0.15, moments_of(setting, (picture,))[0])
    rim, radius = setting.px(9), setting.px(30)
    plate = window.grown(rim)
    shadow, ground = shadowed(setting, plate, radius + rim, setting.plan.palette.light.card)
    way = 1 if setting.plan.scene_index % 2 else -1
    hung = Photo(
        cropped(image, window.width, window.height), window, at, setting.duration, radius=radius, way=way
    )
    text, emphasis = (visual.title, "") if isinstance(visual, TitleVisual) else (visual.text, visual.emphasis)
    wide = shape == "wide"
    words = titled(
        setting,
        text,
        _text_box(setting, plate),
        usual=_USUAL[shape],
        emphasis=emphasis,
        across="left" if wide else "centre",
        down="middle" if wide else "top",
    )
    return [
        Appear(shadow, plate.left, plate.top, at, setting.px(20)),
        Appear(ground, plate.left, plate.top, at, setting.px(20)),
        hung,
        *_beside(setting, satellites, plate),
        *words.actors,
    ]


def window_of(setting: Setting, proportion: float) -> Box:
    """Return where a photograph of these proportions (across to down) hangs."""
    area, shape = setting.stage.content, setting.stage.shape
    shown = min(_BROADEST[shape], max(_NARROWEST, proportion))
    if shape == "wide":
        width, height = round(area.width * _SHARES[shape]), area.height
    else:
        width, height = area.width, round(area.height * _SHARES[shape])
    across = min(width, round(height * shown))
    down = min(height, round(width / shown))
    if shape != "wide":
        left = (area.left + area.right - across) // 2
        return Box(left, area.top, left + across, area.top + down)
    left = area.left if setting.plan.variant == "left" else area.right - across
    top = (area.top + area.bottom - down) // 2
    return Box(left, top, left + across, top + down)


def _text_box(setting: Setting, plate: Box) -> Box:
    area, gap = setting.stage.content, setting.px(46)
    if setting.stage.shape != "wide":
        return Box(area.left, plate.bottom + setting.px(34), area.right, area.bottom)
    if setting.plan.variant == "left":
        return Box(plate.right + gap, area.top, area.right, area.bottom)
    return Box(area.left, area.top, plate.left - gap, area.bottom)


def _beside(setting: Setting, pictures: tuple[ScenePicture, ...], plate: Box) -> list[Actor]:
    """Pin what belongs to it to the corners of the plate that are away from the words."""
    if not pictures:
        return []
    stage = setting.stage
    size = _BESIDE[stage.shape]
    inset = 0.24 * size * stage.height
    on_left = stage.shape == "wide" and setting.plan.variant == "left"
    x = plate.left + inset if on_left else plate.right - inset
    other = x if stage.shape == "wide" else plate.left + inset
    places = ((x, plate.bottom - 0.6 * size * stage.height), (other, plate.top + inset))
    moments = moments_of(setting, pictures, first=0.5)
    return [
        floating(setting, picture, Spot(x / stage.width, y / stage.height, size), at, phase=1.5 + index)
        for index, (picture, (x, y), at) in enumerate(zip(pictures, places, moments, strict=False))
    ]
