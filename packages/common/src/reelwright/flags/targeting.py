"""Whom a variant is for, as operators say it: a time, a rule, a share; and as AppConfig's rule says it.

A rule that is an ``and`` of such parts is taken apart again, so that one part can be changed and the others
stay: who raises a share from 10 to 50 percent does not thereby widen whom it is a share of.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from reelwright.errors import InvalidInput
from reelwright.flags.rules.parsing import parse_rule
from reelwright.flags.rules.tree import Call, Constant, Key, Node, print_rule

__all__ = ["DEFAULT_BY", "InvalidTargeting", "Targeting", "keys_of", "targeted"]

DEFAULT_BY = "id"
"""What a share is taken by unless it is said: the production."""

_NOW = Key("now")
_ALL = 100


class InvalidTargeting(InvalidInput):
    """Nobody, or never, could be meant by it."""

    code = "invalid_targeting"


@dataclass(frozen=True, slots=True)
class Targeting:
    """Parts of a rule, joined by ``and``. None: not said, so that a part that is there stays."""

    rule: str | None = None
    percent: float | None = None
    """0 to 100, of all values of ``by``."""
    by: str | None = None
    seed: str | None = None
    """Same seed, same share: flags with it agree on who is in. Without one each flag has its own."""
    start: datetime | None = None
    """The first moment. Aware."""
    end: datetime | None = None
    """The first moment no more. Aware."""


@dataclass(frozen=True, slots=True)
class _Parts:
    start: Node | None
    end: Node | None
    others: tuple[Node, ...]
    split: Call | None
    text: str = ""
    """The rule as it was written, if nothing is beside it."""

    def joined(self) -> str:
        timed = [part for part in (self.start, self.end) if part is not None]
        parts = [*timed, *self.others, *([self.split] if self.split else [])]
        if self.text and len(parts) == len(self.others):
            return self.text
        return print_rule(parts[0] if len(parts) == 1 else Call("and", tuple(parts)))


def targeted(rule: str | None, targeting: Targeting) -> str:
    """Return a variant's rule with the parts that the targeting says in place of those of their kind.

    ``rule`` is what the variant has now. RuleError for a rule that is none, InvalidTargeting for parts that
    make no sense.
    """
    before = _taken_apart(rule) if rule else _Parts(None, None, (), None)
    others = before.others if targeting.rule is None else (parse_rule(targeting.rule),)
    parts = _Parts(
        start=_bound("gte", targeting.start) or before.start,
        end=_bound("lt", targeting.end) or before.end,
        others=others,
        split=_split(before.split, targeting),
        text=targeting.rule if targeting.rule is not None else rule or "",
    )
    _check_times(parts)
    return parts.joined()


def keys_of(rule: str) -> frozenset[str]:
    """Return the names of what a rule asks of the context; RuleError if it is none."""
    return frozenset(_keys(parse_rule(rule)))


def _keys(node: Node) -> list[str]:
    match node:
        case Key(name):
            return [name]
        case Call("exists", (Constant(_, name),)):
            return [str(name)]
        case Call(_, operands):
            return [key for part in operands for key in _keys(part)]
        case _:
            return []


def _taken_apart(rule: str) -> _Parts:
    node = parse_rule(rule)
    found = list(node.operands) if isinstance(node, Call) and node.operator == "and" else [node]
    start = _take(found, lambda part: _is_bound(part, "gte"))
    end = _take(found, lambda part: _is_bound(part, "lt"))
    split = _take(found, lambda part: isinstance(part, Call) and part.operator == "split")
    return _Parts(start, end, tuple(found), split if isinstance(split, Call) else None, rule)


def _take(found: list[Node], wanted: Callable[[Node], bool]) -> Node | None:
    """Take the one part that is wanted out of what was found; of several, none is taken."""
    places = [place for place, part in enumerate(found) if wanted(part)]
    return found.pop(places[0]) if len(places) == 1 else None


def _is_bound(part: Node, operator: str) -> bool:
    match part:
        case Call(name, (Key("now"), Constant("timestamp"))):
            return name == operator
        case _:
            return False


def _bound(operator: str, moment: datetime | None) -> Node | None:
    if moment is None:
        return None
    plain = moment.astimezone(UTC)
    written = plain.isoformat(timespec="microseconds" if plain.microsecond else "seconds")
    return Call(operator, (_NOW, Constant("timestamp", plain, f"{written.removesuffix('+00:00')}Z")))


def _split(before: Call | None, targeting: Targeting) -> Call | None:
    if targeting.percent is None and targeting.by is None and targeting.seed is None:
        return before
    if before is None and targeting.percent is None:
        raise InvalidTargeting("A share of how many percent?", next_step="Say it: --percent 10")
    had: tuple[Node | None, ...] = (*(before.operands if before else ()), None, None, None)
    percent = had[0] if targeting.percent is None else _percent(targeting.percent)
    by = _key(targeting.by) if targeting.by is not None else had[1] or Key(DEFAULT_BY)
    seed = had[2] if targeting.seed is None else Constant("text", targeting.seed)
    return Call("split", tuple(part for part in (percent, by, seed) if part is not None))


def _percent(percent: float) -> Node:
    if not 0 <= percent <= _ALL:
        raise InvalidTargeting(
            f"{percent} is no share in percent.",
            next_step="Give a number from 0 to 100, such as 10 or 0.001.",
        )
    return Constant("number", int(percent) if percent == int(percent) else percent)


def _key(name: str) -> Node:
    if not name.strip():
        raise InvalidTargeting(
            "A share is taken by something that the context has.", next_step=f"Such as: --by {DEFAULT_BY}"
        )
    return Key(name)


def _check_times(parts: _Parts) -> None:
    match parts.start, parts.end:
        case Call(_, (_, Constant(value=datetime() as start))), Call(
            _, (_, Constant(value=datetime() as end))
        ):
            if end <= start:
                raise InvalidTargeting(
                    f"It would end ({end:%Y-%m-%d %H:%M:%S} UTC) before it began "
                    f"({start:%Y-%m-%d %H:%M:%S} UTC).",
                    next_step="Give both: --from and --until",
                )
