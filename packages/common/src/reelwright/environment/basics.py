"""What settings are written in: strict models, and the kinds of values that more than one of them holds."""

from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

__all__ = [
    "AccountId",
    "Aspect",
    "EnvironmentName",
    "ModelName",
    "ProviderName",
    "Region",
    "Resolution",
    "Several",
    "Strict",
    "Style",
    "Tier",
    "Usd",
]

EnvironmentName = Literal["local", "dev", "staging", "prod"]
Tier = Literal["economy", "standard", "premium"]
Aspect = Literal["16:9", "9:16", "1:1"]
Resolution = Literal["480p", "720p", "1080p"]
Style = Literal[
    "auto",
    "ember",
    "midnight",
    "lagoon",
    "forest",
    "violet",
    "graphite",
    "sunset",
    "cobalt",
    "glacier",
    "cocoa",
    "honey",
    "rose",
]
"""The palettes of the embedded engine; ``auto`` chooses one for the video. As ``video.engine.styles``, which
is out of reach here; a test compares them."""


class Strict(BaseModel):
    """Base of all configuration: immutable, unknown keys refused, no type guessed.

    The text of its validation errors holds no values: one may be a secret put in the wrong place.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


def _tuple_from_list(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


Item = TypeVar("Item")
Several = Annotated[tuple[Item, ...], BeforeValidator(_tuple_from_list)]
"""A list in the files, which does not change once it is read."""


def _decimal_from_text(value: object) -> object:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not value.replace(".", "", 1).isdecimal():
        raise ValueError('write money as a plain number in quotes, such as "2.00": a float cannot hold it')
    return Decimal(value)


Usd = Annotated[
    Decimal,
    BeforeValidator(_decimal_from_text),
    Field(ge=0, max_digits=14, decimal_places=6),
    WithJsonSchema({"type": "string", "pattern": r"^(?=.*\d)\d*\.?\d{0,6}$"}),
]
"""US dollars with at most six decimals; written as text in the files."""

AccountId = Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
Region = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
ProviderName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,30}$")]
ModelName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,60}$")]
"""A catalogue name: ours, without dots, so that it can be part of a key."""
