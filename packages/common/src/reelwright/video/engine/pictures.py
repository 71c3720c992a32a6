"""The pictures of one scene, ready to be drawn: rasterised at the size they are shown, once."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from PIL import Image, ImageStat

from reelwright.video.engine.mirror import is_mirrored
from reelwright.video.engine.photos import as_card, as_print
from reelwright.video.pictures.pack import PicturePack
from reelwright.video.pictures.raster import MOST_PIXELS, NOWHERE, raster_file, raster_svg
from reelwright.video.pictures.shelf import RasterShelf
from reelwright.video.pictures.sprites import PictureSprites
from reelwright.video.pictures.tones import Tone, tones_of
from reelwright.video.schema import PictureUse

__all__ = ["NO_PICTURES", "ScenePicture", "ScenePictures"]

_PROBE_PIXELS: Final = 96
_PRINT: Final = 0.95
"""Of the room for a picture, for a photograph: the rest is its rim."""
_ON_CARD: Final = 0.84
"""The same of a logo on its card."""
_CORNERS: Final = 0.93
"""Of the rectangle around a picture, if it has so much of it, it has the corners too."""
_CLEAR: Final = 24
"""Opacity, of 255, below which a pixel counts as empty: soft shadows do not stand on the ground."""


@dataclass(frozen=True, slots=True)
class ScenePicture:
    """One picture that belongs to a scene."""

    use: PictureUse
    svg: str = ""
    """The drawing, unless it is a file of the brief's."""
    shelf: RasterShelf = NOWHERE

    def sprites(self, height_px: int, *, flip: bool = False) -> PictureSprites:
        """Return it without its empty rim, as large as a square of ``height_px`` pixels holds.

        Raises PictureUnusable for a file that is no picture.
        """
        return PictureSprites(self.image(height_px), flip=flip != is_mirrored())

    def image(self, height_px: int) -> Image.Image:
        """Return the same as RGBA."""
        if self.use.photo:
            return as_print(self.whole(2 * height_px), max(1, round(height_px * _PRINT)))
        if self.use.source == "user" and self.use.aloft:
            return as_card(self._cut_out(max(1, round(height_px * _ON_CARD))), self.lightness())
        return self._cut_out(height_px)

    def _cut_out(self, height_px: int) -> Image.Image:
        share = self._share()
        whole = self._raster(min(MOST_PIXELS, max(1, math.ceil(height_px / share))))
        image = whole.crop(_inked(whole))
        image.thumbnail((height_px, height_px), Image.Resampling.LANCZOS)
        return image

    def whole(self, size_px: int) -> Image.Image:
        """Return all of it, as large as a square holds: what a photograph shows is in no part of it alone."""
        return self._raster(min(MOST_PIXELS, max(1, size_px)))

    def tones(self) -> tuple[Tone, ...]:
        """Return the colours that it has most of."""
        return tones_of(self._raster(_PROBE_PIXELS))

    def fills_its_square(self) -> bool:
        """Tell whether it is a picture with corners, such as a view in a frame."""
        probe = self._raster(_PROBE_PIXELS)
        seen = probe.crop(_inked(probe)).getchannel("A")
        return ImageStat.Stat(seen).mean[0] >= _CORNERS * 255

    def lightness(self) -> float:
        """Return how light it is on the whole, 0 to 1."""
        probe = self._raster(_PROBE_PIXELS)
        weights = probe.getchannel("A")
        return ImageStat.Stat(probe.convert("L"), weights).mean[0] / 255 if weights.getbbox() else 0.5

    def _share(self) -> float:
        """Return how much of its square the drawing takes, along its longer side."""
        probe = self._raster(_PROBE_PIXELS)
        left, top, right, bottom = _inked(probe)
        return max(right - left, bottom - top) / max(probe.size)

    def _raster(self, size: int) -> Image.Image:
        if self.use.path is not None:
            return raster_file(self.use.path, size, self.shelf)
        return raster_svg(self.svg, size, self.shelf)


@dataclass(frozen=True, slots=True)
class ScenePictures:
    """All pictures of a scene by the part that they play."""

    pictures: tuple[ScenePicture, ...] = ()
    missing: tuple[str, ...] = ()
    """Names of those that were chosen elsewhere, and that the pack here does not have."""

    @classmethod
    def of(
        cls, uses: Iterable[PictureUse], pack: PicturePack | None, shelf: RasterShelf = NOWHERE
    ) -> "ScenePictures":
        """Return the pictures that these uses name, drawn by the pack."""
        found, missing = [], []
        for use in uses:
            if use.source == "user":
                found.append(ScenePicture(use, shelf=shelf))
            elif pack is not None and _is_same(pack, use):
                found.append(ScenePicture(use, pack.svg(use.name), shelf))
            else:
                missing.append(use.name)
        return cls(tuple(found), tuple(missing))

    @property
    def hero(self) -> ScenePicture | None:
        """What the scene is about."""
        return next(iter(self._in_role("hero")), None)

    @property
    def satellites(self) -> tuple[ScenePicture, ...]:
        """What stands beside it: two at most."""
        return self._in_role("satellite")[:2]

    def item(self, index: int) -> ScenePicture | None:
        """Return what belongs to one item of the visual, counted from 0."""
        return next((picture for picture in self._in_role("item") if picture.use.item == index), None)

    def _in_role(self, role: Literal["hero", "satellite", "item"]) -> tuple[ScenePicture, ...]:
        return tuple(picture for picture in self.pictures if picture.use.role == role)


NO_PICTURES: Final = ScenePictures()


def _is_same(pack: PicturePack, use: PictureUse) -> bool:
    """Another drawing of that name would be kept as the one that was meant."""
    found = pack.get(use.name)
    return found is not None and found.digest == use.digest


def _inked(image: Image.Image) -> tuple[int, int, int, int]:
    """Return the rectangle that holds all that is to be seen; an empty picture is taken whole."""
    alpha = image.getchannel("A").point([0] * _CLEAR + [255] * (256 - _CLEAR))
    return alpha.getbbox() or (0, 0, image.width, image.height)
