"""Systems of writing: which of them can be drawn here, by which font, and what to install for the others."""

import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from reelwright.video.engine.fonts import clusters, font_of, undrawable
from reelwright.video.errors import TextUndrawable

__all__ = ["SAMPLES", "Missing", "check_drawable", "drawing_fonts", "missing_in", "script_of"]

SAMPLES = {
    "Latin": "Aßğệ",
    "Greek": "Ωλώ",
    "Cyrillic": "Жїқ",
    "Arabic": "عربي",
    "Hebrew": "עברית",
    "Devanagari": "हिन्दी",
    "Bengali": "বাংলা",
    "Tamil": "தமிழ்",
    "Thai": "ไทย",
    "Armenian": "Հայ",
    "Georgian": "ქართ",
    "Han": "漢字",
    "Kana": "かなカナ",
    "Hangul": "한글",
}
"""A few letters of each; the first of them stands for the script."""

_PACKED = frozenset(name for name in SAMPLES if name not in {"Han", "Kana", "Hangul"})
"""Scripts that the fonts of the picture pack draw."""
_EAST_ASIAN = frozenset({"Han", "Kana", "Hangul"})
_NAMES = {"CJK": "Han", "HIRAGANA": "Kana", "KATAKANA": "Kana", "KATAKANA-HIRAGANA": "Kana"}
"""By the first word of a character's name in Unicode, where that is not the script's own name."""
_EXAMPLES = 4
_MOST_MISSING = 0.5


@dataclass(frozen=True, slots=True)
class Missing:
    """A script of which letters are needed that no font here has."""

    script: str
    characters: str

    @property
    def told(self) -> str:
        """The script with some of the letters, as ``Han (漢 字)``."""
        return f"{self.script} ({' '.join(self.characters[:_EXAMPLES])})"

    @property
    def next_step(self) -> str:
        """What to install, on this kind of system."""
        if self.script in _PACKED:
            return "Fetch the fonts with: python3 bin/setup.py pictures"
        if sys.platform == "darwin":
            return f"Install a Noto font for {self.script} with Font Book."
        if sys.platform == "win32":
            return f"Install the optional feature for {self.script} (Settings, Optional features)."
        package = "fonts-noto-cjk" if self.script in _EAST_ASIAN else "fonts-noto-core"
        return f"Install a font for it: apt install {package}"


def script_of(character: str) -> str:
    """Return the script of a letter by its name in Unicode; ``symbols`` for what is no letter."""
    if unicodedata.category(character)[0] not in {"L", "M", "N"}:
        return "symbols"
    first = unicodedata.name(character, "unnamed").split()[0]
    return _NAMES.get(first, first.capitalize())


def missing_in(text: str) -> tuple[Missing, ...]:
    """Return what of a text cannot be drawn here, by script."""
    found: dict[str, str] = {}
    for character in undrawable(text):
        script = script_of(character)
        found[script] = found.get(script, "") + character
    return tuple(Missing(script, characters) for script, characters in found.items())


def check_drawable(text: str) -> None:
    """Raise TextUndrawable if no font here draws more than half of the letters of a text.

    Less than that is left out, and told in the production's record.
    """
    letters = list(_letters(text))
    lost = [cluster for cluster in letters if font_of(cluster, "heavy") is None]
    if len(lost) <= _MOST_MISSING * len(letters) or not lost:
        return
    missing = missing_in("".join(lost))
    raise TextUndrawable(
        f"{len(lost)} of {len(letters)} letters to be shown cannot be drawn, for no font here has them: "
        f"{', '.join(each.told for each in missing)}.",
        next_step=" ".join(dict.fromkeys(each.next_step for each in missing)),
        context={"scripts": [each.script for each in missing]},
    )


def drawing_fonts() -> dict[str, str]:
    """Return for every script the file name of the font that draws it; nothing where there is none."""
    fonts = {
        name: [font_of(cluster, "heavy") for cluster in clusters(text)] for name, text in SAMPLES.items()
    }
    return {
        name: ", ".join(dict.fromkeys(font.name for font in found if font is not None))
        if None not in found
        else ""
        for name, found in fonts.items()
    }


def _letters(text: str) -> Iterator[str]:
    for cluster in clusters(text):
        if unicodedata.category(cluster[0])[0] in {"L", "N"}:
            yield cluster
