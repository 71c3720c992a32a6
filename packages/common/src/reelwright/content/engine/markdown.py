"""From Markdown notes to plain blocks of text: what is said, without what it was dressed in."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["LINK", "Block", "Heading", "ListBlock", "Paragraph", "Table", "parse_notes"]

LINK = "\ufffc"
"""Stands where a bare address was. A sentence that needs it cannot be read aloud."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the notes: it names a section and is never spoken."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. Each passage ends where a line was broken on purpose."""

    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListBlock:
    """Bullets, or numbered steps when ``ordered``."""

    items: tuple[str, ...]
    ordered: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows of as many cells."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | ListBlock | Table

_CODE_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_HEADING = re.compile(r"^ {0,3}#{1,6}(?:\s(.*))?$")
_UNDERLINE = re.compile(r"^ {0,3}(?:=+|-{2,})\s*$")
_RULE = re.compile(r"^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_ITEM = re.compile(r"^\s*(?:(?P<bullet>[-*+•])|(?P<number>\d{1,3}[.)]))\s+(?:\[[ xX]\]\s+)?(?P<text>\S.*)$")
_QUOTE_MARK = re.compile(r"^ {0,3}>\s?")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_DEFINITION = re.compile(r"^ {0,3}\[[^\[\]]{1,100}\]:\s")

_HIDDEN_OPENING = re.compile(r"<(?:(script|style)\b[^<>]{0,500}>|!--)", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_IMAGE = re.compile(r"!\[[^\[\]]{0,300}\]\([^()\n]{0,500}\)")
_NAMED_LINK = re.compile(r"\[([^\[\]]{1,300})\](?:\([^()\n]{0,500}\)|\[[^\[\]]{0,100}\])")
_FOOTNOTE = re.compile(r"\[(?:\^[^\[\]\s]{1,40}|\d{1,3}|citation needed)\]", re.IGNORECASE)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]]{1,2000}[^\s<>()\[\].,;:!?\"'”’]", re.IGNORECASE)
_URL_ASIDE = re.compile(rf"\s?[(\[<][^()\[\]<>]{{0,40}}{LINK}[^()\[\]<>]{{0,40}}[)\]>]")
_STRONG = re.compile(r"(\*\*|__|~~|`+)(?=\S)([^\n]{1,500}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*_])([*_])(?=\S)([^*_\n]{1,500})(?<=\S)\1(?![\w*_])")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])")
_HIDING_PLACE = 0xE000
_BACK = {_HIDING_PLACE + code: chr(code) for code in range(128)}
"""Escaped marks wait in the private area of Unicode, which briefs never hold, until markup is gone."""
_SPACE_BEFORE_MARK = re.compile(r" (?=[.,;:!?](?: |$))")
_BLANKS = re.compile(r"[ \t]+")

_SHORT_LINE_CHARS = 60
_LEAST_LOOSE_LINES = 3
_SENTENCE_MARK = re.compile(r"[.!?…:;。！？]")


def parse_notes(notes: str) -> tuple[Block, ...]:
    """Return the blocks of Markdown ``notes`` in order, their text free of markup.

    Code and raw HTML are left out, links keep their words, bare addresses become :data:`LINK`.
    Takes time linear in the notes.
    """
    lines = [_QUOTE_MARK.sub("", line) for line in _without_code(_without_hidden(notes).split("\n"))]
    return tuple(_blocks(lines))


def _without_hidden(text: str) -> str:
    """Cut out scripts, styles and comments. One that is never closed is left to be read as text."""
    lowered = _ascii_lower(text)
    kept: list[str] = []
    at = 0
    while opening := _HIDDEN_OPENING.search(text, at):
        closing = f"</{opening[1].lower()}>" if opening[1] else "-->"
        end = lowered.find(closing, opening.end())
        if end < 0:
            break
        kept.append(text[at : opening.start()])
        at = end + len(closing)
    return " ".join([*kept, text[at:]])


def _ascii_lower(text: str) -> str:
    """Lower case that keeps every character in its place, which ``str.lower`` does not."""
    return text.translate({code: code + 32 for code in range(ord("A"), ord("Z") + 1)})


def _without_code(lines: Sequence[str]) -> Iterator[str]:
    fence = ""
    for line in lines:
        opened = _CODE_FENCE.match(line)
        if fence:
            fence = "" if opened and opened.group(1) == fence else fence
        elif opened:
            fence = opened.group(1)
            yield ""
        elif not _DEFINITION.match(line):
            yield line


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        taken, block = _block_at(lines, at)
        if block is not None:
            yield block
        at += taken


def _block_at(lines: Sequence[str], at: int) -> tuple[int, Block | None]:
    line = lines[at]
    if not line.strip() or _RULE.match(line):
        return 1, None
    if heading := _HEADING.match(line):
        return 1, Heading(_plain((heading[1] or "").rstrip("# ")))
    if _is_table(lines, at):
        return _table(lines, at)
    if _ITEM.match(line):
        return _list(lines, at)
    if at + 1 < len(lines) and _UNDERLINE.match(lines[at + 1]):
        return 2, Heading(_plain(line))
    return _paragraph(lines, at)


def _is_table(lines: Sequence[str], at: int) -> bool:
    return (
        "|" in lines[at]
        and at + 1 < len(lines)
        and "|" in lines[at + 1]
        and bool(_TABLE_RULE.match(lines[at + 1]))
    )


def _table(lines: Sequence[str], at: int) -> tuple[int, Block]:
    end = at + 2
    while end < len(lines) and "|" in lines[end] and lines[end].strip():
        end += 1
    header = _cells(lines[at])
    rows = (_cells(line) for line in lines[at + 2 : end])
    return end - at, Table(header, tuple(row for row in rows if len(row) == len(header)))


def _cells(line: str) -> tuple[str, ...]:
    return tuple(_plain(cell) for cell in line.strip().strip("|").split("|"))


def _list(lines: Sequence[str], at: int) -> tuple[int, Block]:
    items: list[list[str]] = []
    first = _ITEM.match(lines[at])
    ordered = first is not None and bool(first["number"])
    end = at
    while end < len(lines):
        item = _ITEM.match(lines[end])
        if item and bool(item["number"]) == ordered:
            items.append([item["text"]])
        elif item or not _continues(lines, end):
            break
        elif lines[end].strip():
            items[-1].append(lines[end])
        end += 1
    return end - at, ListBlock(tuple(_telling(items)), ordered)


def _telling(items: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the items that say something: a lone mark does not."""
    for parts in items:
        text = _plain(" ".join(parts))
        if any(character.isalnum() for character in text):
            yield text


def _continues(lines: Sequence[str], at: int) -> bool:
    """Whether a line that is no item still belongs to the list: wrapped text, or a gap inside it."""
    if not lines[at].strip():
        return at + 1 < len(lines) and bool(_ITEM.match(lines[at + 1]) or lines[at + 1].startswith(" "))
    return not (_HEADING.match(lines[at]) or _is_table(lines, at))


def _paragraph(lines: Sequence[str], at: int) -> tuple[int, Block]:
    end = at + 1
    while end < len(lines) and lines[end].strip() and not _interrupts(lines, end):
        end += 1
    return end - at, Paragraph(tuple(_passages(lines[at:end])))


def _interrupts(lines: Sequence[str], at: int) -> bool:
    return bool(_HEADING.match(lines[at]) or _ITEM.match(lines[at]) or _RULE.match(lines[at])) or _is_table(
        lines, at
    )


def _passages(lines: Sequence[str]) -> Iterator[str]:
    """Join wrapped lines. A line was broken on purpose if the next word would still have fitted."""
    width = max(_SHORT_LINE_CHARS, *(len(line) for line in lines))
    if len(lines) >= _LEAST_LOOSE_LINES and not any(_SENTENCE_MARK.search(line) for line in lines):
        yield from map(_plain, lines)
        return
    never_large = lines[0].lstrip()[:1].islower()
    passage: list[str] = []
    for line, following in zip(lines, [*lines, ""][1:], strict=True):
        passage.append(line)
        first_word = following.strip().split(" ")[0]
        starts_anew = first_word[:1].isupper() or first_word[:1].isdigit() or never_large
        if not following or (
            starts_anew and len(line) + 1 + len(first_word) <= width and _is_unfinished(line)
        ):
            yield _plain(" ".join(passage))
            passage = []


def _is_unfinished(line: str) -> bool:
    """Whether nothing at the end of the line says that the sentence goes on or has ended."""
    return line.rstrip()[-1:].isalnum() or line.rstrip()[-1:] in ")%"


def _plain(text: str) -> str:
    text = _IMAGE.sub(" ", _ESCAPE.sub(lambda match: chr(_HIDING_PLACE + ord(match[1])), text))
    text = _NAMED_LINK.sub(r"\1", text)
    text = _TAG.sub(" ", _URL.sub(LINK, text))
    text = _URL_ASIDE.sub("", _FOOTNOTE.sub("", text))
    text = _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", text))
    return _SPACE_BEFORE_MARK.sub("", _BLANKS.sub(" ", html.unescape(text.translate(_BACK)))).strip()
