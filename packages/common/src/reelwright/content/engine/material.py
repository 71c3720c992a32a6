"""The notes as material: units that can be spoken, in order, and how they hang together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reelwright.content.engine.links import Link, link_of
from reelwright.content.engine.markdown import LINK, Heading, ListBlock, Paragraph, Table, parse_notes
from reelwright.content.engine.sentences import split_sentences
from reelwright.content.engine.words import content_stems
from reelwright.content.pace import Pace

__all__ = ["Material", "PlacedTable", "Sentence", "Unit", "read_material"]

_MAX_SENTENCE_WORDS = 45
_MAX_WORD_CHARS = 45
_MAX_SHORT_ITEM_WORDS = 8
_MAX_LISTED_ITEMS = 6
_MAX_LIST_PARTS = 4
_MAX_STEPS = 8
_MAX_SLOGAN_WORDS = 6
_UNSPACED = re.compile("[\u0e00-\u0eff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_MAX_UNSPACED_CHARS = 120
"""For scripts that put no spaces between words."""
_LEAST_LETTERS = 0.5
"""Share of letters and spaces below which a text is figures and signs, not a sentence."""
_CODE_SIGNS = frozenset("{}<>|\\^=~#@")
_NOT_FOR_SPEECH = (
    "source:",
    "sources:",
    "see also",
    "references",
    "read more",
    "click here",
    "image:",
    "photo:",
)
_DENIAL = re.compile(r"\b(?:not|never|no|nobody|nothing)\b|n't\b")
_CORRECTION = re.compile(
    r"(?:It|They|He|She|This|These|Instead|Rather|The reason) (?:is|was|are|were|had|has)\b|Instead,"
)
_STOPS = ".!?…。！？"
_CLOSERS = "\"”’'»)]"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as it is spoken, and as the notes have it."""

    text: str
    source: str
    seconds: float
    stems: tuple[str, ...]
    items: tuple[str, ...] = ()
    """The points of a list that the sentence names one after another."""
    step: bool = False
    """A point of a numbered list, or all of them."""


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest part that is taken or left: mostly one sentence, sometimes a few that belong together."""

    index: int
    section: int
    paragraph: int
    sentences: tuple[Sentence, ...]
    needs_previous: bool = False
    """Makes sense only right after the unit before it."""
    bare: Sentence | None = None
    """The first sentence without its opening link word, for when the unit before is left out."""
    opens_section: bool = False
    opens_paragraph: bool = False
    listed: bool = False
    """A point of a list, or several."""
    usable: bool = True

    @property
    def seconds(self) -> float:
        """Time it takes to speak, without pauses around it."""
        return sum(sentence.seconds for sentence in self.sentences)

    @property
    def stems(self) -> tuple[str, ...]:
        """Stems of all its sentences."""
        return tuple(stem for sentence in self.sentences for stem in sentence.stems)


@dataclass(frozen=True, slots=True)
class PlacedTable:
    """A table and where in the notes it stands."""

    table: Table
    section: int
    after_unit: int
    """Index of the last unit before it; -1 if there is none."""


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that the notes offer."""

    units: tuple[Unit, ...]
    tables: tuple[PlacedTable, ...]
    headings: tuple[str, ...]
    """By section; the first section has none."""
    left_out: int
    """Sentences that cannot be spoken, such as those of more than 45 words."""


def read_material(notes: str, pace: Pace, *, english: bool) -> Material:
    """Return the units and tables of ``notes``. Takes time linear in the notes."""
    reader = _Reader(pace, english)
    for block in parse_notes(notes):
        reader.take(block)
    return reader.material()


@dataclass(frozen=True, slots=True)
class _Draft:
    """Sentences of a unit before its place in the whole is known."""

    texts: tuple[str, ...]
    items: tuple[str, ...] = ()
    listed: bool = False
    follows: bool = False
    """Needs the unit before it whatever its words say: the second step needs the first."""
    numbered: bool = False
    led: bool = False
    """Its first text only leads up to the points."""


class _Reader:
    def __init__(self, pace: Pace, english: bool) -> None:  # noqa: FBT001 (one caller)
        self._pace = pace
        self._english = english
        self._units: list[Unit] = []
        self._tables: list[PlacedTable] = []
        self._headings: list[str] = [""]
        self._paragraph = 0
        self._lead = ""
        self._fresh = True
        self._first = True
        self._left_out = 0

    def take(self, block: Heading | Paragraph | ListBlock | Table) -> None:
        if isinstance(block, ListBlock):
            lead, self._lead = self._lead, ""
            self._add(_list_drafts(block, lead or f"{self._headings[-1]}:".lstrip(":"), led=bool(lead)))
            return
        self._flush_lead()
        if isinstance(block, Heading):
            self._headings.append(block.text)
            self._fresh = True
        elif isinstance(block, Table):
            self._tables.append(PlacedTable(block, len(self._headings) - 1, len(self._units) - 1))
        else:
            self._take_paragraph(block)

    def material(self) -> Material:
        self._flush_lead()
        units = _with_usable_chains(self._units)
        return Material(units, tuple(self._tables), tuple(self._headings), self._left_out)

    def _take_paragraph(self, block: Paragraph) -> None:
        texts = [text for passage in block.passages for text in split_sentences(passage)]
        if texts and texts[-1].endswith(":"):
            self._lead = texts.pop()
        self._add(_prose_drafts(texts))

    def _flush_lead(self) -> None:
        """Leave out a sentence with a colon that no list follows: it says nothing."""
        self._lead = ""

    def _add(self, drafts: Iterator[_Draft]) -> None:
        self._paragraph += 1
        self._first = True
        for draft in drafts:
            if all(_can_be_spoken(text) for text in draft.texts):
                self._units.append(self._unit(draft))
                self._fresh = self._first = False
            else:
                self._left_out += 1

    def _unit(self, draft: _Draft) -> Unit:
        link = link_of(draft.texts[0]) if self._english else Link("none", draft.texts[0])
        leans = draft.follows or link.kind == "hard" or (link.kind == "loose" and not self._fresh)
        first, *others = (
            replace(self._sentence(text, draft.items if at == 0 else ()), step=step)
            for at, (text, step) in enumerate(zip(draft.texts, _steps_of(draft), strict=True))
        )
        return Unit(
            index=len(self._units),
            section=len(self._headings) - 1,
            paragraph=self._paragraph,
            sentences=(first, *others),
            needs_previous=leans,
            bare=replace(self._sentence(link.bare), source=first.source, step=first.step)
            if link.kind == "soft"
            else None,
            opens_section=self._fresh,
            opens_paragraph=self._first,
            listed=draft.listed,
            usable=not (leans and self._fresh),
        )

    def _sentence(self, text: str, items: tuple[str, ...] = ()) -> Sentence:
        spoken = _finished(text)
        return Sentence(spoken, text, self._pace.speech_seconds(spoken), tuple(content_stems(text)), items)


def _steps_of(draft: _Draft) -> list[bool]:
    """Return by text whether it is a numbered point, or names all of them."""
    return [draft.numbered and not (draft.led and at == 0) for at in range(len(draft.texts))]


def _with_usable_chains(units: Sequence[Unit]) -> tuple[Unit, ...]:
    """Mark units unusable whose predecessor is; if nothing is left, let everything stand alone."""
    kept: list[Unit] = []
    for unit in units:
        broken = unit.needs_previous and not (kept and kept[-1].usable)
        kept.append(replace(unit, usable=False) if broken else unit)
    if any(unit.usable for unit in kept):
        return tuple(kept)
    return tuple(replace(unit, usable=True, needs_previous=False) for unit in units)


def _prose_drafts(texts: Sequence[str]) -> Iterator[_Draft]:
    """One unit a sentence, but a question stays with its answer, and "not this" with "it is that"."""
    held: list[str] = []
    for at, (text, following) in enumerate(zip(texts, [*texts, ""][1:], strict=True)):
        if _wants_more(text, following) or (at == 0 and following and _is_slogan(text)):
            held.append(text)
            continue
        yield from (_Draft((*held, part) if position == 0 else (part,)) for position, part in _parts(text))
        held = []


def _is_slogan(text: str) -> bool:
    """Whether a paragraph's opening is so short that it only announces the next sentence."""
    return 1 < len(text.split()) <= _MAX_SLOGAN_WORDS


def _wants_more(text: str, following: str) -> bool:
    if not following:
        return False
    return text.rstrip(_CLOSERS).endswith("?") or bool(_DENIAL.search(text) and _CORRECTION.match(following))


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Cut a sentence that is too long for one breath at its semicolons."""
    if len(text.split()) <= _MAX_SENTENCE_WORDS:
        yield 0, text
        return
    for position, part in enumerate(text.split("; ")):
        yield position, part[:1].upper() + part[1:]


def _list_drafts(block: ListBlock, lead: str, *, led: bool) -> Iterator[_Draft]:
    if _are_short(block.items):
        yield from _short_list(block.items, lead, numbered=block.ordered)
    else:
        texts = [[item[:1].upper() + item[1:]] for item in block.items]
        if led and texts:
            texts[0].insert(0, lead)
        yield from (
            _steps(texts, led=led)
            if block.ordered
            else (_Draft(tuple(parts), listed=True) for parts in texts)
        )


def _are_short(items: Sequence[str]) -> bool:
    """Whether the points are things rather than sentences; a stop behind the last one is custom."""
    finished = any(item[-1:] in _STOPS and len(item.split()) > 1 for item in items[:-1])
    return not finished and all(len(item.split()) <= _MAX_SHORT_ITEM_WORDS for item in items)


def _short_list(items: Sequence[str], lead: str, *, numbered: bool) -> Iterator[_Draft]:
    """Name short points in one sentence; a long list becomes a few, and a very long one is cut."""
    parts = -(-len(items) // _MAX_LISTED_ITEMS)
    size = -(-len(items) // parts) if parts else 0
    for part in range(min(parts, _MAX_LIST_PARTS)):
        points = tuple(item.rstrip(_STOPS + ",;") for item in items[part * size : (part + 1) * size])
        opening = f"{lead.rstrip(':')}: " if lead and part == 0 else ""
        text = opening + _enumerate(points, opening)
        yield _Draft((text,), items=points, listed=True, follows=part > 0, numbered=numbered)


def _enumerate(points: Sequence[str], opening: str) -> str:
    joined = f"{', '.join(points[:-1])} and {points[-1]}" if len(points) > 1 else points[0]
    return joined if opening else joined[:1].upper() + joined[1:]


def _steps(texts: Sequence[Sequence[str]], *, led: bool) -> Iterator[_Draft]:
    """Take steps together while they are few; a longer procedure may only be cut short at its end."""
    if len(texts) <= _MAX_STEPS:
        yield _Draft(tuple(text for parts in texts for text in parts), listed=True, numbered=True, led=led)
        return
    for at, parts in enumerate(texts):
        yield _Draft(tuple(parts), listed=True, follows=at > 0, numbered=True, led=led and at == 0)


def _can_be_spoken(text: str) -> bool:
    if LINK in text or _CODE_SIGNS & set(text) or text.lower().startswith(_NOT_FOR_SPEECH):
        return False
    words = text.split()
    if _UNSPACED.search(text):
        return len(text) <= _MAX_UNSPACED_CHARS
    if not 1 < len(words) <= _MAX_SENTENCE_WORDS or max(map(len, words)) > _MAX_WORD_CHARS:
        return False
    letters = sum(character.isalpha() or character.isspace() for character in text)
    return letters >= _LEAST_LETTERS * len(text)


def _finished(text: str) -> str:
    """End the text as a sentence; a colon or comma at its end leads nowhere when it is spoken."""
    trimmed = text.rstrip(" ,;:–—-") or text
    trimmed = trimmed[:1].upper() + trimmed[1:]
    return trimmed if trimmed.rstrip(_CLOSERS)[-1:] in _STOPS else f"{trimmed}."
