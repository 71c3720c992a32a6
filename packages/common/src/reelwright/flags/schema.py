"""AppConfig's feature-flag document, as operators edit it in the console.

``flags`` holds the definitions, which code owns; ``values`` what each flag is set to, which operators own.
The schema is AppConfig's (profile type ``AWS.AppConfig.FeatureFlags``, version 1), and stricter where a
document could not be evaluated: a value needs its definition, attributes keep to their constraints, and the
last of several variants is the default. Rules are text here, kept and bounded, not understood.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, NoReturn, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from reelwright.flags.constraints import AttributeConstraints
from reelwright.flags.errors import InvalidFlags

__all__ = [
    "MAX_DOCUMENT_BYTES",
    "AttributeDefinition",
    "AttributeKey",
    "AttributeValue",
    "Deprecation",
    "FlagDefinition",
    "FlagDocument",
    "FlagKey",
    "FlagValue",
    "Variant",
    "parse_flags",
]

MAX_DOCUMENT_BYTES = 2048 * 1024
"""AppConfig's default limit for a hosted configuration."""

_MAX_TEXT = 1024
_MAX_RULE = 16_384
_MAX_ATTRIBUTES = 25
_MAX_VARIANTS = 32
_KEY = r"^[a-z][a-zA-Z0-9_-]{0,63}$"


def _not_enabled(key: str) -> str:
    if key == "enabled":
        raise ValueError("an attribute cannot be called enabled")
    return key


def _attribute_value(value: object) -> object:
    """Refuse what AppConfig cannot hold: objects, null, long text, mixed lists."""
    if isinstance(value, list):
        if not (_all(value, str) or _all(value, int | float)):
            raise ValueError("a list holds only text, or only numbers")
        return [_attribute_value(part) for part in value]
    if isinstance(value, str) and len(value) > _MAX_TEXT:
        raise ValueError(f"text has at most {_MAX_TEXT} characters, this has {len(value)}")
    if not isinstance(value, str | bool | int | float):
        raise ValueError("write text, a number, true or false, or a list: AppConfig holds nothing else")  # noqa: TRY004 (pydantic turns ValueError into its own)
    return value


def _all(values: list[object], kind: Any) -> bool:
    return all(isinstance(value, kind) and not isinstance(value, bool) for value in values)


FlagKey = Annotated[str, StringConstraints(pattern=_KEY)]
AttributeKey = Annotated[str, StringConstraints(pattern=_KEY), AfterValidator(_not_enabled)]
AttributeValue = Annotated[JsonValue, BeforeValidator(_attribute_value)]
"""Text of at most 1024 characters, a number, a boolean, or a list of text or of numbers."""

_Name = Annotated[str, StringConstraints(pattern=r"^[^\n]{1,64}$")]
_Description = Annotated[str, StringConstraints(max_length=_MAX_TEXT)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class _Dated(_Frozen):
    created_at: Annotated[str | None, Field(alias="_createdAt")] = None
    """AppConfig writes both when a document is stored."""
    updated_at: Annotated[str | None, Field(alias="_updatedAt")] = None


class Deprecation(_Frozen):
    """The flag will go."""

    status: Literal["planned"]
    date: Annotated[str | None, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")] = None


class AttributeDefinition(_Frozen):
    """A typed value that travels with a flag."""

    description: _Description = ""
    constraints: AttributeConstraints | None = None


class FlagDefinition(_Dated):
    """What a flag is: code's part."""

    name: _Name | None = None
    description: _Description = ""
    deprecation: Annotated[Deprecation | None, Field(alias="_deprecation")] = None
    attributes: Annotated[dict[AttributeKey, AttributeDefinition], Field(max_length=_MAX_ATTRIBUTES)] = {}


class Variant(_Frozen):
    """One of several values of a flag, for those whom its rule matches; without a rule, for all others."""

    name: _Name
    enabled: bool
    rule: Annotated[str | None, StringConstraints(min_length=1, max_length=_MAX_RULE)] = None
    attributes: Annotated[
        dict[AttributeKey, AttributeValue], Field(alias="attributeValues", max_length=_MAX_ATTRIBUTES)
    ] = {}


class FlagValue(_Dated):
    """What a flag is set to: operators' part. Either ``enabled`` and attributes, or variants."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, AttributeValue] = Field(init=False)

    enabled: bool | None = None
    variants: Annotated[
        tuple[Variant, ...] | None,
        Field(alias="_variants", min_length=1, max_length=_MAX_VARIANTS, strict=False),
    ] = None

    @property
    def attributes(self) -> Mapping[str, JsonValue]:
        """The attributes of a value without variants."""
        return self.__pydantic_extra__

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if self.variants is None:
            if self.enabled is None:
                raise ValueError("a value needs enabled, or _variants")
        elif self.enabled is not None or self.attributes:
            raise ValueError(
                "a value with _variants holds nothing else: enabled and attributes are each variant's"
            )
        return self

    @model_validator(mode="after")
    def _default_last(self) -> Self:
        variants = self.variants or ()
        names = [variant.name for variant in variants]
        if len(set(names)) < len(names):
            raise ValueError("two variants have the same name")
        if any(variant.rule is None for variant in variants[:-1]):
            raise ValueError(
                "only the last variant can do without a rule: those after it would never be reached"
            )
        if variants and variants[-1].rule is not None:
            raise ValueError("the last variant has no rule: it is the default")
        return self

    def carried(self) -> Iterator[tuple[tuple[str, ...], Mapping[str, JsonValue]]]:
        """Yield each set of attributes with its path inside the value."""
        if self.variants is None:
            yield (), self.attributes
        for variant in self.variants or ():
            yield ("_variants", variant.name), variant.attributes


class FlagDocument(_Frozen):
    """All flags of one profile. Equal documents say the same."""

    version: Literal["1"]
    flags: dict[FlagKey, FlagDefinition] = {}
    values: dict[FlagKey, FlagValue] = {}

    @model_validator(mode="after")
    def _values_are_defined(self) -> Self:
        faults = list(self._faults())
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def as_json(self) -> dict[str, Any]:
        """Return the document as AppConfig stores it, without what is not set."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

    def _faults(self) -> Iterator[str]:
        for key, value in self.values.items():
            if key not in self.flags:
                yield f"values.{key} has no definition in flags."
                continue
            for path, attributes in value.carried():
                yield from _attribute_faults(".".join(("values", key, *path)), self.flags[key], attributes)


def parse_flags(content: bytes | str | Mapping[str, Any]) -> FlagDocument:
    """Return the document; InvalidFlags names every fault by its path."""
    try:
        return FlagDocument.model_validate(_loaded(content))
    except ValidationError as error:
        lines = [_line(problem) for problem in error.errors(include_url=False)]
        raise _invalid("\n".join(lines)) from error


def _loaded(content: bytes | str | Mapping[str, Any]) -> object:
    if isinstance(content, Mapping):
        return content
    if len(content) > MAX_DOCUMENT_BYTES:
        raise _invalid(f"The flag document has {len(content)} bytes; AppConfig holds {MAX_DOCUMENT_BYTES}.")
    try:
        return json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _invalid(f"The flag document is not JSON: {error}.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _invalid(message: str) -> InvalidFlags:
    return InvalidFlags(message, next_step="Put it right in the console, or give up the edit.")


def _line(problem: ErrorDetails) -> str:
    said = problem["msg"].removeprefix("Value error, ").replace("Input should be", "it must be")
    path = ".".join(str(part) for part in problem["loc"] if part != "[key]")
    if not path:
        return said if problem["type"] == "value_error" else f"The flag document is refused: {said}."
    if problem["type"] == "extra_forbidden":
        return f"{path} is not a key of AppConfig's schema."
    return f"{path} is refused: {said}."


def _attribute_faults(
    path: str, definition: FlagDefinition, values: Mapping[str, JsonValue]
) -> Iterator[str]:
    for key in values:
        if key not in definition.attributes:
            yield f"{path}.{key} has no definition in the flag's attributes."
    for key, attribute in definition.attributes.items():
        limits = attribute.constraints
        if limits is None:
            continue
        if key in values:
            yield from (f"{path}.{key} is refused: {fault}." for fault in limits.faults(values[key]))
        elif limits.required:
            yield f"{path}.{key} is missing, and required."
