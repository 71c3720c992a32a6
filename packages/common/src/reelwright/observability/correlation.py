"""What the code is working on right now, so that logs and metrics can say it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["bind", "bound"]

_Fields = Mapping[str, str | int]
_BOUND: ContextVar[_Fields] = ContextVar("reelwright_bound", default={})  # noqa: B039 (never changed in place)


@contextmanager
def bind(
    *,
    production_id: str | None = None,
    step: str | None = None,
    attempt: int | None = None,
    generation: int | None = None,
) -> Iterator[None]:
    """Have everything said inside the block carry these; what is None stays as outside.

    Follows the code through ``async`` and ``contextvars.copy_context``; a new thread starts with nothing.
    """
    said = {"production_id": production_id, "step": step, "attempt": attempt, "generation": generation}
    token = _BOUND.set({**_BOUND.get(), **{name: value for name, value in said.items() if value is not None}})
    try:
        yield
    finally:
        _BOUND.reset(token)


def bound() -> dict[str, str | int]:
    """Return a copy of what is bound here."""
    return dict(_BOUND.get())
