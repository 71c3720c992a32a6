"""A prompt file's body, read into a tree, or refused with the place.

Tags stand on one line between ``{{`` and ``}}``:

    {{role "system"}}  {{role "user"}}       whose words follow, until the next
    {{name}}                                 the value of a declared input, or of a field of an item
    {{.}}                                    the item, inside a list of text
    {{#name}} … {{/name}}                    for each item of a list; once if an optional value is given
    {{^name}} … {{/name}}                    if the list is empty, if the optional value is not given
    {{#variant name}} … {{/variant}}         only in that variant
    {{! comment }}                           nothing

There is nothing else: no paths, no attributes, no helpers, no partials, no expressions, no other delimiters,
and no way to write ``{{`` as text. A tag that is alone on its line, but for a value's, takes the line with
it. Each character is looked at a bounded number of times.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from reelwright.prompts.errors import PromptSyntaxError
from reelwright.prompts.header import Place

__all__ = [
    "MAX_DEPTH",
    "MAX_TAGS",
    "Insert",
    "Node",
    "Role",
    "RoleMark",
    "Section",
    "Text",
    "VariantPart",
    "parse_body",
    "place_of",
]

MAX_DEPTH = 8
"""How deep sections may lie in each other."""
MAX_TAGS = 2_000
"""Of one prompt."""

Role = Literal["system", "user"]

_TAG = re.compile(r"\{\{([^{}\n]{0,200})\}\}")
_NAME = r"[a-z][A-Za-z0-9_]{0,63}"
_WORD = re.compile(
    rf"""
      role[ ]+"(?P<role>[a-z]+)"
    | \#[ ]*variant[ ]+(?P<variant>[a-z][a-z0-9-]{{0,31}})
    | (?P<sigil>[\#^/]?)[ ]*(?P<name>{_NAME}|\.)
    """,
    re.VERBOSE,
)
_HINTS = (
    (re.compile(r">"), "there are no partials"),
    (re.compile(r"="), "delimiters cannot be changed"),
    (re.compile(r"&"), "values are never escaped as HTML: write {{name}}"),
    (re.compile(r"#\s*(if|unless|each|with)\b"), "write {{#name}} … {{/name}} or {{^name}} … {{/name}}"),
    (re.compile(r"else\b"), "write {{/name}}{{^name}} … {{/name}}"),
    (re.compile(r"role\b"), 'write {{role "system"}} or {{role "user"}}'),
    (re.compile(r"[#^/]?\s*[\w@]+[.\[/]"), "there are no paths and no attributes, only declared names"),
    (re.compile(r"[\w]+\s+\S"), "there are no helpers and no expressions, only declared names"),
)
_BLANK = " \t"
_SPACE = re.compile(r"[ \t]*")


@dataclass(frozen=True, slots=True)
class Text:
    """Words of the prompt's author."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Insert:
    """A place for a value; ``alone`` if nothing else stands on its line."""

    name: str
    at: int
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """What is said for each item, or if a value is given; inverted, if there is none."""

    name: str
    inverted: bool
    body: tuple["Node", ...]
    at: int


@dataclass(frozen=True, slots=True)
class VariantPart:
    """What only one variant says."""

    name: str
    body: tuple["Node", ...]
    at: int


@dataclass(frozen=True, slots=True)
class RoleMark:
    """From here on somebody else speaks."""

    role: Role
    at: int


Node: TypeAlias = Text | Insert | Section | VariantPart | RoleMark


@dataclass(frozen=True, slots=True)
class _Tag:
    begin: int
    end: int
    said: str


@dataclass(slots=True)
class _Open:
    """A section whose end has not come yet."""

    closes: str
    at: int
    make: str
    name: str
    nodes: list[Node]


def parse_body(text: str, begin: int, source: str) -> tuple[Node, ...]:
    """Return the tree of the body, which begins at an offset of the file's text; PromptSyntaxError."""
    return _Parser(text, begin, source).parse()


def place_of(text: str, at: int) -> Place:
    """Return line and column, from 1, of an offset."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


class _Parser:
    def __init__(self, text: str, begin: int, source: str) -> None:
        self._text = text
        self._begin = begin
        self._source = source
        self._stack = [_Open("", begin, "", "", [])]

    def parse(self) -> tuple[Node, ...]:
        at = self._begin
        for count, tag in enumerate(self._tags()):
            if count >= MAX_TAGS:
                raise self._wrong(tag.begin, f"more than {MAX_TAGS:,} tags")
            at = self._take(tag, at)
        self._say(at, len(self._text))
        if len(self._stack) > 1:
            left = self._stack[-1]
            raise self._wrong(left.at, f"the section is never closed: {{{{/{left.closes}}}}} is missing")
        return tuple(self._stack[0].nodes)

    def _tags(self) -> Iterator[_Tag]:
        at = self._text.find("{{", self._begin)
        while at >= 0:
            end, said = self._tag_end(at)
            yield _Tag(at, end, said)
            at = self._text.find("{{", end)

    def _tag_end(self, at: int) -> tuple[int, str]:
        if self._text.startswith("{{!", at):
            end = self._text.find("}}", at)
            if end < 0:
                raise self._wrong(at, "the comment is never closed: }} is missing")
            return end + 2, "!"
        if found := _TAG.match(self._text, at):
            return found.end(), found[1].strip()
        if self._text.startswith("{{{", at):
            raise self._wrong(at, "three braces: values are never escaped as HTML, write {{name}}")
        raise self._wrong(at, "a tag must end with }} on its line, and hold no braces")

    def _take(self, tag: _Tag, at: int) -> int:
        """Put a tag, and the text before it, into the tree. Return where the text goes on."""
        found = _WORD.fullmatch(tag.said)
        if found is None and tag.said != "!":
            raise self._wrong(tag.begin, self._not_a_tag(tag.said))
        line = self._own_line(tag, at)
        begin, end = line if line and (found is None or not _inserts(found)) else (tag.begin, tag.end)
        self._say(at, begin)
        if found is not None:
            self._put(found, tag, alone=line is not None)
        return end

    def _own_line(self, tag: _Tag, at: int) -> tuple[int, int] | None:
        """Return the tag's line if nothing else is on it. No character before ``at`` is looked at again."""
        begin = self._text.rfind("\n", at, tag.begin) + 1
        if not begin:
            if at > self._begin and self._text[at - 1] != "\n":
                return None
            begin = at
        end = _SPACE.match(self._text, tag.end)
        after = end.end() if end else tag.end
        if self._text[begin : tag.begin].strip(_BLANK) or self._text[after : after + 1] not in ("", "\n"):
            return None
        return begin, min(after + 1, len(self._text))

    def _say(self, begin: int, end: int) -> None:
        if end > begin:
            self._stack[-1].nodes.append(Text(self._text[begin:end], begin))

    def _put(self, found: re.Match[str], tag: _Tag, *, alone: bool) -> None:
        sigil, name, role, variant = found["sigil"], found["name"], found["role"], found["variant"]
        if role is not None:
            self._role(role, tag)
        elif variant is not None:
            self._open("variant", "variant", variant, tag)
        elif sigil == "/":
            self._close(name, tag)
        elif sigil:
            self._open(name, sigil, name, tag)
        else:
            self._stack[-1].nodes.append(Insert(name, tag.begin, alone))

    def _role(self, role: str, tag: _Tag) -> None:
        if role not in ("system", "user"):
            raise self._wrong(tag.begin, f'there is no role "{role}": a prompt speaks as "system" or "user"')
        if len(self._stack) > 1:
            raise self._wrong(tag.begin, "a role cannot change inside a section")
        self._stack[-1].nodes.append(RoleMark("system" if role == "system" else "user", tag.begin))

    def _open(self, closes: str, make: str, name: str, tag: _Tag) -> None:
        if name == ".":
            raise self._wrong(tag.begin, "a section needs the name of an input")
        if len(self._stack) > MAX_DEPTH:
            raise self._wrong(tag.begin, f"more than {MAX_DEPTH} sections lie in each other")
        self._stack.append(_Open(closes, tag.begin, make, name, []))

    def _close(self, name: str, tag: _Tag) -> None:
        open_one = self._stack[-1]
        if open_one.closes != name:
            wanted = f"{{{{/{open_one.closes}}}}} is due" if open_one.closes else "no section is open"
            raise self._wrong(tag.begin, f"{{{{/{name}}}}} closes nothing: {wanted}")
        self._stack.pop()
        self._stack[-1].nodes.append(_made(open_one))

    def _not_a_tag(self, said: str) -> str:
        hints = (hint for pattern, hint in _HINTS if pattern.match(said))
        shown = said if len(said) <= 40 else said[:39] + "…"
        return f"{{{{{shown}}}}} is no tag: {next(hints, 'only declared names and sections are')}"

    def _wrong(self, at: int, problem: str) -> PromptSyntaxError:
        line, column = place_of(self._text, at)
        return PromptSyntaxError(problem, source=self._source, line=line, column=column)


def _inserts(found: re.Match[str]) -> bool:
    return found["name"] is not None and not found["sigil"]


def _made(section: _Open) -> Section | VariantPart:
    body = tuple(section.nodes)
    if section.make == "variant":
        return VariantPart(section.name, body, section.at)
    return Section(section.name, section.make == "^", body, section.at)
