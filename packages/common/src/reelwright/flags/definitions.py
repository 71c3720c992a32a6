"""The flags that code defines: ``environments/flags/flags.toml``, as documents for AppConfig.

A flag is a table: ``name``, ``description``, ``enabled`` (false unless it says otherwise), and ``attributes``
by their keys, each with ``type`` and the other constraints of its type, ``description``, and ``value``.
"""

import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from reelwright import assets
from reelwright.flags.errors import InvalidFlags
from reelwright.flags.schema import FlagDocument, parse_flags

__all__ = ["PROFILES", "FlagProfile", "flag_definitions"]

FlagProfile = Literal["flags", "kill-switches"]
PROFILES: tuple[FlagProfile, ...] = ("flags", "kill-switches")
"""The AppConfig profiles that hold flags, each deployed to an AppConfig environment of the same name."""

_FILE = "environments/flags/flags.toml"


class _Attribute(BaseModel):
    """Constraints lie beside the value; the flag document's own schema judges them."""

    model_config = ConfigDict(frozen=True, extra="allow")

    description: str = ""
    value: JsonValue

    def definition(self) -> dict[str, Any]:
        told = {"description": self.description} if self.description else {}
        return told | {"constraints": dict(self.model_extra or {})}


class _Flag(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    description: str
    enabled: bool = False
    attributes: dict[str, _Attribute] = {}

    def definition(self) -> dict[str, Any]:
        attributes = {key: attribute.definition() for key, attribute in self.attributes.items()}
        plain = {"name": self.name, "description": self.description}
        return plain | ({"attributes": attributes} if attributes else {})

    def value(self) -> dict[str, Any]:
        return {"enabled": self.enabled} | {key: part.value for key, part in self.attributes.items()}


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    flags: dict[str, _Flag]
    kill_switches: Annotated[dict[str, _Flag], Field(alias="kill-switches")]

    def of(self, profile: FlagProfile) -> Mapping[str, _Flag]:
        return self.flags if profile == "flags" else self.kill_switches


def flag_definitions(profile: FlagProfile, *, folder: Traversable | None = None) -> FlagDocument:
    """Return what code defines for a profile: definitions, and the values that they arrive with.

    Reads ``flags/flags.toml`` in ``folder``, the data files' ``environments`` unless given. InvalidFlags
    names what breaks the schema.
    """
    flags = _read(assets.locate("environments") if folder is None else folder).of(profile)
    return parse_flags(
        {
            "version": "1",
            "flags": {key: flag.definition() for key, flag in flags.items()},
            "values": {key: flag.value() for key, flag in flags.items()},
        }
    )


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
