"""Small packs and drawings for tests: none of them is anybody's artwork."""

import json
import struct
import zlib
from pathlib import Path
from typing import Any

import pack_pictures

ROOT = Path(__file__).resolve().parents[4]
DISC = '<circle cx="64" cy="64" r="60" fill="#C81E32"/>'
FLAG = (
    '<path d="M8 8h112v112H8z" fill="url(#a)"/><defs><linearGradient id="a"><stop/></linearGradient></defs>'
)


def node_modules(folder: Path, **bodies: str) -> Path:
    """npm packages as npm lays them out, cut down to a few characters."""
    files: dict[str, Any] = {
        "@iconify-json/noto/package.json": {"version": "1.2.9"},
        "@iconify-json/noto/info.json": {
            "name": "Noto Emoji",
            "author": {"name": "Google Inc", "url": "noto.example"},
            "license": {"title": "Apache 2.0", "url": "licence.example"},
        },
        "@iconify-json/noto/chars.json": {
            "1f30b": "volcano",
            "2615": "hot-beverage",
            "1f468": "man",
            "1f1e6": "letter-a",
            "1f51f": "keycap-10",
            "1f550": "one-oclock",
            "1f4b4": "yen-banknote",
            "1f9e0": "brain",
            "1f3f3": "white-flag",
        },
        "@iconify-json/noto/icons.json": {
            "width": 128,
            "height": 128,
            "icons": {name: {"body": bodies.get(name.replace("-", "_"), DISC)} for name in NAMES},
            "aliases": {"hot-beverage": {"parent": "volcano"}},
        },
        "emojibase-data/package.json": {"version": "17.0.0"},
        "emojibase-data/meta/groups.json": {
            "groups": dict(enumerate(GROUPS)),
            "subgroups": dict(enumerate(SUBGROUPS)),
        },
        "emojibase-data/en/data.json": [
            emoji("1F30B", "Volcano", "🌋", 5, 0, "eruption", "mountain"),
            emoji("2615", "hot beverage", "☕\ufe0f", 4, 1, "coffee"),
            emoji("1F468", "man", "👨", 1, 2),
            emoji("1F1E6", "regional indicator A", "🇦", None, None),
            emoji("1F51F", "keycap: 10", "🔟", 8, 3),
            emoji("1F550", "one o’clock", "🕐", 5, 4),
            emoji("1F4B4", "yen banknote", "💴", 7, 5, "money"),
            emoji("1F9E0", "brain", "🧠", 1, 6, "intelligent"),
            emoji("1F3F3-FE0F", "white flag", "🏳️", 9, 7),
        ],
        "emojilib/package.json": {"version": "4.0.3"},
        "emojilib/dist/emoji-en-US.json": {
            "🌋": ["volcano", "photo", "Mountain", "two_words"],
            "☕": ["hot beverage", "espresso"],
        },
        "world-atlas/package.json": {"version": "2.0.2"},
        "world-atlas/countries-50m.json": {"type": "Topology", "scale": 50},
        "world-atlas/countries-110m.json": {"type": "Topology", "scale": 110},
    }
    for name, content in files.items():
        write(folder / name, json.dumps(content))
    for package in ("emojibase-data", "emojilib", "world-atlas"):
        write(folder / package / "LICENSE", f"The licence of {package}")
    for family, parts in pack_pictures.FONTS.items():
        home = folder / "@fontsource" / family
        write(home / "package.json", json.dumps({"version": "5.3.0"}))
        write(home / "LICENSE", f"The licence of {family}")
        for part in parts:
            for cut in pack_pictures.CUTS:
                file = home / "files" / f"{family}-{part}-{cut}-normal.woff"
                write(file, "")
                file.write_bytes(WOFF)
    return folder


TABLES = {b"cmap": b"small", b"glyf": b"outlines " * 40}
FONT = (
    struct.pack(">IHHHH", 0x00010000, 2, 32, 1, 0)
    + struct.pack(">4sIII", b"cmap", 7, 44, 5)
    + struct.pack(">4sIII", b"glyf", 8, 52, 360)
    + b"small\0\0\0"
    + TABLES[b"glyf"]
)
"""A font of two tables; what does not get smaller lies in its WOFF file as it is."""
_PACKED = zlib.compress(TABLES[b"glyf"])
WOFF = (
    struct.pack(
        ">4sIIHHIHHIIIII", b"wOFF", 0x00010000, 92 + len(_PACKED), 2, 0, len(FONT), 1, 0, 0, 0, 0, 0, 0
    )
    + struct.pack(">4sIIII", b"cmap", 84, 5, 5, 7)
    + struct.pack(">4sIIII", b"glyf", 92, len(_PACKED), 360, 8)
    + b"small\0\0\0"
    + _PACKED
)


NAMES = ("volcano", "man", "letter-a", "keycap-10", "one-oclock", "yen-banknote", "brain", "white-flag")
GROUPS = (
    *("smileys-emotion", "people-body", "component", "animals-nature", "food-drink"),
    *("travel-places", "activities", "objects", "symbols", "flags"),
)
SUBGROUPS = ("place-geographic", "drink", "person", "keycap", "time", "money", "body-parts", "flag")


def emoji(
    code: str, label: str, character: str, group: int | None, subgroup: int | None, *tags: str
) -> dict[str, Any]:
    place = {} if group is None else {"group": group, "subgroup": subgroup}
    return {"hexcode": code, "label": label, "emoji": character, "tags": tags} | place


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
