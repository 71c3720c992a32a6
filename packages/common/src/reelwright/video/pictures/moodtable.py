"""What speaks for which palette: ``pictures/moods.tsv``, a table of our own.

Lines have four columns: what the names are (``word``, ``subgroup`` or ``picture``), a palette, a weight (0 to
1), names. Lines of words have the form of ``pictures/lexicon.tsv`` after their first column: a fifth column
may say when they mean it, and a dash in place of the palette marks phrases that speak for none. Subgroups are
those of the picture pack; a picture that is named counts by its name instead of its subgroup.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final, NamedTuple

from reelwright.assets import locate
from reelwright.video.engine.styles import AUTO, STYLES
from reelwright.video.pictures.lexicon import NOTHING, Lexicon, parse_lexicon
from reelwright.video.pictures.matching import words_near
from reelwright.video.pictures.pack import Picture
from reelwright.video.pictures.words import standing, tokens_of, use_of

__all__ = ["MoodTable", "Said", "mood_table", "parse_moods"]

_PALETTES: Final = frozenset(STYLES) - {AUTO}


class Said(NamedTuple):
    """A word or phrase as it stands in a text, and the palette that it speaks for."""

    words: str
    palette: str
    weight: float
    """That of the table, less for what is denied or only describes something else."""


class MoodTable(NamedTuple):
    """What speaks for which palettes, and how much."""

    words: Lexicon
    subgroups: Mapping[str, Mapping[str, float]]
    pictures: Mapping[str, Mapping[str, float]]

    def said_in(self, text: str, around: frozenset[str]) -> Iterator[Said]:
        """Yield what a text says, in order; ``around`` are the words of the whole script."""
        tokens, at = tokens_of(text), 0
        near = words_near(tokens)
        while at < len(tokens):
            phrase = self.words.at(tokens, at)
            end = at + (len(phrase.words) if phrase else 1)
            for entry in phrase.entries if phrase else ():
                if entry.picture != NOTHING and entry.fits(use_of(tokens, at), near, around):
                    words = " ".join(token.text for token in tokens[at:end])
                    yield Said(words, entry.picture, entry.weight * standing(tokens, at, end))
            at = end

    def shown_by(self, picture: Picture) -> Mapping[str, float]:
        """Return the palettes that a picture speaks for, and how much."""
        return self.pictures.get(picture.name) or self.subgroups.get(picture.subgroup, {})


@cache
def mood_table() -> MoodTable:
    """Return the table of this installation."""
    return parse_moods(locate("pictures").joinpath("moods.tsv").read_text(encoding="utf-8"))


def parse_moods(text: str) -> MoodTable:
    """Return the table that a file's text holds; raises ValueError for a line that is none."""
    words: list[str] = []
    found: dict[str, defaultdict[str, dict[str, float]]] = {
        "subgroup": defaultdict(dict),
        "picture": defaultdict(dict),
    }
    for number, line in enumerate(text.splitlines(), 1):
        kind, _, rest = line.partition("\t")
        words.append(rest if kind == "word" else "")
        if line and not line.startswith("#"):
            _check(kind, rest, number)
            if kind in found:
                _add(found[kind], rest, number)
    return MoodTable(parse_lexicon("\n".join(words)), dict(found["subgroup"]), dict(found["picture"]))


def _check(kind: str, rest: str, number: int) -> None:
    palette = rest.partition("\t")[0]
    allowed = {*_PALETTES, NOTHING} if kind == "word" else _PALETTES
    if kind not in {"word", "subgroup", "picture"} or palette not in allowed:
        raise ValueError(f"line {number} of the moods: {kind!r} for the palette {palette!r}")


def _add(found: Mapping[str, dict[str, float]], line: str, number: int) -> None:
    try:
        palette, weight, names = line.split("\t")
        for name in names.split(", "):
            found[name][palette] = _checked(float(weight))
    except ValueError as error:
        raise ValueError(f"line {number} of the moods: {error}") from error


def _checked(weight: float) -> float:
    if not 0 < weight <= 1:
        raise ValueError(f"a weight of {weight}")
    return weight
