"""What a prompt is, and what rendering one gives."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from reelwright.cost.schema import Service
from reelwright.models.schema import Message

__all__ = [
    "CONTROL",
    "DEFAULT_MAX_CHARS",
    "DEFAULT_MAX_ITEMS",
    "MAX_CHARS",
    "MAX_ITEMS",
    "InputField",
    "InputKind",
    "InputName",
    "PromptCategory",
    "PromptDefinition",
    "PromptInput",
    "PromptName",
    "PromptSource",
    "RenderedPrompt",
    "ScalarKind",
    "Trust",
    "VariantName",
    "Weight",
]

DEFAULT_MAX_CHARS = 2_000
"""Of one text for which the front matter states no limit."""
DEFAULT_MAX_ITEMS = 50
"""Of a list for which it states none."""
MAX_CHARS = 1_000_000
"""The highest limit of a text."""
MAX_ITEMS = 1_000
"""The highest limit of a list."""
CONTROL = "control"
"""The variant that every prompt has."""

PromptName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
"""As in the file's name: ``write-script``."""
PromptCategory = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]
"""Of topics, as in the file's name: the ``investing`` of ``write-script.investing.md``."""
VariantName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=32)]
InputName = Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9_]*$", max_length=64)]
Weight = Annotated[int, Field(ge=0, le=1_000_000)]
"""Of a variant beside the others."""

ScalarKind = Literal["string", "integer", "number", "boolean"]
InputKind = Literal["string", "integer", "number", "boolean", "string list", "table list"]
Trust = Literal["trusted", "untrusted"]
"""Untrusted text is somebody else's: it is cleaned and stands between marks that it cannot contain."""
PromptSource = Literal["store", "remembered", "bundled", "file"]
"""Who answered: the store, what was remembered of it, the code's own copy, a file that somebody named."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InputField(_Frozen):
    """A field of the tables of a list."""

    name: InputName
    kind: ScalarKind
    optional: bool = False
    description: str = ""


class PromptInput(_Frozen):
    """A variable that a prompt takes."""

    name: InputName
    kind: InputKind
    optional: bool = False
    description: str = ""
    trust: Trust = "untrusted"
    """Of its text, and of the text of its items; numbers and booleans are what they are."""
    max_chars: Annotated[int, Field(ge=1, le=MAX_CHARS)] = DEFAULT_MAX_CHARS
    """Of one text: the value, an item, a field of an item."""
    max_items: Annotated[int, Field(ge=1, le=MAX_ITEMS)] = DEFAULT_MAX_ITEMS
    """Of a list."""
    fields: tuple[InputField, ...] = ()
    """Of the tables, if it is a list of tables."""

    @property
    def is_list(self) -> bool:
        """Whether it has items."""
        return self.kind in ("string list", "table list")


class PromptDefinition(_Frozen):
    """The front matter of a prompt's file."""

    name: PromptName
    description: str = ""
    category: PromptCategory | Literal[""] = ""
    """The topics that it is for; empty means all."""
    topics: tuple[str, ...] = ()
    """More words by which a topic is known to be one of the category."""
    service: Service = "content"
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    max_output_tokens: Annotated[int, Field(ge=1)] | None = None
    inputs: tuple[PromptInput, ...] = ()
    variants: dict[VariantName, Weight] = {CONTROL: 100}
    """Names and their weights, in the file's order."""
    output: str | dict[str, Any] | None = None
    """The name of a schema that code knows, a JSON schema, or None: any text."""

    @property
    def key(self) -> str:
        """Name and category as in the file's name: ``write-script.investing``."""
        return f"{self.name}.{self.category}" if self.category else self.name

    def input_named(self, name: str) -> PromptInput | None:
        """Return the input of that name, None if there is none."""
        return next((each for each in self.inputs if each.name == name), None)


class RenderedPrompt(_Frozen):
    """What is sent to a model, and where it came from."""

    messages: tuple[Message, ...]
    name: str
    version: str = ""
    """The store's number, or the hash of the file's text."""
    variant: str = CONTROL
    label: str = ""
    """The label by which the version was found; empty when it was named."""
    source: PromptSource = "file"
    path: tuple[str, ...] = ()
    """Which prompts were looked for, in order; the last one is this."""
    category: str = ""
    reason: str = ""
    """Why this source, path and variant."""
    warnings: tuple[str, ...] = ()
    """Such as characters that were taken out of an untrusted value."""
    temperature: float | None = None
    """That the prompt asks for; None leaves it to the model."""
    max_output_tokens: int | None = None
    tokens_estimate: int = 0
    """See ``prompts.tokens``."""
    chars: int = 0
