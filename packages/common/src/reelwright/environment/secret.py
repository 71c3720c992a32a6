"""References to secrets, and the kinds there are. A setting holds the reference, never the value."""

import re
from typing import Annotated, Any, Generic, Self, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, SecretStr
from pydantic_core import CoreSchema, core_schema

__all__ = ["ApiKey", "Kind", "OAuthClient", "Secret", "SecretKind", "SigningKey"]

_REFERENCE = re.compile(
    r"secret://(?P<name>[a-z][a-z0-9_-]*(?:/[a-z0-9][a-z0-9_-]*)*)(?:#(?P<field>[a-z][a-z0-9_]*))?"
)
_SHAPE = (
    'a reference such as "secret://providers/runway#api_key"; '
    "the value is stored with: reelwright secrets set"
)


class SecretKind(BaseModel):
    """Base of what a secret can hold. Values are SecretStr: they never show in ``repr`` or JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ApiKey(SecretKind):
    """A key that a provider issued in its own console."""

    api_key: Annotated[SecretStr, Field(min_length=8, max_length=4096)]


class OAuthClient(SecretKind):
    """A client that may act for an account by its refresh token."""

    client_id: Annotated[str, Field(min_length=1, max_length=1024)]
    client_secret: Annotated[SecretStr, Field(min_length=1, max_length=4096)]
    refresh_token: Annotated[SecretStr, Field(min_length=1, max_length=8192)]


class SigningKey(SecretKind):
    """Keys that we make ourselves: ``current`` signs, the others still verify what they signed."""

    current: str
    keys: Annotated[dict[str, SecretStr], Field(min_length=1, max_length=100)]
    """Hexadecimal, 32 bytes each, by their names."""


Kind = TypeVar("Kind", bound=SecretKind)


class Secret(Generic[Kind]):
    """Where a secret of one kind is kept: ``secret://name`` or, for one part of it, ``secret://name#field``.

    Safe to print, store and compare: it is an address.
    """

    __slots__ = ("field", "name")

    def __init__(self, name: str, field: str | None = None) -> None:
        self.name = name
        self.field = field

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the reference that the text writes; ValueError if it is none. The text is not repeated."""
        match = _REFERENCE.fullmatch(text)
        if not match:
            raise ValueError(f"write {_SHAPE}")
        return cls(match["name"], match["field"])

    def __str__(self) -> str:
        return f"secret://{self.name}" + (f"#{self.field}" if self.field else "")

    def __repr__(self) -> str:
        return f"Secret({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, _: GetCoreSchemaHandler) -> CoreSchema:
        """Validate from text, write as text; the kind is kept in the schema's metadata."""
        kinds = get_args(source)
        return core_schema.no_info_plain_validator_function(
            cls._validate,
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema()
            ),
            metadata={"secret_kind": kinds[0] if kinds else SecretKind},
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _: CoreSchema, __: Any) -> dict[str, Any]:
        return {
            "type": "string",
            "pattern": f"^{_REFERENCE.pattern}$".replace("?P<name>", "").replace("?P<field>", ""),
        }

    @classmethod
    def _validate(cls, value: object) -> "Secret[Any]":
        if isinstance(value, Secret):
            return value
        if not isinstance(value, str):
            raise ValueError(f"write {_SHAPE}")  # noqa: TRY004 (pydantic turns ValueError into its own)
        return cls.parse(value)
