"""Pieces that layouts with pictures share: a headline in a box, and pictures at their places and times."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from reelwright.video.counting import stem_of, words_behind
from reelwright.video.engine import timing
from reelwright.video.engine.actors import Actor
from reelwright.video.engine.colour import Rgb, mix
from reelwright.video.engine.emphasis import emphasised
from reelwright.video.engine.fields.curves import Curve
from reelwright.video.engine.fields.outdoors import open_sky, range_curves, wave_curves
from reelwright.video.engine.fit import TextStyle, fit
from reelwright.video.engine.layouts.blocks import Block, headline, headline_size, words_of
from reelwright.video.engine.pictured import Floating, Riding, Standing
from reelwright.video.engine.pictures import ScenePicture
from reelwright.video.engine.plan import rng_of
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.typeset import Across, Down

__all__ = ["Spot", "box_of", "floating", "moments_of", "on_ground", "outdoors", "titled"]

_LATEST_SECONDS = 0.3
"""A picture that is spoken of later is shown by then all the same: its place looks broken otherwise."""
_STAGGER_SECONDS = 0.35
_STANDS_LEFT_SECONDS = 0.9
_HANGING, _CLEAR_OF_GROUND = 0.82, 0.02
"""Size of what hangs, in that of what stands there, and how far over the ground, in the frame's height."""
_SUNK, _MOST_SUNK = 0.12, 0.028
"""How much of a picture is under water, in its own height, and at most in the frame's."""


class Spot(NamedTuple):
    """A place in shares of the frame: across, down, and a size in shares of the height."""

    x: float
    y: float
    size: float


def box_of(setting: Setting, left: float, top: float, right: float, bottom: float) -> Box:
    """Return a box of shares of the frame, cut to the safe area."""
    stage = setting.stage
    box = Box(
        round(left * stage.width),
        round(top * stage.height),
        round(right * stage.width),
        round(bottom * stage.height),
    )
    return box.clipped(stage.content)


def titled(
    setting: Setting,
    text: str,
    box: Box,
    *,
    usual: float,
    emphasis: str = "",
    across: Across = "left",
    down: Down = "middle",
    max_lines: int = 6,
) -> Block:
    """Return the headline in a box, at the largest size that fits."""
    size = headline_size(setting, text, usual)
    style = TextStyle("heavy", size, setting.px(22), leading=1.13, max_lines=max_lines)
    fitted = fit(text, box.width, box.height, style)
    accented = emphasised(words_of(fitted), emphasis)
    return headline(setting, fitted, box, across=across, down=down, accented=accented)


def moments_of(setting: Setting, pictures: Sequence[ScenePicture], first: float = 0.05) -> list[float]:
    """Return when each picture enters: a moment before it is spoken of, the first early in any case."""
    found: list[float] = []
    for index, picture in enumerate(pictures):
        heard = _heard(setting, picture)
        usual = first + _STAGGER_SECONDS * index
        wished = usual if heard is None else timing.cue_of(heard, setting.duration)
        latest = _LATEST_SECONDS if index == 0 else setting.duration - _STANDS_LEFT_SECONDS
        found.append(max(min(wished, latest), min(usual, latest), 0.04))
    return found


def floating(setting: Setting, picture: ScenePicture, spot: Spot, at: float, *, phase: float = 0.0) -> Actor:
    """Return a picture that hangs at a spot."""
    stage = setting.stage
    middle = round(spot.x * stage.width), round(spot.y * stage.height)
    sprites = picture.sprites(round(spot.size * stage.height))
    return Floating(sprites, middle, at, drift=setting.px(6), phase=phase, seconds=3.8 + 0.5 * (phase % 2))


def outdoors(
    setting: Setting,
    pictures: Sequence[ScenePicture],
    grounds: Sequence[Spot],
    skies: Sequence[Spot],
    moments: Sequence[float],
) -> list[Actor]:
    """Return pictures beside the scene's own: each on the next free ground, or in the sky if it flies."""
    actors: list[Actor] = []
    free = {True: list(skies), False: list(grounds)}
    for index, (picture, at) in enumerate(zip(pictures, moments, strict=False)):
        spots = free[picture.use.aloft]
        if spots:
            make = floating if picture.use.aloft else on_ground
            actors.append(make(setting, picture, spots.pop(0), at, phase=1.0 + index))
    return actors


def on_ground(setting: Setting, picture: ScenePicture, spot: Spot, at: float, *, phase: float = 0.0) -> Actor:
    """Return a picture that stands on the land or rides on the water of its scene, or hangs if it flies.

    ``spot.y`` is used only for one that flies, and where it is 0 a place above the ground is taken.
    """
    stage = setting.stage
    if picture.use.aloft:
        high = spot if spot.y else _above(setting, spot, picture)
        return floating(setting, picture, high, at, phase=phase)
    x = round(spot.x * stage.width)
    sprites = picture.sprites(round(spot.size * stage.height))
    if setting.plan.field == "water":
        line = wave_curves(stage, rng_of(setting.plan, "field"))[1]
        sunk = min(_SUNK, _MOST_SUNK * stage.height / max(1, sprites.height))
        return Riding(sprites, x, lambda column, t: _row(line, column / stage.width, t), at, sunk=sunk)
    line = range_curves(stage, rng_of(setting.plan, "field"))[1]
    foot = x, round(_row(line, spot.x, 0.0) + 0.018 * stage.height)
    shadow = mix(setting.shade.ground[2], Rgb(0, 0, 0), 0.55)
    return Standing(sprites, foot, at, phase=phase, shadow=shadow)


def _above(setting: Setting, spot: Spot, picture: ScenePicture) -> Spot:
    """Return the spot so high, and what hangs there so small, that it is clear of ground and headline."""
    stage = setting.stage
    if (
        picture.use.source == "user"
    ):  # photographs and logos are broader than high, and a photograph has no ground
        foot = (stage.content.bottom if picture.use.photo else open_sky(stage)) / stage.height
        return spot._replace(y=foot - 0.32 * spot.size)
    line = range_curves(stage, rng_of(setting.plan, "field"))[1]
    size = _HANGING * spot.size
    foot = _row(line, spot.x, 0.0) / stage.height
    return spot._replace(y=foot - _CLEAR_OF_GROUND - size / 2, size=size)


def _row(line: Curve, x: float, t: float) -> float:
    return float(line.rows(np.asarray([x]), t)[0])


def _heard(setting: Setting, picture: ScenePicture) -> float | None:
    """Return when a picture is spoken of: the words that it was found by, or else its name."""
    stems = [stem_of(name) for name in words_behind(picture.use)]
    for word in setting.words:
        said = timing.normalise(word.text)
        if any(said.startswith(stem) for stem in stems):
            return word.start_seconds
    return None
