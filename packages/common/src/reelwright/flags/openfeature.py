"""Flags for whoever speaks OpenFeature: a provider for its SDK, over a FeatureFlagManager or SourcedFlags.

The SDK (``openfeature-sdk``) is asked for when a provider is made, never when this module is imported.

How AppConfig's flags answer OpenFeature's questions:

* a boolean is whether the flag is enabled; if the flag has an attribute ``value``, it is that;
* text, integers, floats and objects are the attribute ``value`` (``flag.other`` asks for another attribute).
  AppConfig holds no objects: text that is JSON is read as one, a list is one, and a flag without ``value``
  has all its attributes as one;
* a flag that is not enabled has no attributes, so these answer the caller's default, reason DISABLED;
* other attributes of plain values come along as the flag's metadata.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from threading import Event
from types import SimpleNamespace
from typing import Any, Protocol

from reelwright.errors import InvalidInput
from reelwright.flags.document import InvalidFlagDocument
from reelwright.flags.evaluation import AttributeAnswer, Context, Evaluation, Reason
from reelwright.flags.manager import FlagChange, FlagsStatus

__all__ = ["AnsweringFlags", "FlagProvider", "OpenFeatureMissing", "Tracked"]

_LOG = logging.getLogger(__name__)

_VALUE = "value"
_ERRORS: Mapping[Reason, str] = {
    Reason.FLAG_NOT_FOUND: "There is no flag of this name, or nobody set it.",
    Reason.PROVIDER_NOT_READY: "No flag document was read yet.",
    Reason.INVALID_CONTEXT: "The context holds what rules cannot use.",
}
_AS_ITS_OWN: Mapping[str, str] = {Reason.OVERRIDE: "STATIC"}
"""OpenFeature has no word for what settings say: it is the same for everybody."""


class OpenFeatureMissing(InvalidInput):
    """A provider was asked for where the OpenFeature SDK is not installed."""

    code = "openfeature_missing"


class AnsweringFlags(Protocol):
    """What a provider asks: a FeatureFlagManager, or SourcedFlags. Nothing here raises."""

    @property
    def status(self) -> FlagsStatus:
        """How they stand now."""
        ...

    def evaluate(self, flag: str, context: Context | None = None, *, default: bool = False) -> Evaluation:
        """Return the whole answer of a flag."""
        ...

    def attributes_of(self, flag: str) -> frozenset[str]:
        """Return the keys of the attributes that a flag is defined with."""
        ...

    def subscribe(self, listener: Callable[[FlagChange], None]) -> Callable[[], None]:
        """Call a listener after each change; return what ends that."""
        ...


@dataclass(frozen=True, slots=True)
class Tracked:
    """Something that an application says happened, to be held against the flags that were seen."""

    name: str
    targeting_key: str | None
    context: Mapping[str, Any]
    value: float | None
    attributes: Mapping[str, Any]


class _WrongType(Exception):  # noqa: N818 (never leaves this module)
    """The attribute is not of the type that was asked for."""


class _NotParsed(Exception):  # noqa: N818 (as above)
    """The attribute looks like JSON and is not."""


class FlagProvider:
    """An OpenFeature provider. Give it to ``openfeature.api.set_provider``.

    It follows its manager: a new document is PROVIDER_CONFIGURATION_CHANGED with the flags that changed; a
    source that is down, or a refused document, PROVIDER_STALE; before the first document these are
    PROVIDER_ERROR, and a refused document is fatal: somebody must put it right.
    """

    def __init__(
        self,
        manager: AnsweringFlags,
        *,
        name: str = "reelwright",
        targeting_key: str = "targetingKey",
        ready_within_seconds: float = 0.0,
        tracker: Callable[[Tracked], None] | None = None,
    ) -> None:
        """Make a provider; OpenFeatureMissing without the SDK.

        ``targeting_key`` is what rules call OpenFeature's targeting key. ``ready_within_seconds`` is how long
        initialisation waits to hear of a document, or of none. ``tracker`` hears what applications track.
        """
        self._sdk = _sdk()
        self._manager = manager
        self._name = name
        self._key = targeting_key
        self._wait = ready_within_seconds
        self._tracker = tracker
        self._settled = Event()
        self._emit: Callable[[Any, Any, Any], None] | None = None
        self._unsubscribe: Callable[[], None] | None = None

    def get_metadata(self) -> Any:
        """Return the provider's name, as the SDK's Metadata."""
        return self._sdk.Metadata(name=self._name)

    def get_provider_hooks(self) -> list[Any]:
        """Return no hooks."""
        return []

    def attach(self, on_emit: Callable[[Any, Any, Any], None]) -> None:
        """Begin to tell events to the SDK."""
        self._emit = on_emit
        self._unsubscribe = self._unsubscribe or self._manager.subscribe(self._on_change)
        if self._manager.status.ready or self._manager.status.error is not None:
            self._settled.set()

    def detach(self) -> None:
        """Tell no more events."""
        self._emit = None
        if self._unsubscribe:
            self._unsubscribe()
        self._unsubscribe = None

    def initialize(self, evaluation_context: Any) -> None:  # noqa: ARG002 (the SDK hands it over)
        """Wait for a first document; the SDK's errors for none: fatal if it was refused."""
        self._settled.wait(self._wait)
        status = self._manager.status
        if status.ready:
            return
        if isinstance(status.error, InvalidFlagDocument):
            raise self._sdk.ProviderFatalError(status.error.message)
        raise self._sdk.GeneralError(str(status.error or _ERRORS[Reason.PROVIDER_NOT_READY]))

    def shutdown(self) -> None:
        """Stop waiting and listening."""
        self._settled.set()
        self.detach()

    def track(
        self, tracking_event_name: str, evaluation_context: Any = None, tracking_event_details: Any = None
    ) -> None:
        """Hand an event to the tracker, if there is one; a tracker that fails is logged, never felt."""
        if self._tracker is None:
            return
        tracked = Tracked(
            tracking_event_name,
            getattr(evaluation_context, "targeting_key", None),
            dict(getattr(evaluation_context, "attributes", None) or {}),
            getattr(tracking_event_details, "value", None),
            dict(getattr(tracking_event_details, "attributes", None) or {}),
        )
        try:
            self._tracker(tracked)
        except Exception:  # noqa: BLE001 (the application goes on, whatever its tracker does)
            _LOG.exception("A tracked event was lost.")

    def resolve_boolean_details(
        self,
        flag_key: str,
        default_value: bool,  # noqa: FBT001 (OpenFeature's signature)
        evaluation_context: Any = None,
    ) -> Any:
        """Return whether a flag is enabled, or its attribute of this type."""
        return self._resolved(flag_key, default_value, evaluation_context, _boolean)

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: Any = None
    ) -> Any:
        """Return text."""
        return self._resolved(flag_key, default_value, evaluation_context, _string)

    def resolve_integer_details(
        self, flag_key: str, default_value: int, evaluation_context: Any = None
    ) -> Any:
        """Return a whole number; 10.0 is one, 0.5 is not."""
        return self._resolved(flag_key, default_value, evaluation_context, _integer)

    def resolve_float_details(
        self, flag_key: str, default_value: float, evaluation_context: Any = None
    ) -> Any:
        """Return a number as a float."""
        return self._resolved(flag_key, default_value, evaluation_context, _float)

    def resolve_object_details(
        self, flag_key: str, default_value: Any, evaluation_context: Any = None
    ) -> Any:
        """Return a mapping or a list."""
        return self._resolved(flag_key, default_value, evaluation_context, _object)

    async def resolve_boolean_details_async(
        self,
        flag_key: str,
        default_value: bool,  # noqa: FBT001 (as above)
        evaluation_context: Any = None,
    ) -> Any:
        """As resolve_boolean_details: nothing here waits."""
        return self.resolve_boolean_details(flag_key, default_value, evaluation_context)

    async def resolve_string_details_async(
        self, flag_key: str, default_value: str, evaluation_context: Any = None
    ) -> Any:
        """As resolve_string_details."""
        return self.resolve_string_details(flag_key, default_value, evaluation_context)

    async def resolve_integer_details_async(
        self, flag_key: str, default_value: int, evaluation_context: Any = None
    ) -> Any:
        """As resolve_integer_details."""
        return self.resolve_integer_details(flag_key, default_value, evaluation_context)

    async def resolve_float_details_async(
        self, flag_key: str, default_value: float, evaluation_context: Any = None
    ) -> Any:
        """As resolve_float_details."""
        return self.resolve_float_details(flag_key, default_value, evaluation_context)

    async def resolve_object_details_async(
        self, flag_key: str, default_value: Any, evaluation_context: Any = None
    ) -> Any:
        """As resolve_object_details."""
        return self.resolve_object_details(flag_key, default_value, evaluation_context)

    def _resolved(
        self, flag_key: str, default: Any, context: Any, as_type: Callable[[AttributeAnswer], Any]
    ) -> Any:
        flag, _, attribute = flag_key.partition(".")
        evaluation = self._manager.evaluate(flag, self._context(context))
        if evaluation.reason in _ERRORS:
            return self._failed(default, evaluation.reason.value, _ERRORS[evaluation.reason])
        try:
            return self._answered(evaluation, attribute, default, as_type)
        except _WrongType:
            return self._failed(default, "TYPE_MISMATCH", f"{flag_key} holds a value of another type.")
        except _NotParsed:
            return self._failed(default, "PARSE_ERROR", f"{flag_key} holds text that is not JSON.")

    def _answered(
        self, evaluation: Evaluation, attribute: str, default: Any, as_type: Callable[[AttributeAnswer], Any]
    ) -> Any:
        valued = attribute or _VALUE in self._manager.attributes_of(evaluation.flag)
        if as_type is _boolean and not valued:
            return self._details(evaluation.enabled, evaluation)
        if not evaluation.enabled:
            return self._details(default, evaluation, reason="DISABLED")
        if as_type is _object and not valued and evaluation.attributes:
            return self._details(evaluation.as_dict()[_ATTRIBUTES], evaluation, metadata={})
        found = evaluation.attributes.get(attribute or _VALUE)
        if found is None:
            raise _WrongType
        return self._details(as_type(found), evaluation)

    def _details(
        self,
        value: Any,
        evaluation: Evaluation,
        *,
        reason: str = "",
        metadata: Mapping[str, Any] | None = None,
    ) -> Any:
        return self._sdk.FlagResolutionDetails(
            value=value,
            variant=evaluation.variant,
            reason=self._sdk.Reason(reason or _AS_ITS_OWN.get(evaluation.reason, evaluation.reason.value)),
            flag_metadata=_metadata(evaluation) if metadata is None else metadata,
        )

    def _failed(self, default: Any, code: str, message: str) -> Any:
        return self._sdk.FlagResolutionDetails(
            value=default,
            reason=self._sdk.Reason.ERROR,
            error_code=self._sdk.ErrorCode(code),
            error_message=message,
        )

    def _context(self, context: Any) -> Any:
        """Return what rules see: attributes without null ones, and the targeting key under its name."""
        if context is None:
            return None
        try:
            said = {self._key: context.targeting_key, **context.attributes}
            return {key: value for key, value in said.items() if value is not None}
        except Exception:  # noqa: BLE001 (a context of any class may be handed over; the manager judges it)
            return context

    def _on_change(self, change: FlagChange) -> None:
        self._settled.set()
        events, ready = self._sdk.ProviderEvent, change.status.ready
        told = self._sdk.ProviderEventDetails
        message = change.status.error.message if change.status.error else None
        match change.kind:
            case "changed":
                changed = told(flags_changed=list(change.flags))
                self._tell(events.PROVIDER_CONFIGURATION_CHANGED, changed)
            case "ready" | "recovered":
                self._tell(events.PROVIDER_READY, told())
            case "refused" | "failed" if ready:
                self._tell(events.PROVIDER_STALE, told(message=message))
            case kind:
                code = "PROVIDER_FATAL" if kind == "refused" else "GENERAL"
                failed = told(message=message, error_code=self._sdk.ErrorCode(code))
                self._tell(events.PROVIDER_ERROR, failed)

    def _tell(self, event: Any, details: Any) -> None:
        emit = self._emit
        if emit is not None:
            emit(self, event, details)


_ATTRIBUTES = "attributes"
_MODULES: Mapping[str, tuple[str, ...]] = {
    "openfeature.event": ("ProviderEvent", "ProviderEventDetails"),
    "openfeature.exception": ("ErrorCode", "GeneralError", "ProviderFatalError"),
    "openfeature.flag_evaluation": ("FlagResolutionDetails", "Reason"),
    "openfeature.provider": ("Metadata",),
}


def _sdk() -> Any:
    try:
        found = {
            name: getattr(import_module(module), name) for module, names in _MODULES.items() for name in names
        }
    except ImportError as error:
        raise OpenFeatureMissing(
            "The OpenFeature SDK is not installed.", next_step="Install reelwright[openfeature]."
        ) from error
    return SimpleNamespace(**found)


def _metadata(evaluation: Evaluation) -> dict[str, Any]:
    return {
        key: value
        for key, value in evaluation.attributes.items()
        if key != _VALUE and not isinstance(value, tuple)
    }


def _boolean(found: AttributeAnswer) -> bool:
    if not isinstance(found, bool):
        raise _WrongType
    return found


def _string(found: AttributeAnswer) -> str:
    if not isinstance(found, str):
        raise _WrongType
    return found


def _integer(found: AttributeAnswer) -> int:
    if isinstance(found, bool) or not isinstance(found, int | float) or found != int(found):
        raise _WrongType
    return int(found)


def _float(found: AttributeAnswer) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise _WrongType
    return float(found)


def _object(found: AttributeAnswer) -> Any:
    if isinstance(found, tuple):
        return list(found)
    if not isinstance(found, str) or not found.lstrip().startswith(("{", "[")):
        raise _WrongType
    try:
        return json.loads(found)
    except (ValueError, RecursionError):
        raise _NotParsed from None
