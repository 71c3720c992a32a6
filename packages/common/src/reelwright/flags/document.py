"""A flag document made ready to be evaluated: checked as a whole, its rules compiled.

AppConfig accepts documents that nobody could evaluate: its API checks no rule, and its schema knows neither
the order of variants nor which attributes a flag has. What is refused here is refused with every fault, where
it stands (a JSONPath, RFC 9535), what is wrong there, and what to do about it.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NoReturn

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError
from pydantic_core import ErrorDetails

from reelwright.flags.constraints import AttributeConstraints, NumberConstraints
from reelwright.flags.errors import InvalidFlags
from reelwright.flags.rules import Rule, RuleError, compile_rule
from reelwright.flags.schema import (
    MAX_DOCUMENT_BYTES,
    FlagDefinition,
    FlagDocument,
    FlagKey,
    FlagValue,
)

__all__ = ["CompiledDocument", "Fault", "InvalidFlagDocument", "compile_document", "json_path"]

_SHOWN_FAULTS = 20
_MAX_NUMBER = sys.float_info.max
_PLAIN_KEY = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_NEXT_STEP = "Put it right, then deploy it again; readers keep the document that they have."

_Path = tuple[str | int, ...]
_Twice = dict[int, tuple[dict[str, Any], list[str]]]
"""By its id, each object in which keys stand twice: itself, so that the id stays its own, and the keys."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a document: where, what, and what to do. Never repeats a value."""

    path: str
    """A JSONPath, such as ``$.values.captions._variants[0].rule``; ``$`` is the document."""
    wrong: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.path}: {self.wrong}. {self.next_step}"


class InvalidFlagDocument(InvalidFlags):
    """A flag document cannot be evaluated. ``path`` is where its first fault stands; ``faults`` has all."""

    code = "invalid_flag_document"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        self.path = self.faults[0].path
        more = len(self.faults) - _SHOWN_FAULTS
        lines = [*map(str, self.faults[:_SHOWN_FAULTS]), *([f"… and {more} more."] if more > 0 else [])]
        super().__init__("\n".join(lines), next_step=_NEXT_STEP, context={"path": self.path})


@dataclass(frozen=True, slots=True)
class CompiledDocument:
    """A document without fault, and the rules of each flag that has variants, in their order."""

    document: FlagDocument
    rules: Mapping[str, tuple[Rule, ...]]
    """By flag; the last variant, which has no rule, has none here either."""


class _Shape(BaseModel):
    """The document without what its parts owe each other."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    version: Literal["1"]
    flags: dict[FlagKey, FlagDefinition] = {}
    values: dict[FlagKey, FlagValue] = {}


@dataclass(frozen=True, slots=True)
class _Found:
    path: _Path
    wrong: str
    next_step: str

    def fault(self) -> Fault:
        return Fault(json_path(self.path), self.wrong, self.next_step)


def compile_document(content: bytes | str | Mapping[str, Any] | FlagDocument) -> CompiledDocument:
    """Return the document with its rules compiled; InvalidFlagDocument names every fault by its path.

    What is returned shares nothing with ``content``: who changes that later changes no flag.
    """
    raw = _loaded(content)
    shape = _shape_of(raw)
    compiled: dict[str, tuple[Rule, ...]] = {}
    found = [*_definition_faults(shape), *_value_faults(shape), *_rule_faults(shape, compiled)]
    if found:
        raise _invalid(found)
    document = FlagDocument.model_validate(raw)
    return CompiledDocument(document, compiled)


def json_path(path: _Path) -> str:
    """Return a path as JSONPath writes it: plain keys after a dot, others quoted, places in brackets."""
    return "$" + "".join(map(_segment, path))


def _segment(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    plain = part and _PLAIN_KEY.issuperset(part) and not part[0].isdigit()
    return f".{part}" if plain else f"[{json.dumps(part if len(part) <= 80 else part[:79] + '…')}]"


def _invalid(found: Sequence[_Found]) -> InvalidFlagDocument:
    return InvalidFlagDocument([one.fault() for one in found])


def _loaded(content: bytes | str | Mapping[str, Any] | FlagDocument) -> Any:
    text = _text_of(content)
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_DOCUMENT_BYTES:
        wrong = f"it has {size} bytes, and AppConfig holds {MAX_DOCUMENT_BYTES}"
        raise _invalid([_Found((), wrong, "Remove flags or rules that nobody needs.")])
    twice: _Twice = {}
    try:
        raw = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_pairs_into(twice))
    except (ValueError, RecursionError) as error:
        raise _not_json(error) from None
    if found := [*_unreadable(raw, twice)]:
        raise _invalid(found)
    return raw


def _text_of(content: bytes | str | Mapping[str, Any] | FlagDocument) -> str:
    try:
        if isinstance(content, bytes):
            return content.decode("utf-8")
        if isinstance(content, str):
            return content
        plain = content.as_json() if isinstance(content, FlagDocument) else dict(content)
        return json.dumps(plain, allow_nan=False, ensure_ascii=False)
    except (ValueError, TypeError, RecursionError) as error:
        raise _not_json(error) from None


def _not_json(error: Exception) -> InvalidFlagDocument:
    place = (
        f" (line {error.lineno}, column {error.colno}: {error.msg})"
        if isinstance(error, json.JSONDecodeError)
        else f" ({type(error).__name__})"
    )
    return _invalid([_Found((), f"it is not JSON{place}", "Write one JSON object, in UTF-8.")])


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _pairs_into(twice: _Twice) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        whole = dict(pairs)
        if len(whole) < len(pairs):
            counted = Counter(key for key, _ in pairs)
            twice[id(whole)] = whole, [key for key, times in counted.items() if times > 1]
        return whole

    return made


def _unreadable(raw: Any, twice: _Twice) -> Iterator[_Found]:
    """Yield what JSON allows and readers take differently: a key twice, huge numbers, broken text."""
    for path, part in _parts(raw):
        if part is None and path:
            yield _Found(path, "AppConfig holds no null", "Give it a value, or remove it.")
        if isinstance(part, int | float) and not -_MAX_NUMBER <= part <= _MAX_NUMBER:
            yield _Found(path, "the number is too large", "Write a number that a double can hold.")
        if isinstance(part, str) and not _is_text(part):
            yield _Found(path, "it holds half a character", "Write whole characters of Unicode.")
        if id(part) in twice:
            for key in twice[id(part)][1]:
                yield _Found((*path, key), "the key stands here twice", "Keep one of the two.")


def _is_text(part: str) -> bool:
    try:
        return bool(part.encode()) or not part
    except UnicodeEncodeError:
        return False


def _parts(raw: Any) -> Iterator[tuple[_Path, Any]]:
    waiting: list[tuple[_Path, Any]] = [((), raw)]
    while waiting:
        path, part = waiting.pop()
        yield path, part
        if isinstance(part, dict):
            waiting.extend(((*path, key), inner) for key, inner in reversed(part.items()))
        elif isinstance(part, list):
            waiting.extend(((*path, place), inner) for place, inner in enumerate(part))


def _shape_of(raw: Any) -> _Shape:
    try:
        return _Shape.model_validate(raw)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        raise _invalid([found for problem in problems for found in _found_in(problem, raw)]) from None


def _found_in(problem: ErrorDetails, raw: Any) -> Iterator[_Found]:
    path, part = _place_of(problem, raw)
    closer = [*_value_shape(path, part)] if problem["type"] == "value_error" else []
    if closer:
        yield from closer
        return
    said = problem["msg"].removeprefix("Value error, ").replace("Input should be", "it must be")
    said = said.replace(" after validation", "")
    yield _Found(path, _WRONG.get(problem["type"], said[:1].lower() + said[1:]), _step_for(problem))


_WRONG: Mapping[str, str] = {
    "extra_forbidden": "the key is none of AppConfig's schema",
    "missing": "it is missing",
    "string_pattern_mismatch": "it is not written as AppConfig's schema wants it",
    "model_type": "it must be an object",
    "dict_type": "it must be an object",
    "model_attributes_type": "it must be an object",
    "tuple_type": "it must be a list",
    "string_type": "it must be text",
    "bool_type": "it must be true or false",
    "int_type": "it must be a whole number",
    "too_short": "it must not be empty",
    "union_tag_not_found": "its type is missing",
    "union_tag_invalid": "its type is none that may stand here",
}
_STEPS: Mapping[str, str] = {
    "extra_forbidden": "Remove it, or correct its name.",
    "missing": "Add it.",
    "union_tag_not_found": "Add the type: string, number, boolean or array.",
    "union_tag_invalid": "Write string, number, boolean or array; elements are string or number.",
    "string_too_long": "Shorten it.",
    "too_long": "Remove some.",
}
_KEY_STEP = (
    "Begin with a small letter, then letters, digits, - and _, 64 in all; an attribute is not enabled."
)


def _step_for(problem: ErrorDetails) -> str:
    if "[key]" in problem["loc"]:
        return _KEY_STEP
    return _STEPS.get(problem["type"], "Write what AppConfig's schema allows there.")


def _place_of(problem: ErrorDetails, raw: Any) -> tuple[_Path, Any]:
    """Return where a problem stands in the document itself: pydantic's own steps are left out."""
    path: _Path = ()
    for step in problem["loc"]:
        inside = step in raw if isinstance(raw, dict) else _is_place(step, raw)
        if inside:
            path, raw = (*path, step), raw[step]
    if problem["type"] == "missing":
        return (*path, problem["loc"][-1]), None
    return path, raw


def _is_place(step: str | int, raw: Any) -> bool:
    return isinstance(raw, list) and isinstance(step, int) and step < len(raw)


def _value_shape(path: _Path, value: Any) -> Iterator[_Found]:
    """Yield what is wrong with the shape of one flag's value, closer than its model says it."""
    if len(path) != 2 or path[0] != "values" or not isinstance(value, dict):
        return
    variants = value.get("_variants")
    if variants is None:
        yield _Found((*path, "enabled"), "a value needs enabled, or _variants", "Add one of the two.")
        return
    for key in value:
        if key not in ("_variants", "_createdAt", "_updatedAt"):
            yield _Found((*path, key), "it stands beside _variants", "Move it into each variant.")
    yield from _order((*path, "_variants"), variants)


def _order(path: _Path, variants: list[dict[str, Any]]) -> Iterator[_Found]:
    names: set[str] = set()
    for place, variant in enumerate(variants):
        last, rule = place == len(variants) - 1, variant.get("rule")
        if variant["name"] in names:
            yield _Found((*path, place, "name"), "another variant has this name", "Choose another name.")
        if rule is None and not last:
            wrong = "a variant without a rule is the default, and those after it are never reached"
            yield _Found((*path, place), wrong, "Give it a rule, or make it the last.")
        if rule is not None and last:
            wrong = "the last variant has a rule, so that there is no default"
            yield _Found((*path, place, "rule"), wrong, "Remove the rule, or add a variant without one.")
        names.add(variant["name"])


def _definition_faults(shape: _Shape) -> Iterator[_Found]:
    for key, flag in shape.flags.items():
        if flag.deprecation and not _is_date(flag.deprecation.date):
            day: _Path = ("flags", key, "_deprecation", "date")
            yield _Found(day, "there is no such day", "Write a day as 2027-01-31.")
        for name, attribute in flag.attributes.items():
            path = ("flags", key, "attributes", name, "constraints")
            yield from _bounds(path, attribute.constraints)


def _bounds(path: _Path, limits: AttributeConstraints | None) -> Iterator[_Found]:
    bounds = getattr(limits, "elements", None) or limits
    if not isinstance(bounds, NumberConstraints) or bounds.minimum is None or bounds.maximum is None:
        return
    if bounds.minimum > bounds.maximum:
        inner = path if bounds is limits else (*path, "elements")
        yield _Found((*inner, "minimum"), "it is above the maximum", "Lower it, or raise the maximum.")


def _is_date(text: str | None) -> bool:
    try:
        return text is None or bool(date.fromisoformat(text))
    except ValueError:
        return False


def _value_faults(shape: _Shape) -> Iterator[_Found]:
    for key, value in shape.values.items():
        definition = shape.flags.get(key)
        if definition is None:
            yield _Found(("values", key), "flags has no definition of it", "Define it, or remove its value.")
            continue
        for path, attributes in _carried(value):
            yield from _attribute_faults(("values", key, *path), definition, attributes)


def _carried(value: FlagValue) -> Iterator[tuple[_Path, Mapping[str, JsonValue]]]:
    if value.variants is None:
        yield (), value.attributes
    for place, variant in enumerate(value.variants or ()):
        yield ("_variants", place, "attributeValues"), variant.attributes


def _attribute_faults(
    path: _Path, definition: FlagDefinition, values: Mapping[str, JsonValue]
) -> Iterator[_Found]:
    for key in values:
        if key not in definition.attributes:
            yield _Found((*path, key), "the flag has no such attribute", "Define it, or remove it here.")
    for key, attribute in definition.attributes.items():
        limits = attribute.constraints
        if limits is None:
            continue
        if key in values:
            step = "Write a value that keeps to the attribute's constraints."
            yield from (_Found((*path, key), wrong, step) for wrong in limits.faults(values[key]))
        elif limits.required:
            yield _Found((*path, key), "the attribute is required, and missing", "Give it a value.")


def _rule_faults(shape: _Shape, into: dict[str, tuple[Rule, ...]]) -> Iterator[_Found]:
    for key, value in shape.values.items():
        rules: list[Rule] = []
        for place, variant in enumerate(value.variants or ()):
            if variant.rule is None:
                continue
            try:
                rules.append(compile_rule(variant.rule))
            except RuleError as error:
                path = ("values", key, "_variants", place, "rule")
                wrong = f"the rule does not compile: {error.message.rstrip('.')}"
                yield _Found(path, wrong, "Correct the rule, as AppConfig's guide writes rules.")
        into[key] = tuple(rules)
