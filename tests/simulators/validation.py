"""Whether a request is what a vendor's SDK would send: read off the SDK's own types, strictly."""

import typing
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Required, Union

from typing_extensions import get_type_hints, is_typeddict

__all__ = ["mismatches"]

_SCALARS: dict[Any, Any] = {str: str, bool: bool, int: int, float: (int, float), NoneType: NoneType}
_WRAPPERS = (Annotated, Required, NotRequired, typing.ReadOnly if hasattr(typing, "ReadOnly") else Required)


def mismatches(value: object, annotation: Any, path: str = "body") -> list[str]:
    """Return what is wrong with a value of JSON, measured by a type of an SDK's requests; empty if nothing.

    Unlike the SDKs, which pass on what they do not know, a key that the type does not have is wrong. Of a
    union the nearest member is believed to be meant.
    """
    kind = _bare(annotation)
    if kind in {Any, object}:
        return []
    if is_typeddict(kind):
        return _of_typed_dict(value, kind, path)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in {Union, UnionType}:
        return min((mismatches(value, one, path) for one in arguments), key=partial(_distance, path))
    if origin is Literal:
        return [] if value in arguments else [f"{path}: {value!r} is none of {arguments}"]
    if kind in _SCALARS:
        return _of_scalar(value, kind, path)
    return _of_container(value, origin, arguments, path)


def _bare(annotation: Any) -> Any:
    while typing.get_origin(annotation) in _WRAPPERS or hasattr(annotation, "__supertype__"):
        annotation = getattr(annotation, "__supertype__", None) or typing.get_args(annotation)[0]
    return getattr(annotation, "__value__", annotation)


def _distance(path: str, problems: list[str]) -> int:
    """Tell how far off a member of a union is: another kind of value, or another ``type``, is farthest."""
    others = (f"{path}: ", f"{path}.type: ")
    return sum(100 if problem.startswith(others) else 1 for problem in problems)


def _of_typed_dict(value: object, kind: Any, path: str) -> list[str]:
    if not isinstance(value, Mapping):
        return [f"{path}: {value!r} is no object"]
    fields = _fields(kind)
    missing = [f"{path}.{name}: missing" for name in sorted(_required(kind) - set(value))]
    unknown = [f"{path}.{name}: unknown" for name in sorted(set(value) - set(fields))]
    within = [
        problem
        for name, one in value.items()
        if name in fields
        for problem in mismatches(one, fields[name], f"{path}.{name}")
    ]
    return missing + unknown + within


@lru_cache(maxsize=256)
def _fields(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


@lru_cache(maxsize=256)
def _required(kind: Any) -> frozenset[str]:
    """Return the keys that must be there. The class's own list is wrong where annotations are strings."""
    said = {name: typing.get_origin(hint) for name, hint in _fields(kind).items()}
    by_default = {name for name in kind.__required_keys__ if said[name] is not NotRequired}
    return frozenset(by_default | {name for name, origin in said.items() if origin is Required})


def _of_scalar(value: object, kind: Any, path: str) -> list[str]:
    fits = isinstance(value, _SCALARS[kind]) and not (kind is not bool and isinstance(value, bool))
    return [] if fits else [f"{path}: {value!r} is no {kind.__name__}"]


def _of_container(value: object, origin: Any, arguments: tuple[Any, ...], path: str) -> list[str]:
    if origin is not None and issubclass(origin, Mapping):
        return _each(value, dict, arguments[1], path)
    if origin is not None and issubclass(origin, Iterable):
        return _each(value, list, arguments[0], path)
    return [f"{path}: the SDK's type is of no kind that JSON has"]


def _each(value: Any, kind: type[Any], annotation: Any, path: str) -> list[str]:
    if not isinstance(value, kind):
        return [f"{path}: {value!r} is no {kind.__name__}"]
    items: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    return [problem for key, one in items for problem in mismatches(one, annotation, f"{path}[{key}]")]
