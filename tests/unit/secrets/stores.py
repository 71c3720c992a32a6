"""Stores that fail on purpose."""

from collections.abc import Callable
from typing import Any

from reelwright.secrets.errors import SecretsUnavailable
from reelwright.secrets.ports import SecretStore

__all__ = ["CountingStore", "Killed", "dying_store"]


class Killed(BaseException):
    """The process died here."""


class CountingStore:
    """Passes calls on, counts reads, and can be away."""

    def __init__(self, store: SecretStore) -> None:
        self._store = store
        self.reads = 0
        self.is_away = False
        self.before_read: Callable[[], object] = lambda: None
        self.after_read: Callable[[], object] = lambda: None

    def read(self, name: str, **which: Any) -> Any:
        self.reads += 1
        self.before_read()
        if self.is_away:
            raise SecretsUnavailable("The store is away.", next_step="Wait.")
        found = self._store.read(name, **which)
        self.after_read()
        return found

    def describe(self, name: str) -> Any:
        if self.is_away:
            raise SecretsUnavailable("The store is away.", next_step="Wait.")
        return self._store.describe(name)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def dying_store(store: SecretStore, *, at: int, after: bool) -> SecretStore:
    """Return the store, whose ``at``-th call from now kills its caller before or after the work is done."""
    calls = iter(range(1_000_000))

    class Dying:
        def __getattr__(self, name: str) -> Any:
            def call(*args: Any, **kwargs: Any) -> Any:
                dies = next(calls) == at
                if dies and not after:
                    raise Killed
                result = getattr(store, name)(*args, **kwargs)
                if dies:
                    raise Killed
                return result

            return call

    dying: Any = Dying()
    return dying  # type: ignore[no-any-return]  # it answers to every name
