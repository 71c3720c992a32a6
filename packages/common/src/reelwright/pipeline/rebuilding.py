"""Errors that were written down, raised again as what they were."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules

import reelwright
from reelwright.errors import Permanent, ReelwrightError

__all__ = ["rebuilt"]


def rebuilt(record: Mapping[str, object]) -> ReelwrightError:
    """Return the error of a record as its own class; Permanent with its code if this version has none."""
    code = str(record.get("code", "unexpected"))
    kind = _kinds().get(code) or _recorded(code)
    error: ReelwrightError = kind.__new__(kind)
    context = record.get("context")
    # Some classes take more than the three that every error has; these are all that was written down.
    ReelwrightError.__init__(
        error,
        str(record.get("message", "")),
        next_step=str(record.get("next_step", "")),
        context=context if isinstance(context, Mapping) else {},
    )
    vars(error).setdefault("retry_after_seconds", None)
    return error


def _kinds() -> dict[str, type[ReelwrightError]]:
    """Return every class of the tree by its code; a child without one of its own is its parent."""
    for package in iter_modules(reelwright.__path__):
        if package.ispkg:
            _import_errors(package.name)
    kinds: dict[str, type[ReelwrightError]] = {}
    for kind in _below(ReelwrightError):
        if kind.__module__ != __name__:
            kinds.setdefault(kind.code, kind)
    return kinds


def _recorded(code: str) -> type[ReelwrightError]:
    return type("RecordedError", (Permanent,), {"code": code, "__module__": __name__})


def _import_errors(package: str) -> None:
    try:
        import_module(f"reelwright.{package}.errors")
    except ModuleNotFoundError as error:
        if error.name != f"reelwright.{package}.errors":
            raise


def _below(kind: type[ReelwrightError]) -> Iterator[type[ReelwrightError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _below(child)
