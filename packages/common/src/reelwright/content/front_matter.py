"""The small part of YAML that a brief may use: keys with text or a list of texts, one with a list of lines.

The parser's events are read directly and nothing is ever constructed, so that no tag can run code
and no alias can grow. Every value is the text as written: ``topic: 2024`` is the text ``2024``,
``aspect: 16:9`` is not a number to the base of sixty, and ``no`` is not false.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from reelwright.content.errors import BriefInvalid

__all__ = ["Entry", "Lines", "parse_front_matter"]

Lines: TypeAlias = dict[str, str | list[str]]
"""The lines of one entry of a list, by key."""

_MAX_CHARS = 16_000
_SHAPE = "Keep the front matter to lines of the form 'key: value'."
_EMPTY_WORDS = {"", "~", "null", "Null", "NULL"}


@dataclass(frozen=True, slots=True)
class Entry:
    """The value of one key and the line it stands on; None when nothing was written there."""

    value: str | list[str | Lines] | None
    line: int


def parse_front_matter(
    text: str, *, source: str, first_line: int, detailed: Collection[str] = ()
) -> dict[str, Entry]:
    """Return the entries of ``text`` by key.

    ``first_line`` is the line of ``source`` on which ``text`` starts. Raises BriefInvalid with the
    line for anything but keys with text or flat lists: aliases, tags, nesting, keys given twice.
    Entries of the lists of ``detailed`` keys may have lines of their own with text or flat lists.
    """
    if len(text) > _MAX_CHARS:
        raise _invalid(source, first_line, f"the front matter has {len(text):,} characters")
    reader = _Reader(source, first_line, frozenset(detailed))
    try:
        return reader.read(_events(text))
    except yaml.YAMLError as error:
        raise reader.broken(error) from error


def _events(text: str) -> Iterator[Event]:
    frame = (StreamStartEvent, StreamEndEvent, DocumentStartEvent, DocumentEndEvent)
    return (event for event in yaml.parse(text, Loader=yaml.SafeLoader) if not isinstance(event, frame))


@dataclass(frozen=True, slots=True)
class _Reader:
    source: str
    first_line: int
    detailed: frozenset[str]

    def read(self, events: Iterator[Event]) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        opening = next(events, None)
        if opening is None:
            return entries
        if not isinstance(opening, MappingStartEvent):
            raise self._refuse(opening, "the front matter must be lines of the form 'key: value'")
        self._check(opening)
        for event in events:
            if isinstance(event, MappingEndEvent):
                continue
            key = self._text(event, "a key must be plain text")
            if key in entries:
                raise self._refuse(event, f"the key {key!r} was already given on line {entries[key].line}")
            entries[key] = Entry(self._value(key, events), self._line(event))
        return entries

    def _value(self, key: str, events: Iterator[Event]) -> str | list[str | Lines] | None:
        event = next(events)
        if isinstance(event, SequenceStartEvent):
            self._check(event)
            return list(self._items(key, events))
        text = self._text(event, f"{key} must be text or a list of texts")
        return None if _is_empty(event, text) else text

    def _items(self, key: str, events: Iterator[Event]) -> Iterator[str | Lines]:
        for event in events:
            if isinstance(event, SequenceEndEvent):
                return
            if isinstance(event, MappingStartEvent) and key in self.detailed:
                self._check(event)
                yield dict(self._lines(key, events))
            else:
                yield self._text(event, f"{key} may hold a flat list of texts only")

    def _lines(self, key: str, events: Iterator[Event]) -> Iterator[tuple[str, str | list[str]]]:
        given: set[str] = set()
        for event in events:
            if isinstance(event, MappingEndEvent):
                return
            name = self._text(event, "a key must be plain text")
            if name in given:
                raise self._refuse(event, f"{name!r} is given twice for one of {key}")
            given.add(name)
            value = self._value(name, events)
            if value is None:
                raise self._refuse(event, f"{name} of one of {key} has no value")
            yield name, value if isinstance(value, str) else [str(each) for each in value]

    def _text(self, event: Event, demand: str) -> str:
        self._check(event)
        if not isinstance(event, ScalarEvent):
            raise self._refuse(event, demand)
        return str(event.value)

    def _check(self, event: Event) -> None:
        if isinstance(event, AliasEvent):
            raise self._refuse(event, f"the alias *{event.anchor} is not allowed: write the value out")
        if isinstance(event, NodeEvent) and event.anchor is not None:
            raise self._refuse(event, f"the anchor &{event.anchor} is not allowed: write the value out")
        if isinstance(event, (ScalarEvent, SequenceStartEvent, MappingStartEvent)) and event.tag is not None:
            raise self._refuse(event, f"the tag {event.tag} is not allowed: values are plain text")

    def _line(self, event: Event) -> int:
        return self.first_line + (event.start_mark.line if event.start_mark else 0)

    def _refuse(self, event: Event, problem: str) -> BriefInvalid:
        return _invalid(self.source, self._line(event), problem)

    def broken(self, error: yaml.YAMLError) -> BriefInvalid:
        mark = getattr(error, "problem_mark", None)
        line = self.first_line + (int(mark.line) if mark else 0)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable"
        return _invalid(
            self.source, line, f"this is not YAML ({problem})", "Quote a value that holds ':' or '#'."
        )


def _is_empty(event: Event, text: str) -> bool:
    return isinstance(event, ScalarEvent) and event.style is None and text in _EMPTY_WORDS


def _invalid(source: str, line: int, problem: str, next_step: str = _SHAPE) -> BriefInvalid:
    return BriefInvalid(
        f"{source}, line {line}: {problem}.",
        next_step=next_step,
        context={"source": source, "line": line},
    )
