"""The flags that code defines: ``environments/flags/flags.toml``, as documents for AppConfig.

A flag is a table: ``name``, ``description``, ``enabled`` (false unless it says otherwise), and ``attributes``
by their keys, each with ``type`` and the other constraints of its type, ``description``, and ``value``.
``environments`` has, by the name of an environment, what the flag arrives with there instead: ``enabled``,
and ``attributes`` by their keys::

    [flags.video-model.environments.dev]
    enabled = true
    attributes.tier = "standard"

First values count once, when a flag first arrives; after that the value is the operators'.
"""

import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, field_validator

from reelwright import assets
from reelwright.environment.basics import EnvironmentName
from reelwright.flags.deployments import FlagVersion
from reelwright.flags.errors import InvalidFlags
from reelwright.flags.schema import FlagDocument, parse_flags

__all__ = ["BUNDLED", "PROFILES", "FlagProfile", "bundled_version", "flag_definitions"]

FlagProfile = Literal["flags", "kill-switches"]
PROFILES: tuple[FlagProfile, ...] = ("flags", "kill-switches")
"""The AppConfig profiles that hold flags, each deployed to an AppConfig environment of the same name."""

BUNDLED = "bundled"
"""The version of a document that nobody deployed: what code defines, with the values that it arrives with."""

_FILE = "environments/flags/flags.toml"


class _Attribute(BaseModel):
    """Constraints lie beside the value; the flag document's own schema judges them."""

    model_config = ConfigDict(frozen=True, extra="allow")

    description: str = ""
    value: JsonValue

    def definition(self) -> dict[str, Any]:
        told = {"description": self.description} if self.description else {}
        return told | {"constraints": dict(self.model_extra or {})}


class _First(BaseModel):
    """What a flag arrives with in one environment, where that is something else."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    enabled: bool | None = None
    attributes: dict[str, JsonValue] = {}

    @field_validator("attributes")
    @classmethod
    def _not_the_flag(cls, attributes: dict[str, JsonValue]) -> dict[str, JsonValue]:
        if "enabled" in attributes:
            raise ValueError("enabled is no attribute")
        return attributes

    def over(self, value: Mapping[str, Any]) -> dict[str, Any]:
        enabled = {} if self.enabled is None else {"enabled": self.enabled}
        return {**value, **enabled, **self.attributes}


class _Flag(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    description: str
    enabled: bool = False
    attributes: dict[str, _Attribute] = {}
    environments: dict[EnvironmentName, _First] = {}

    def definition(self) -> dict[str, Any]:
        attributes = {key: attribute.definition() for key, attribute in self.attributes.items()}
        plain = {"name": self.name, "description": self.description}
        return plain | ({"attributes": attributes} if attributes else {})

    def value(self, environment: EnvironmentName | None) -> dict[str, Any]:
        value = {"enabled": self.enabled} | {key: part.value for key, part in self.attributes.items()}
        first = self.environments.get(environment) if environment else None
        return first.over(value) if first else value


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    flags: dict[str, _Flag]
    kill_switches: Annotated[dict[str, _Flag], Field(alias="kill-switches")]

    def of(self, profile: FlagProfile) -> Mapping[str, _Flag]:
        return self.flags if profile == "flags" else self.kill_switches


def flag_definitions(
    profile: FlagProfile, *, environment: EnvironmentName | None = None, folder: Traversable | None = None
) -> FlagDocument:
    """Return what code defines for a profile: definitions, and the values that they arrive with.

    The values are those for ``environment``, where the file has some of its own. Reads ``flags/flags.toml``
    in ``folder``, the data files' ``environments`` unless given. InvalidFlags names what breaks the schema,
    also in the values of environments that were not asked for.
    """
    flags = _read(assets.locate("environments") if folder is None else folder).of(profile)
    told = {one for flag in flags.values() for one in flag.environments} - {environment}
    for other in sorted(told):
        parse_flags(_document(flags, other))
    return parse_flags(_document(flags, environment))


def bundled_version(
    profile: FlagProfile, *, environment: EnvironmentName | None = None, folder: Traversable | None = None
) -> FlagVersion:
    """Return what code defines as the version that is in force where nobody ever deployed one."""
    document = flag_definitions(profile, environment=environment, folder=folder).as_json()
    return FlagVersion(version=BUNDLED, document=document)


def _document(flags: Mapping[str, _Flag], environment: EnvironmentName | None) -> dict[str, Any]:
    return {
        "version": "1",
        "flags": {key: flag.definition() for key, flag in flags.items()},
        "values": {key: flag.value(environment) for key, flag in flags.items()},
    }


def _read(folder: Traversable) -> _File:
    try:
        return _File.model_validate(tomllib.loads(folder.joinpath("flags", "flags.toml").read_text("utf-8")))
    except (OSError, ValueError) as error:
        reason = _reasons(error) if isinstance(error, ValidationError) else str(error)
        raise InvalidFlags(f"{_FILE} cannot be used: {reason}", context={"file": _FILE}) from error


def _reasons(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
        for problem in error.errors(include_url=False)
    )
