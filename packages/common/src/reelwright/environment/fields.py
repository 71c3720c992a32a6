"""Finding one's way in a schema by dotted keys: which type a key has, and whether secrets live there."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, JsonValue

from reelwright.environment.secret import Secret

__all__ = [
    "bare",
    "contains_secret",
    "field_type",
    "is_known",
    "is_secret",
    "is_table",
    "names_in",
    "secrets_in",
]

_MOST_NAMES = 4096
"""Names come from documents of strangers too: what is kept of them must end somewhere."""


def field_type(schema: Any, path: Sequence[str]) -> Any:
    """Return the annotated type at ``path``, or None when the schema knows no such key.

    Below a table of free names, any name is known.
    """
    for part in path:
        schema = _child(_table_in(bare(schema)), part)
        if schema is None:
            return None
    return schema


def is_known(schema: Any, key: str) -> bool:
    """Return whether a setting could have this dotted key."""
    return field_type(schema, key.split(".")) is not None


def is_secret(annotation: Any) -> bool:
    """Return whether a field of this type holds a reference to a secret."""
    kind = bare(annotation)
    return kind is Secret or get_origin(kind) is Secret


def is_table(annotation: Any) -> bool:
    """Return whether a field of this type holds a table."""
    kind = bare(annotation)
    return _is_model(kind) or get_origin(kind) is dict


def contains_secret(annotation: Any) -> bool:
    """Return whether a reference to a secret may stand at or anywhere below a field of this type."""
    kind = _table_in(bare(annotation))
    if _is_model(kind):
        return _has_secret_fields(kind)
    if get_origin(kind) is dict:
        return contains_secret(get_args(kind)[1])
    return is_secret(kind)


def secrets_in(annotation: Any) -> Callable[[str], Any]:
    """Return what tells the type of a child of a table; None of one at or below which is no secret."""
    kind = _table_in(bare(annotation))
    if _is_model(kind):
        return partial(_guarded, kind)
    child = _child(kind, "")
    found = child if child is not None and contains_secret(child) else None
    return lambda _: found


def names_in(annotation: Any) -> tuple[str, ...]:
    """Return the keys that a table of this type knows; none when any name may stand there."""
    kind = _table_in(bare(annotation))
    return tuple(kind.model_fields) if _is_model(kind) else ()


def bare(annotation: Any) -> Any:
    """Return the type without its constraints and without ``| None``."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    others = [part for part in get_args(annotation) if part is not NoneType]
    optional = NoneType in get_args(annotation) and len(others) == 1
    return bare(others[0]) if optional else annotation


def _child(kind: Any, part: str) -> Any:
    if _is_model(kind):
        return _declared(kind, part)
    if get_origin(kind) is dict:
        return get_args(kind)[1]
    return kind if kind is Any or kind is JsonValue else None


def _table_in(kind: Any) -> Any:
    """Return the table of a field that may be a table or a single value; any other type as it is."""
    if get_origin(kind) not in (Union, UnionType):
        return kind
    tables = [bare(one) for one in get_args(kind) if is_table(one)]
    return tables[0] if len(tables) == 1 else kind


@lru_cache(_MOST_NAMES)
def _declared(model: type[BaseModel], name: str) -> Any:
    field = model.model_fields.get(name)
    if field is None:
        return None
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


@lru_cache(_MOST_NAMES)
def _guarded(model: type[BaseModel], name: str) -> Any:
    child = _declared(model, name)
    return child if child is not None and contains_secret(child) else None


@lru_cache(_MOST_NAMES)
def _has_secret_fields(model: type[BaseModel]) -> bool:
    return any(contains_secret(field.annotation) for field in model.model_fields.values())


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
