"""What the steps of one scenario share: a provider of ours, the SDK's client, and what was seen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from openfeature import api
from openfeature.client import OpenFeatureClient
from openfeature.evaluation_context import EvaluationContext
from openfeature.flag_evaluation import FlagEvaluationOptions
from openfeature.hook import Hook
from openfeature.transaction_context import clear_transaction_context_propagator

from reelwright.flags.evaluation import Evaluation
from reelwright.flags.manager import FeatureFlagManager
from tests.openfeature.flags import document

__all__ = ["Witness", "World", "new_world"]


class Recording(FeatureFlagManager):
    """A manager that remembers what context it was last asked with."""

    seen: Any = None

    def evaluate(self, flag: str, context: Any = None, *, default: bool = False) -> Evaluation:
        self.seen = context
        return super().evaluate(flag, context, default=default)


class Witness(Hook):
    """A hook that remembers what it was called with, and adds to the context if told to."""

    def __init__(self, name: str, calls: list[tuple[str, str, Any]], adds: Any = None) -> None:
        self.name, self.calls, self.adds = name, calls, adds

    def before(self, hook_context: Any, hints: Any) -> Any:
        self.calls.append((self.name, "before", None))
        return self.adds

    def after(self, hook_context: Any, details: Any, hints: Any) -> None:
        self.calls.append((self.name, "after", details))

    def error(self, hook_context: Any, exception: Exception, hints: Any) -> None:
        self.calls.append((self.name, "error", exception))

    def finally_after(self, hook_context: Any, details: Any, hints: Any) -> None:
        self.calls.append((self.name, "finally", details))


class World:
    """What the steps of one scenario share."""

    def __init__(self) -> None:
        self.manager = Recording.from_document(document())
        self.client = OpenFeatureClient(domain=None, version=None)
        self.kind, self.key, self.fallback = "Boolean", "boolean-flag", False
        self.attributes: dict[str, Any] = {}
        self.levels: dict[str, dict[str, str]] = {}
        self.order: list[str] = []
        self.calls: list[tuple[str, str, Any]] = []
        self.options = FlagEvaluationOptions()
        self.details: Any = None

    def use(self, kind: str, key: str, fallback: Any) -> None:
        self.kind, self.key, self.fallback = kind.capitalize(), key, fallback

    def evaluate(self) -> None:
        self.details = self.method("")(self.key, self.fallback, self.context(), self.options)

    def method(self, suffix: str) -> Callable[..., Any]:
        found: Callable[..., Any] = getattr(self.client, f"get_{self.kind.lower()}_details{suffix}")
        return found

    def context(self) -> EvaluationContext:
        return EvaluationContext(attributes=self.attributes)


@contextmanager
def new_world() -> Iterator[World]:
    """Yield a world, and leave the SDK, which has one for all, as it was."""
    try:
        yield World()
    finally:
        api.clear_providers()
        api.clear_hooks()
        api.set_evaluation_context(EvaluationContext())
        clear_transaction_context_propagator()
