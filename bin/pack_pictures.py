"""Pack the pictures: `.venv/bin/python bin/pack_pictures.py node_modules pictures.zip`.

Reads the npm packages that package-lock.json pins, and writes the one file that
reelwright.video.pictures.pack describes: drawings of Noto Emoji with the keywords of emojibase and
emojilib, the countries of Natural Earth, and fonts of the Noto family for scripts that Manrope lacks. The
set-up calls this; the same packages give the same bytes.
"""

import json
import os
import struct
import sys
import zlib
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from reelwright.video.pictures.pack import Picture, packed_index, packed_keywords
from reelwright.video.pictures.svg import check_svg, svg_digest, whole_svg

ROOT = Path(__file__).resolve().parents[1]
LONG_AGO = (1980, 1, 1, 0, 0, 0)
PACKAGES = ("@iconify-json/noto", "emojibase-data", "emojilib", "world-atlas")
RESOLUTIONS = ("50m", "110m")
FONTS = {
    "noto-sans": ("latin-ext", "cyrillic-ext", "greek-ext"),
    "noto-sans-arabic": ("arabic",),
    "noto-sans-armenian": ("armenian",),
    "noto-sans-bengali": ("bengali",),
    "noto-sans-devanagari": ("devanagari",),
    "noto-sans-georgian": ("georgian",),
    "noto-sans-hebrew": ("hebrew",),
    "noto-sans-tamil": ("tamil",),
    "noto-sans-thai": ("thai",),
}
"""Of the packages @fontsource/…: the parts of each font that are taken."""
CUTS = ("800", "600")
"""Weights, as CSS numbers them: those beside Manrope's extra bold and semibold."""
WOFF = ">4sIIHHIHHIIIII"
WOFF_TABLE = ">4sIIII"

KIND_OF_GROUP = {
    "smileys-emotion": "face",
    "people-body": "person",
    "animals-nature": "thing",
    "food-drink": "thing",
    "travel-places": "thing",
    "activities": "thing",
    "objects": "thing",
    "symbols": "symbol",
    "flags": "flag",
}
"""By the group that Unicode puts a character in. Components are no pictures: tones of skin, letters."""
KIND_OF_SUBGROUP = {
    "hand-fingers-open": "body",
    "hand-fingers-partial": "body",
    "hand-single-finger": "body",
    "hand-fingers-closed": "body",
    "hands": "body",
    "hand-prop": "body",
    "body-parts": "body",
    "heart": "symbol",
    "emotion": "symbol",
    "currency": "currency",
}
LETTERS = frozenset({"keycap", "alphanum"})
"""Subgroups of which nothing is taken: words in a picture are the script's business."""
THINGS = frozenset(
    {
        *(
            "alien",
            "alien-monster",
            "anatomical-heart",
            "bone",
            "brain",
            "collision",
            "ear",
            "eye",
            "fingerprint",
        ),
        *("footprints", "ghost", "lungs", "red-heart", "robot", "speech-balloon", "thought-balloon", "tooth"),
    }
)
"""Things that Unicode keeps among faces, bodies and feelings."""
CURRENCIES = frozenset(
    {"chart-increasing-with-yen", "dollar-banknote", "euro-banknote", "pound-banknote", "yen-banknote"}
)
"""Money of one country, which the script may not be about."""
SYMBOLS = frozenset({"map-of-japan"})


class Sources:
    """The npm packages, as they lie in a folder of modules."""

    def __init__(self, modules: Path) -> None:
        self._modules = modules

    def read(self, name: str) -> bytes:
        """Return a file of a package."""
        return (self._modules / name).read_bytes()

    def parse(self, name: str) -> Any:
        """Return what a JSON file of a package holds."""
        return json.loads(self.read(name))

    def version(self, package: str) -> str:
        """Return a package's version."""
        return str(self.parse(f"{package}/package.json")["version"])

    def place_of(self, emoji: dict[str, Any]) -> tuple[str, str]:
        """Return the names of the group and the subgroup that emojibase numbers."""
        meta = self._meta
        group, subgroup = str(emoji.get("group")), str(emoji.get("subgroup"))
        return meta["groups"].get(group, ""), meta["subgroups"].get(subgroup, "")

    def keywords_of(self, character: str) -> Iterable[str]:
        """Return what emojilib has for a character."""
        return self._keywords.get(_bare(character), ())

    @cached_property
    def _meta(self) -> dict[str, dict[str, str]]:
        return dict(self.parse("emojibase-data/meta/groups.json"))

    @cached_property
    def _keywords(self) -> dict[str, list[str]]:
        return {_bare(it): words for it, words in self.parse("emojilib/dist/emoji-en-US.json").items()}

    @cached_property
    def names(self) -> dict[str, str]:
        """Names of drawings by the code points of their characters, without variation selectors."""
        return {_plain(code): name for code, name in self.parse("@iconify-json/noto/chars.json").items()}

    @cached_property
    def drawings(self) -> dict[str, Any]:
        """Everything that is drawn, by name, with what goes by another name too."""
        document = self.parse("@iconify-json/noto/icons.json")
        size = {key: document[key] for key in ("width", "height")}
        drawn = {name: size | icon for name, icon in document["icons"].items()}
        others = document.get("aliases", {})
        return drawn | {name: drawn[it["parent"]] for name, it in others.items() if it["parent"] in drawn}


def main(modules: str, target: str) -> None:
    """Pack the pictures of a folder of modules into a file, whole or not at all."""
    sources, file = Sources(Path(modules)), Path(target)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with ZipFile(draft, "w") as zipped:
            for name, content in entries(sources):
                add(zipped, name, content)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def entries(sources: Sources) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of everything in the pack."""
    index, drawings = index_and_drawings(pictures(sources))
    yield "index.tsv", index
    yield "drawings.bin", drawings
    for resolution in RESOLUTIONS:
        yield f"world/{resolution}.json", sources.read(f"world-atlas/countries-{resolution}.json")
    yield from fonts(sources)
    packages = (*PACKAGES, *(f"@fontsource/{family}" for family in FONTS))
    yield "made-from.tsv", "".join(f"{it}\t{sources.version(it)}\n" for it in packages).encode()
    yield "licences/noto-emoji.txt", noto_licence(sources).encode()
    for package in PACKAGES[1:]:
        yield f"licences/{package}.txt", sources.read(f"{package}/LICENSE")


def fonts(sources: Sources) -> Iterator[tuple[str, bytes]]:
    """Yield the fonts, each under ``fonts/FAMILY-PART-WEIGHT.ttf``, and the licence of every family."""
    for family, parts in FONTS.items():
        for part in parts:
            for cut in CUTS:
                woff = sources.read(f"@fontsource/{family}/files/{family}-{part}-{cut}-normal.woff")
                yield f"fonts/{family}-{part}-{cut}.ttf", unpacked_font(woff)
        yield f"licences/{family}.txt", sources.read(f"@fontsource/{family}/LICENSE")


def unpacked_font(woff: bytes) -> bytes:
    """Return the font that a WOFF file holds, its tables as they are (W3C, WOFF File Format 1.0)."""
    head, start = struct.unpack_from(WOFF, woff), struct.calcsize(WOFF)
    if head[0] != b"wOFF":
        raise ValueError("a font is no WOFF file")
    flavour, count = head[1], head[3]
    size = struct.calcsize(WOFF_TABLE)
    tables = [struct.unpack_from(WOFF_TABLE, woff, start + size * place) for place in range(count)]
    directory, body = b"", b""
    place = 12 + 16 * count
    for tag, offset, packed, length, checksum in tables:
        content = woff[offset : offset + packed]
        content = zlib.decompress(content) if packed < length else content
        directory += struct.pack(">4sIII", tag, checksum, place + len(body), length)
        body += content + bytes(-length % 4)
    steps = count.bit_length() - 1
    reach = 16 << steps
    return struct.pack(">IHHHH", flavour, count, reach, steps, 16 * count - reach) + directory + body


def index_and_drawings(found: Iterable[tuple[Picture, str]]) -> tuple[bytes, bytes]:
    """Return the index of all pictures, and their drawings, each compressed by itself."""
    packed = [(picture, zlib.compress(svg.encode(), 9)) for picture, svg in found]
    drawings = [drawing for _, drawing in packed]
    return packed_index((picture for picture, _ in packed), map(len, drawings)), b"".join(drawings)


def pictures(sources: Sources) -> list[tuple[Picture, str]]:
    """Return all pictures with their drawings, in order of their names."""
    found = {}
    for emoji in sources.parse("emojibase-data/en/data.json"):
        group, subgroup = sources.place_of(emoji)
        name = sources.names.get(_plain(emoji["hexcode"]))
        if name in sources.drawings and group in KIND_OF_GROUP and subgroup not in LETTERS:
            svg = drawing(sources.drawings[name])
            kind, label, character = kind_of(name, group, subgroup), emoji["label"].lower(), emoji["emoji"]
            words = packed_keywords(emoji.get("tags", ()), sources.keywords_of(character), label=label)
            told = Picture(name, label, kind, group, subgroup, character, svg_digest(svg), words)
            found[name] = (told, svg)
    return [found[name] for name in sorted(found)]


def drawing(icon: dict[str, Any]) -> str:
    """Return a drawing as a document that refers to nothing outside; raises PictureUnusable otherwise."""
    svg = whole_svg(icon["body"], icon["width"], icon["height"])
    check_svg(svg)
    return svg


def kind_of(name: str, group: str, subgroup: str) -> str:
    """Return what a picture is of, as reelwright.video.pictures.pack.KINDS names it."""
    if name in THINGS:
        return "thing"
    if name in CURRENCIES:
        return "currency"
    if subgroup == "time" and name.endswith(("-oclock", "-o-clock", "-thirty")):
        return "clock"
    if subgroup == "sky-weather" and name.endswith("-face"):
        return "face"
    return "symbol" if name in SYMBOLS else KIND_OF_SUBGROUP.get(subgroup, KIND_OF_GROUP[group])


def noto_licence(sources: Sources) -> str:
    """Return whose the drawings are and under what licence; their npm package carries no text of it."""
    info = sources.parse("@iconify-json/noto/info.json")
    author, licence = info["author"], info["license"]
    origin = f"{info['name']}, by {author['name']} ({author['url']}), {licence['title']} ({licence['url']})"
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    return f"{origin}.\nTaken from the npm package {PACKAGES[0]}; the drawings are unchanged.\n\n{text}"


def add(zipped: ZipFile, name: str, content: bytes) -> None:
    """Put one entry into a zip; drawings are compressed already, and lie there as they are."""
    entry = ZipInfo(name, LONG_AGO)
    entry.external_attr = 0o100644 << 16
    entry.compress_type = ZIP_STORED if name == "drawings.bin" else ZIP_DEFLATED
    zipped.writestr(entry, content, compresslevel=9)


def _plain(code: str) -> str:
    return "-".join(part for part in code.lower().split("-") if part != "fe0f")


def _bare(character: str) -> str:
    return character.replace("\ufe0f", "")


if __name__ == "__main__":
    main(*sys.argv[1:])
