"""What a document of settings said in each of its versions."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from pydantic import BaseModel, JsonValue

from reelwright.config.documents import parse_document
from reelwright.config.errors import InvalidConfiguration
from reelwright.config.plain_secrets import redacted
from reelwright.config.schema import Change, Layer, Revision
from reelwright.config.tree import leaves
from reelwright.storage.ports import DocumentStore
from reelwright.storage.schema import DocumentVersion

__all__ = ["MAX_REVISIONS", "only", "revisions"]

MAX_REVISIONS = 50
"""How far back history is told, in versions."""

_Said = Mapping[str, JsonValue]


def revisions(store: DocumentStore, name: str, layer: Layer, schema: type[BaseModel]) -> tuple[Revision, ...]:
    """Return the newest versions of a document with what each changed, newest first."""
    versions = store.history(name)
    told = versions[:MAX_REVISIONS]
    said: list[_Said] = [_said(store, one, schema) for one in versions[: MAX_REVISIONS + 1]]
    if len(said) == len(told):
        said.append({})
    pairs = zip(told, pairwise(said), strict=True)
    return tuple(_revision(one, layer, before, after) for one, (after, before) in pairs)


def only(revision: Revision, key: str) -> Revision:
    """Return the revision with only its changes to a setting and to what is below it."""
    changes = tuple(
        change for change in revision.changes if change.key == key or change.key.startswith(f"{key}.")
    )
    return replace(revision, changes=changes)


def _said(store: DocumentStore, one: DocumentVersion, schema: type[BaseModel]) -> _Said:
    try:
        document = parse_document(store.read(one.name, one.version).content)
    except InvalidConfiguration:
        return {}  # a version that nobody could use said nothing
    return {key: redacted(value, schema, key) for key, value in leaves(document.settings)}


def _revision(one: DocumentVersion, layer: Layer, before: _Said, after: _Said) -> Revision:
    return Revision(
        layer=layer,
        version=one.version,
        at=one.written_at,
        actor=one.author.actor,
        reason=one.author.reason,
        changes=tuple(_changes(before, after, layer)),
        restored_from=one.restored_from,
    )


def _changes(before: _Said, after: _Said, layer: Layer) -> Iterator[Change]:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old != new or (key in before) != (key in after):
            yield Change(key, old, new, layer)
