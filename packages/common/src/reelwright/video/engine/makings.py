"""What the pixels of a scene depend on beside its own data: the engine, outlines of the world, fonts.

All of it may change between two runs, by an update or because the pack of pictures was installed meanwhile. A
scene that is kept is the same only while all of it is.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from reelwright import places
from reelwright.assets import locate
from reelwright.video.pictures.pack import PicturePack
from reelwright.video.schema import SceneGraphics

__all__ = ["digest_of_code", "makings"]

_LIBRARIES: Final = ("av", "font-manrope", "numpy", "pillow", "resvg-py", "uharfbuzz")
"""They lay out, rasterise and encode; ``av`` carries x264."""
_GAZETTEER: Final = "places/gazetteer.tsv"
_LETTERS: Final = (range(0x114), range(0x116, 0x12C), range(0x141, 0x149), range(0x150, 0x17F))
_MORE_LETTERS: Final = (range(0x391, 0x3A2), range(0x3A3, 0x3CE), range(0x400, 0x460))
_SIGNS: Final = "‘’“”–—…•−→≈€"  # noqa: RUF001 (typography is meant)
_ALWAYS_THERE: Final = frozenset(_SIGNS).union(*(map(chr, part) for part in (*_LETTERS, *_MORE_LETTERS)))
"""Characters that the bundled typeface draws, or nothing does, so that no other font matters."""


def makings(graphics: SceneGraphics) -> tuple[str, ...]:
    """Return names, by content, of everything that this scene is drawn with here.

    Raises PackDamaged, for a scene with a map.
    """
    used = [f"engine {_engine()}"]
    if graphics.visual.kind == "map":
        used.append(f"outlines {_outlines(PicturePack.installed())} {_gazetteer()}")
    if graphics.font is not None and graphics.font.path is None:
        used.append(f"family {_family(graphics.font.family)}")
    if not _characters(graphics) <= _ALWAYS_THERE:
        used.append(f"fonts {_fonts()}")
    return tuple(used)


@cache
def _outlines(pack: PicturePack | None) -> str:
    if pack is None:
        return "none"
    return hashlib.sha256(pack.world("50m") + pack.world("110m")).hexdigest()[:32]


@cache
def _engine() -> str:
    """Name the code that draws, whatever else is in its folder: nobody has to remember to count it up."""
    folder = Path(__file__).resolve().parents[1]
    return digest_of_code(folder) + "".join(f" {name} {_version(name)}" for name in _LIBRARIES)


def digest_of_code(folder: Path) -> str:
    """Return the digest of all modules in a folder, by name and content."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(content)} ".encode() + content)
    return digest.hexdigest()[:32]


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "none"


@cache
def _gazetteer() -> str:
    """Name where places are, and how they are found."""
    content = locate(_GAZETTEER).read_bytes() + Path(places.__file__).read_bytes()
    return hashlib.sha256(content).hexdigest()[:32]


def _characters(graphics: SceneGraphics) -> frozenset[str]:
    return frozenset(graphics.visual.model_dump_json()).union(*(word.text for word in graphics.words))


@cache
def _family(name: str) -> str:
    """Name the file that a family is drawn from here."""
    from reelwright.video.engine.typefaces import family_font  # noqa: PLC0415 (as below)

    font = family_font(name)
    return f"{font.path} {font.entry} {font.path.stat().st_size}" if font else "none"


@cache
def _fonts() -> str:
    """Name the fonts that may stand in for the bundled one: those of the pack, and of this machine."""
    from reelwright.video.engine.typefaces import FontFile, other_fonts, packed_fonts  # noqa: PLC0415 (a shaper)

    found: Iterable[FontFile] = (*packed_fonts("bold"), *packed_fonts("medium"), *other_fonts(""))
    named = [f"{font.path} {font.entry} {font.path.stat().st_size}" for font in found if font.path.is_file()]
    return hashlib.sha256("\n".join(named).encode()).hexdigest()[:32]
