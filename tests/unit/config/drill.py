"""The outage drill, each source down in each way; ``python -m tests.unit.config.drill`` prints it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from reelwright.config.errors import ConfigurationUnavailable
from reelwright.config.manager import ConfigurationManager
from reelwright.config.memory import MemoryLastKnownGood, Outage
from reelwright.config.schema import Layer
from tests.unit.config.world import PLAIN, World

Moment = Literal["warm", "cold, remembered", "cold, not remembered"]
MOMENTS: tuple[Moment, ...] = get_args(Moment)
OUTAGES: tuple[Outage, ...] = get_args(Outage)
REMOTE = (Layer.RUNTIME, Layer.SSM, Layer.SECRETS, Layer.DOCUMENTS)
DOWN: tuple[tuple[Layer, ...], ...] = (*((layer,) for layer in REMOTE), REMOTE)
"""Each source alone, and all together."""
OUTAGE_SECONDS = 120.0
BUDGET_SECONDS = 0.5


@dataclass(frozen=True)
class Served:
    """What a reader is given of one source's setting."""

    value: Any
    layer: Layer
    age_seconds: float
    state: str
    reason: str


def key_of(layer: Layer) -> str:
    """The setting that this source says, over a default that must never come through."""
    return f"keys.{layer.value}" if layer is Layer.SECRETS else f"table.{layer.value}"


def value_of(layer: Layer) -> str:
    return f"secret://{layer.value}" if layer is Layer.SECRETS else layer.value


def world() -> World:
    default = {
        "table": {layer.value: "default" for layer in REMOTE if layer is not Layer.SECRETS},
        "keys": {"secrets": "secret://default"},
    }
    told: dict[Layer, Any] = {layer: _tree(layer) for layer in REMOTE}
    return World(told | {Layer.DEFAULTS: PLAIN | default})


def drill(down: Sequence[Layer], outage: Outage, moment: Moment) -> dict[Layer, Served] | str:
    """Return what is served two minutes into the outage, or the refusal to serve."""
    here = world()
    manager = here.process()
    manager.refresh()
    if moment != "warm":
        memory = here.memory if moment == "cold, remembered" else MemoryLastKnownGood()
        manager = here.process(memory=memory)
    here.clock.advance(OUTAGE_SECONDS)
    for layer in down:
        here[layer].outage = outage
    try:
        manager.refresh(budget_seconds=BUDGET_SECONDS)
        return {layer: _served(manager, layer) for layer in REMOTE}
    except ConfigurationUnavailable as error:
        return error.message
    finally:
        for layer in down:
            here[layer].release()


def _tree(layer: Layer) -> dict[str, Any]:
    table, _, name = key_of(layer).partition(".")
    return {table: {name: value_of(layer)}}


def _served(manager: ConfigurationManager, layer: Layer) -> Served:
    explained = manager.explain(key_of(layer))
    state = next(one.state for one in manager.snapshot.sources if one.layer is layer)
    value = manager.get(key_of(layer))
    assert str(value) == explained.value
    return Served(explained.value, explained.layer, explained.age_seconds, state, explained.reason)


def rows() -> Iterator[tuple[str, ...]]:
    for down in DOWN:
        for outage in OUTAGES:
            for moment in MOMENTS:
                which = down[0].value if len(down) == 1 else "all"
                found = drill(down, outage, moment)
                if isinstance(found, str):
                    yield which, outage, moment, "nothing: ConfigurationUnavailable", "", found
                else:
                    one = found[down[0]]
                    yield (
                        which,
                        outage,
                        moment,
                        f"{one.value}, {one.state}",
                        f"{one.age_seconds:.0f} s",
                        one.reason,
                    )


def as_markdown() -> str:
    lines = ["| down | how | when | served | age | reason |", "|---|---|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows())])


if __name__ == "__main__":
    print(as_markdown())  # noqa: T201 (this is what it is for)
