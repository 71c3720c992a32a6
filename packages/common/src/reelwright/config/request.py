"""What one production asks for, laid over the snapshot that it starts from."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from pydantic import JsonValue

from reelwright.config.generations import overridden
from reelwright.config.layering import Contribution
from reelwright.config.schema import Layer, Snapshot, SourceRecord
from reelwright.config.tree import index, plain
from reelwright.config.validation import Invalid, invalid, validate
from reelwright.environment.fingerprint import fingerprint

__all__ = ["REQUEST_SOURCE", "with_request_overrides"]

REQUEST_SOURCE = "this request"
"""What provenance calls the source."""


def with_request_overrides(snapshot: Snapshot, tree: Mapping[str, JsonValue]) -> Snapshot:
    """Return the snapshot with a partial tree of settings on top; InvalidConfiguration if that is no whole.

    The generation stays: it is the same configuration, asked for differently.
    """
    if not tree:
        return snapshot
    below = plain(snapshot.settings)
    assert isinstance(below, dict)  # noqa: S101 (settings are a table)
    asked = Contribution(Layer.REQUEST, REQUEST_SOURCE, "", tree)
    found = validate([Contribution(Layer.DEFAULTS, "snapshot", "", below), asked], type(snapshot.settings))
    if isinstance(found, Invalid):
        raise invalid(found, next_step="Every setting and what it may be: reelwright config schema")
    values = index(found.settings)
    kept = {key: origin for key, origin in snapshot.origins.items() if key in values}
    record = SourceRecord(
        layer=Layer.REQUEST, source=REQUEST_SOURCE, version="", state="fresh", age_seconds=0
    )
    return replace(
        snapshot,
        settings=found.settings,
        fingerprint=fingerprint(found.settings, snapshot.documents),
        values=MappingProxyType(values),
        origins=MappingProxyType(kept | dict(overridden(found, values))),
        sources=(record, *snapshot.sources),
    )
