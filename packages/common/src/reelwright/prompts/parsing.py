"""A prompt's file, read into its definition and its tree.

Front matter is a subset of dotprompt's (``name``, ``description``, ``model``, ``config``, ``input``,
``output``), and what dotprompt has no word for stands under ``reelwright``.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reelwright.cost.schema import Service
from reelwright.prompts.body import Node, parse_body, place_of
from reelwright.prompts.errors import PromptSyntaxError
from reelwright.prompts.header import Header, Place, read_header, split_file
from reelwright.prompts.inputs import read_inputs
from reelwright.prompts.schema import (
    CONTROL,
    PromptCategory,
    PromptDefinition,
    PromptName,
    VariantName,
    Weight,
)

__all__ = ["MAX_FILE_CHARS", "ParsedPrompt", "content_version", "parse_prompt"]

MAX_FILE_CHARS = 200_000
"""Of a prompt's file."""

_MOST_KEPT = 64
_VERSION_CHARS = 12
_JSON_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class _Model(_Part):
    role: Service


class _Config(_Part):
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    maxOutputTokens: Annotated[int, Field(ge=1)] | None = None  # noqa: N815 (dotprompt's name)


class _Input(_Part):
    schema_: dict[str, Any] = Field(default={}, alias="schema")


class _Output(_Part):
    format: Literal["json", "text"] | None = None
    schema_: str | dict[str, Any] | None = Field(default=None, alias="schema")


class _Own(_Part):
    category: PromptCategory | Literal[""] = ""
    topics: list[Annotated[str, Field(min_length=1, max_length=100)]] = []
    trust: dict[str, str] = {}
    limits: dict[str, Any] = {}
    variants: Annotated[dict[VariantName, Weight], Field(min_length=1, max_length=20)] = {CONTROL: 100}


class _Front(_Part):
    name: PromptName
    description: Annotated[str, Field(max_length=1_000)] = ""
    model: _Model = _Model(role="content")
    config: _Config = _Config()
    input: _Input = _Input()
    output: _Output = _Output()
    reelwright: _Own = _Own()


@dataclass(frozen=True, slots=True)
class ParsedPrompt:
    """A prompt's file as it was read: nothing yet says that body and front matter agree."""

    definition: PromptDefinition
    nodes: tuple[Node, ...]
    text: str
    """The whole file, with line feeds only."""
    begin: int
    """Where the body begins in it."""
    source: str
    header: Header

    def place(self, at: int) -> Place:
        """Return line and column of an offset of the text."""
        return place_of(self.text, at)

    def error_at(self, at: int, problem: str, kind: str) -> PromptSyntaxError:
        """Return the error for an offset of the text."""
        line, column = self.place(at)
        return PromptSyntaxError(problem, source=self.source, line=line, column=column, kind=kind)


def content_version(text: str) -> str:
    """Return the version that a file's text has by itself: the beginning of its hash."""
    return hashlib.sha256(_plain(text).encode("utf-8", "surrogatepass")).hexdigest()[:_VERSION_CHARS]


def parse_prompt(text: str, *, source: str = "prompt") -> ParsedPrompt:
    """Return what a file says; ``source`` names it in errors. PromptSyntaxError says what, and where."""
    if len(text) > MAX_FILE_CHARS:
        problem = f"the file has {len(text):,} characters, and {MAX_FILE_CHARS:,} are the most"
        raise PromptSyntaxError(problem, source=source, line=1, column=1)
    text = _plain(text)
    _refuse_surrogates(text, source)
    front, begin = split_file(text, source)
    header, definition = _front(front, source)
    return ParsedPrompt(definition, parse_body(text, begin, source), text, begin, source, header)


@lru_cache(maxsize=_MOST_KEPT)
def _front(text: str, source: str) -> tuple[Header, PromptDefinition]:
    """Return what front matter says. YAML takes most of the time, and who serves a prompt lints it too."""
    header = read_header(text, source)
    return header, _definition(header, source)


def _plain(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _refuse_surrogates(text: str, source: str) -> None:
    if found := re.search("[\ud800-\udfff]", text):
        line, column = place_of(text, found.start())
        raise PromptSyntaxError("this is no character of Unicode", source=source, line=line, column=column)


def _definition(header: Header, source: str) -> PromptDefinition:
    def refuse(problem: str, path: tuple[str | int, ...]) -> PromptSyntaxError:
        line, column = header.place(path)
        return PromptSyntaxError(problem, source=source, line=line, column=column, kind="front-matter")

    try:
        front = _Front.model_validate(header.data)
    except ValidationError as error:
        raise refuse(*next(_problems(error))) from error
    own = front.reelwright
    if CONTROL not in own.variants or not sum(own.variants.values()):
        problem = f"one of the variants must be {CONTROL!r}, and one must have a weight above 0"
        raise refuse(problem, ("reelwright", "variants"))
    return PromptDefinition(
        name=front.name,
        description=front.description,
        category=own.category,
        topics=tuple(own.topics),
        service=front.model.role,
        temperature=front.config.temperature,
        max_output_tokens=front.config.maxOutputTokens,
        inputs=read_inputs(header, refuse),
        variants=own.variants,
        output=_output(front.output, refuse),
    )


def _output(said: _Output, refuse: Any) -> str | dict[str, Any] | None:
    schema = said.schema_
    if isinstance(schema, dict) and schema.get("type") not in _JSON_TYPES:
        raise refuse("an inline schema is a JSON schema, with a 'type'", ("output", "schema"))
    return schema


def _problems(error: ValidationError) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    for one in error.errors(include_url=False, include_input=False):
        path = tuple(part for part in one["loc"] if part != "[key]")
        name = ".".join(str(part) for part in path)
        said = "there is no such key" if one["type"] == "extra_forbidden" else one["msg"]
        yield f"{name}: {said[:1].lower()}{said[1:]}", path
