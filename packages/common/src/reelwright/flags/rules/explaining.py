"""Why a rule holds or not: the result of each part, and what the context had for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reelwright.flags.rules.compiling import Context, condition
from reelwright.flags.rules.split import flag_prefix, position, seed_prefix
from reelwright.flags.rules.tree import Call, Constant, Constants, Key, Kind, Node, print_rule
from reelwright.flags.rules.values import SEEN_AS, kind_of, text_of

__all__ = ["Explanation", "explainer"]

_SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class Explanation:
    """A part of a rule, whether it holds, why, and the same of its parts. It shows values of the context."""

    text: str
    result: bool
    because: str
    parts: tuple["Explanation", ...] = ()

    def lines(self, depth: int = 0) -> Iterator[str]:
        """Yield a line a part, parts indented by two spaces beneath what they are parts of."""
        reason = f"  — {self.because}" if self.because else ""
        yield f"{'  ' * depth}{'true ' if self.result else 'false'}  {self.text}{reason}"
        for part in self.parts:
            yield from part.lines(depth + 1)


_Explain = Callable[[Context, str], Explanation]


def explainer(node: Node, text: str) -> _Explain:
    """Return a part of a rule as a function that explains its result; ``text`` is the rule's."""
    test, printed = condition(node, text), print_rule(node)
    parts = [explainer(part, text) for part in _conditions(node)]

    def explain(context: Context, flag: str) -> Explanation:
        explained = tuple(part(context, flag) for part in parts)
        result = test(context, flag)
        because = _of_parts(node, explained) if _joins(node) else _of_values(node, context, flag)
        return Explanation(printed, result, because, explained)

    return explain


def _joins(node: Node) -> bool:
    return isinstance(node, Call) and node.operator in ("and", "or", "not")


def _conditions(node: Node) -> list[Node]:
    if not isinstance(node, Call):
        return []
    return [part for part in node.operands if _joins(node) or isinstance(part, Call)]


def _of_parts(node: Node, parts: tuple[Explanation, ...]) -> str:
    wanted = isinstance(node, Call) and node.operator == "or"
    decisive = next((place for place, part in enumerate(parts, 1) if part.result is wanted), None)
    if isinstance(node, Call) and node.operator == "not":
        return "the part is false" if decisive else "the part is true"
    if decisive is None:
        return "no part is true" if wanted else "all parts are true"
    return f"part {decisive} is {'true' if wanted else 'false'}"


def _of_values(node: Node, context: Context, flag: str) -> str:
    kind = _held_against(node)
    told = [_told(name, context.get(name), kind) for name in _names(node)]
    return ", ".join([*told, *_place(node, context, flag)])


def _names(node: Node) -> list[str]:
    match node:
        case Key(name):
            return [name]
        case Call("exists", (Constant(_, name),)):
            return [str(name)]
        case Call():
            return [part.name for part in node.operands if isinstance(part, Key)]
        case _:
            return []


def _held_against(node: Node) -> Kind | None:
    match node:
        case Key():
            return "boolean"
        case Call("eq" | "gt" | "gte" | "lt" | "lte", operands):
            return next((part.kind for part in operands if isinstance(part, Constant)), None)
        case Call("in", (_, Constants(members))) if len({member.kind for member in members}) == 1:
            return members[0].kind
        case _:
            return None


def _told(name: str, value: object, kind: Kind | None) -> str:
    key = print_rule(Key(name))
    if value is None:
        return f"{key} is missing"
    unseen = kind is not None and SEEN_AS[kind](value) is None
    return f"{key} is {_shown(value)}{f', which is no {kind}' if unseen else ''}"


def _shown(value: object) -> str:
    text = text_of(value)
    if text is None:
        return f"a {type(value).__name__}"
    short = text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"
    return print_rule(Constant("text", short)) if kind_of(value) == "text" else short


def _place(node: Node, context: Context, flag: str) -> list[str]:
    match node:
        case Call("split", (_, Key(name), *seeds)):
            value = text_of(context.get(name))
        case _:
            return []
    if value is None:
        return []
    seed = next((str(part.value) for part in seeds if isinstance(part, Constant)), None)
    prefix = flag_prefix(flag) if seed is None else seed_prefix(seed)
    return [f"which lies at {position(prefix, value):.4f} %"]
