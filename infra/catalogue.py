"""What the catalogue of models names, as far as permissions depend on it: read as plain data.

Nothing that routes or calls is imported for it. What an environment's own file corrects counts; what
operators correct at run time cannot, for a role is made when the stack is deployed.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from infra.bundling.recipes import ROOT
from reelwright.environment.schema import EnvironmentSpec, ModelOverride

__all__ = ["NEED_NO_KEY", "SERVICES", "Sold", "models_sold_to", "providers_of"]

SERVICES = ("content", "audio", "video")
"""What models are bought for."""
NEED_NO_KEY = frozenset({"embedded", "bedrock", "polly"})
"""Providers that ask for no key of theirs: our engines, and AWS, which asks for a role."""

_FILE = ROOT / "environments" / "catalog" / "models.toml"


@dataclass(frozen=True, slots=True)
class Sold:
    """One model that may be bought."""

    name: str
    provider: str
    service: str
    vendor_id: str
    """What its vendor calls it; of Bedrock a foundation model, or an inference profile."""


def models_sold_to(environment: EnvironmentSpec) -> tuple[Sold, ...]:
    """Return every paid model that an environment may ask, of all tiers, in the catalogue's order.

    All tiers, because operators change the tier at run time and no deploy follows. What the catalogue calls
    retired is left out, unless the settings allow it; an end that is a date is not looked at: the same
    checkout gives the same stack on any day.
    """
    return tuple(_as_sold(entry, environment) for entry in _entries() if _may_be_bought(entry, environment))


def providers_of(models: Iterable[Sold], service: str) -> tuple[str, ...]:
    """Return the providers that serve a service and ask for a key, sorted."""
    return tuple(sorted({it.provider for it in models if it.service == service} - NEED_NO_KEY))


@cache
def _entries() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(_FILE.read_text(encoding="utf-8"))["models"])


def _may_be_bought(entry: dict[str, Any], environment: EnvironmentSpec) -> bool:
    settings, service = environment.settings, entry["service"]
    said = settings.catalog.models.get(entry["name"], ModelOverride())
    enabled = entry.get("enabled", True) if said.enabled is None else said.enabled
    is_sold = not entry.get("free", False) and entry["provider"] in settings.providers
    allowed = getattr(settings.models, service).allow_retired
    lives = entry.get("lifecycle") != "retired" or entry["name"] in allowed
    return bool(is_sold and enabled and lives)


def _as_sold(entry: dict[str, Any], environment: EnvironmentSpec) -> Sold:
    sold = Sold(entry["name"], entry["provider"], entry["service"], entry["vendor_id"])
    said = environment.settings.catalog.models.get(sold.name)
    return replace(sold, vendor_id=said.vendor_id) if said and said.vendor_id else sold
