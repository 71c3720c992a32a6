"""Which characters a font file can draw, read from its ``cmap`` table.

Pillow draws a box for a character it lacks and does not say so. The table's layout is that of the
OpenType specification, chapter *cmap*; formats 4 and 12 are what fonts of this century carry.
"""

import struct
from functools import cache
from pathlib import Path

__all__ = ["characters_of"]

_COLLECTION = b"ttcf"
_UNICODE_ENCODINGS = {(0, 3), (0, 4), (0, 6), (3, 1), (3, 10)}


@cache
def characters_of(path: Path) -> frozenset[int]:
    """Return the code points that the font, or the first font of a collection, maps to a glyph.

    A file that cannot be read as a font has none.
    """
    try:
        data = path.read_bytes()
        table = _find_cmap(data)
        return frozenset().union(*(_read_subtable(data, start) for start in _unicode_subtables(data, table)))
    except (OSError, struct.error, KeyError):
        return frozenset()


def _find_cmap(data: bytes) -> int:
    start = struct.unpack_from(">I", data, 12)[0] if data[:4] == _COLLECTION else 0
    (count,) = struct.unpack_from(">H", data, start + 4)
    records = (struct.unpack_from(">4sIII", data, start + 12 + 16 * index) for index in range(count))
    return {tag: int(offset) for tag, _, offset, _ in records}[b"cmap"]


def _unicode_subtables(data: bytes, table: int) -> list[int]:
    (count,) = struct.unpack_from(">H", data, table + 2)
    records = [struct.unpack_from(">HHI", data, table + 4 + 8 * index) for index in range(count)]
    return [
        table + offset for platform, encoding, offset in records if (platform, encoding) in _UNICODE_ENCODINGS
    ]


def _read_subtable(data: bytes, start: int) -> set[int]:
    (layout,) = struct.unpack_from(">H", data, start)
    readers = {4: _read_segments, 12: _read_groups}
    return readers[layout](data, start) if layout in readers else set()


def _read_segments(data: bytes, start: int) -> set[int]:
    count = struct.unpack_from(">H", data, start + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, start + 14)
    first = start + 16 + 2 * count
    starts = struct.unpack_from(f">{count}H", data, first)
    deltas = struct.unpack_from(f">{count}H", data, first + 2 * count)
    offsets = struct.unpack_from(f">{count}H", data, first + 4 * count)
    found: set[int] = set()
    for index in range(count):
        place = first + 4 * count + 2 * index
        codes = range(starts[index], min(ends[index], 0xFFFE) + 1)
        segment = (starts[index], deltas[index], offsets[index], place)
        found.update(code for code in codes if _glyph(data, code, segment))
    return found


def _glyph(data: bytes, code: int, segment: tuple[int, int, int, int]) -> int:
    first, delta, offset, place = segment
    if offset == 0:
        return (code + delta) & 0xFFFF
    (glyph,) = struct.unpack_from(">H", data, place + offset + 2 * (code - first))
    return int(glyph)


def _read_groups(data: bytes, start: int) -> set[int]:
    (count,) = struct.unpack_from(">I", data, start + 12)
    found: set[int] = set()
    for index in range(count):
        first, last, glyph = struct.unpack_from(">III", data, start + 16 + 12 * index)
        found.update(range(first + (glyph == 0), min(last, 0x10FFFF) + 1))
    return found
