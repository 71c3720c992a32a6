"""`reelwright secrets`: which there are and how they do; setting and renewing them, never showing them."""

import getpass
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from reelwright.cli.commands import Noun, environment_name
from reelwright.cli.configuring import open_configuration, open_secrets
from reelwright.cli.exits import ExitCode
from reelwright.cli.output import answer
from reelwright.errors import InvalidInput

if TYPE_CHECKING:
    from pydantic import SecretStr

    from reelwright.secrets.schema import SecretHealth

__all__ = ["secrets"]

_MAX_CHARS = 65_536


@click.group(cls=Noun)
def secrets() -> None:
    """List, set, check and renew secrets. Values come from standard input and are never shown."""


@secrets.command("list")
def _list() -> None:
    """List the secrets of the environment, with their kinds."""
    found = open_secrets(environment_name()).check()
    rows = [{"name": health.name, "kind": health.kind, "has_value": _has_value(health)} for health in found]
    lines = (
        f"{row['name']:<28} {row['kind']:<12} {'set' if row['has_value'] else 'no value yet'}" for row in rows
    )
    answer({"secrets": rows}, "\n".join(lines) or "There are no secrets here yet.")


@secrets.command("set")
@click.argument("name")
def _set(name: str) -> None:
    """Give secret NAME a value, read from standard input (or typed without being shown)."""
    manager = open_secrets(environment_name())
    version = manager.set(name, _typed(name))
    answer({"name": name, "version": version}, f"{name} is set, in version {version}.")


@secrets.command("check")
@click.pass_context
def _check(context: click.Context) -> None:
    """Look at every secret that there is or that settings refer to. Exits 1 if one needs attention."""
    found = open_secrets(environment_name()).check(expected=_referred_to())
    answer({"secrets": [health.model_dump(mode="json") for health in found]}, "\n".join(_lines(found)))
    if any(health.findings for health in found):
        context.exit(ExitCode.FAILED)


@secrets.command("rotate")
@click.argument("name")
def _rotate(name: str) -> None:
    """Renew secret NAME, if it is of a kind that we make ourselves."""
    open_secrets(environment_name()).rotate(name)
    answer(
        {"name": name, "rotation": "started"}, f"{name} is being renewed. Watch it: reelwright secrets check"
    )


def _typed(name: str) -> "SecretStr":
    from pydantic import SecretStr  # noqa: PLC0415 (heavy)

    if sys.stdin.isatty():
        return SecretStr(getpass.getpass(f"Value of {name} (not shown): "))
    text = sys.stdin.read(_MAX_CHARS + 1)
    if len(text) > _MAX_CHARS:
        raise InvalidInput(
            f"Standard input is longer than {_MAX_CHARS:,} characters.",
            next_step="A secret is not that long.",
        )
    return SecretStr(text)


def _referred_to() -> list[str]:
    """Return the names that settings refer to; a secret that nobody needs may be missing."""
    providers = open_configuration(environment_name()).snapshot.settings.providers.values()
    return [provider.credential.name for provider in providers if provider.credential]


def _has_value(health: "SecretHealth") -> bool:
    return bool(health.description and health.description.has_value)


def _lines(found: "Sequence[SecretHealth]") -> Iterator[str]:
    for health in found:
        age = "" if health.age_days is None else f", {health.age_days:.0f} days old"
        yield f"{'ok ' if not health.findings else 'NO '} {health.name} ({health.kind}{age})"
        for finding in health.findings:
            yield f"      {finding.message}\n      Next: {finding.next_step}"
