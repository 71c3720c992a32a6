"""One generation: a snapshot, and what is needed to explain it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pydantic import JsonValue

from reelwright.config.events import DOCUMENTS
from reelwright.config.holding import Testimony
from reelwright.config.layering import Contribution, Layered
from reelwright.config.schema import Change, Layer, OverriddenSetting, Snapshot
from reelwright.config.tree import index, plain
from reelwright.config.validation import Valid
from reelwright.environment.fingerprint import fingerprint
from reelwright.environment.schema import Settings

__all__ = ["Generation", "changes_between", "documents_of", "make_snapshot", "overridden"]


@dataclass(frozen=True, slots=True)
class Generation:
    """What readers are given. Replaced as a whole, never changed."""

    snapshot: Snapshot
    values: Mapping[str, Any]
    """The snapshot's own, without the wrapper that keeps others from writing."""
    layered: Layered
    testimonies: Mapping[str, Testimony]
    """By source."""
    next_expiry: datetime | None
    """When a setting of it comes to its end."""

    def renewed(self, testimonies: Mapping[str, Testimony], *, now: float, at: datetime) -> "Generation":
        """Return the same content with what is now known of its sources."""
        records = tuple(testimony.record(now) for testimony in testimonies.values())
        return replace(
            self, snapshot=replace(self.snapshot, sources=records, taken_at=at), testimonies=testimonies
        )


class _Overridden(Mapping[str, OverriddenSetting]):
    """Makes each entry when it is asked for: a snapshot has many, and most are never looked at."""

    __slots__ = ("_above", "_values")

    def __init__(self, above: Mapping[str, Contribution], values: Mapping[str, Any]) -> None:
        self._above = above
        self._values = values

    def __getitem__(self, key: str) -> OverriddenSetting:
        said = self._above[key]
        value = plain(self._values[key])
        return OverriddenSetting(key=key, value=value, layer=said.layer, version=said.version)

    def __iter__(self) -> Iterator[str]:
        return iter(self._above)

    def __len__(self) -> int:
        return len(self._above)


def make_snapshot(
    environment: str, settings: Settings, documents: Mapping[str, JsonValue] | None = None
) -> Snapshot:
    """Return a snapshot of settings that are already whole, such as those that a production pinned."""
    documents = dict(documents or {})
    return Snapshot(
        environment=environment,
        settings=settings,
        fingerprint=fingerprint(settings, documents),
        generation=0,
        values=MappingProxyType(index(settings)),
        documents=MappingProxyType(documents),
    )


def overridden(valid: Valid, values: Mapping[str, Any]) -> Mapping[str, OverriddenSetting]:
    """Return the leaves that a layer above the defaults says, with their checked values."""
    above = {key: one for key, one in valid.layered.origins.items() if one.layer is not Layer.DEFAULTS}
    return _Overridden(above, values)


def changes_between(old: Snapshot, new: Snapshot) -> tuple[Change, ...]:
    """Return every leaf and document that differs, by key; the layer is the one that says the new value."""
    was, now = _leaves_of(old), _leaves_of(new)
    keys = sorted(key for key in was.keys() | now.keys() if _differ(was.get(key), now.get(key)))
    return tuple(Change(key, _json(was, key), _json(now, key), _layer_of(key, new)) for key in keys)


def documents_of(sources: Iterable[tuple[Layer, Mapping[str, JsonValue]]]) -> dict[str, JsonValue]:
    """Return all opaque documents by name; of two of one name the higher layer's."""
    ranks: Sequence[Layer] = tuple(Layer)
    merged: dict[str, JsonValue] = {}
    for _, documents in sorted(sources, key=lambda source: -ranks.index(source[0])):
        merged |= documents
    return merged


def _leaves_of(snapshot: Snapshot) -> dict[str, Any]:
    found = {key: value for key, value in snapshot.values.items() if not isinstance(value, Mapping)}
    return found | {f"{DOCUMENTS}.{name}": document for name, document in snapshot.documents.items()}


def _differ(one: Any, other: Any) -> bool:
    return type(one) is not type(other) or one != other


def _json(values: Mapping[str, Any], key: str) -> JsonValue:
    return plain(values.get(key))


def _layer_of(key: str, snapshot: Snapshot) -> Layer:
    origin = snapshot.origins.get(key)
    return origin.layer if origin else Layer.DEFAULTS
