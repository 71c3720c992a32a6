"""Rules at random, as nested tuples, and their text in random dress."""

import json
from datetime import UTC, datetime
from random import Random
from typing import Any

__all__ = ["context", "rule", "written"]

KEYS = ("a", "b", "c", "user-id")
TEXTS = ("", "a", "ab", "ba", "1", "1.0", "10", "true", "FALSE", "2024-01", 'é"\\', "x y", "1e3", "-7")
NUMBERS = (0, 1, -7, 10, 1.0, 2.5, 1000, 1e-5, 2**63 - 1)
MOMENTS = tuple(datetime(2024, month, 1, tzinfo=UTC) for month in (1, 2, 12))
PATTERNS = ("a", "^a", "a$", "^(a|b)+$", "[^a]", r"\d", r"^-?\d+$", "", "a{2,3}", r"\bx\b", "(?i)TRUE")
PERCENTS = (0, 100, 10, 50, 0.001, 99.999, 33.3)
ORDERED = ("gt", "gte", "lt", "lte")


def rule(random: Random, depth: int = 4) -> Any:  # noqa: PLR0911 (one return an operator)
    """Return a rule."""
    name = random.choice(("and", "or", "not") if depth and random.random() < 0.4 else LEAVES)
    match name:
        case "and" | "or":
            return (name, *(rule(random, depth - 1) for _ in range(random.choice((2, 2, 3)))))
        case "not":
            return name, rule(random, depth - 1)
        case "key" | "exists":
            return name, random.choice(KEYS)
        case "true":
            return random.random() < 0.5
        case "in":
            return name, key(random), [literal(random) for _ in range(random.randrange(4))]
        case "matches":
            return name, key(random), random.choice(PATTERNS)
        case "split":
            return name, random.choice(PERCENTS), random.choice(KEYS), random.choice((None, "s", "é"))
        case _:
            return name, *pair(random, name, depth)


LEAVES = (
    *ORDERED,
    "eq",
    "eq",
    "begins_with",
    "ends_with",
    "contains",
    "in",
    "matches",
    "exists",
    "split",
    "key",
    "true",
)


def pair(random: Random, name: str, depth: int) -> tuple[Any, Any]:
    if name == "eq" and depth and random.random() < 0.1:
        return rule(random, depth - 1), random.choice((key(random), True, False))
    sides = key(random), key(random) if random.random() < 0.2 else literal(random, ordered=name in ORDERED)
    return sides if random.random() < 0.8 else (sides[1], sides[0])


def key(random: Random) -> tuple[str, str]:
    return "key", random.choice(KEYS)


def literal(random: Random, *, ordered: bool = False) -> Any:
    choices = [
        random.choice(TEXTS),
        random.choice(NUMBERS),
        ("at", random.choice(MOMENTS)),
        random.random() < 0.5,
    ]
    return random.choice(choices[: 3 if ordered else 4])


def context(random: Random) -> dict[str, Any]:
    """Return a context: some keys missing, some values of no use."""
    values = (*TEXTS, *NUMBERS, *MOMENTS, True, False, None, ["a", 1], {"x": 1}, float("nan"), b"a", 2**70)
    return {name: random.choice(values) for name in KEYS if random.random() < 0.8}


def written(node: Any, random: Random) -> str:  # noqa: PLR0911 (one return an operator)
    """Return a rule's text, in one of the ways in which it can be written."""
    if not isinstance(node, tuple):
        return constant(node, random)
    name, *parts = node
    match name:
        case "key":
            return f"'${parts[0]}'" if "-" in parts[0] or random.random() < 0.2 else f"${parts[0]}"
        case "at":
            return str(
                parts[0].strftime(random.choice(("%Y-%m", "%Y-%mT", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ")))
            )
        case "in":
            listed = ("," + gap(random)).join(constant_or_moment(part, random) for part in parts[1])
            return call(random, name, written(parts[0], random), f"[{listed}]")
        case "exists":
            return call(random, name, f"key::{constant(parts[0], random)}")
        case "matches":
            return call(random, name, *mixed(random, {"in": parts[0], "pattern": parts[1]}))
        case "split":
            named = {"pct": parts[0], "by": ("key", parts[1])} | ({"seed": parts[2]} if parts[2] else {})
            return call(random, name, *mixed(random, named))
        case _:
            return call(random, name, *(written(part, random) for part in parts))


def constant_or_moment(node: Any, random: Random) -> str:
    return written(node, random)


def mixed(random: Random, named: dict[str, Any]) -> list[str]:
    operands = [f"{name}::{written(node, random)}" for name, node in named.items()]
    return random.sample(operands, len(operands))


def constant(node: Any, random: Random) -> str:
    if isinstance(node, str):
        quoted = json.dumps(node, ensure_ascii=random.random() < 0.5)
        return f"'''{quoted[1:-1]}'''" if random.random() < 0.1 else quoted
    return json.dumps(node)


def call(random: Random, *words: str) -> str:
    return "(" + "".join(gap(random) + word for word in words).lstrip() + random.choice(("", " ")) + ")"


def gap(random: Random) -> str:
    return random.choice((" ", " ", " ", "\n", "  \t", " /* ) */ ", " // (\n"))
