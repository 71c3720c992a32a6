"""Reading what is written with letters and signs. Initialisms come out dotted, as U.S.B. is."""

import re

from reelwright.audio.engine.text.numbers import Reader, is_number, number_readers, say_number, say_unit
from reelwright.audio.engine.text.numerals import Words, cardinal, ordinal, year
from reelwright.audio.engine.text.tokens import Around
from reelwright.audio.engine.text.vocabulary import (
    ABBREVIATIONS,
    BEFORE_NUMBERS,
    CURRENCIES,
    MONTHS,
    NUMBERED_THINGS,
    SAID_AS_WORDS,
    SCALE_WORDS,
    SENTENCE_OPENERS,
    SHORT_WORDS,
    SPELLED_OUT,
    SYMBOLS,
)
from reelwright.audio.engine.text.wordlist import wordset

__all__ = ["read_core", "spell"]

_ALONE = Around()
_LINK = re.compile(
    r"(?:[a-z][a-z0-9+]*://)?(?:www\.)?(?P<host>[\w-]+(?:\.[\w-]+)*\.[a-z]{2,12})(?::\d+)?(?P<path>/[^?#]*)?(?:[?#].*)?",
    re.IGNORECASE,
)
_MAIL = re.compile(r"(?:mailto:)?(?P<user>[\w.+-]+)@(?P<host>[\w-]+(?:\.[\w-]+)+)")
_HANDLE = re.compile(r"(?P<mark>[@#])(?P<name>\w+)")
_PLAIN = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*'?|'[A-Za-z]+")
_DOTTED = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z](?P<end>'s|s)?")
_CAPITALS = re.compile(r"(?P<name>[A-Z]{2,})(?P<end>'?s)?")
_ROMAN = re.compile(r"(?=[IVX]{2})X{0,3}(?:IX|IV|V?I{0,3})")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}
_PIECES = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[A-Z]+(?![a-z])|[A-Za-z]+(?:'[A-Za-z]+)*|[^\W\d_]+|\S")
_INITIALISM_CHARS = 6
_READ_PATH_PARTS = 2
_LETTERED = wordset(
    "vitamin vitamins plan grade hepatitis type team class group point option level exhibit appendix section"
)
_VOWELS = set("aeiouyAEIOUY")
_KNOWN_SUFFIXES = {"com", "org", "net", "io", "gov", "edu", "dev", "app", "info", "tv"}


def read_core(core: str, around: Around) -> Words:
    """Return what is said for the core of a written word: nothing if it has no sound."""
    for reader in _READERS:
        words = reader(core, around)
        if words is not None:
            return words
    return _read_pieces(core)


def spell(letters: str, suffix: str = "") -> str:
    """Return an initialism in the dotted form that is said letter by letter."""
    return "".join(f"{letter.upper()}." for letter in letters) + suffix


def _read_short(core: str, _: Around) -> Words | None:
    said = SHORT_WORDS.get(core.lower())
    return tuple(said.split()) if said else None


def _read_unit(core: str, around: Around) -> Words | None:
    if not is_number(around.before):
        return None
    return say_unit(core, one=around.before == "1")


def _read_scale(core: str, around: Around) -> Words | None:
    """``$1.5 million`` ends on ``dollars``, which belongs to the scale word."""
    sign = next((c for c in around.before if c in CURRENCIES), None)
    if sign is None or core.lower() not in SCALE_WORDS or around.before[-1:].isalpha():
        return None
    return (core, CURRENCIES[sign][1])


def _read_dash(core: str, around: Around) -> Words | None:
    if core == "-":
        return ("to",) if is_number(around.before) and is_number(around.after) else ()
    return None


def _read_abbreviation(core: str, around: Around) -> Words | None:
    lower = core.lower()
    if lower in BEFORE_NUMBERS and around.dotted and around.after[:1].isdigit():
        return (BEFORE_NUMBERS[lower],)
    if not around.dotted:
        return tuple(ABBREVIATIONS[lower].split()) if lower in {"e.g", "i.e"} else None
    if core in MONTHS and core != "May":
        return (MONTHS[core],)
    names_follow = around.after[:1].isupper() and around.after.lower() not in SENTENCE_OPENERS
    if lower in {"st", "dr"}:
        return (
            ({"st": "saint", "dr": "doctor"} if names_follow else {"st": "street", "dr": "drive"})[lower],
        )
    if lower == "min" and is_number(around.before):
        return None
    return tuple(ABBREVIATIONS[lower].split()) if lower in ABBREVIATIONS else None


def _read_roman(core: str, around: Around) -> Words | None:
    if not _ROMAN.fullmatch(core) or not around.before[:1].isupper() or around.before.isupper():
        return None
    values = [_ROMAN_VALUES[c] for c in core]
    total = sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))
    return cardinal(total) if around.before.lower() in NUMBERED_THINGS else ("the", *ordinal(total))


def _read_dotted(core: str, _: Around) -> Words | None:
    match = _DOTTED.fullmatch(core)
    if match is None:
        return None
    end = match["end"] or ""
    return (spell(core.removesuffix(end).replace(".", ""), "s" if end else ""),)


def _read_capitals(core: str, _: Around) -> Words | None:
    match = _CAPITALS.fullmatch(core)
    if match is None:
        return None
    name, end = match["name"], match["end"] or ""
    if name in SAID_AS_WORDS:
        return (*SAID_AS_WORDS[name].split(),)
    if name in SPELLED_OUT or (end == "s" and len(name) <= _INITIALISM_CHARS):
        return (spell(name, "s" if end else ""),)
    return (core if len(name) <= _INITIALISM_CHARS else name.capitalize() + end,)


def _read_letter(core: str, around: Around) -> Words | None:
    """Read one capital: A is the article but where letters are names, or an initial with a full stop."""
    if len(core) != 1 or not ("A" <= core <= "Z"):
        return None
    named = core == "A" and (around.before.lower() in _LETTERED or around.after in SYMBOLS)
    return (spell(core),) if named or (around.dotted and around.before != "") else (core,)


def _read_plain(core: str, _: Around) -> Words | None:
    if not _PLAIN.fullmatch(core):
        return None
    if 1 < len(core) <= 4 and core.islower() and core.isalpha() and not _VOWELS & set(core):
        return (spell(core),) if core not in {"hmm", "shh", "psst", "nth"} else (core,)
    parts = core.split("-")
    if len(parts) > 1 and any(len(part) > 1 and part.isupper() for part in parts):
        return tuple(word for part in parts for word in read_core(part, _ALONE))
    return (core,)


def _read_link(core: str, _: Around) -> Words | None:
    if match := _MAIL.fullmatch(core):
        return (*_read_name(match["user"]), "at", *_read_name(match["host"]))
    if match := _HANDLE.fullmatch(core):
        mark = "at" if match["mark"] == "@" else "number" if match["name"].isdigit() else "hashtag"
        return (mark, *_read_name(match["name"]))
    match = _LINK.fullmatch(core)
    if match is None or not _is_link(core, match):
        return None
    parts = [part for part in (match["path"] or "").split("/") if part][:_READ_PATH_PARTS]
    return _read_name(match["host"]) + tuple(word for part in parts for word in ("slash", *_read_name(part)))


def _is_link(core: str, match: re.Match[str]) -> bool:
    """``Node.js`` is read so as well; ``3.5x`` and ``end.Next`` are not."""
    last = match["host"].rpartition(".")[2]
    return (
        "://" in core
        or core.startswith("www.")
        or last in _KNOWN_SUFFIXES
        or (last.islower() and len(last) <= 3)
    )


def _read_name(name: str) -> Words:
    dotted = " dot ".join(name.split(".")).replace("-", " ").replace("_", " ")
    return tuple(
        said
        for word in dotted.split()
        for said in (read_core(word, _ALONE) if word != name else _read_pieces(word))
    )


def _read_sign(core: str, around: Around) -> Words | None:
    if core not in SYMBOLS:
        return None
    if core == "#" and not around.after[:1].isdigit():
        return ()
    return tuple(SYMBOLS[core].split())


def _read_pieces(core: str) -> Words:
    """Read runs of letters, figures and signs one after another: ``H2O``, ``AT&T``, ``21-year-old``."""
    if "-" in core.strip("-"):
        return tuple(word for part in core.split("-") if part for word in read_core(part, _ALONE))
    pieces = _PIECES.findall(core)
    if pieces == [core] and core.isalpha():
        return (core,) if core.isascii() else ()
    words: Words = ()
    for index, piece in enumerate(pieces):
        words += _read_piece(
            piece, is_version=piece.lower() == "v" and pieces[index + 1 : index + 2] != ["."]
        )
    return words


def _read_piece(piece: str, *, is_version: bool) -> Words:
    if is_version:
        return ("version",)
    if piece.isalpha() and piece.isascii():
        short = piece.isupper() and len(piece) <= 3
        return (spell(piece),) if short else read_core(piece, _ALONE)
    if piece[0].isdigit():
        return year(int(piece)) if re.fullmatch(r"1[1-9]\d\d|20\d\d", piece) else say_number(piece)
    return tuple(SYMBOLS[piece].split()) if piece in SYMBOLS and piece not in "#~<>" else ()


_READERS: tuple[Reader, ...] = (
    _read_short,
    _read_dash,
    _read_abbreviation,
    *number_readers(),
    _read_unit,
    _read_scale,
    _read_roman,
    _read_dotted,
    _read_letter,
    _read_capitals,
    _read_plain,
    _read_link,
    _read_sign,
)
