"""The values of one rendering: held to their declarations, within limits, cleaned, and marked.

No method of a value is called that it could have brought along: types are compared, never asked, and only
``str``, ``int``, ``float``, ``bool``, ``list``, ``tuple`` and ``dict`` themselves are read. Lengths are
looked at before anything is copied.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeAlias

from reelwright.prompts.cleaning import clean
from reelwright.prompts.errors import MissingVariable, PromptTooLarge, UnknownVariable, WrongVariableType
from reelwright.prompts.schema import InputField, PromptDefinition, PromptInput, ScalarKind

__all__ = ["MAX_PROMPT_CHARS", "Item", "Prepared", "Values", "fence_mark", "prepare"]

MAX_PROMPT_CHARS = 1_000_000
"""Of all values together, and of all that is sent."""

_MARK_CHARS = 16
_SURROGATE = re.compile("[\ud800-\udfff]")
_INT64 = range(-(2**63), 2**63)

Item: TypeAlias = dict[str, str]
"""An item of a list: its fields, or its text under ``.``."""
Prepared: TypeAlias = str | tuple[Item, ...]


@dataclass(slots=True)
class Values:
    """What can be said: only inputs that have a value are in it."""

    by_name: dict[str, Prepared] = field(default_factory=dict)
    untrusted: list[str] = field(default_factory=list)
    """Every untrusted text, cleaned."""
    cleaned: dict[str, None] = field(default_factory=dict)
    """Names of inputs in whose text something was replaced."""
    chars: int = 0


def prepare(definition: PromptDefinition, variables: Mapping[str, Any]) -> Values:
    """Return the values, or raise what is wrong with the first: missing, unknown, mistyped, too large."""
    return _Preparing(definition).read(variables)


def fence_mark(texts: list[str]) -> str:
    """Return a mark that none of the texts contains: it is made from all of them."""
    hashed = sha256()
    for text in texts:
        encoded = text.encode("utf-8")
        hashed.update(b"%d:" % len(encoded))
        hashed.update(encoded)
    mark = hashed.hexdigest()[:_MARK_CHARS]
    while any(mark in text for text in texts):
        hashed.update(b"!")
        mark = hashed.hexdigest()[:_MARK_CHARS]
    return mark


class _Preparing:
    def __init__(self, definition: PromptDefinition) -> None:
        self._definition = definition
        self._values = Values()

    def read(self, variables: Mapping[str, Any]) -> Values:
        known = {each.name for each in self._definition.inputs}
        for name in variables:
            if name not in known:
                raise self._unknown(_shown(name), sorted(known))
        for declared in self._definition.inputs:
            self._input(declared, variables.get(declared.name))
        return self._values

    def _input(self, declared: PromptInput, value: Any) -> None:
        if value is None:
            if not declared.optional:
                raise self._missing(declared.name, declared.kind)
        elif declared.is_list:
            self._values.by_name[declared.name] = self._list(declared, value)
        elif (text := self._scalar(declared, declared.kind, value, declared.name)) is not None and not (
            declared.optional and _is_nothing(declared.kind, text)
        ):
            self._values.by_name[declared.name] = text

    def _list(self, declared: PromptInput, value: Any) -> tuple[Item, ...]:
        if type(value) is not list and type(value) is not tuple:
            raise self._mistyped(declared.name, f"a list ({declared.kind})", value)
        if len(value) > declared.max_items:
            raise self._too_large(declared.name, f"{len(value):,} items", f"{declared.max_items:,}")
        read = self._table if declared.kind == "table list" else self._text_item
        return tuple(read(declared, item, f"{declared.name}[{at}]") for at, item in enumerate(value))

    def _text_item(self, declared: PromptInput, item: Any, where: str) -> Item:
        return {".": self._scalar(declared, "string", item, where)}

    def _table(self, declared: PromptInput, item: Any, where: str) -> Item:
        if type(item) is not dict:
            raise self._mistyped(where, "a table (dict)", item)
        fields = {each.name: each for each in declared.fields}
        for name in item:
            if name not in fields:
                raise self._unknown(f"{where}.{_shown(name)}", list(fields))
        read = {name: self._field(declared, each, item.get(name), where) for name, each in fields.items()}
        return {name: text for name, text in read.items() if text is not None}

    def _field(self, declared: PromptInput, one: InputField, value: Any, where: str) -> str | None:
        where = f"{where}.{one.name}"
        if value is None:
            if not one.optional:
                raise self._missing(where, one.kind)
            return None
        text = self._scalar(declared, one.kind, value, where)
        return None if one.optional and _is_nothing(one.kind, text) else text

    def _scalar(self, declared: PromptInput, kind: str, value: Any, where: str) -> str:
        if kind == "string":
            return self._text(declared, value, where)
        if kind == "boolean" and type(value) is bool:
            return "true" if value else "false"
        if type(value) is int and kind != "boolean" and value in _INT64:
            return str(value)
        if type(value) is float and kind == "number" and math.isfinite(value):
            return repr(value).removesuffix(".0")
        raise self._mistyped(where, _WANTED.get(kind, kind), value)

    def _text(self, declared: PromptInput, value: Any, where: str) -> str:
        if not issubclass(type(value), str):
            raise self._mistyped(where, "text (string)", value)
        length = str.__len__(value)
        if length > declared.max_chars:
            raise self._too_large(where, f"{length:,} characters", f"{declared.max_chars:,}")
        self._values.chars += length
        if self._values.chars > MAX_PROMPT_CHARS:
            raise self._too_large(where, "more characters with all values before it", f"{MAX_PROMPT_CHARS:,}")
        text = str.__str__(value)
        return (
            self._distrusted(declared.name, text)
            if declared.trust == "untrusted"
            else self._trusted(text, where)
        )

    def _trusted(self, text: str, where: str) -> str:
        if not text.isascii() and _SURROGATE.search(text):
            problem = "text of whole characters: it has half of one (a lone surrogate)"
            raise self._mistyped(where, problem, text)
        return text

    def _distrusted(self, name: str, text: str) -> str:
        cleaned = clean(text)
        if cleaned != text:
            self._values.cleaned[name] = None
        self._values.untrusted.append(cleaned)
        return cleaned

    def _missing(self, name: str, kind: str) -> MissingVariable:
        return MissingVariable(
            f"the variable {name} is missing",
            prompt=self._definition.key,
            variable=name,
            next_step=f"Give {name} ({kind}), or declare it as optional: '{name.rpartition('.')[2]}?'.",
        )

    def _unknown(self, name: str, known: list[str]) -> UnknownVariable:
        return UnknownVariable(
            f"the variable {name} is not declared",
            prompt=self._definition.key,
            variable=name,
            next_step=f"Leave it out, or declare it. Declared are: {', '.join(known) or 'none'}.",
        )

    def _mistyped(self, name: str, wanted: str, value: Any) -> WrongVariableType:
        return WrongVariableType(
            f"the variable {name} must be {wanted}, and is {type(value).__name__[:40]}",
            prompt=self._definition.key,
            variable=name,
            next_step=f"Give {wanted} for {name}.",
        )

    def _too_large(self, name: str, has: str, most: str) -> PromptTooLarge:
        return PromptTooLarge(
            f"the variable {name} has {has}, and {most} are the most",
            prompt=self._definition.key,
            variable=name,
            next_step=f"Shorten {name}, or raise its limit under 'reelwright: limits:' of the prompt.",
        )


_WANTED: dict[str, str] = {
    "integer": "a whole number of at most 64 bits (integer)",
    "number": "a finite number (number)",
    "boolean": "true or false (boolean)",
}


def _is_nothing(kind: ScalarKind | str, text: str) -> bool:
    """Return whether an optional value counts as not given: blank text, false."""
    return not text.strip() if kind == "string" else kind == "boolean" and text == "false"


def _shown(name: Any) -> str:
    return ascii(str.__str__(name)[:40])[1:-1] if issubclass(type(name), str) else "(no text)"
