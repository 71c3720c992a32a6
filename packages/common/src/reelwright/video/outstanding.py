"""How a picture stands out on a palette: the distance, to the eye, of its colours from what it is laid on."""

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from PIL import Image

from reelwright.video.engine.colour import Oklab, Rgb, mix, oklab
from reelwright.video.engine.palette import Palette, Shade
from reelwright.video.pictures.errors import PackDamaged, PictureUnusable
from reelwright.video.pictures.pack import PicturePack
from reelwright.video.pictures.raster import raster_file, raster_svg
from reelwright.video.pictures.tones import Tone, tones_of
from reelwright.video.schema import PictureUse

__all__ = ["Look", "echo_of", "look_of", "plainness", "shortfall_of", "standing_out"]

_PROBE_PIXELS: Final = 64
_PLAIN: Final = 0.55
"""This far apart, nobody looks twice to see a picture."""
_HUE: Final = 2.0
"""Oklab's two axes of colour, stretched: unstretched they count too little beside lightness (Ottosson)."""
_NEEDED: Final = 0.8
"""Of a picture's colours, weighed by how plainly they show, that much is enough."""
_ON_GROUND: Final = 0.35
"""How much of a picture stands before the hills rather than before the sky, over all layouts."""
_COLOURFUL: Final = 0.06
_AKIN_DEGREES: Final = 50.0


class Look(NamedTuple):
    """What a picture looks like from afar."""

    name: str
    tones: tuple[Tone, ...]


def look_of(use: PictureUse, pack: PicturePack | None) -> Look | None:
    """Return the look of a picture; None for one that is not here or cannot be drawn."""
    with suppress(PictureUnusable, PackDamaged, KeyError, ImportError):
        image = _drawn(use, pack)
        tones = tones_of(image) if image else ()
        return Look(use.name, tones) if tones else None
    return None


def standing_out(look: Look, shade: Shade) -> float:
    """Return how plainly a picture shows on a shade, 0 to 1: its colours, each by its share."""
    sky = plainness(look.tones, mix(shade.top, shade.bottom, 0.5))
    return (1 - _ON_GROUND) * sky + _ON_GROUND * plainness(look.tones, shade.ground[1])


def plainness(tones: Sequence[Tone], ground: Rgb) -> float:
    """Return how plainly a picture of these colours shows on a ground, 0 to 1; 1 for one without any."""
    behind = oklab(ground)
    weight = sum(tone.share for tone in tones)
    return sum(tone.share * _plain(tone.colour, behind) for tone in tones) / weight if weight else 1.0


def shortfall_of(look: Look, palette: Palette) -> float:
    """Return how much is missing for a picture to stand out on both shades of a palette, 0 to 1."""
    shades = (palette.dark, palette.light)
    return sum(max(0.0, 1 - standing_out(look, shade) / _NEEDED) for shade in shades) / len(shades)


def echo_of(look: Look, palette: Palette) -> float:
    """Return how much of a picture has a colour that the palette's ornaments and accents take up, 0 to 1."""
    return max(
        (
            tone.share * _akin(oklab(tone.colour), accent)
            for tone in look.tones
            for accent in _accents(palette)
        ),
        default=0.0,
    )


def _drawn(use: PictureUse, pack: PicturePack | None) -> Image.Image | None:
    if use.path is not None:
        return raster_file(use.path, _PROBE_PIXELS)
    return raster_svg(pack.svg(use.name), _PROBE_PIXELS) if pack else None


def _plain(colour: Rgb, behind: Oklab) -> float:
    seen = oklab(colour)
    apart = math.hypot(
        seen.lightness - behind.lightness, _HUE * (seen.a - behind.a), _HUE * (seen.b - behind.b)
    )
    return min(1.0, apart / _PLAIN)


def _accents(palette: Palette) -> Iterator[Oklab]:
    for colour in (*palette.dark.hero, palette.light.accent):
        yield oklab(colour)


def _akin(first: Oklab, second: Oklab) -> float:
    """Return how near two hues are, 0 to 1; greys have none."""
    if min(math.hypot(first.a, first.b), math.hypot(second.a, second.b)) < _COLOURFUL:
        return 0.0
    apart = abs(math.degrees(math.atan2(first.b, first.a) - math.atan2(second.b, second.a))) % 360
    return max(0.0, 1 - min(apart, 360 - apart) / _AKIN_DEGREES)
