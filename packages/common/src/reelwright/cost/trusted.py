"""Records of what this process has worked out itself, made without a second look at every value.

Whatever comes from outside (settings, vendors, stores, files) is validated by its class. What is made of such
values is right already, and to validate a record costs twice what it costs to make one. A paid call makes a
dozen.
"""

from functools import cache
from typing import Any, Final, TypeVar

from pydantic import BaseModel

__all__ = ["changed", "trusted"]

Record = TypeVar("Record", bound=BaseModel)

_set: Final = object.__setattr__


def trusted(kind: type[Record], values: dict[str, Any]) -> Record:
    """Return a record of these values, which must be all its fields; the dictionary becomes its own."""
    record = kind.__new__(kind)
    _set(record, "__dict__", values)
    _set(record, "__pydantic_fields_set__", _fields(kind))
    _set(record, "__pydantic_extra__", None)
    _set(record, "__pydantic_private__", None)
    return record


def changed(record: Record, changes: dict[str, Any]) -> Record:
    """Return a record with other values in some fields, as ``model_copy`` does in three times the time."""
    return trusted(type(record), {**record.__dict__, **changes})


@cache
def _fields(kind: type[BaseModel]) -> set[str]:
    return set(kind.model_fields)
