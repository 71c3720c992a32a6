"""What one production gets over the snapshot it starts from: what it asks for, and what its flags say."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from pydantic import JsonValue

from reelwright.config.generations import overridden
from reelwright.config.layering import Contribution
from reelwright.config.schema import Layer, Snapshot, SourceRecord
from reelwright.config.tree import dropped, index, leaves, plain
from reelwright.config.validation import Invalid, invalid, validate
from reelwright.environment.fingerprint import fingerprint

__all__ = ["REQUEST_SOURCE", "asks_for", "with_document", "with_flag_settings", "with_request_overrides"]

REQUEST_SOURCE = "this request"
"""What provenance calls the source."""


def with_request_overrides(snapshot: Snapshot, tree: Mapping[str, JsonValue]) -> Snapshot:
    """Return the snapshot with a partial tree of settings on top; InvalidConfiguration if that is no whole.

    The generation stays: it is the same configuration, asked for differently.
    """
    return _laid(snapshot, Contribution(Layer.REQUEST, REQUEST_SOURCE, "", tree))


def with_flag_settings(
    snapshot: Snapshot, tree: Mapping[str, JsonValue], *, origin: str, version: str
) -> Snapshot:
    """Return the snapshot with the settings that flags say, but for those that the request says.

    InvalidConfiguration if that is no whole. ``origin`` and ``version`` are those of the flag document.
    """
    for key, _ in tuple(leaves(tree)):
        if asks_for(snapshot, key):
            tree = dropped(tree, key)
    return _laid(snapshot, Contribution(Layer.FLAGS, origin, version, tree))


def asks_for(snapshot: Snapshot, key: str) -> bool:
    """Return whether the request says this setting, or a table or part of it."""
    return any(
        f"{key}.".startswith(f"{said}.") or f"{said}.".startswith(f"{key}.")
        for said, origin in snapshot.origins.items()
        if origin.layer is Layer.REQUEST
    )


def with_document(snapshot: Snapshot, name: str, document: JsonValue) -> Snapshot:
    """Return the snapshot with an opaque document, in place of any of that name."""
    documents = {**snapshot.documents, name: document}
    return replace(
        snapshot,
        documents=MappingProxyType(documents),
        fingerprint=fingerprint(snapshot.settings, documents),
    )


def _laid(snapshot: Snapshot, said: Contribution) -> Snapshot:
    if not said.settings:
        return snapshot
    below = plain(snapshot.settings)
    assert isinstance(below, dict)  # noqa: S101 (settings are a table)
    found = validate([Contribution(Layer.DEFAULTS, "snapshot", "", below), said], type(snapshot.settings))
    if isinstance(found, Invalid):
        raise invalid(found, next_step="Every setting and what it may be: reelwright config schema")
    values = index(found.settings)
    kept = {key: origin for key, origin in snapshot.origins.items() if key in values}
    return replace(
        snapshot,
        settings=found.settings,
        fingerprint=fingerprint(found.settings, snapshot.documents),
        values=MappingProxyType(values),
        origins=MappingProxyType(kept | dict(overridden(found, values))),
        sources=_with_source(snapshot.sources, said),
    )


def _with_source(records: tuple[SourceRecord, ...], said: Contribution) -> tuple[SourceRecord, ...]:
    """Return the records with that of a layer of one production, which go before those of everybody."""
    record = SourceRecord(
        layer=said.layer, source=said.source, version=said.version, state="fresh", age_seconds=0
    )
    above = tuple(one for one in records if one.layer is Layer.REQUEST)
    return (*above, record, *records[len(above) :])
