"""What can be wrong with an environment, said so that the reader can put it right."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from reelwright.environment.fields import contains_secret, field_type, names_in
from reelwright.errors import InvalidInput, Retryable

__all__ = [
    "ACCOUNT_HINT",
    "HIDDEN",
    "AwsUnavailable",
    "InvalidEnvironment",
    "Problem",
    "describe",
    "nearest",
    "problems",
]

ACCOUNT_HINT = 'an account id is text: twelve digits in quotes, such as "012345678901"'
HIDDEN = "<hidden>"
"""Stands for a value that may be a secret."""

_HINTS = {
    "deploy.account": ACCOUNT_HINT,
    "deploy.region": 'a region is text, such as "eu-west-1"',
}
_ALLOWED = {"model_type": "it must be a table", "dict_type": "it must be a table"}
_NOT_IN_FILES = ("name",)  # a file's own name says it
_KEY_ITSELF = "[key]"  # pydantic's mark for a name in a table that is wrong by itself
_FORMS = ("[single]", "[table]")  # how a field that takes either marks which of them it took
_VALUE_CHARS = 60


class InvalidEnvironment(InvalidInput):
    """An environment that does not exist, or whose files break the schema."""

    code = "invalid_environment"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, by dotted key, and whose document says it; none for a missing key."""

    key: str
    file: str | None
    text: str


class AwsUnavailable(Retryable):
    """AWS cannot be reached from here, or does not know who asks."""

    code = "aws_unavailable"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `` Did you mean …?`` for the known word closest to this one, or nothing."""
    close = get_close_matches(word, list(known), n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def describe(error: ValidationError, schema: type[BaseModel], files: Mapping[str, Mapping[str, Any]]) -> str:
    """Return one line for each problem: the file, the dotted key, its value and what is allowed.

    ``files`` maps the name of each file to its document, the one that wins first.
    """
    return "\n".join(problem.text for problem in problems(error, schema, files))


def problems(
    error: ValidationError, schema: type[BaseModel], files: Mapping[str, Mapping[str, Any]]
) -> tuple[Problem, ...]:
    """Return what is wrong, as ``describe`` tells it. Where secrets may stand, values are not shown."""
    return tuple(_problem(details, schema, files) for details in error.errors(include_url=False))


def _problem(
    details: ErrorDetails, schema: type[BaseModel], files: Mapping[str, Mapping[str, Any]]
) -> Problem:
    path = tuple(str(part) for part in details["loc"] if part not in (_KEY_ITSELF, *_FORMS))
    key = ".".join(path)
    if details["type"] == "missing":
        return Problem(key, None, f"{' and '.join(files)}: {key} is missing from {_all_of(files)}.")
    file = next((name for name, document in files.items() if _has(document, path)), next(iter(files)))
    return Problem(key, file, f"{file}: {_complaint(key, path, details, schema)}")


def _all_of(files: Mapping[str, Any]) -> str:
    return "both" if len(files) == 2 else "all"


def _complaint(key: str, path: tuple[str, ...], details: ErrorDetails, schema: type[BaseModel]) -> str:
    if details["type"] == "extra_forbidden":
        return f"{key} is not a key.{_known_keys(path, schema)}"
    if _KEY_ITSELF in details["loc"]:
        return f"{key} is no name: {_allowed(key, details)}."
    return f"{key} = {_shown(path, details['input'], schema)} is refused: {_allowed(key, details)}."


def _has(document: object, path: tuple[str, ...]) -> bool:
    for part in path:
        if not isinstance(document, Mapping) or part not in document:
            return False
        document = document[part]
    return True


def _known_keys(path: tuple[str, ...], schema: type[BaseModel]) -> str:
    known = [name for name in names_in(field_type(schema, path[:-1])) if name not in _NOT_IN_FILES]
    return nearest(path[-1], known) or f" Known here: {', '.join(known)}."


def _allowed(key: str, details: ErrorDetails) -> str:
    said = details["msg"].removeprefix("Value error, ").replace("Input should be", "it must be")
    return _HINTS.get(key) or _ALLOWED.get(details["type"], said.replace("String should", "it should"))


def _shown(path: tuple[str, ...], value: object, schema: type[BaseModel]) -> str:
    if contains_secret(field_type(schema, path)):
        return HIDDEN
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= _VALUE_CHARS else text[: _VALUE_CHARS - 1] + "…"
