"""What people type for a prompt's variables, as values of the declared types."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.cli.configuring import read_input
from reelwright.cli.flags_typed import pairs_of
from reelwright.errors import InvalidInput

if TYPE_CHECKING:
    from reelwright.prompts.schema import PromptDefinition, PromptInput

__all__ = ["values_of"]

_WORDS = {"true": True, "false": False}


def values_of(definition: "PromptDefinition", pairs: tuple[str, ...], file: Path | None) -> dict[str, Any]:
    """Return the values of ``NAME=VALUE`` pairs, above those of a file of JSON; the prompt checks them.

    Numbers, booleans and lists are read as JSON; text is taken as it is. InvalidInput.
    """
    told = _in_file(file) if file else {}
    typed = {
        name: _value(text, definition.input_named(name)) for name, text in pairs_of("--var", pairs).items()
    }
    return {**told, **typed}


def _in_file(file: Path) -> Mapping[str, Any]:
    try:
        told = json.loads(read_input(file))
    except ValueError as error:
        raise InvalidInput(f"{file} is not JSON: {error}.", next_step='Write {"name": value, …}.') from error
    if not isinstance(told, dict):
        raise InvalidInput(f"{file} must hold one JSON object.", next_step='Write {"name": value, …}.')
    return told


def _value(text: str, declared: "PromptInput | None") -> Any:
    """Return what a text stands for; what is not of its type is left to the prompt, which refuses it best."""
    if declared is None or declared.kind == "string":
        return text
    if declared.kind == "boolean":
        return _WORDS.get(text, text)
    if declared.kind == "string list" and not text.startswith("["):
        return text.split(",")
    try:
        return json.loads(text)
    except ValueError:
        return text
