"""A logo in a corner: rasterised once, laid over everything, and standing still."""

import io
from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image

from reelwright.video.engine.easing import ease_out, progress
from reelwright.video.engine.logo_ground import plate_under, stands_out
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.sprites import Sprite
from reelwright.video.engine.stage import Stage
from reelwright.video.pictures.errors import PictureUnusable
from reelwright.video.pictures.raster import raster_svg
from reelwright.video.schema import LogoUse

__all__ = ["Logo", "picture_of", "sized"]

_WIDEST: Final = 0.28
"""Of the frame's width."""
_DETAIL: Final = 1_536
"""Pixels of a square that a drawing is rasterised in before it is made smaller."""
_BAR: Final = 8
"""Design pixels at the foot that belong to the progress bar."""


_PAD: Final = 0.3
"""Of the logo's height, around it on a plate."""
_EVERY: Final = 12
"""Frames from one look at what is behind it to the next."""
_FADE_SECONDS: Final = 0.4


class Logo:
    """A logo where its brand wants it; below captions where it stands at the foot."""

    def __init__(self, stage: Stage, use: LogoUse, *, until_seconds: float = float("inf")) -> None:
        """Raise PictureUnusable for a logo that cannot be drawn.

        It is looked at now and then until a moment: from when it does not stand out a plate is under it.
        """
        short = min(stage.width, stage.height)
        most = round(_WIDEST * stage.width), max(8, round(use.size * short))
        rgba = np.array(sized(picture_of(use), most))
        rgba[:, :, 3] = np.rint(rgba[:, :, 3] * use.opacity)
        self._rgba, self._sprite = rgba, Sprite.picture(rgba)
        self._until, self._drawn = until_seconds, 0
        self._plate: Sprite | None = None
        self._since = 0.0
        height, width = rgba.shape[:2]
        margin = round(use.margin * short)
        left = margin if use.corner.endswith("left") else stage.width - margin - width
        lowest = stage.height - stage.px(_BAR) - height
        top = margin if use.corner.startswith("top") else min(lowest, stage.height - margin - height)
        if stage.captions and not use.corner.startswith("top"):
            top = max(top, min(lowest, stage.caption_foot + stage.px(6)))
        self._at = left, top
        room = min(left, top, stage.width - left - width, stage.height - top - height)
        self._pad = max(0, min(round(_PAD * height), room - 1))

    def draw(self, frame: Frame, t: float) -> None:
        """Lay it down, and a plate under it if it does not stand out; frames come in their order."""
        if self._plate is None and self._drawn % _EVERY == 0 and t <= self._until:
            self._look(frame, t)
        self._drawn += 1
        if self._plate is not None:
            self._plate.draw(frame, *self._at, opacity=ease_out(progress(t, self._since, _FADE_SECONDS)))
        self._sprite.draw(frame, *self._at)

    def _look(self, frame: Frame, t: float) -> None:
        height, width = self._rgba.shape[:2]
        left, top = self._at
        ground = frame.y[top : top + height, left : left + width]
        if ground.shape == (height, width) and not stands_out(self._rgba, ground):
            self._plate = plate_under(self._rgba, self._pad)
            self._since = t if self._drawn else t - _FADE_SECONDS


def sized(picture: Image.Image, most: tuple[int, int]) -> Image.Image:
    """Return a picture as large as it may be, across and down."""
    scale = min(most[0] / picture.width, most[1] / picture.height)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return picture.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA")


def picture_of(use: LogoUse) -> Image.Image:
    """Return the logo without the clear edges around it; PictureUnusable if it cannot be drawn."""
    assert use.path is not None  # noqa: S101 (a logo that is drawn is at hand)
    return _opened(use.path.read_bytes(), use.svg)


@lru_cache(maxsize=2)
def _opened(content: bytes, svg: bool) -> Image.Image:  # noqa: FBT001 (a key of the cache)
    try:
        picture = raster_svg(content.decode(), _DETAIL) if svg else Image.open(io.BytesIO(content))
        picture = picture.convert("RGBA")
    except PictureUnusable:
        raise
    except Exception as error:
        # A decoder of untrusted bytes may raise anything.
        raise _undrawable("it is damaged") from error
    box = picture.getchannel("A").getbbox()
    if box is None:
        raise _undrawable("all of it is transparent")
    return picture.crop(box)


def _undrawable(problem: str) -> PictureUnusable:
    return PictureUnusable(
        f"The logo cannot be drawn: {problem}.", next_step="Give another one, as PNG or SVG, in the brand."
    )
