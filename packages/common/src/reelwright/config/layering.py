"""Laying what the sources say over each other: tables merge key by key, anything else is replaced.

::

    request  >  flags  >  runtime  >  ssm  >  secrets  >  s3  >  environment  >  defaults
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, JsonValue

from reelwright.config.schema import Layer
from reelwright.config.tree import dropped, leaves
from reelwright.environment.fields import field_type, is_secret

__all__ = ["Contribution", "Layered", "lay", "lay_all", "references_only"]

_RANK = {layer: rank for rank, layer in enumerate(reversed(Layer))}


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one source says at the moment, as a partial tree of settings."""

    layer: Layer
    source: str
    version: str
    settings: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """How messages call it: the layer, then the source."""
        return f"{self.layer.value} ({self.source})"


@dataclass(frozen=True, slots=True)
class Layered:
    """All contributions merged: what comes out, and who says each of its leaves."""

    tree: dict[str, Any]
    origins: Mapping[str, Contribution]
    """By dotted key of each leaf of ``tree``."""
    contributions: tuple[Contribution, ...]
    """The one that wins first."""


def lay_all(contributions: Iterable[Contribution]) -> Layered:
    """Merge contributions by their layers; those of one layer in the order given, the last on top."""
    ordered = sorted(contributions, key=lambda contribution: _RANK[contribution.layer])
    tree: dict[str, Any] = {}
    origins: dict[str, Contribution] = {}
    for contribution in ordered:
        tree = lay(tree, contribution.settings, contribution, origins)
    return Layered(tree, origins, tuple(reversed(ordered)))


def lay(
    below: Mapping[str, Any],
    over: Mapping[str, Any],
    contribution: Contribution,
    origins: dict[str, Contribution],
    prefix: str = "",
) -> dict[str, Any]:
    """Return ``below`` with ``over`` laid on it, and note in ``origins`` whose each leaf is now."""
    merged = dict(below)
    for name, value in over.items():
        key, hidden = f"{prefix}{name}", below.get(name)
        if isinstance(value, Mapping) and isinstance(hidden, Mapping):
            merged[name] = lay(hidden, value, contribution, origins, f"{key}.")
        else:
            merged[name] = value
            _disown(origins, key, hidden)
            origins.update((leaf, contribution) for leaf, _ in leaves({name: value}, prefix))
    return merged


def references_only(
    contribution: Contribution, schema: type[BaseModel]
) -> tuple[Contribution, tuple[str, ...]]:
    """Return what the layer of secrets may say, and the keys that it has no business with.

    It supplies references for fields typed ``Secret[...]`` and nothing else.
    """
    if contribution.layer is not Layer.SECRETS:
        return contribution, ()
    strays = tuple(key for key, _ in leaves(contribution.settings) if not _takes_secret(schema, key))
    settings = contribution.settings
    for key in strays:
        settings = dropped(settings, key)
    kept = Contribution(contribution.layer, contribution.source, contribution.version, settings)
    return kept, strays


def _takes_secret(schema: type[BaseModel], key: str) -> bool:
    return is_secret(field_type(schema, key.split(".")))


def _disown(origins: dict[str, Contribution], key: str, hidden: object) -> None:
    origins.pop(key, None)
    if isinstance(hidden, Mapping):
        for leaf, _ in leaves(hidden, f"{key}."):
            origins.pop(leaf, None)
