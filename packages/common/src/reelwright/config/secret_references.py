"""The layer of secrets: not what a secret is, only that it is there and where."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, get_args

from pydantic import BaseModel, JsonValue

from reelwright.config.errors import SourceFailed, SourceUnreachable
from reelwright.config.ports import Fetched
from reelwright.config.schema import Layer
from reelwright.config.tree import placed
from reelwright.environment.fields import bare, field_type, is_secret
from reelwright.environment.schema import Settings
from reelwright.environment.secret import Secret
from reelwright.errors import ReelwrightError, Retryable
from reelwright.secrets.ports import SecretStore

__all__ = ["SecretReferencesSource", "secret_references"]

_TTL_SECONDS = 300.0
_VERSION_CHARS = 12
_NEED_NONE = ("embedded",)
"""Parts of keys whose credential nobody stores: engines of our own."""


class SecretReferencesSource:
    """Supplies references to the secrets that have a value. Describes them; reads none."""

    layer = Layer.SECRETS

    def __init__(
        self,
        store: SecretStore,
        references: Mapping[str, Secret[Any]],
        *,
        name: str = "secrets",
        ttl_seconds: float = _TTL_SECONDS,
    ) -> None:
        self.name = name
        self.ttl_seconds = ttl_seconds
        self._store = store
        self._references = dict(references)

    def fetch(self, known_version: str | None) -> Fetched | None:
        """Return the references; the version is the hash of which there are, so a new value is no change."""
        try:
            there = {key: str(where) for key, where in self._references.items() if self._has_value(where)}
        except Retryable as error:
            raise SourceUnreachable(error.message, retry_after_seconds=error.retry_after_seconds) from error
        except ReelwrightError as error:
            raise SourceFailed(error.message, next_step=error.next_step) from error
        version = sha256(repr(sorted(there.items())).encode()).hexdigest()[:_VERSION_CHARS]
        return None if version == known_version else Fetched(version=version, settings=_tree(there))

    def _has_value(self, where: Secret[Any]) -> bool:
        found = self._store.describe(where.name)
        return found is not None and found.has_value


def secret_references(settings: Settings) -> dict[str, Secret[Any]]:
    """Return where the secret of each field typed ``Secret[...]`` is expected, by the field's dotted key.

    ``providers.runway.credential`` is kept as ``secret://providers/runway#api_key``. A field that these
    settings fill themselves, such as the account of a test channel, is left to them.
    """
    return {
        ".".join(path): Secret("/".join(path[:-1]), _first_part(field_type(type(settings), path)))
        for path in _unfilled(settings, ())
        if not set(path) & set(_NEED_NONE)
    }


def _unfilled(table: BaseModel | Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(table, Mapping):
        for name, child in table.items():
            if isinstance(child, BaseModel | Mapping):
                yield from _unfilled(child, (*path, name))
        return
    for name, field in type(table).model_fields.items():
        child = getattr(table, name)
        if child is None and is_secret(field.annotation):
            yield (*path, name)
        elif isinstance(child, BaseModel | Mapping):
            yield from _unfilled(child, (*path, name))


def _first_part(annotation: Any) -> str | None:
    """Return the field of the kind that is the secret itself, when it has only one."""
    kinds = get_args(bare(annotation))
    fields = list(kinds[0].model_fields) if kinds else []
    return fields[0] if len(fields) == 1 else None


def _tree(there: Mapping[str, str]) -> dict[str, JsonValue]:
    tree: dict[str, JsonValue] = {}
    for key, reference in there.items():
        tree = placed(tree, key, reference)
    return tree
