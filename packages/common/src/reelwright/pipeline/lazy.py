"""Parts that are named now and imported when they are first used."""

from collections.abc import Callable
from importlib import import_module
from threading import Lock
from typing import Any

__all__ = ["Lazy", "lazy"]


class Lazy:
    """Stands for an object until something is asked of it, and for good: every attribute is the object's."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None
        self._is_made = False
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._object(), name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the object."""
        return self._object()(*args, **kwargs)

    def _object(self) -> Any:
        with self._lock:
            if not self._is_made:
                self._made, self._is_made = self._make(), True
        return self._made


def lazy(path: str, *args: Any, **kwargs: Any) -> Any:
    """Return a stand-in for ``module:Class`` called with the arguments, once, when it is first used.

    It says Any: it is whatever the class makes.
    """
    module, _, name = path.partition(":")
    return Lazy(lambda: getattr(import_module(module), name)(*args, **kwargs))
