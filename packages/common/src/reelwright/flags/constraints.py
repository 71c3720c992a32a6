"""What an attribute of a flag may be: AppConfig's constraints, and whether a value keeps to them.

What is said of a value never repeats it: somebody may have put a secret there.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    field_validator,
    model_validator,
)

from reelwright.flags.rules.patterns import Pattern, PatternError

__all__ = [
    "ArrayConstraints",
    "AttributeConstraints",
    "BooleanConstraints",
    "ElementConstraints",
    "NumberConstraints",
    "TextConstraints",
]

_Text = Annotated[str, StringConstraints(max_length=1024)]


@lru_cache(maxsize=256)
def _search(pattern: str) -> Pattern:
    """Return an operator's expression, by an engine that no expression makes slow."""
    return Pattern(pattern)


class _Constraints(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    required: bool = False


class TextConstraints(_Constraints):
    """Text: any, one that a pattern finds itself in, or one of a list."""

    type: Literal["string"]
    pattern: _Text | None = None
    enum: Annotated[tuple[_Text | int, ...] | None, Field(max_length=100, strict=False)] = None

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            _search(pattern or "")
        except PatternError as error:
            raise ValueError(f"it is not a regular expression: expected {error}") from error
        return pattern

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.pattern is not None and self.enum is not None:
            raise ValueError("constraints have a pattern or an enum, not both")
        return self

    def faults(self, value: JsonValue) -> Iterator[str]:
        """Yield what is wrong with a value."""
        if not isinstance(value, str):
            yield "it is not text"
        elif self.enum is not None and value not in map(str, self.enum):
            yield f"it is none of {', '.join(map(str, self.enum))}"
        elif self.pattern is not None and not _search(self.pattern).found_in(value):
            yield f"it does not match {self.pattern}"


class NumberConstraints(_Constraints):
    """A number; its bounds are whole."""

    type: Literal["number"]
    minimum: int | None = None
    maximum: int | None = None

    def faults(self, value: JsonValue) -> Iterator[str]:
        """Yield what is wrong with a value."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield "it is not a number"
            return
        if self.minimum is not None and value < self.minimum:
            yield f"it is below {self.minimum}"
        if self.maximum is not None and value > self.maximum:
            yield f"it is above {self.maximum}"


class BooleanConstraints(_Constraints):
    """True or false."""

    type: Literal["boolean"]

    def faults(self, value: JsonValue) -> Iterator[str]:
        """Yield what is wrong with a value."""
        if not isinstance(value, bool):
            yield "it is neither true nor false"


ElementConstraints = Annotated[TextConstraints | NumberConstraints, Field(discriminator="type")]
"""What the parts of a list may be."""


class ArrayConstraints(_Constraints):
    """A list, whose parts may have constraints of their own."""

    type: Literal["array"]
    elements: ElementConstraints | None = None

    def faults(self, value: JsonValue) -> Iterator[str]:
        """Yield what is wrong with a value."""
        if not isinstance(value, list):
            yield "it is not a list"
        elif self.elements is not None:
            for part in value:
                yield from self.elements.faults(part)


AttributeConstraints = Annotated[
    TextConstraints | NumberConstraints | BooleanConstraints | ArrayConstraints, Field(discriminator="type")
]
"""By ``type``: string, number, boolean or array."""
