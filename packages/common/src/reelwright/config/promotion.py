"""Taking what operators set in one environment to the next: what would change, and what speaks against it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import JsonValue, ValidationError

from reelwright.config.schema import Change, Layer, OverriddenSetting, Snapshot
from reelwright.environment.schema import Settings

__all__ = ["Capabilities", "Promotion", "plain_values", "plan_promotion"]

Capabilities = Callable[[Settings], Iterable[str]]
"""Tells, a line each, what the target could not do with these settings, such as route to a model."""

_OPERATORS = {Layer.RUNTIME, Layer.SSM, Layer.DOCUMENTS}
_ABOVE_DOCUMENTS = {Layer.RUNTIME, Layer.SSM, Layer.SECRETS}
_REFERENCE = "secret://"
_BUDGETS = "budgets."
_ACTIONS = ("block", "mock", "warn")
"""What happens at a daily limit, the strictest first."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """What promoting would do. Nothing has been written."""

    source: str
    target: str
    changes: tuple[Change, ...]
    """Settings of the target that get another value."""
    hidden: tuple[OverriddenSetting, ...]
    """Settings that a higher layer of the target decides, and goes on deciding."""
    rises: tuple[Change, ...]
    """Changes after which more money may be spent; they need to be allowed by name."""
    objections: tuple[str, ...]
    """Why it cannot be done at all."""


def plan_promotion(source: Snapshot, target: Snapshot, *, incapable: Capabilities) -> Promotion:
    """Return what taking the operators' values of ``source`` to ``target`` would change.

    Operators' values are those of the layers runtime, SSM and S3. References to secrets stay where they
    are: every environment has its own.
    """
    wanted = dict(_operators_values(source))
    hidden = tuple(
        target.origins[key]
        for key in wanted
        if key in target.origins and target.origins[key].layer in _ABOVE_DOCUMENTS
    )
    taken = wanted.keys() - {origin.key for origin in hidden}
    before = plain_values(target.settings)
    changes = tuple(
        Change(key, before.get(key), wanted[key], Layer.DOCUMENTS)
        for key in sorted(taken)
        if before.get(key) != wanted[key]
    )
    return Promotion(
        source=source.environment,
        target=target.environment,
        changes=changes,
        hidden=hidden,
        rises=tuple(change for change in changes if _lets_more_be_spent(change)),
        objections=tuple(_objections(target.settings, changes, incapable)),
    )


def plain_values(settings: Settings) -> dict[str, JsonValue]:
    """Return every setting as plain data, by dotted key."""
    return dict(_leaves(settings.model_dump(mode="json")))


def _operators_values(snapshot: Snapshot) -> Iterator[tuple[str, JsonValue]]:
    plain = plain_values(snapshot.settings)
    for key, origin in sorted(snapshot.origins.items()):
        value = plain.get(key)
        is_reference = isinstance(value, str) and value.startswith(_REFERENCE)
        if origin.layer in _OPERATORS and key in plain and not is_reference:
            yield key, value


def _leaves(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, JsonValue]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def _objections(settings: Settings, changes: Iterable[Change], incapable: Capabilities) -> Iterator[str]:
    tree = settings.model_dump(mode="json")
    for change in changes:
        _set(tree, change.key.split("."), change.new)
    try:
        after = Settings.model_validate_json(json.dumps(tree))
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False):
            yield f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
        return
    yield from incapable(after)


def _set(tree: dict[str, Any], path: list[str], value: JsonValue) -> None:
    for part in path[:-1]:
        tree = tree.setdefault(part, {})
    tree[path[-1]] = value


def _lets_more_be_spent(change: Change) -> bool:
    if not change.key.startswith(_BUDGETS):
        return False
    if change.new in _ACTIONS and change.old in _ACTIONS:
        return _ACTIONS.index(str(change.new)) > _ACTIONS.index(str(change.old))
    if change.new is None or change.old is None:
        return change.new is None and change.old is not None
    return Decimal(str(change.new)) > Decimal(str(change.old))
