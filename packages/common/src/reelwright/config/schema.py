"""Configuration as its readers see it: layers, one immutable snapshot, provenance, changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from reelwright.environment.schema import Settings

__all__ = [
    "Change",
    "ConfigurationChanged",
    "ConfigurationRecord",
    "Explanation",
    "Layer",
    "OverriddenSetting",
    "Pinned",
    "Quarantined",
    "Revision",
    "Shadowed",
    "Snapshot",
    "SourceRecord",
    "SourceState",
]

SourceState = Literal["fresh", "stale", "remembered", "bundled", "absent"]
"""``fresh``: read within its time to live. ``stale``: its last answer in this process, refreshing fails.
``remembered``: the last known good of an earlier process. ``bundled``: never read by anybody, defaults stand
in by an explicit policy. ``absent``: the source says that it holds nothing."""


class Layer(StrEnum):
    """One source of configuration. Declared highest first: the order in which they win."""

    REQUEST = "request"
    """What one production asks for at the command line."""
    FLAGS = "flags"
    """What feature flags answered to one production when it began."""
    RUNTIME = "runtime"
    """Operators' overrides: AppConfig, or a file on one machine."""
    SSM = "ssm"
    SECRETS = "secrets"
    """Supplies only fields typed ``Secret[...]``."""
    DOCUMENTS = "s3"
    """Operators' versioned documents: S3, or a folder on one machine."""
    ENVIRONMENT = "environment"
    """Environment variables, ``REELWRIGHT__VIDEO__FPS``."""
    DEFAULTS = "defaults"
    """The schema and ``environments/*.toml``, bundled with the code."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceRecord(_Frozen):
    """What one source contributed to a snapshot."""

    layer: Layer
    source: str
    """Such as ``appconfig:runtime``, ``ssm:/reelwright/dev/settings/`` or ``environments/dev.toml``."""
    version: str
    state: SourceState
    age_seconds: float
    """Since the source last said so."""
    reason: str = ""
    """Why it is not fresh."""


class OverriddenSetting(_Frozen):
    """A setting that is not at its default, and who says so."""

    key: str
    value: JsonValue
    layer: Layer
    version: str


class ConfigurationRecord(_Frozen):
    """What a production keeps of the configuration that it was made with."""

    fingerprint: str
    generation: int
    sources: tuple[SourceRecord, ...]
    overridden: tuple[OverriddenSetting, ...]


class Pinned(_Frozen):
    """What a production is made with from its first step to its last, whatever changes meanwhile."""

    settings: Settings
    documents: dict[str, JsonValue] = {}
    configuration: ConfigurationRecord | None = None
    """None for productions of versions that kept settings only."""


@dataclass(frozen=True, slots=True)
class Shadowed:
    """A value that a higher layer hides."""

    layer: Layer
    value: JsonValue
    version: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One setting: its value, and how it came to be that. Secrets appear as their references."""

    key: str
    value: JsonValue
    layer: Layer
    version: str
    age_seconds: float
    reason: str
    shadowed: tuple[Shadowed, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that changed; ``layer`` is the one that says the new value.

    ``old`` or ``new`` is None where there was, or is, no such setting. An opaque document
    has the key ``documents.<name>``.
    """

    key: str
    old: JsonValue
    new: JsonValue
    layer: Layer


@dataclass(frozen=True, slots=True)
class ConfigurationChanged:
    """A new generation, and what is different in it."""

    generation: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A version that a source offers and nobody is given, because the whole would be invalid with it."""

    source: str
    layer: Layer
    version: str
    reason: str
    """What is wrong: layer, source, key, value and what is allowed."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of a document of settings: who wrote it, why, and what it changed."""

    layer: Layer
    version: str
    at: datetime
    actor: str
    reason: str
    changes: tuple[Change, ...]
    restored_from: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All layers merged and validated, at one moment. Never changes.

    ``values`` holds every setting by dotted key, leaves and tables alike: ``video.fps`` and ``video``.
    """

    environment: str
    settings: Settings
    fingerprint: str
    """Content hash of settings and documents: equal content, equal fingerprint, everywhere."""
    generation: int
    """Counts within one process."""
    values: Mapping[str, Any]
    origins: Mapping[str, OverriddenSetting] = field(default_factory=dict)
    """By leaf key, those that are not at their default."""
    documents: Mapping[str, JsonValue] = field(default_factory=dict)
    """Opaque to configuration: the flag document, prompt labels."""
    sources: tuple[SourceRecord, ...] = ()
    taken_at: datetime | None = None

    def record(self) -> ConfigurationRecord:
        """Return what a production keeps of this."""
        return ConfigurationRecord(
            fingerprint=self.fingerprint,
            generation=self.generation,
            sources=self.sources,
            overridden=tuple(self.origins[key] for key in sorted(self.origins)),
        )

    def pinned(self) -> Pinned:
        """Return what a production that begins now is made with."""
        return Pinned(settings=self.settings, documents=dict(self.documents), configuration=self.record())
