"""What can be wrong with an environment, said so that the reader can put it right."""

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from reelwright.errors import InvalidInput

__all__ = ["ACCOUNT_HINT", "InvalidEnvironment", "describe", "nearest"]

ACCOUNT_HINT = 'an account id is text: twelve digits in quotes, such as "012345678901"'

_HINTS = {
    "deploy.account": ACCOUNT_HINT,
    "deploy.region": 'a region is text, such as "eu-west-1"',
}
_ALLOWED = {"model_type": "it must be a table", "dict_type": "it must be a table"}
_NOT_IN_FILES = ("name",)  # a file's own name says it
_VALUE_CHARS = 60


class InvalidEnvironment(InvalidInput):
    """An environment that does not exist, or whose files break the schema."""

    code = "invalid_environment"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `` Did you mean …?`` for the known word closest to this one, or nothing."""
    close = get_close_matches(word, list(known), n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def describe(error: ValidationError, schema: type[BaseModel], files: Mapping[str, Mapping[str, Any]]) -> str:
    """Return one line for each problem: the file, the dotted key, its value and what is allowed.

    ``files`` maps the name of each file to its document, the one that wins first.
    """
    return "\n".join(_line(problem, schema, files) for problem in error.errors(include_url=False))


def _line(problem: ErrorDetails, schema: type[BaseModel], files: Mapping[str, Mapping[str, Any]]) -> str:
    path = tuple(str(part) for part in problem["loc"])
    key, kind = ".".join(path), problem["type"]
    if kind == "missing":
        return f"{' and '.join(files)}: {key} is missing from both."
    file = next((name for name, document in files.items() if _has(document, path)), next(iter(files)))
    if kind == "extra_forbidden":
        return f"{file}: {key} is not a key.{_known_keys(path, schema)}"
    return f"{file}: {key} = {_shown(problem['input'])} is refused: {_allowed(key, problem)}."


def _has(document: object, path: tuple[str, ...]) -> bool:
    for part in path:
        if not isinstance(document, Mapping) or part not in document:
            return False
        document = document[part]
    return True


def _known_keys(path: tuple[str, ...], schema: type[BaseModel]) -> str:
    for part in path[:-1]:
        schema = cast("type[BaseModel]", schema.model_fields[part].annotation)
    known = [field for field in schema.model_fields if field not in _NOT_IN_FILES]
    return nearest(path[-1], known) or f" Known here: {', '.join(known)}."


def _allowed(key: str, problem: ErrorDetails) -> str:
    said = problem["msg"].removeprefix("Value error, ").replace("Input should be", "it must be")
    return _HINTS.get(key) or _ALLOWED.get(problem["type"], said)


def _shown(value: object) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= _VALUE_CHARS else text[: _VALUE_CHARS - 1] + "…"
