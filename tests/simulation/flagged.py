"""Flags for worlds in which nothing is deployed: a document in memory, read as everywhere."""

from collections.abc import Mapping
from random import Random
from typing import Any

from reelwright.clock import Clock
from reelwright.config.schema import Pinned
from reelwright.environment.schema import Settings
from reelwright.flags.answers import FlagAnswers
from reelwright.flags.definitions import flag_definitions
from reelwright.flags.deployments import FlagState, FlagVersion, in_force
from reelwright.flags.memory import MemoryFlagStates
from reelwright.flags.ports import FlagSource
from reelwright.flags.reading import FlagReader
from reelwright.pipeline.flagging import FlagsFor
from reelwright.production.schema import Production

__all__ = ["Restless", "deploying", "disagreement", "document_with", "flags_in", "flags_set"]


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


class Restless:
    """Flags that an operator changes each time that anybody looks at them: only what was pinned may count."""

    def __init__(self, seed: int, clock: Clock) -> None:
        self._rng = Random(f"flags {seed}")
        self._states = MemoryFlagStates()
        self._reader = FlagReader(self._states, clock=clock, ttl_seconds=0.0)
        self._number = 0

    def __call__(self, settings: Settings) -> FlagSource:
        """Deploy another document to everybody, and return the flags."""
        self._number += 1
        values = {flag: {"enabled": self._rng.random() < 0.5} for flag in ("captions", "music")}
        document = {"version": "1", "flags": {flag: {"name": flag} for flag in values}, "values": values}
        version = FlagVersion(version=str(self._number), document=document)
        state = in_force("flags", version).model_copy(update={"number": self._number})
        self._states.save(state)
        return self._reader.under(settings.flags.overrides)


def disagreement(production: Production, pinned: Pinned) -> str:
    """Return where the record, the pinned answers and the pinned settings disagree; nothing if they agree."""
    answers = FlagAnswers.pinned_in(pinned.documents)
    told = {record.flag: (record.enabled, record.version) for record in production.flags}
    if told != {name: (answers.is_enabled(name), answers.version) for name in answers.names}:
        return f"the record says {told} of flags, and other answers are pinned"
    features = pinned.settings.features
    asked = ("burned" if answers.is_enabled("captions") else "off", answers.is_enabled("music"))
    if answers.names and (features.captions, features.music) != asked:
        return f"settings say {features.captions}, {features.music} where flags say {asked}"
    known = pinned.configuration.fingerprint if pinned.configuration else ""
    return "" if known == production.settings_fingerprint else "the record names another configuration"
