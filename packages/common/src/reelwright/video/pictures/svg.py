"""What an SVG may hold: shapes and paint. It was drawn by others, so nothing else is let through."""

import hashlib
import re
from xml.etree import ElementTree as ET

from reelwright.video.pictures.errors import PictureUnusable

__all__ = ["check_svg", "svg_digest", "whole_svg"]

_SVG = "{http://www.w3.org/2000/svg}"
_SHAPES = frozenset({"path", "circle", "ellipse", "rect", "line", "polyline", "polygon"})
_PAINT = frozenset({"linearGradient", "radialGradient", "stop", "clipPath", "mask", "filter"})
_GROUPS = frozenset({"svg", "g", "defs", "use", "symbol", "title", "desc"})
_FILTERS = re.compile(r"fe(?!Image)[A-Z][A-Za-z]+")
_ELEMENTS = _SHAPES | _PAINT | _GROUPS
_OUTWARD = re.compile(r"""url\(\s*['"]?(?!\s*['"]?#)|@import|\bjavascript:|\bdata:|\bfile:""", re.IGNORECASE)
_MOST_CHARS = 2_000_000


def whole_svg(body: str, width: float = 128, height: float = 128) -> str:
    """Return a document around the elements of a drawing of this size."""
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {names} viewBox="0 0 {width:g} {height:g}">{body}</svg>'


def check_svg(svg: str) -> None:
    """Raise PictureUnusable unless the document is shapes and paint that refer to nothing but themselves.

    The renderer (resvg) runs no scripts and opens no connection, but it reads files that an image element
    names; so such elements, references that leave the document, and declarations that could make a few
    bytes expand to many never reach it.
    """
    if len(svg) > _MOST_CHARS:
        raise _unusable(f"it has {len(svg):,} characters")
    if "<!" in svg or "<?" in svg:
        raise _unusable("it declares or instructs, which a drawing has no need of")
    try:
        root = ET.fromstring(svg)  # noqa: S314 (without declarations there is nothing to expand)
    except ET.ParseError as error:
        raise _unusable(f"it is not well-formed: {error}") from error
    for element in root.iter():
        _check_element(element)


def svg_digest(svg: str) -> str:
    """Return what names the drawing by its content: half a SHA-256, in hexadecimal."""
    return hashlib.sha256(svg.encode()).hexdigest()[:32]


def _check_element(element: ET.Element) -> None:
    name = str(element.tag).removeprefix(_SVG)
    if name not in _ELEMENTS and not _FILTERS.fullmatch(name):
        raise _unusable(f"it has an element {name[:60]!r}")
    for attribute, value in element.attrib.items():
        if attribute.rpartition("}")[2] == "href" and not value.startswith("#"):
            raise _unusable(f"it refers to {value[:60]!r}")
        if attribute.lower().startswith("on") or _OUTWARD.search(value):
            raise _unusable(f"its attribute {attribute[:60]!r} reaches outside")


def _unusable(reason: str) -> PictureUnusable:
    return PictureUnusable(
        f"A drawing cannot be used: {reason}.",
        next_step="Leave it out, or save it as plain shapes with their paint.",
    )
