"""Trees become closures: all that is known beforehand is worked out once, the rest is one call a part.

A missing key, and a value that cannot be seen as the type it is held against, make a comparison false
(inferred; documented is that without a context the default variant is returned). ``not`` turns that round.
"""

import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from reelwright.flags.rules.errors import rule_error
from reelwright.flags.rules.patterns import Pattern, PatternError
from reelwright.flags.rules.split import flag_prefix, seed_prefix, splitter
from reelwright.flags.rules.tree import Call, Constant, Constants, Key, Kind, Node
from reelwright.flags.rules.values import SEEN_AS, boolean_of, kind_of, text_of

__all__ = ["Context", "Reading", "Test", "condition", "reading"]

Context = Mapping[str, object]
"""What a rule looks at: values by key."""
Test = Callable[[Context, str], bool]
"""A compiled condition: of a context and the flag's name."""
Reading = Callable[[Context, str], object]
"""A compiled operand."""

_Compare = Callable[[Any, Any], bool]

_COMPARE: dict[str, _Compare] = {
    "eq": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_MIRRORED = {"eq": "eq", "gt": "lt", "gte": "lte", "lt": "gt", "lte": "gte"}
_STRONGEST: tuple[Kind, ...] = ("number", "boolean", "timestamp", "text")
_flag_prefix = lru_cache(1024)(flag_prefix)


def condition(node: Node, text: str) -> Test:
    """Return a part of a rule as a condition; RuleError if a pattern is none. ``text`` is the rule's."""
    match node:
        case Key(name):
            return lambda context, _flag: boolean_of(context.get(name)) is True
        case Call():
            return _CALLS[node.operator](node, text)
        case Constant(_, value):
            return lambda _context, _flag: value is True
        case _:
            raise TypeError("a list is no condition")


def reading(node: Node, text: str) -> Reading:
    """Return a part of a rule as an operand."""
    match node:
        case Key(name):
            return lambda context, _flag: context.get(name)
        case Constant(_, value):
            return lambda _context, _flag: value
        case _:
            return condition(node, text)


def _and(call: Call, text: str) -> Test:
    first, *others = [condition(part, text) for part in call.operands]
    second = others[0] if len(others) == 1 else _every(others)
    return lambda context, flag: first(context, flag) and second(context, flag)


def _every(tests: list[Test]) -> Test:
    def every(context: Context, flag: str) -> bool:
        for test in tests:  # noqa: SIM110 (all(...) makes a generator each time: a third slower)
            if not test(context, flag):
                return False
        return True

    return every


def _or(call: Call, text: str) -> Test:
    tests = [condition(part, text) for part in call.operands]

    def some(context: Context, flag: str) -> bool:
        for test in tests:  # noqa: SIM110 (any(...) makes a generator each time: a third slower)
            if test(context, flag):
                return True
        return False

    return some


def _not(call: Call, text: str) -> Test:
    test = condition(call.operands[0], text)
    return lambda context, flag: not test(context, flag)


def _comparison(call: Call, text: str) -> Test:
    match call.operands:
        case Key(name), Constant() as constant:
            return _against(name, call.operator, constant)
        case Constant() as constant, Key(name):
            return _against(name, _MIRRORED[call.operator], constant)
        case left, right:
            return _either(reading(left, text), reading(right, text), call.operator)
        case _:
            raise TypeError("a comparison has two operands")


def _against(name: str, operation: str, constant: Constant) -> Test:
    value, seen, compare = constant.value, SEEN_AS[constant.kind], _COMPARE[operation]

    def compared(context: Context, _flag: str) -> bool:
        found = seen(context.get(name))
        return found is not None and compare(found, value)

    def equal(context: Context, _flag: str) -> bool:
        found = context.get(name)
        return found == value if type(found) is str else seen(found) == value

    return equal if operation == "eq" and constant.kind == "text" else compared


def _either(left: Reading, right: Reading, operation: str) -> Test:
    compare = _COMPARE[operation]

    def compared(context: Context, flag: str) -> bool:
        one, other = _alike(left(context, flag), right(context, flag), ordered=operation != "eq")
        return one is not None and other is not None and compare(one, other)

    return compared


def _alike(one: object, other: object, *, ordered: bool) -> tuple[object | None, object | None]:
    kinds = {kind_of(one), kind_of(other)}
    if None in kinds:
        return None, None
    kind = next(kind for kind in _STRONGEST if kind in kinds)
    if ordered and kind == "boolean":
        return None, None
    return SEEN_AS[kind](one), SEEN_AS[kind](other)


def _affix(call: Call, text: str) -> Test:
    holds: Callable[[str, str], bool] = str.startswith if call.operator == "begins_with" else str.endswith
    match call.operands:
        case Key(name), Constant() as constant:
            return _affix_of_key(name, text_of(constant.value), holds)
        case _:
            return _any_affix(call, text, holds)


def _affix_of_key(name: str, affix: str | None, holds: Callable[[str, str], bool]) -> Test:
    """Return whether what the context has begins or ends with certain letters, as most rules ask."""
    if affix is None:
        return lambda _context, _flag: False

    def affixed(context: Context, _flag: str) -> bool:
        found = context.get(name)
        whole = found if type(found) is str else text_of(found)
        return whole is not None and holds(whole, affix)

    return affixed


def _any_affix(call: Call, text: str, holds: Callable[[str, str], bool]) -> Test:
    subject, affix = (reading(operand, text) for operand in call.operands)

    def affixed(context: Context, flag: str) -> bool:
        whole, part = text_of(subject(context, flag)), text_of(affix(context, flag))
        return whole is not None and part is not None and holds(whole, part)

    return affixed


def _contains(call: Call, text: str) -> Test:
    subject, wanted = (reading(operand, text) for operand in call.operands)

    def contained(context: Context, flag: str) -> bool:
        whole, part = subject(context, flag), text_of(wanted(context, flag))
        if part is None:
            return False
        if isinstance(whole, list | tuple | set | frozenset):
            return any(text_of(member) == part for member in whole)
        seen = text_of(whole)
        return seen is not None and part in seen

    return contained


def _in(call: Call, text: str) -> Test:
    subject, constants = call.operands
    read = reading(subject, text)
    members = constants.members if isinstance(constants, Constants) else ()
    if isinstance(subject, Key) and all(member.kind == "text" for member in members):
        return _among_texts(subject.name, frozenset(str(member.value) for member in members))
    sets = [
        (SEEN_AS[kind], frozenset(member.value for member in members if member.kind == kind))
        for kind in _STRONGEST
        if any(member.kind == kind for member in members)
    ]

    def among(context: Context, flag: str) -> bool:
        value = read(context, flag)
        for seen, values in sets:  # noqa: SIM110 (as above)
            if seen(value) in values:
                return True
        return False

    return among


def _among_texts(name: str, texts: frozenset[str]) -> Test:
    """Return what most lists are: texts."""

    def among(context: Context, _flag: str) -> bool:
        found = context.get(name)
        return (found if type(found) is str else text_of(found)) in texts

    return among


def _matches(call: Call, text: str) -> Test:
    subject, pattern = reading(call.operands[0], text), _compiled_pattern(call.operands[1], text)

    def matched(context: Context, flag: str) -> bool:
        value = text_of(subject(context, flag))
        return value is not None and pattern.found_in(value)

    return matched


def _compiled_pattern(node: Node, text: str) -> Pattern:
    """Return the pattern that stands in a rule; RuleError at its text if it is none that is known."""
    if not isinstance(node, Constant) or not isinstance(node.value, str):
        raise TypeError("a pattern is text")
    try:
        return Pattern(node.value)
    except PatternError as error:
        raise rule_error(text, node.at, str(error)) from error


def _exists(call: Call, _text: str) -> Test:
    key = call.operands[0]
    name = str(key.value) if isinstance(key, Constant) else ""
    return lambda context, _flag: context.get(name) is not None


def _split(call: Call, text: str) -> Test:
    percent, by, *seeds = call.operands
    share = percent.value if isinstance(percent, Constant) else 0
    read = reading(by, text)
    among = splitter(share if isinstance(share, int | float) else 0)
    seed = seed_prefix(str(seeds[0].value)) if seeds and isinstance(seeds[0], Constant) else None

    def chosen(context: Context, flag: str) -> bool:
        value = text_of(read(context, flag))
        return value is not None and among(_flag_prefix(flag) if seed is None else seed, value)

    return chosen


_CALLS: dict[str, Callable[[Call, str], Test]] = {
    **dict.fromkeys(_COMPARE, _comparison),
    "and": _and,
    "or": _or,
    "not": _not,
    "begins_with": _affix,
    "ends_with": _affix,
    "contains": _contains,
    "in": _in,
    "matches": _matches,
    "exists": _exists,
    "split": _split,
}
