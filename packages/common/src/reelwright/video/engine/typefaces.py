"""Font files: the bundled Manrope, those of the picture pack, and those of this machine."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile, ZipFile

import font_manrope
import uharfbuzz as hb

from reelwright.video.pictures.pack import installed_at

__all__ = [
    "HEADLINE",
    "FontFile",
    "Weight",
    "characters_of",
    "family_font",
    "main_font",
    "opened",
    "other_fonts",
    "packed_fonts",
]

Weight = Literal["heavy", "bold", "semibold", "medium"]

_FILES: dict[Weight, str] = {
    "heavy": "ManropeExtraBold",
    "bold": "ManropeBold",
    "semibold": "ManropeSemiBold",
    "medium": "ManropeMedium",
}
_PACKED_CUTS: dict[Weight, str] = {"heavy": "800", "bold": "800", "semibold": "600", "medium": "600"}
"""The pack has two cuts of every font, under CSS's numbers."""
_FAMILIES = (
    "notosans-", "notosans_", "notosanscjk", "notosans", "notonaskh", "dejavusans", "notoserif",
    "notosymbols", "notoemoji", "liberationsans", "freesans", "droidsansfallback", "wqy-", "unifont",
    "ipag", "takao", "vlgothic", "nanum", "arialunicode", "arial", "segoeui", "seguisym", "msyh", "msjh",
    "msgothic", "yugoth", "meiryo", "malgun", "pingfang", "hiragino", "applesdgothic", "applesymbols",
    "mangal", "nirmala", "kohinoor", "leelaw", "thonburi", "geezapro",
)  # fmt: skip
"""Known for their reach, as their files begin, the most alike to Manrope first."""
_WRONG_CUTS = ("italic", "oblique", "mono", "condensed", "narrow", "thin", "light", "color")
HEADLINE = 800
"""How bold headlines are, on the scale of CSS."""
_BOLDNESS = ("extrabold", "heavy", "black", "semibold", "demibold", "bold")
_SUFFIXES = {".ttf", ".otf", ".ttc"}
_REGIONS = {
    "ja": ("jp", "ipag", "takao", "vlgothic", "gothic", "yugoth", "meiryo", "hiragino"),
    "ko": ("kr", "nanum", "malgun", "applesdgothic"),
    "zh": ("sc", "msyh", "pingfang", "wqy", "droidsansfallback"),
    "zh-TW": ("tc", "msjh", "pingfang"),
    "zh-HK": ("hk", "msjh", "pingfang"),
}
"""Parts of names of fonts whose Han characters look as these languages write them."""
_CJK_ORDER = ("ja", "ko", "zh", "zh-TW", "zh-HK")
"""Of the fonts in a collection of Noto Sans CJK."""


@dataclass(frozen=True, slots=True)
class FontFile:
    """Where one font lies."""

    path: Path
    entry: str = ""
    """Its name in a zip; empty where the path is the font."""
    index: int = 0
    """Which font of a collection."""
    boldness: int = 0
    """On the scale of CSS, of a font that can be drawn in any; 0 as it is."""

    @property
    def name(self) -> str:
        """The file's own name."""
        return Path(self.entry).name if self.entry else self.path.name


@cache
def opened(file: FontFile) -> "hb.Face":
    """Return the font; one without glyphs where the file is none or cannot be read."""
    try:
        if file.entry:
            with ZipFile(file.path) as zipped:
                blob = hb.Blob(zipped.read(file.entry))
        else:
            blob = hb.Blob.from_file_path(str(file.path))
        return hb.Face(blob, file.index)
    except (OSError, BadZipFile, KeyError, hb.HarfBuzzError):
        return hb.Face(b"")


@cache
def characters_of(file: FontFile) -> frozenset[int]:
    """Return the code points that the font maps to a glyph."""
    return frozenset(opened(file).unicodes)


def main_font(weight: Weight) -> FontFile:
    """Return the bundled typeface."""
    return FontFile(Path(font_manrope.font_files[_FILES[weight]]))


@cache
def family_font(family: str) -> FontFile | None:
    """Return the boldest upright font of a family, out of the pack or of this machine; None if there is none.

    Files are named after their family: ``Noto Serif`` lies in ``NotoSerif-Bold.ttf``.
    """
    wanted = _plain(family)
    packed = [file for file in packed_fonts("heavy") if _plain(file.name.partition("-")[0]) == wanted]
    installed = sorted(
        (path for path in _installed() if path.suffix.lower() != ".ttc" and _is_cut_of(path, wanted)),
        key=lambda path: (*_boldness(path), str(path)),
    )
    return next(iter((*packed, *(FontFile(path, boldness=HEADLINE) for path in installed))), None)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _is_cut_of(path: Path, family: str) -> bool:
    """Tell whether a file is an upright cut of a family; only words for a cut may follow its name."""
    rest = _plain(path.stem).removeprefix(family)
    for word in ("variablefont", "wght", *_BOLDNESS, "regular", "medium"):
        rest = rest.replace(word, "", 1)
    return bool(family) and _plain(path.stem).startswith(family) and not rest


def _boldness(path: Path) -> tuple[int]:
    name = _plain(path.stem)
    return (next((rank for rank, word in enumerate(_BOLDNESS) if word in name), len(_BOLDNESS)),)


def packed_fonts(weight: Weight) -> tuple[FontFile, ...]:
    """Return the fonts of the picture pack, in the cut next to a weight."""
    ending = f"-{_PACKED_CUTS[weight]}.ttf"
    return tuple(file for file in _packed() if file.entry.endswith(ending))


@cache
def other_fonts(language: str) -> tuple[FontFile, ...]:
    """Return this machine's upright fonts of known families, the bold cut of each first.

    Those with the Han characters of a language come before the others of their kind.
    """
    wanted = [path for path in _installed() if _family(path) < len(_FAMILIES) and not _is_wrong_cut(path)]
    found = sorted(wanted, key=lambda path: (not _is_of(path, language), *_rank(path)))
    return tuple(FontFile(path, index=_index_in(path, language)) for path in found)


@cache
def _packed() -> tuple[FontFile, ...]:
    """Return every font of the pack, whatever else it holds: none where there is no pack."""
    path = next((path for path in installed_at() if path.is_file()), None)
    if path is None:
        return ()
    try:
        with ZipFile(path) as zipped:
            names = sorted(name for name in zipped.namelist() if name.startswith("fonts/"))
    except (OSError, BadZipFile):
        return ()
    return tuple(FontFile(path, name) for name in names)


def _installed() -> frozenset[Path]:
    return frozenset(
        path for folder in _font_folders() for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES
    )


def _rank(path: Path) -> tuple[int, bool, str]:
    return _family(path), "bold" not in path.name.lower(), str(path)


def _family(path: Path) -> int:
    name = path.name.lower()
    ranks = (index for index, family in enumerate(_FAMILIES) if name.startswith(family))
    return next(ranks, len(_FAMILIES))


def _is_of(path: Path, language: str) -> bool:
    """Tell whether a font is made for the language; other languages than those of Han have no such fonts."""
    name = path.name.lower().partition("-")[0].removeprefix("notosanscjk").removeprefix("notosans")
    return any(part in name for part in _REGIONS.get(_region(language), ()))


def _index_in(path: Path, language: str) -> int:
    is_collection = path.name.lower().startswith("notosanscjk") and path.suffix.lower() == ".ttc"
    region = _region(language)
    return _CJK_ORDER.index(region) if is_collection and region in _CJK_ORDER else 0


def _region(language: str) -> str:
    """Return the tag under which a language's way with Han is known: zh is simplified, as in zh-CN."""
    return language if language in _REGIONS else language.partition("-")[0]


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
