"""Who wins between any two layers, found by asking; ``python -m tests.unit.config.precedence`` prints it."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from pydantic import JsonValue

from reelwright.config.request import with_flag_settings, with_request_overrides
from reelwright.config.schema import Layer, Snapshot
from tests.unit.config.world import PLAIN, World

SHAPES = ("scalar", "object", "list")
PAIRS = tuple(combinations(Layer, 2))
"""Every two layers, the higher first."""


def said(layer: Layer, shape: str, *, secret: bool) -> dict[str, JsonValue]:
    """What a layer says of one shape: its own name where the two meet, and where only it speaks.

    Beside the layer of secrets the fields are of its kind, as it may supply no other.
    """
    mark: Any = f"secret://{layer.value}" if secret else layer.value
    match shape:
        case "scalar" if secret:
            return {"key": mark}
        case "scalar":
            return {"table": {"scalar": mark}}
        case "object":
            return {"keys" if secret else "table": {"both": mark, layer.value: mark}}
        case _:
            return {"names": [layer.value, "and", "more"]}


def meeting(higher: Layer, lower: Layer, shape: str) -> Snapshot:
    """The snapshot that comes out when the two say the same thing differently."""
    secret = Layer.SECRETS in {higher, lower} and shape != "list"
    told = {layer: said(layer, shape, secret=secret) for layer in (higher, lower)}
    asked, flags = told.pop(Layer.REQUEST, {}), told.pop(Layer.FLAGS, {})
    told[Layer.DEFAULTS] = PLAIN | told.get(Layer.DEFAULTS, {})
    asked_for = with_request_overrides(World(told).process().snapshot, asked)
    return with_flag_settings(asked_for, flags, origin="flags:test", version="1")


def outcome(higher: Layer, lower: Layer, shape: str) -> str:
    """Say in a few words what came out."""
    values = meeting(higher, lower, shape).values
    secret = Layer.SECRETS in {higher, lower}
    match shape:
        case "scalar":
            return _name(values["key"] if secret else values["table.scalar"])
        case "object":
            table = values["keys" if secret else "table"]
            owners = [
                f"{_name(table['both'])} where both",
                *(_name(table[name]) for name in table if name != "both"),
            ]
            return (
                f"{owners[0]}, both else" if set(owners[1:]) == {higher.value, lower.value} else str(owners)
            )
        case _:
            names = values["names"]
            whole = names[1:] == ("and", "more")
            return f"{names[0]}, whole" if whole else str(names)


def rows() -> Iterator[tuple[str, ...]]:
    for higher, lower in PAIRS:
        yield (f"{higher.value} over {lower.value}", *(outcome(higher, lower, shape) for shape in SHAPES))


def as_markdown() -> str:
    """Render the table for the configuration guide."""
    lines = ["| layers | a scalar | a table | a list |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows())])


def _name(value: Any) -> str:
    return str(value).removeprefix("secret://")


if __name__ == "__main__":
    print(as_markdown())  # noqa: T201 (this is what it is for)
