"""The values of one rendering: held to their declarations, within limits, cleaned, and marked.

No method of a value is called that it could have brought along: types are compared, never asked, and only
``str``, ``int``, ``float``, ``bool``, ``list``, ``tuple`` and ``dict`` themselves are read. Lengths are
looked at before anything is copied.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeAlias

from reelwright.prompts.errors import MissingVariable, PromptRefused, UnknownVariable
from reelwright.prompts.scalars import MAX_PROMPT_CHARS, Budget, Fault, Reader, mistyped, reader_of, too_many
from reelwright.prompts.schema import PromptDefinition, PromptInput

__all__ = ["MAX_PROMPT_CHARS", "Item", "Prepared", "Preparer", "Values", "fence_mark"]

_MARK_CHARS = 16
_SHOWN_CHARS = 40

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


class Preparer:
    """Reads the variables of one prompt; made once, for it knows the declarations by heart."""

    def __init__(self, definition: PromptDefinition) -> None:
        self._prompt = definition.key
        self._inputs = tuple(_Input(each) for each in definition.inputs)
        self._known = frozenset(each.name for each in definition.inputs)

    def read(self, variables: Mapping[str, Any]) -> Values:
        """Return the values, or raise what is wrong with the first: missing, unknown, mistyped, too large."""
        if not self._known.issuperset(variables):
            raise self._unknown(variables)
        budget = Budget()
        values = Values(untrusted=budget.untrusted, cleaned=budget.cleaned)
        for one in self._inputs:
            value = variables.get(one.name)
            if value is not None:
                prepared = self._prepared(one, value, budget)
                if prepared is not None:
                    values.by_name[one.name] = prepared
            elif not one.optional:
                raise self._told(_missing(one.kind), one.name)
        return values

    def _prepared(self, one: "_Input", value: Any, budget: Budget) -> Prepared | None:
        try:
            return one.read(value, budget)
        except Fault as fault:
            raise self._told(fault, one.name) from None

    def _told(self, fault: Fault, name: str) -> PromptRefused:
        where = name + fault.where
        problem, next_step = fault.told(where)
        return fault.kind(problem, prompt=self._prompt, variable=where, next_step=next_step)

    def _unknown(self, variables: Mapping[str, Any]) -> PromptRefused:
        name = next(each for each in variables if each not in self._known)
        return self._told(_undeclared(self._known), _shown(name))


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


class _Input:
    """A declared input and how its value is read."""

    __slots__ = ("kind", "name", "optional", "read")

    def __init__(self, declared: PromptInput) -> None:
        self.name = declared.name
        self.kind = declared.kind
        self.optional = declared.optional
        self.read: Callable[[Any, Budget], Prepared | None]
        if declared.kind == "table list":
            self.read = _list_of(declared, _table_reader(declared))
        elif declared.kind == "string list":
            text = reader_of(declared, "string", optional=False)
            self.read = _list_of(declared, lambda item, budget: {".": text(item, budget) or ""})
        else:
            self.read = reader_of(declared, declared.kind, optional=declared.optional)


def _list_of(
    declared: PromptInput, read: Callable[[Any, Budget], Item]
) -> Callable[[Any, Budget], tuple[Item, ...]]:
    wanted, most = f"a list ({declared.kind})", declared.max_items

    def items(value: Any, budget: Budget) -> tuple[Item, ...]:
        if type(value) is not list and type(value) is not tuple:
            raise mistyped(wanted, value)
        if len(value) > most:
            raise too_many(f"{len(value):,} items", most)
        found: list[Item] = []
        try:
            for item in value:
                found.append(read(item, budget))  # noqa: PERF401 (a fault must know how far it came)
        except Fault as fault:
            raise fault.inside(f"[{len(found)}]") from None
        return tuple(found)

    return items


def _table_reader(declared: PromptInput) -> Callable[[Any, Budget], Item]:
    fields = tuple(
        (each.name, each.kind, each.optional, reader_of(declared, each.kind, optional=each.optional))
        for each in declared.fields
    )
    known = frozenset(each.name for each in declared.fields)

    def table(item: Any, budget: Budget) -> Item:
        if type(item) is not dict:
            raise mistyped("a table (dict)", item)
        if not known.issuperset(item):
            name = next(each for each in item if each not in known)
            raise _undeclared(known).inside(f".{_shown(name)}")
        found = {}
        for name, kind, optional, read in fields:
            value = item.get(name)
            if value is None and not optional:
                raise _missing(kind).inside(f".{name}")
            text = None if value is None else _field(name, read, value, budget)
            if text is not None:
                found[name] = text
        return found

    return table


def _field(name: str, read: Reader, value: Any, budget: Budget) -> str | None:
    try:
        return read(value, budget)
    except Fault as fault:
        raise fault.inside(f".{name}") from None


def _missing(kind: str) -> Fault:
    def told(where: str) -> tuple[str, str]:
        optional = f"{where.rpartition('.')[2]}?"
        return f"the variable {where} is missing", f"Give {where} ({kind}), or declare it as {optional!r}."

    return Fault(MissingVariable, told)


def _undeclared(known: frozenset[str]) -> Fault:
    def told(where: str) -> tuple[str, str]:
        step = f"Leave it out, or declare it. Declared are: {', '.join(sorted(known)) or 'none'}."
        return f"the variable {where} is not declared", step

    return Fault(UnknownVariable, told)


def _shown(name: Any) -> str:
    return ascii(str.__str__(name)[:_SHOWN_CHARS])[1:-1] if issubclass(type(name), str) else "(no text)"
