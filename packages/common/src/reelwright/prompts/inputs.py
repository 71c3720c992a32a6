"""The declared inputs of a prompt: Picoschema, as much of it as a prompt needs.

    notes?: string, what it is about            optional, with a description
    points(array, what to say): string          a list of text
    scenes(array, what is shown):               a list of tables with named scalar fields
      title: string
      seconds?: number

As in dotprompt, ``?`` stands behind the name, and a list's description in its brackets. An optional text that
is blank, and an optional boolean that is false, count as not given.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from reelwright.prompts.header import Header
from reelwright.prompts.schema import (
    DEFAULT_MAX_CHARS,
    DEFAULT_MAX_ITEMS,
    MAX_CHARS,
    MAX_ITEMS,
    InputField,
    InputKind,
    PromptInput,
    ScalarKind,
    Trust,
)

__all__ = ["read_inputs"]

_MAX_INPUTS = 50
_KEY = re.compile(
    r"(?P<name>[a-z][A-Za-z0-9_]{0,63})(?P<optional>\??)"
    r"(?:\((?P<form>[a-z]+)(?:,[ ]*(?P<description>[^()]*))?\))?"
)
_SCALARS: dict[str, ScalarKind] = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
}
_RESERVED = frozenset(
    ("role", "variant", "history", "media", "json", "section", "if", "unless", "each", "with", "else", "this")
)
_LIMITS = {"chars": MAX_CHARS, "items": MAX_ITEMS}
_MAX_FIELDS = 50

_Refuse = Callable[[str, tuple[str | int, ...]], Exception]
"""Makes the error for a problem at a path of the front matter."""


def read_inputs(header: Header, refuse: _Refuse) -> tuple[PromptInput, ...]:
    """Return the inputs in the file's order, with trust and limits; raises what ``refuse`` makes."""
    return _Inputs(header.data, refuse).read()


class _Inputs:
    def __init__(self, data: Mapping[str, Any], refuse: _Refuse) -> None:
        self._refuse = refuse
        path = ("input", "schema")
        self._schema: Mapping[str, Any] = self._table(self._table(data, path[:1]), path[1:], at=path)
        own = self._table(data, ("reelwright",))
        self._trust = self._table(own, ("trust",), at=("reelwright", "trust"))
        self._limits = self._table(own, ("limits",), at=("reelwright", "limits"))

    def read(self) -> tuple[PromptInput, ...]:
        if len(self._schema) > _MAX_INPUTS:
            self._wrong(f"more than {_MAX_INPUTS} inputs", ("input", "schema"))
        inputs = tuple(self._input(key, value) for key, value in self._schema.items())
        names = [each.name for each in inputs]
        for name in names:
            if names.count(name) > 1:
                self._wrong(f"the input {name!r} is declared twice", ("input", "schema"))
        for what, table in (("trust", self._trust), ("limits", self._limits)):
            for name in table:
                if name not in names:
                    self._wrong(f"{name!r} is no declared input", ("reelwright", what, name))
        return inputs

    def _input(self, key: str, value: Any) -> PromptInput:
        path = ("input", "schema", key)
        found = self._key(key, path)
        name, form = found["name"], found["form"]
        if form not in (None, "array"):
            self._wrong(f"{form!r} is no form of an input: a list is written 'name(array): …'", path)
        kind, said, fields = self._list(value, path) if form else (*self._scalar(value, path), ())
        return PromptInput(
            name=name,
            kind=kind,
            optional=bool(found["optional"]),
            description=found["description"] or said,
            trust=self._trust_of(name),
            fields=fields,
            **self._limits_of(name),
        )

    def _list(self, value: Any, path: tuple[str, ...]) -> tuple[InputKind, str, tuple[InputField, ...]]:
        if not isinstance(value, dict):
            kind, said = self._scalar(value, path)
            if kind != "string":
                self._wrong("a list holds text, or tables with named fields", path)
            return "string list", said, ()
        if not 1 <= len(value) <= _MAX_FIELDS:
            self._wrong(f"a list of tables has 1 to {_MAX_FIELDS} fields", path)
        fields = tuple(self._field(key, said, (*path, key)) for key, said in value.items())
        if len({field.name for field in fields}) < len(fields):
            self._wrong("a field is declared twice", path)
        return "table list", "", fields

    def _field(self, key: str, value: Any, path: tuple[str, ...]) -> InputField:
        found = self._key(key, path)
        if found["form"]:
            self._wrong("a field holds one value: no lists in lists", path)
        kind, said = self._scalar(value, path)
        return InputField(name=found["name"], kind=kind, optional=bool(found["optional"]), description=said)

    def _key(self, key: str, path: tuple[str, ...]) -> re.Match[str]:
        found = _KEY.fullmatch(key)
        if found is None:
            self._wrong(f"{key[:40]!r} is no declaration: 'name', 'name?' or 'name(array, what it is)'", path)
        if found["name"] in _RESERVED:
            self._wrong(f"an input cannot be called {found['name']!r}", path)
        return found

    def _scalar(self, value: Any, path: tuple[str, ...]) -> tuple[ScalarKind, str]:
        kind, _, said = value.partition(",") if isinstance(value, str) else ("", "", "")
        if kind.strip() not in _SCALARS:
            self._wrong(
                f"the type must be one of {', '.join(_SCALARS)}, with ', description' if you like", path
            )
        return _SCALARS[kind.strip()], said.strip().removeprefix('"').removesuffix('"')

    def _trust_of(self, name: str) -> Trust:
        said = self._trust.get(name, "untrusted")
        if said not in ("trusted", "untrusted"):
            self._wrong("trust is 'trusted' or 'untrusted'", ("reelwright", "trust", name))
        return "trusted" if said == "trusted" else "untrusted"

    def _limits_of(self, name: str) -> dict[str, int]:
        said = self._limits.get(name, {})
        path = ("reelwright", "limits", name)
        table = said if isinstance(said, dict) else {"chars": said}
        for key, value in table.items():
            if key not in _LIMITS:
                self._wrong(f"{key!r} is no limit: a number of characters, or 'chars' and 'items'", path)
            if type(value) is not int or not 1 <= value <= _LIMITS[key]:
                self._wrong(f"a limit of {key} is a whole number from 1 to {_LIMITS[key]:,}", path)
        return {
            "max_chars": table.get("chars", DEFAULT_MAX_CHARS),
            "max_items": table.get("items", DEFAULT_MAX_ITEMS),
        }

    def _table(self, data: Mapping[str, Any], keys: tuple[str], at: tuple[str, ...] = ()) -> dict[str, Any]:
        found = data.get(keys[0])
        if found is None:
            return {}
        if not isinstance(found, dict):
            self._wrong(f"{keys[0]} must be lines of the form 'key: value'", at or keys)
        return found

    def _wrong(self, problem: str, path: tuple[str | int, ...]) -> NoReturn:
        raise self._refuse(problem, path)
