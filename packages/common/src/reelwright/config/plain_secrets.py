"""Finding, and hiding, what may be a secret in plain text where only a reference belongs."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, JsonValue

from reelwright.config.tree import plain
from reelwright.environment.errors import HIDDEN
from reelwright.environment.fields import contains_secret, field_type, is_secret, secrets_in
from reelwright.environment.secret import Secret

__all__ = ["REFERENCE_WANTED", "plain_secrets", "redacted"]

REFERENCE_WANTED = (
    'write a reference such as "secret://providers/runway#api_key"; '
    "the value is stored with: reelwright secrets set"
)
"""What is allowed where a secret is."""


def plain_secrets(tree: Mapping[str, Any], annotation: Any, prefix: str = "") -> Iterator[str]:
    """Yield the dotted keys at which a tree of this type holds anything but a reference or nothing."""
    child_of = secrets_in(annotation)
    for name, value in tree.items():
        child = child_of(name)
        if child is None:
            continue
        if isinstance(value, Mapping) and not is_secret(child):
            yield from plain_secrets(value, child, f"{prefix}{name}.")
        elif is_secret(child) and not _is_reference(value):
            yield f"{prefix}{name}"


def redacted(value: Any, schema: type[BaseModel], key: str) -> JsonValue:
    """Return a value as somebody wrote it, without what may be a secret in plain text."""
    return _redacted(value, field_type(schema, key.split("."))) if _may_hide(schema, key) else plain(value)


@lru_cache(maxsize=4096)
def _may_hide(schema: type[BaseModel], key: str) -> bool:
    return contains_secret(field_type(schema, key.split(".")))


def _redacted(value: Any, annotation: Any) -> JsonValue:
    if is_secret(annotation):
        return plain(value) if _is_reference(value) else HIDDEN
    if isinstance(value, Mapping):
        return {name: _redacted(child, field_type(annotation, [name])) for name, child in value.items()}
    return HIDDEN if annotation is not None and contains_secret(annotation) else plain(value)


def _is_reference(value: Any) -> bool:
    if value is None or isinstance(value, Secret):
        return True
    try:
        return isinstance(value, str) and bool(Secret.parse(value))
    except ValueError:
        return False
