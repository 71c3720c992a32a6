"""What the layouts for comparisons, flows, timelines and maps share: a heading, the moments of items."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from reelwright.video.engine import timing
from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.emphasis import emphasised
from reelwright.video.engine.fit import TextStyle, fit
from reelwright.video.engine.layouts.blocks import Block, headline, words_of
from reelwright.video.engine.planes import Box, Bytes
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.shapes import rounded
from reelwright.video.engine.sprites import Sprite
from reelwright.video.engine.typeset import Across
from reelwright.video.engine.wrap import WEAK_WORDS

__all__ = ["arrow_head", "heading", "item_moments", "shadowed"]

_FINER = 4
"""Shapes are drawn this much larger and shrunk, for smooth edges."""
_SHADOW_OPACITY = 0.16


def heading(setting: Setting, text: str, area: Box, *, across: Across = "left") -> tuple[Block, Box]:
    """Place a heading at the top of an area; return it, and what the area has left."""
    wide = setting.stage.shape == "wide"
    style = TextStyle("heavy", setting.px(54 if wide else 58), setting.px(26), leading=1.14, max_lines=2)
    fitted = fit(text, area.width, setting.px(118 if wide else 150), style)
    if not fitted.lines:
        return Block((), Box(area.left, area.top, area.right, area.top)), area
    accented = emphasised(words_of(fitted))
    block = headline(setting, fitted, area, across=across, down="top", accented=accented)
    return block, Box(area.left, block.box.bottom + setting.px(30), area.right, area.bottom)


def item_moments(items: Sequence[str], setting: Setting) -> list[float]:
    """Return when each item enters, never falling: when its first word of weight is spoken.

    The first comes in time for a viewer's patience; what is not spoken is spaced between the others.
    """
    heard: list[float | None] = []
    after = 0
    for item in items:
        found = _heard(item, setting, after)
        heard.append(None if found is None else setting.words[found].start_seconds)
        after = after if found is None else found + 1
    wished = [None if moment is None else timing.cue_of(moment, setting.duration) for moment in heard]
    return timing.in_time(timing.spread(wished, setting.duration))


def arrow_head(width: int, height: int, *, downwards: bool = False) -> Bytes:
    """Return a triangle that points to the right, or down, as a mask."""
    image = Image.new("L", (width * _FINER, height * _FINER))
    right, bottom = width * _FINER - 1, height * _FINER - 1
    corners = [(0, 0), (right, 0), (right // 2, bottom)] if downwards else [(0, 0), (right, bottom // 2)]
    ImageDraw.Draw(image).polygon([*corners, *([] if downwards else [(0, bottom)])], fill=255)
    return np.asarray(image.reduce(_FINER))


def shadowed(setting: Setting, plate: Box, radius: float, colour: Rgb) -> tuple[Sprite, Sprite]:
    """Return a plate's soft shadow and the plate itself, both with their origin at its corner."""
    reach = max(2, setting.px(10))
    layers = [_ring(plate, radius, reach, step / reach) for step in range(reach)]
    mask = np.mean(layers, axis=0).astype(np.uint8)
    drop = setting.px(6)
    shade = Sprite.solid(
        mask, setting.plan.palette.dark.card, left=-reach, top=drop - reach, opacity=_SHADOW_OPACITY
    )
    return shade, Sprite.solid(rounded(plate.width, plate.height, radius), colour)


def _ring(plate: Box, radius: float, reach: int, share: float) -> Bytes:
    """Return a plate grown by a share of the reach, in the room of the whole."""
    by = round(share * reach)
    whole = np.zeros((plate.height + 2 * reach, plate.width + 2 * reach), np.uint8)
    edge = reach - by
    own = rounded(plate.width + 2 * by, plate.height + 2 * by, radius + by)
    whole[edge : edge + own.shape[0], edge : edge + own.shape[1]] = own
    return whole


def _heard(item: str, setting: Setting, after: int) -> int | None:
    """Return which spoken word, not before ``after``, is the item's first word of weight."""
    words = item.split()
    places = timing.align(words, setting.words[after:])
    heard = [(place, word) for place, word in zip(places, words, strict=True) if place is not None]
    telling = [place for place, word in heard if word.casefold() not in WEAK_WORDS]
    first = next(iter(telling or [place for place, _ in heard]), None)
    return None if first is None else first + after
