"""Flags of a source, for whoever asks about many: each unit takes the document that is its own."""

from collections.abc import Callable, Mapping

from reelwright.flags.definitions import FlagProfile, flag_definitions
from reelwright.flags.evaluation import Context, Evaluation
from reelwright.flags.manager import FlagChange, FlagsStatus
from reelwright.flags.ports import FlagSource

__all__ = ["SourcedFlags"]


class SourcedFlags:
    """Answers like a FeatureFlagManager, from a FlagSource: what an OpenFeature provider is given.

    The source finds the document anew for every question, by the value of ``unit`` in the context. So a
    gradual deployment reaches units as it reaches productions, overrides count, and a source that is down
    goes by what it has. There is always something to go by, so it is ready from the first; it tells of no
    changes, because it only hears of them when it is asked.
    """

    def __init__(self, source: FlagSource, *, unit: str = "id", profile: FlagProfile = "flags") -> None:
        """Ask ``source``; ``unit`` is what the context calls the one that documents are chosen for."""
        self._source = source
        self._unit = unit
        self._attributes = {
            flag: frozenset(definition.attributes)
            for flag, definition in flag_definitions(profile).flags.items()
        }

    @property
    def status(self) -> FlagsStatus:
        """Ready, always."""
        return FlagsStatus(ready=True)

    def evaluate(self, flag: str, context: Context | None = None, *, default: bool = False) -> Evaluation:
        """Return the answer of the document that the context's unit takes; never raises."""
        evaluator = self._source.evaluator_for(self._unit_of(context))
        return evaluator.evaluate(flag, context, default=default)

    def attributes_of(self, flag: str) -> frozenset[str]:
        """Return the keys of the attributes that code defines a flag with."""
        return self._attributes.get(flag, frozenset())

    def subscribe(self, listener: Callable[[FlagChange], None]) -> Callable[[], None]:  # noqa: ARG002 (as FeatureFlagManager; see above)
        """Tell nobody of anything; return what ends that."""
        return lambda: None

    def _unit_of(self, context: Context | None) -> str:
        try:
            found = context.get(self._unit) if isinstance(context, Mapping) else None
            return found if isinstance(found, str) else ""
        except Exception:  # noqa: BLE001 (a context may be of any class; without a unit it is nobody's)
            return ""
