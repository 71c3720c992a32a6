"""Reads an environment: ``base.toml``, then its own file over it, checked against the schema."""

import re
import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Any, get_args

from pydantic import ValidationError

from reelwright import assets
from reelwright.environment.errors import ACCOUNT_HINT, InvalidEnvironment, describe, nearest
from reelwright.environment.schema import EnvironmentName, EnvironmentSpec

__all__ = ["ENVIRONMENT_NAMES", "check_environment_name", "load_environment", "merge", "read_file"]

ENVIRONMENT_NAMES: tuple[EnvironmentName, ...] = get_args(EnvironmentName)
"""Every environment there is, from the smallest to the one the audience sees."""

_BARE_ACCOUNT = re.compile(r"\s*(deploy\s*\.\s*)?account\s*=\s*\d")


def load_environment(name: str, *, folder: Traversable | None = None) -> EnvironmentSpec:
    """Return the environment called ``name``, from ``folder`` or the data files of this installation.

    Raises InvalidEnvironment for an unknown name and for files that break the schema; its message
    names the file, the key, the value and what is allowed.
    """
    own_name = check_environment_name(name)
    folder = assets.locate("environments") if folder is None else folder
    base, own = read_file(folder, "base"), read_file(folder, own_name)
    try:
        return EnvironmentSpec.model_validate({"name": own_name} | merge(base, own))
    except ValidationError as error:
        files = {_label(own_name): own, _label("base"): base}
        raise InvalidEnvironment(
            describe(error, EnvironmentSpec, files),
            next_step="Every key is explained in reelwright/environment/schema.py.",
            context={"environment": own_name},
        ) from error


def check_environment_name(name: str) -> EnvironmentName:
    """Return ``name`` if there is such an environment; raise InvalidEnvironment otherwise."""
    if name not in ENVIRONMENT_NAMES:
        raise InvalidEnvironment(
            f"There is no environment {name[:40]!r}.{nearest(name, ENVIRONMENT_NAMES)}",
            next_step=f"Environments: {', '.join(ENVIRONMENT_NAMES)}.",
            context={"environment": name},
        )
    return name


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``over`` laid on it: tables merge key by key, everything else is replaced."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(below, Mapping) and isinstance(value, Mapping):
            merged[key] = merge(below, value)
        else:
            merged[key] = value
    return merged


def read_file(folder: Traversable, stem: str) -> dict[str, Any]:
    """Return the document of one file; InvalidEnvironment if it is missing, no TOML or empty."""
    try:
        text = (folder / f"{stem}.toml").read_bytes().decode("utf-8-sig")
        document = tomllib.loads(text)
    except FileNotFoundError as error:
        raise _unreadable(stem, "is missing from this installation.") from error
    except UnicodeDecodeError as error:
        raise _unreadable(stem, f"is not UTF-8 text: byte {error.start} cannot be read.") from error
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(stem, f"is not TOML: {error}.{_account_hint(text, str(error))}") from error
    if not document:
        raise _unreadable(stem, "is empty.")
    if "name" in document:
        raise _unreadable(stem, "sets name, but the file's own name says which environment it is.")
    return document


def _unreadable(stem: str, reason: str) -> InvalidEnvironment:
    return InvalidEnvironment(f"{_label(stem)} {reason}", context={"file": _label(stem)})


def _account_hint(text: str, message: str) -> str:
    line = re.search(r"at line (\d+)", message)
    said = text.splitlines()[int(line[1]) - 1] if line else ""
    return f" Note that {ACCOUNT_HINT}." if _BARE_ACCOUNT.match(said) else ""


def _label(stem: str) -> str:
    return f"environments/{stem}.toml"
