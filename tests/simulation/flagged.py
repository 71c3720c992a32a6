"""Flags for worlds in which nothing is deployed: a document in memory, read as everywhere."""

from collections.abc import Mapping
from typing import Any

from reelwright.clock import Clock
from reelwright.environment.schema import Settings
from reelwright.flags.definitions import flag_definitions
from reelwright.flags.deployments import FlagState, FlagVersion, in_force
from reelwright.flags.memory import MemoryFlagStates
from reelwright.flags.ports import FlagSource
from reelwright.flags.reading import FlagReader
from reelwright.pipeline.flagging import FlagsFor

__all__ = ["deploying", "document_with", "flags_in", "flags_set"]


def document_with(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document of code's flags with some values set otherwise; an unknown flag is added."""
    document = flag_definitions("flags").as_json()
    for flag, value in values.items():
        document["flags"].setdefault(flag, {"name": flag})
        document["values"][flag] = {"enabled": value} if isinstance(value, bool) else dict(value)
    return document


def flags_set(clock: Clock, version: str = "7", **values: Any) -> FlagsFor:
    """Return the flags of a place where these are set; ``_`` in their names is ``-``."""
    named = {flag.replace("_", "-"): value for flag, value in values.items()}
    return flags_in(in_force("flags", FlagVersion(version=version, document=document_with(named))), clock)


def deploying(old: Mapping[str, Any], new: Mapping[str, Any], percentage: float) -> FlagState:
    """Return a deployment that has reached so many percent of productions."""
    return FlagState(
        profile="flags",
        number=2,
        phase="DEPLOYING",
        percentage=percentage,
        old=FlagVersion(version="1", document=document_with(old)),
        new=FlagVersion(version="2", document=document_with(new)),
    )


def flags_in(state: FlagState, clock: Clock) -> FlagsFor:
    """Return the flags of a place with this state of their deployment."""
    states = MemoryFlagStates()
    states.save(state)
    reader = FlagReader(states, clock=clock)

    def found(settings: Settings) -> FlagSource:
        return reader.under(settings.flags.overrides)

    return found
