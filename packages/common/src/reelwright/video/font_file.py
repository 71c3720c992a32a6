"""What a font file says of itself, read without a shaper: any function can afford that.

Layout of the tables: OpenType 1.9.1 (ISO/IEC 14496-22), "otff", "cmap" and "name".
"""

import struct
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple

__all__ = ["FontFacts", "FontUnreadable", "read_font"]

_KINDS: Final = {b"\x00\x01\x00\x00": "font/ttf", b"true": "font/ttf", b"OTTO": "font/otf"}
_OTHERS: Final = {b"wOFF": "a WOFF", b"wOF2": "a WOFF2", b"ttcf": "a collection of fonts"}
_NEEDED: Final = (b"cmap", b"head", b"hhea", b"hmtx", b"maxp")
_OUTLINES: Final = (b"glyf", b"CFF ", b"CFF2")
_MOST_TABLES: Final = 100
_FAMILY: Final = (16, 1)
"""Names of a family, the typographic one first."""
_MOST_CHARACTERS: Final = 500_000
"""Code points that are told more than once are counted so often."""


class FontUnreadable(ValueError):  # noqa: N818 (as other errors here are named)
    """A file is no font that can be drawn with; its text says why."""


class FontFacts(NamedTuple):
    """What a font says of itself."""

    media_type: str
    family: str
    """Empty where it has no name."""
    characters: frozenset[int]
    """Code points that it has a glyph for."""


def read_font(content: bytes) -> FontFacts:
    """Return what a TrueType or OpenType font says; FontUnreadable for another, or one that is damaged."""
    kind = _KINDS.get(content[:4])
    if kind is None:
        raise FontUnreadable(f"it is {_OTHERS.get(content[:4], 'no font')}")
    try:
        tables = dict(_tables(content))
        if not all(name in tables for name in _NEEDED) or not any(name in tables for name in _OUTLINES):
            raise FontUnreadable("it has no outlines, or lacks tables that they need")
        found = frozenset(islice(_characters(tables[b"cmap"]), _MOST_CHARACTERS))
        name = _family(tables.get(b"name", b""))
    except (struct.error, IndexError) as error:
        raise FontUnreadable("it is cut off or damaged") from error
    if not found:
        raise FontUnreadable("it has no letters under their numbers in Unicode")
    return FontFacts(kind, name, found)


def _tables(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    (count,) = struct.unpack_from(">H", content, 4)
    if count > _MOST_TABLES:
        raise FontUnreadable("it is cut off or damaged")
    for at in range(count):
        name, _, start, size = struct.unpack_from(">4sIII", content, 12 + 16 * at)
        if start + size > len(content):
            raise FontUnreadable("it is cut off or damaged")
        yield name, content[start : start + size]


def _characters(cmap: bytes) -> Iterator[int]:
    """Yield what the maps of Unicode have: segments of format 4, groups of format 12."""
    (count,) = struct.unpack_from(">H", cmap, 2)
    for at in range(min(count, _MOST_TABLES)):
        platform, encoding, start = struct.unpack_from(">HHI", cmap, 4 + 8 * at)
        if platform == 0 or (platform == 3 and encoding in {1, 10}):
            (shape,) = struct.unpack_from(">H", cmap, start)
            if shape == 4:
                yield from _segments(cmap, start)
            elif shape == 12:
                yield from _groups(cmap, start)


def _segments(cmap: bytes, start: int) -> Iterator[int]:
    count = struct.unpack_from(">H", cmap, start + 6)[0] // 2
    ends, starts, deltas, places = (
        struct.unpack_from(f">{count}H", cmap, start + 14 + part * 2 * count + (2 if part else 0))
        for part in range(4)
    )
    begun = 0
    for at, (first, last) in enumerate(zip(starts, ends, strict=True)):
        codes = range(max(first, begun), min(last, 0xFFFE) + 1)
        begun = max(begun, last + 1)
        for code in codes:
            where = start + 16 + 6 * count + 2 * at + places[at] + 2 * (code - first)
            glyph = struct.unpack_from(">H", cmap, where)[0] if places[at] else code
            if glyph and (glyph + deltas[at]) & 0xFFFF:
                yield code


def _groups(cmap: bytes, start: int) -> Iterator[int]:
    (count,) = struct.unpack_from(">I", cmap, start + 12)
    for at in range(count):
        first, last, glyph = struct.unpack_from(">III", cmap, start + 16 + 12 * at)
        if last > 0x10FFFF:
            raise FontUnreadable("it is cut off or damaged")
        yield from range(first if glyph else first + 1, last + 1)


def _family(table: bytes) -> str:
    """Return the name of the family as Windows is told, or Unicode; English before other languages."""
    if not table:
        return ""
    _, count, strings = struct.unpack_from(">HHH", table, 0)
    found: dict[tuple[int, bool], str] = {}
    for at in range(count):
        platform, _, language, number, size, start = struct.unpack_from(">HHHHHH", table, 6 + 12 * at)
        if number in _FAMILY and platform in {0, 3}:
            text = table[strings + start : strings + start + size].decode("utf-16-be", "replace")
            found.setdefault((_FAMILY.index(number), language not in {0, 0x409}), text.strip())
    return found[min(found)][:100] if found else ""
