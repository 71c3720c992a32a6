"""Drawings and people's own pictures as pixels: RGBA, not premultiplied, at the size they are shown."""

import hashlib
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from PIL import Image, ImageCms, ImageOps

from reelwright.video.pictures.errors import PictureUnusable
from reelwright.video.pictures.keeping import MOST_BYTES, MOST_FILE_PIXELS
from reelwright.video.pictures.shelf import RasterShelf
from reelwright.video.pictures.svg import check_svg, svg_digest

__all__ = ["MOST_PIXELS", "NOWHERE", "clearness", "raster_file", "raster_svg"]

NOWHERE: Final = RasterShelf(None)
"""Keeps nothing."""
MOST_PIXELS: Final = 4096
"""Across or down, of what is drawn."""

_FORMAT: Final = 1
"""Raised when the same drawing gives other pixels."""
_FILE_FORMAT: Final = 2
"""The same of files."""
_FILES: Final = ("PNG", "JPEG", "WEBP")


def raster_svg(svg: str, size: int, shelf: RasterShelf = NOWHERE) -> Image.Image:
    """Return a drawing that fits a square of ``size`` pixels and keeps its proportions.

    Raises PictureUnusable for what :func:`check_svg` refuses or the renderer cannot draw.
    """
    _check_size(size)
    return shelf.fetch_or(("svg", _FORMAT, svg_digest(svg), size), _decoded, lambda: _drawn(svg, size))


def raster_file(path: Path, size: int, shelf: RasterShelf = NOWHERE) -> Image.Image:
    """Return somebody's PNG, JPEG or WebP (its first image, upright), fitted like a drawing; never enlarged.

    Raises PictureUnusable for anything else, and for files above 32 MB or 50 million pixels.
    """
    _check_size(size)
    content = _content(path)
    key = ("file", _FILE_FORMAT, hashlib.sha256(content).hexdigest(), size)
    return shelf.fetch_or(key, _decoded, lambda: _encoded(_fitted(content, path, size)))


def _drawn(svg: str, size: int) -> bytes:
    import resvg_py  # noqa: PLC0415 (not needed for what is kept on disk)

    check_svg(svg)
    try:
        return resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size, skip_system_fonts=True)
    except ValueError as error:
        raise PictureUnusable(
            f"A drawing cannot be drawn: {error}.", next_step="Leave it out, or save it as plain shapes."
        ) from error


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error
    if len(content) > MOST_BYTES:
        raise _unusable(path, f"it has more than {MOST_BYTES // 1_000_000} MB")
    return content


def _fitted(content: bytes, path: Path, size: int) -> Image.Image:
    try:
        upright = _opened(content, size)
    except (ValueError, Image.DecompressionBombError) as error:
        raise _unusable(path, str(error) or "it cannot be read") from error
    except Exception as error:
        # A decoder of untrusted bytes may raise anything.
        raise _unusable(path, "it is no PNG, JPEG or WebP that can be read") from error
    upright.thumbnail((size, size), Image.Resampling.LANCZOS)
    return upright


def clearness(content: bytes) -> tuple[int, int]:
    """Return the least and the greatest opacity in somebody's picture, 0 to 255, having decoded all of it.

    Raises whatever the decoder does for one that is cut off or damaged, ValueError for one that is too large.
    """
    with _open(content) as image:
        image.load()
        if not image.has_transparency_data:
            return 255, 255
        seen = [
            level for level, count in enumerate(image.convert("RGBA").getchannel("A").histogram()) if count
        ]
        return seen[0], seen[-1]


def _opened(content: bytes, size: int) -> Image.Image:
    with _open(content) as image:
        image.draft("RGB", (2 * size, 2 * size))
        return _plain(ImageOps.exif_transpose(image))


@contextmanager
def _open(content: bytes) -> Iterator[Image.Image]:
    with warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=_FILES) as image:
        warnings.simplefilter("ignore")
        if image.width * image.height > MOST_FILE_PIXELS:
            raise ValueError(f"it is {image.width} × {image.height} pixels")
        yield image


def _plain(image: Image.Image) -> Image.Image:
    """Return a picture of any depth and colours as RGBA in sRGB."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):
        image = image.point(lambda level: level / 257).convert(
            "L"
        )  # 16 bits of grey, which convert would cut
    if image.mode in {"P", "PA"}:
        image = image.convert("RGBA")
    if profile and image.mode in {"RGB", "RGBA", "CMYK"}:
        with suppress(ImageCms.PyCMSError, OSError, ValueError):  # a broken profile is as good as none
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            image = _in_srgb(image, profile, mode)
    return image.convert("RGBA")


def _in_srgb(image: Image.Image, profile: bytes, mode: str) -> Image.Image:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    if "sRGB" in ImageCms.getProfileDescription(source):
        return image
    converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    return converted or image


def _encoded(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _decoded(png: bytes) -> Image.Image:
    with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
        return image.convert("RGBA")


def _check_size(size: int) -> None:
    if not 1 <= size <= MOST_PIXELS:
        raise PictureUnusable(
            f"A picture cannot be {size} pixels large.", next_step=f"Ask for 1 to {MOST_PIXELS}."
        )


def _unusable(path: Path, reason: str) -> PictureUnusable:
    return PictureUnusable(
        f"The picture {path.name} cannot be used: {reason}.",
        next_step="Give a PNG, JPEG or WebP of at most 32 MB and 50 million pixels.",
        context={"picture": path},
    )
