"""Bugs planted on purpose: the simulation is worth something only if it finds them."""

from collections.abc import Callable
from typing import Any

from reelwright.pipeline.ports import StepKey, StepResult


class _Passing:
    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class LateStore(_Passing):
    """Stores a result only when the next one comes, and so after the next step has begun."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self._held: dict[StepKey, StepResult] = {}

    def result(self, key: StepKey) -> StepResult | None:
        return self._held.get(key) or self._store.result(key)

    def put_result(self, key: StepKey, result: StepResult) -> StepResult:
        for held_key, held in list(self._held.items()):
            self._store.put_result(held_key, held)
        self._held = {key: result}
        return result


class ForgetfulStore(_Passing):
    """Now and then says that a stored result is not there: a read that is not consistent."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self._reads = 0

    def result(self, key: StepKey) -> StepResult | None:
        self._reads += 1
        return None if self._reads % 5 == 0 else self._store.result(key)


class LastWriterStore(_Passing):
    """Ignores the fence: whoever saves last wins, also a worker that was given up."""

    def save(self, production: Any, _: Any) -> None:
        self._store._world.cross(
            "store.save",
            lambda: self._store._store._records.update({production.id: production.model_dump_json()}),
        )


class ForgetsOneStep(_Passing):
    """Never knows whether one item is done: a function that would run it again whenever it is called."""

    def __init__(self, store: Any, step: str, index: int) -> None:
        super().__init__(store)
        self._item = (step, index)

    def result(self, key: StepKey) -> StepResult | None:
        stored: StepResult | None = self._store.result(key)
        is_forgotten = stored is not None and stored.is_done and (key.step, key.index) == self._item
        return None if is_forgotten else stored


EAGER = "eager-function"
"""Planted in the functions that run items; the others are planted in the store."""

PLANTS: dict[str | None, Callable[[Any], Any]] = {
    "late-store": LateStore,
    "forgetful-store": ForgetfulStore,
    "last-writer": LastWriterStore,
    EAGER: lambda store: store,
}
