"""One value that is text, a number or a boolean: whether it is what was declared, and how it is written."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from reelwright.prompts.cleaning import clean
from reelwright.prompts.errors import PromptRefused, PromptTooLarge, WrongVariableType
from reelwright.prompts.schema import PromptInput, ScalarKind

__all__ = ["MAX_PROMPT_CHARS", "Budget", "Fault", "Reader", "mistyped", "reader_of", "too_many"]

MAX_PROMPT_CHARS = 1_000_000
"""Of all values together, and of all that is sent."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_INT64_MIN, _INT64_MAX = -(2**63), 2**63 - 1
_BOOLEAN = {True: "true", False: "false"}


@dataclass(slots=True)
class Budget:
    """How much text there is already, and which of it is somebody else's."""

    chars: int = 0
    untrusted: list[str] = field(default_factory=list)
    cleaned: dict[str, None] = field(default_factory=dict)


Reader: TypeAlias = Callable[[Any, Budget], str | None]
"""Returns the text of a value, None for an optional one that says nothing; raises Fault."""


class Fault(Exception):  # noqa: N818 (never leaves the package: it becomes an error with the variable's name)
    """What is wrong with a value. Whoever knows where it stands adds that on the way up."""

    def __init__(self, kind: type[PromptRefused], told: Callable[[str], tuple[str, str]]) -> None:
        super().__init__()
        self.kind = kind
        self.told = told
        """From the variable's name, the problem and the next step."""
        self.where = ""

    def inside(self, place: str) -> "Fault":
        """Return the fault, now known to be at a place inside something."""
        self.where = place + self.where
        return self


def reader_of(declared: PromptInput, kind: ScalarKind, *, optional: bool) -> Reader:
    """Return what reads values of a kind: of an input, of its items, or of a field of them."""
    read = _text_reader(declared) if kind == "string" else _BARE[kind]
    return _or_nothing(read, kind) if optional else read


def mistyped(wanted: str, value: Any) -> Fault:
    """Return the fault of a value of another type; only the name of its type is told."""
    found = type(value).__name__[:40]
    return Fault(
        WrongVariableType,
        lambda where: (
            f"the variable {where} must be {wanted}, and is {found}",
            f"Give {wanted} for {where}.",
        ),
    )


def too_many(has: str, most: int) -> Fault:
    """Return the fault of a value over its limit."""

    def told(where: str) -> tuple[str, str]:
        name = re.split(r"[.\[]", where, maxsplit=1)[0]
        step = f"Shorten {where}, or raise the limit of {name} under 'reelwright: limits:' of the prompt."
        return f"the variable {where} has {has}, and {most:,} are the most", step

    return Fault(PromptTooLarge, told)


def _text_reader(declared: PromptInput) -> Reader:
    name, most, trusted = declared.name, declared.max_chars, declared.trust == "trusted"

    def text(value: Any, budget: Budget) -> str:
        kind = type(value)
        if kind is not str and not issubclass(kind, str):
            raise mistyped("text (string)", value)
        length = str.__len__(value)
        if length > most:
            raise too_many(f"{length:,} characters", most)
        budget.chars += length
        if budget.chars > MAX_PROMPT_CHARS:
            raise too_many("with all before it more characters", MAX_PROMPT_CHARS)
        plain = value if kind is str else str.__str__(value)
        return _whole(plain) if trusted else _distrusted(name, plain, budget)

    return text


def _whole(text: str) -> str:
    if not text.isascii() and _SURROGATE.search(text):
        raise mistyped("text of whole characters (it has half of one, a lone surrogate)", text)
    return text


def _distrusted(name: str, text: str, budget: Budget) -> str:
    cleaned = clean(text)
    if cleaned != text:
        budget.cleaned[name] = None
    budget.untrusted.append(cleaned)
    return cleaned


def _or_nothing(read: Reader, kind: ScalarKind) -> Reader:
    """Return a reader for which blank text, or false, is as if it were not given."""

    def something(value: Any, budget: Budget) -> str | None:
        text = read(value, budget)
        nothing = not (text or "").strip() if kind == "string" else kind == "boolean" and text == "false"
        return None if nothing else text

    return something


def _integer(value: Any, _budget: Budget) -> str:
    if type(value) is int and _INT64_MIN <= value <= _INT64_MAX:
        return str(value)
    raise mistyped("a whole number of at most 64 bits (integer)", value)


def _number(value: Any, _budget: Budget) -> str:
    if type(value) is float and math.isfinite(value):
        return repr(value).removesuffix(".0")
    if type(value) is int and _INT64_MIN <= value <= _INT64_MAX:
        return str(value)
    raise mistyped("a finite number (number)", value)


def _boolean(value: Any, _budget: Budget) -> str:
    if type(value) is bool:
        return _BOOLEAN[value]
    raise mistyped("true or false (boolean)", value)


_BARE: dict[ScalarKind, Reader] = {"integer": _integer, "number": _number, "boolean": _boolean}
