"""Settings of flags: where they are read, and which of them this environment does not leave to operators."""

from math import isfinite
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, JsonValue, StringConstraints, Tag, model_validator

from reelwright.environment.basics import Strict

__all__ = ["FlagName", "FlagOverride", "FlagSettings"]

_NAME = r"^[a-z][a-zA-Z0-9_-]{0,63}$"
_TEXT_CHARS = 1024

FlagName = Annotated[str, StringConstraints(pattern=_NAME)]
"""A flag's or an attribute's key, as AppConfig writes them."""


def _is_single(value: JsonValue) -> bool:
    if isinstance(value, str):
        return len(value) <= _TEXT_CHARS
    return isinstance(value, int) or (isinstance(value, float) and isfinite(value))


def _as_appconfig_holds(value: JsonValue) -> JsonValue:
    parts = value if isinstance(value, list) else [value]
    numbers = {isinstance(part, int | float) and not isinstance(part, bool) for part in parts}
    mixed = isinstance(value, list) and (len(numbers) > 1 or any(isinstance(part, bool) for part in parts))
    if mixed or not all(map(_is_single, parts)):
        raise ValueError(
            f"write text of at most {_TEXT_CHARS} characters, a number, true or false, or a list of text or "
            "of numbers"
        )
    return value


class FlagOverride(Strict):
    """What a flag answers here, whatever its document says."""

    enabled: bool | None = None
    """Whether it is enabled; left out, the named variant says it."""
    variant: Annotated[str, StringConstraints(pattern=r"^[^\n]{1,64}$")] | None = None
    """Which of the document's variants answers; none leaves that to its rules."""
    attributes: dict[FlagName, Annotated[JsonValue, AfterValidator(_as_appconfig_holds)]] = Field(default={})
    """Attributes, in place of those that the document gives."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.enabled is None and self.variant is None:
            raise ValueError("say enabled, or name a variant")
        return self


def _form(value: Any) -> str:
    return "[table]" if isinstance(value, dict | FlagOverride) else "[single]"


_Override = Annotated[
    Annotated[bool, Tag("[single]")] | Annotated[FlagOverride, Tag("[table]")], Discriminator(_form)
]


class FlagSettings(Strict):
    """Feature flags; their values are in documents of their own."""

    source: Literal["document", "agent"] = "document"
    """Who evaluates: this process, from the deployed document, or AppConfig's agent beside it."""
    agent_url: Annotated[
        str, StringConstraints(pattern=r"^http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?$")
    ] = "http://localhost:2772"
    """Where the agent listens, on this machine."""
    overrides: dict[FlagName, _Override] = Field(default={})
    """Flags that answer this, whatever their document says: on or off, or a table."""
