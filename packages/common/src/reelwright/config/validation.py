"""Checking all layers as one whole: a value is right or wrong only beside the others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from reelwright.config.errors import InvalidConfiguration
from reelwright.config.layering import Contribution, Layered, lay_all, references_only
from reelwright.config.plain_secrets import REFERENCE_WANTED, plain_secrets
from reelwright.environment.errors import HIDDEN, Problem, problems
from reelwright.environment.schema import Settings

__all__ = ["Invalid", "Valid", "invalid", "validate"]


@dataclass(frozen=True, slots=True)
class Valid:
    """Settings that hold together, and how they came to be."""

    settings: Settings
    layered: Layered
    strays: Mapping[str, tuple[str, ...]]
    """By source, keys that it may not supply and that were left out."""


@dataclass(frozen=True, slots=True)
class Invalid:
    """What is wrong, and whose documents say it."""

    problems: tuple[Problem, ...]

    @property
    def blamed(self) -> frozenset[str]:
        """Labels of the contributions that a problem was found in."""
        return frozenset(problem.file for problem in self.problems if problem.file)

    def about(self, label: str) -> str:
        """Return what was found in one contribution, or everything if nothing was."""
        found = [problem.text for problem in self.problems if problem.file == label]
        return "\n".join(found) or self.message

    @property
    def message(self) -> str:
        """One line for each problem: layer, source, key, value, what is allowed."""
        return "\n".join(problem.text for problem in self.problems)


def validate(contributions: Iterable[Contribution], schema: type[Settings] = Settings) -> Valid | Invalid:
    """Merge the contributions and check what comes out, and every name in it."""
    checked = [references_only(contribution, schema) for contribution in contributions]
    layered = lay_all(contribution for contribution, _ in checked)
    odd = [problem for one in layered.contributions for problem in (*_odd_names(one), *_bare(one, schema))]
    if odd:
        return Invalid(tuple(odd))
    try:
        settings = schema.model_validate(layered.tree)
    except ValidationError as error:
        return Invalid(_explained(error, schema, layered))
    strays = {one.source: keys for one, keys in checked if keys}
    return Valid(settings, layered, strays)


def invalid(found: Invalid, *, next_step: str) -> InvalidConfiguration:
    """Return the error that tells what was found."""
    keys = ", ".join(problem.key for problem in found.problems)
    return InvalidConfiguration(found.message, next_step=next_step, context={"keys": keys})


def _explained(error: ValidationError, schema: type[BaseModel], layered: Layered) -> tuple[Problem, ...]:
    documents: dict[str, Mapping[str, Any]] = {one.label: one.settings for one in layered.contributions}
    return tuple(_as_ours(problem) for problem in problems(error, schema, documents))


def _as_ours(problem: Problem) -> Problem:
    if problem.file is not None:
        return problem
    return Problem(problem.key, None, f"{problem.key} is missing: no layer says it.")


def _odd_names(contribution: Contribution) -> Iterable[Problem]:
    for key in _names_with_dots(contribution.settings):
        text = f"{contribution.label}: {key!r} is not a key: write tables in tables, not dots in names."
        yield Problem(key, contribution.label, text)


def _bare(contribution: Contribution, schema: type[BaseModel]) -> Iterable[Problem]:
    """Find secrets in plain text, also those that another layer hides: they are no less readable."""
    for key in plain_secrets(contribution.settings, schema):
        text = f"{contribution.label}: {key} = {HIDDEN} is refused: {REFERENCE_WANTED}."
        yield Problem(key, contribution.label, text)


def _names_with_dots(tree: Mapping[str, Any]) -> Iterable[str]:
    for name, value in tree.items():
        if not name or "." in name:
            yield name
        elif isinstance(value, Mapping):
            yield from _names_with_dots(value)
