"""A prompt file's front matter: YAML read without constructing anything, within bounds, and with places.

Events are read directly: no tag can run code, no alias can grow, no key stands twice. Scalars are those of
JSON (YAML 1.2's core): ``no`` is text and ``16:9`` is not a number to the base of sixty.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from reelwright.prompts.errors import PromptSyntaxError

__all__ = ["MAX_HEADER_CHARS", "Header", "Place", "read_header", "split_file"]

MAX_HEADER_CHARS = 16_000
"""Of front matter: it is declarations, and a longer one is something else."""

_MAX_DEPTH = 12
_FENCE = re.compile(r"---[ \t]*")
_WORDS: dict[str, Any] = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,18}\.[0-9]{0,18}|\.[0-9]{1,18})(?:[eE][-+]?[0-9]{1,3})?")
_EXAMPLE = "Start the file with '---', then 'name: …', then '---', then what the model is told."

Place = tuple[int, int]
"""Line and column of the file, from 1."""
_Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """Front matter as plain data, and where each part of it stands."""

    data: dict[str, Any]
    places: dict[_Path, Place] = field(default_factory=dict)

    def place(self, path: _Path) -> Place:
        """Return where a part stands, or the nearest part around it that is there."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))


def split_file(text: str, source: str) -> tuple[str, int]:
    """Return the front matter and the offset at which the body begins; PromptSyntaxError."""
    first, newline, _ = text.partition("\n")
    if not newline or not _FENCE.fullmatch(first):
        raise _wrong("the file must begin with '---': the front matter is missing", source, (1, 1), _EXAMPLE)
    begin = at = len(first) + 1
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if _FENCE.fullmatch(text, at, end):
            return text[begin:at], min(end + 1, len(text))
        at = end + 1
    raise _wrong("the front matter is never closed", source, (1, 1), "Put '---' on a line after it.")


def read_header(text: str, source: str) -> Header:
    """Return front matter that begins on the file's second line; PromptSyntaxError for anything odd."""
    if len(text) > MAX_HEADER_CHARS:
        problem = f"the front matter has {len(text):,} characters, and {MAX_HEADER_CHARS:,} are the most"
        raise _wrong(problem, source, (2, 1))
    reader = _Reader(source)
    try:
        data = reader.document(_events(text))
    except yaml.YAMLError as error:
        raise _broken(error, source) from error
    return Header(data, reader.places)


def _events(text: str) -> Iterator[Event]:
    wanted = (NodeEvent, SequenceEndEvent, MappingEndEvent)
    return (event for event in yaml.parse(text, Loader=yaml.SafeLoader) if isinstance(event, wanted))


class _Reader:
    def __init__(self, source: str) -> None:
        self._source = source
        self.places: dict[_Path, Place] = {}

    def document(self, events: Iterator[Event]) -> dict[str, Any]:
        opening = next(events, None)
        if opening is None or not isinstance(opening, MappingStartEvent):
            raise _wrong("the front matter must be lines of the form 'key: value'", self._source, (2, 1))
        data = self._value(opening, events, ())
        if (more := next(events, None)) is not None:
            raise self._refuse(more, "there is a second document")
        return dict(data)

    def _value(self, event: Event, events: Iterator[Event], path: _Path) -> Any:
        self._check(event, path)
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, path)
        return _scalar(event)

    def _mapping(self, events: Iterator[Event], path: _Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = self._key(event, path)
            if key in found:
                raise self._refuse(event, f"{key!r} is given twice")
            self.places[(*path, key)] = _place(event)
            found[key] = self._value(next(events), events, (*path, key))
        return found

    def _sequence(self, events: Iterator[Event], path: _Path) -> list[Any]:
        found: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            inside = (*path, len(found))
            self.places[inside] = _place(event)
            found.append(self._value(event, events, inside))
        return found

    def _key(self, event: Event, path: _Path) -> str:
        self._check(event, path)
        if not isinstance(event, ScalarEvent):
            raise self._refuse(event, "a key must be plain text")
        return str(event.value)

    def _check(self, event: Event, path: _Path) -> None:
        if isinstance(event, AliasEvent):
            raise self._refuse(event, f"the alias *{event.anchor} is not allowed: write the value out")
        if isinstance(event, NodeEvent) and event.anchor is not None:
            raise self._refuse(event, f"the anchor &{event.anchor} is not allowed: write the value out")
        if getattr(event, "tag", None) is not None:
            raise self._refuse(event, "a tag is not allowed: values are plain data")
        if len(path) > _MAX_DEPTH:
            raise self._refuse(event, f"more than {_MAX_DEPTH} levels lie in each other")

    def _refuse(self, event: Event, problem: str) -> PromptSyntaxError:
        return _wrong(problem, self._source, _place(event))


def _scalar(event: Event) -> Any:
    text = str(getattr(event, "value", ""))
    if getattr(event, "style", None) is not None:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def _place(event: Event) -> Place:
    mark = event.start_mark
    return (mark.line + 2, mark.column + 1) if mark else (2, 1)


def _broken(error: yaml.YAMLError, source: str) -> PromptSyntaxError:
    mark = getattr(error, "problem_mark", None)
    place = (int(mark.line) + 2, int(mark.column) + 1) if mark else (2, 1)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not readable"
    return _wrong(f"this is not YAML ({problem})", source, place, "Quote a value that holds ':' or '#'.")


def _wrong(problem: str, source: str, place: Place, next_step: str = "") -> PromptSyntaxError:
    line, column = place
    return PromptSyntaxError(problem, source=source, line=line, column=column, next_step=next_step)
