"""Typefaces: the bundled Manrope, and installed ones for the characters it lacks.

A character that no font here can draw is left out: a box in its place would say less than nothing.
"""

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import font_manrope
from PIL import ImageFont

from reelwright.video.engine.cmap import characters_of

__all__ = ["Run", "Weight", "clusters", "font", "runs", "undrawable"]

Weight = Literal["heavy", "bold", "semibold", "medium"]

_FILES: dict[Weight, str] = {
    "heavy": "ManropeExtraBold",
    "bold": "ManropeBold",
    "semibold": "ManropeSemiBold",
    "medium": "ManropeMedium",
}
_FALLBACK_FAMILIES = (
    "notosans-", "notosans_", "notosanscjk", "dejavusans", "notosans", "notonaskh", "notoserif",
    "notosymbols", "notoemoji", "liberationsans", "freesans", "droidsansfallback", "wqy-", "unifont",
    "arialunicode", "arial", "segoeui", "seguisym", "msyh", "msgothic", "malgun", "pingfang", "hiragino",
    "applesdgothic", "applesymbols",
)  # fmt: skip
_WRONG_CUTS = ("italic", "oblique", "mono", "condensed", "narrow", "thin", "light", "color")
_SUFFIXES = {".ttf", ".otf", ".ttc"}
_JOINERS = {"\u200c", "\u200d"}
_COMBINING = {"Mn", "Me", "Mc"}


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that one font draws."""

    text: str
    path: Path


@cache
def font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """Return the font at a size in pixels."""
    return ImageFont.truetype(str(path), size)


def runs(text: str, weight: Weight) -> tuple[Run, ...]:
    """Split text into stretches of one font each, without the characters that none can draw."""
    found: list[Run] = []
    for cluster in clusters(text):
        path = _font_of(cluster, weight)
        if path is None:
            continue
        if found and found[-1].path == path:
            found[-1] = Run(found[-1].text + cluster, path)
        else:
            found.append(Run(cluster, path))
    return tuple(found)


def undrawable(text: str) -> str:
    """Return the visible characters of the text that no font here can draw, each once."""
    missing = (cluster for cluster in clusters(text) if _font_of(cluster, "heavy") is None)
    return "".join(dict.fromkeys("".join(missing)))


def clusters(text: str) -> Iterator[str]:
    """Yield what readers see as one character: a base with its marks, joined sequences whole.

    White space comes as plain spaces; control and invisible format characters are dropped.
    """
    current = ""
    for character in text:
        shown = _shown(character)
        if not shown:
            continue
        if current and (_extends(shown) or current[-1] == "\u200d"):
            current += shown
        else:
            if current:
                yield current
            current = shown
    if current:
        yield current


def _shown(character: str) -> str:
    if character in _JOINERS:
        return character
    if character.isspace():
        return " "
    return "" if unicodedata.category(character)[0] == "C" else character


def _extends(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character) in _COMBINING


@cache
def _font_of(cluster: str, weight: Weight) -> Path | None:
    needed = frozenset(ord(character) for character in cluster if not _is_ignorable(character))
    if not needed:
        return None
    main = Path(font_manrope.font_files[_FILES[weight]])
    return next((path for path in (main, *_fallbacks()) if needed <= characters_of(path)), None)


def _is_ignorable(character: str) -> bool:
    return character in _JOINERS or 0xFE00 <= ord(character) <= 0xFE0F


@cache
def _fallbacks() -> tuple[Path, ...]:
    """Installed upright fonts of families known for their reach, the bold cut of each first."""
    files = {
        path for folder in _font_folders() for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES
    }
    wanted = [path for path in files if _rank(path) < len(_FALLBACK_FAMILIES) and not _is_wrong_cut(path)]
    return tuple(sorted(wanted, key=lambda path: (_rank(path), "bold" not in path.name.lower(), str(path))))


def _rank(path: Path) -> int:
    name = path.name.lower()
    ranks = (index for index, family in enumerate(_FALLBACK_FAMILIES) if name.startswith(family))
    return next(ranks, len(_FALLBACK_FAMILIES))


def _is_wrong_cut(path: Path) -> bool:
    name = path.name.lower()
    return any(cut in name for cut in _WRONG_CUTS)


def _font_folders() -> tuple[Path, ...]:
    """Where systems keep their fonts: the XDG data folders, macOS, Windows."""
    home = Path.home()
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    places = [Path(folder, "fonts") for folder in shared.split(os.pathsep)]
    places += [home / ".local/share/fonts", home / ".fonts", home / "Library/Fonts"]
    places += [
        Path("/Library/Fonts"),
        Path("/System/Library/Fonts"),
        Path(os.environ.get("WINDIR", "C:/Windows"), "Fonts"),
    ]
    return tuple(place for place in places if place.is_dir())
