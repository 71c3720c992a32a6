"""References to secrets, and the kinds there are. A setting holds the reference, never the value."""

import re
from typing import Annotated, Any, Generic, NoReturn, Self, SupportsIndex, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    SecretStr,
    StringConstraints,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

__all__ = ["ApiKey", "Kind", "OAuthClient", "Secret", "SecretKind", "SigningKey"]

_NAME = r"[a-z][a-z0-9_-]*(?:/[a-z0-9][a-z0-9_-]*)*"
_FIELD = r"[a-z][a-z0-9_]*"
_REFERENCE = re.compile(rf"secret://(?P<name>{_NAME})(?:#(?P<field>{_FIELD}))?")
_SHAPE = (
    'write a reference such as "secret://providers/runway#api_key"; '
    "the value is stored with: reelwright secrets set"
)
_VISIBLE = re.compile(r"[!-~]+")
_KEY = re.compile(r"[0-9a-fA-F]{64}")


def _visible(value: SecretStr) -> SecretStr:
    """Refuse what no header can carry, above all the end of a line that was pasted too."""
    if not _VISIBLE.fullmatch(value.get_secret_value()):
        raise ValueError("must be visible ASCII characters without spaces")
    return value


def _signing_bytes(value: SecretStr) -> SecretStr:
    if not _KEY.fullmatch(value.get_secret_value()):
        raise ValueError("must be 32 bytes in hexadecimal")
    return value


_Credential = Annotated[SecretStr, Field(min_length=8, max_length=8192), AfterValidator(_visible)]
_KeyName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class SecretKind(BaseModel):
    """Base of what a secret can hold.

    Values are SecretStr: they never show in ``repr``, JSON or the text of validation errors. It can be
    copied, but not pickled: a pickle would hold the value in plain.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    def __reduce_ex__(self, _: SupportsIndex) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds a secret and is not pickled; pass its reference on")


class ApiKey(SecretKind):
    """A key that a provider issued in its own console."""

    api_key: _Credential


class OAuthClient(SecretKind):
    """A client that may act for an account by its refresh token."""

    client_id: Annotated[str, Field(min_length=1, max_length=1024)]
    client_secret: _Credential
    refresh_token: _Credential


class SigningKey(SecretKind):
    """Keys that we make ourselves: ``current`` signs, the others still verify what they signed."""

    current: _KeyName
    keys: Annotated[
        dict[_KeyName, Annotated[SecretStr, AfterValidator(_signing_bytes)]],
        Field(min_length=1, max_length=100),
    ]
    """Hexadecimal, 32 bytes each, by their names; the oldest first."""

    @model_validator(mode="after")
    def _current_is_one_of_them(self) -> Self:
        if self.current not in self.keys:
            raise ValueError("current must be the name of one of the keys")
        return self


Kind = TypeVar("Kind", bound=SecretKind)


class Secret(Generic[Kind]):
    """Where a secret of one kind is kept: ``secret://name`` or, for one part of it, ``secret://name#field``.

    Safe to print, store, pickle and compare: it is an address. It does not change. Both parts are lower
    case; ValueError for anything else, without repeating it.
    """

    __slots__ = ("field", "name")

    name: str
    field: str | None

    def __init__(self, name: str, field: str | None = None) -> None:
        if not _REFERENCE.fullmatch(_written(name, field)):
            raise ValueError(_SHAPE)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "field", field)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the reference that the text writes; ValueError if it is none. The text is not repeated."""
        match = _REFERENCE.fullmatch(text)
        if not match:
            raise ValueError(_SHAPE)
        return cls(match["name"], match["field"])

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a reference does not change; make another one")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a reference does not change; make another one")

    def __str__(self) -> str:
        return _written(self.name, self.field)

    def __repr__(self) -> str:
        return f"Secret({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, Secret) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.field)

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
            "pattern": f"^secret://{_NAME}(?:#{_FIELD})?$",
            "description": "Where the secret is kept, never its value.",
            "examples": ["secret://providers/runway#api_key"],
        }

    @classmethod
    def _validate(cls, value: object) -> "Secret[Any]":
        if isinstance(value, Secret):
            return value
        if isinstance(value, str) and _REFERENCE.fullmatch(value):
            return cls.parse(value)
        raise PydanticCustomError("secret_reference", _SHAPE)


def _written(name: str, field: str | None) -> str:
    return f"secret://{name}" + ("" if field is None else f"#{field}")
