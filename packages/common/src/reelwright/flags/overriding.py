"""Overrides: what an environment's settings have a flag answer, whatever its document says.

They are for this environment only, and for as long as the setting stands: ``flags.overrides`` in its file, in
``REELWRIGHT__FLAGS__OVERRIDES__…``, or at run time. The document goes on to say which flags there are, of
which type their attributes are, and whatever an override leaves open. Shells set no variable with a hyphen in
its name, so ``REELWRIGHT__FLAGS__OVERRIDES`` also takes all of them: ``{"video-model": true}``.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from reelwright.environment.errors import nearest
from reelwright.environment.flagging import FlagOverride
from reelwright.flags.evaluation import (
    NOTHING,
    AttributeAnswer,
    Context,
    Evaluation,
    Reason,
    Said,
    answered,
)
from reelwright.flags.ports import FlagEvaluator
from reelwright.flags.schema import FlagDefinition, FlagValue

__all__ = [
    "Overrides",
    "OverridesNow",
    "SourceUnder",
    "no_overrides",
    "overridden",
    "override_faults",
    "overrides_now",
]

_LOG = logging.getLogger(__name__)

Overrides = Mapping[str, bool | FlagOverride]
"""By flag; true and false are short for a table with only ``enabled``."""

OverridesNow = Callable[[], Overrides]
"""Returns the overrides that hold now: settings may change while a process runs."""

_Attributes = Mapping[str, JsonValue]
_Values = Mapping[str | None, tuple[bool, _Attributes]]
"""By variant, None for a flag without: whether it is enabled, and its attributes."""


def no_overrides() -> Overrides:
    """Return that nothing is overridden."""
    return {}


def overrides_now(overrides: OverridesNow) -> Overrides:
    """Return what holds now; nothing, and a line in the log, if that cannot be told."""
    try:
        return overrides()
    except Exception:  # noqa: BLE001 (flags answer, whatever becomes of settings)
        _LOG.exception("Overrides of flags cannot be read; documents answer.")
        return {}


def override_faults(overrides: Overrides, said: Mapping[str, Said]) -> dict[str, str]:
    """Return, by flag, why an override cannot hold beside what the document says; nothing if all can."""
    found = ((flag, _fault(flag, _table(override), said)) for flag, override in overrides.items())
    return {flag: fault for flag, fault in found if fault}


def overridden(flags: FlagEvaluator, overrides: Overrides, said: Mapping[str, Said]) -> FlagEvaluator:
    """Return an evaluator that gives overridden flags their answer, and leaves all others alone.

    ``said`` is what the document says of each flag. An override that does not fit to it is passed over, and
    told in the origin and in the log.
    """
    if not overrides:
        return flags
    faults = override_faults(overrides, said)
    for flag, fault in faults.items():
        _LOG.error("The override of the flag %s is passed over: %s.", flag, fault)
    held = {
        flag: _Answering(_table(override), _values(said[flag][1]))
        for flag, override in overrides.items()
        if flag not in faults
    }
    return _Overridden(flags, held, faults)


@dataclass(frozen=True, slots=True)
class SourceUnder:
    """A FlagSource: another one's documents, under overrides of its own."""

    overrides: Overrides
    evaluator: Callable[[str, Overrides], FlagEvaluator]

    def evaluator_for(self, production_id: str) -> FlagEvaluator:
        """Return the evaluator of the document that this production takes."""
        return self.evaluator(production_id, self.overrides)


@dataclass(frozen=True, slots=True)
class _Answering:
    """What one override answers: of the variant that it names, or of the one that rules choose."""

    override: FlagOverride
    values: _Values

    def to(self, answer: Evaluation) -> Evaluation:
        """Return the answer that takes the place of the document's."""
        variant = self.override.variant or answer.variant
        enabled, carried = self.values.get(variant) or self._unlisted(answer)
        if self.override.enabled is not None:
            enabled = self.override.enabled
        attributes: Mapping[str, AttributeAnswer] = NOTHING
        if enabled:
            attributes = answered({**carried, **self.override.attributes}, enabled=True)
        return replace(
            answer, enabled=enabled, variant=variant, attributes=attributes, reason=Reason.OVERRIDE
        )

    def _unlisted(self, answer: Evaluation) -> tuple[bool, Mapping[str, object]]:
        """Return what a variant says that the document does not have: an agent may read another one."""
        plain = self.values.get(None, (False, {}))[1]
        return answer.enabled, {**plain, **answer.attributes}


@dataclass(frozen=True, slots=True)
class _Overridden:
    """A FlagEvaluator over another one."""

    flags: FlagEvaluator
    held: Mapping[str, _Answering]
    faults: Mapping[str, str]

    @property
    def origin(self) -> str:
        """Where the document comes from, and what settings have to say."""
        held = f"; overridden by settings: {', '.join(sorted(self.held))}" if self.held else ""
        faults = "".join(
            f"; the override of {flag} is passed over: {fault}" for flag, fault in sorted(self.faults.items())
        )
        return f"{self.flags.origin}{held}{faults}"

    @property
    def names(self) -> tuple[str, ...]:
        """The flags of the document, and those that only an override sets."""
        return tuple(sorted({*self.flags.names, *self.held}))

    def evaluate(self, flag: str, context: Context | None = None, *, default: bool = False) -> Evaluation:
        """Answer by the override, or else as the document does."""
        answer = self.flags.evaluate(flag, context, default=default)
        try:
            answering = self.held.get(flag)
        except TypeError:  # a name that cannot be hashed is the name of no flag
            return answer
        return answering.to(answer) if answering else answer


def _table(override: bool | FlagOverride) -> FlagOverride:  # noqa: FBT001 (as settings write it)
    return FlagOverride(enabled=override) if isinstance(override, bool) else override


def _values(value: FlagValue | None) -> _Values:
    if value is None:
        return {None: (False, {})}
    if value.variants is None:
        return {None: (bool(value.enabled), value.attributes)}
    return {one.name: (one.enabled, one.attributes) for one in value.variants}


def _fault(flag: str, override: FlagOverride, said: Mapping[str, Said]) -> str:
    definition, value = said.get(flag, (None, None))
    if definition is None:
        return f"there is no flag of this name.{nearest(flag, said)}".rstrip(".?")
    values = _values(value)
    if override.variant is not None:
        if override.variant not in values:
            return f"the flag has no variant {override.variant!r}"
        values = {override.variant: values[override.variant]}
    faults = (
        fault
        for _, carried in values.values()
        for fault in _attribute_faults(definition, {**carried, **override.attributes}, override.enabled)
    )
    return next(faults, "")


def _attribute_faults(
    definition: FlagDefinition,
    attributes: _Attributes,
    enabled: bool | None,  # noqa: FBT001 (as the override says it)
) -> Iterator[str]:
    """Yield what the definition refuses; an attribute is missed only where the override enables the flag."""
    for key, value in attributes.items():
        if key not in definition.attributes:
            yield f"the flag has no attribute {key!r}.{nearest(key, definition.attributes)}".rstrip(".?")
        elif limits := definition.attributes[key].constraints:
            yield from (f"its attribute {key} is refused: {fault}" for fault in limits.faults(value))
    for key, attribute in definition.attributes.items() if enabled else ():
        if attribute.constraints and attribute.constraints.required and key not in attributes:
            yield f"its attribute {key} is required, and missing"
