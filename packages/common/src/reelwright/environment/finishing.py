"""How a video is finished: the steps of its chain, what each comes after, and the functions that do them.

The one registry of them. Configuration chooses and orders names of it; it never names code.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import AfterValidator

from reelwright.environment.basics import Several

__all__ = ["CHAIN", "LINKS", "Chain", "ChainLink", "ChainName", "check_chain", "left_out", "step_of"]

ChainName = Literal[
    "shoot",
    "normalise",
    "caption",
    "music",
    "brand",
    "loudness",
    "encode",
    "thumbnail",
    "thumbnail:frame",
]
"""What a chain is written in: a step, or a step and which other way of doing it."""

CHAIN: Final[tuple[ChainName, ...]] = (
    "shoot",
    "normalise",
    "caption",
    "music",
    "brand",
    "loudness",
    "encode",
    "thumbnail",
)
"""All steps, each done the usual way."""


class ChainLink(NamedTuple):
    """One way to do one step."""

    on_cut: str
    """``module:function``; takes and returns the order of a cut."""
    after: tuple[str, ...] = ()
    """Steps that must have been done, those of them that the chain has."""
    required: bool = False
    """Without it there is no video."""
    on_scene: str = ""
    """``module:function``; takes and returns what lies over a scene, before it is drawn or fitted."""


_CUT: Final = "reelwright.pipeline.finishing"
_SCENE: Final = "reelwright.video.chain"

LINKS: Final[Mapping[ChainName, ChainLink]] = {
    "shoot": ChainLink(f"{_CUT}.picture:shoot", required=True),
    "normalise": ChainLink(f"{_CUT}.picture:normalise", after=("shoot",), required=True),
    "caption": ChainLink(f"{_CUT}.picture:caption", after=("normalise",), on_scene=f"{_SCENE}:caption"),
    "music": ChainLink(f"{_CUT}.sound:music", after=("shoot",)),
    "brand": ChainLink(f"{_CUT}.branding:brand", after=("normalise",), on_scene=f"{_SCENE}:brand"),
    "loudness": ChainLink(f"{_CUT}.sound:loudness", after=("music", "brand"), required=True),
    "encode": ChainLink(
        f"{_CUT}.picture:encode",
        after=("normalise", "caption", "music", "brand", "loudness"),
        required=True,
    ),
    "thumbnail": ChainLink(f"{_CUT}.picture:thumbnail", after=("encode",)),
    "thumbnail:frame": ChainLink(f"{_CUT}.picture:frame", after=("encode",)),
}
"""By name: a step that has a colon in it is another way to do the step before the colon."""


def step_of(name: str) -> str:
    """Return the step that a name of a chain does."""
    return name.partition(":")[0]


def left_out(chain: Sequence[str]) -> tuple[str, ...]:
    """Return the steps that a chain does without, in their usual order."""
    done = {step_of(name) for name in chain}
    return tuple(step for step in CHAIN if step not in done)


def check_chain(chain: tuple[ChainName, ...]) -> tuple[ChainName, ...]:
    """Return the chain; ValueError names the step that stands twice, too early or nowhere, and the remedy."""
    steps = [step_of(name) for name in chain]
    for step in steps:
        if steps.count(step) > 1:
            raise ValueError(f"{step} is done twice; delete one of them")
    for place, name in enumerate(chain):
        late = [other for other in LINKS[name].after if other in steps[place:]]
        if late:
            raise ValueError(f"{name} must come after {' and '.join(late)}; move it behind")
    for step in CHAIN:
        if LINKS[step].required and step not in steps:
            raise ValueError(f"{step} is missing, and no video is made without it; {_remedy(step)}")
    return chain


def _remedy(step: ChainName) -> str:
    before = LINKS[step].after
    return f"put it behind {before[-1]}, where that is done" if before else "put it first"


Chain = Annotated[Several[ChainName], AfterValidator(check_chain)]
"""Steps in order."""
