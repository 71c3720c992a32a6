"""The shape of every command: `--env` and `--json` anywhere, sub-commands loaded when they are used."""

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

__all__ = ["Noun", "Verb", "environment_name", "wants_json"]

_ENVIRONMENT = "reelwright.environment"
_JSON = "reelwright.json"
_DEFAULT_ENVIRONMENT = "local"


def environment_name() -> str:
    """Return the environment asked for: ``--env``, else ``REELWRIGHT_ENV``, else ``local``. Not checked."""
    named: str | None = click.get_current_context().meta.get(_ENVIRONMENT)
    return named if named is not None else os.environ.get("REELWRIGHT_ENV") or _DEFAULT_ENVIRONMENT


def wants_json() -> bool:
    """Return whether the answer is to be one JSON object."""
    return bool(click.get_current_context().meta.get(_JSON))


def _note_environment(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.meta[_ENVIRONMENT] = value


def _note_json(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 (click calls it so)
    if value:
        context.meta[_JSON] = True


def _common_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--env"],
            metavar="NAME",
            expose_value=False,
            callback=_note_environment,
            help="Environment: local, dev, staging or prod. [default: REELWRIGHT_ENV, or local]",
        ),
        click.Option(
            ["--json"],
            is_flag=True,
            expose_value=False,
            callback=_note_json,
            help="Print exactly one JSON object; everything else goes to stderr.",
        ),
    ]


class Verb(click.Command):
    """A command with the options that all have."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += _common_options()


class Noun(click.Group):
    """A group with the options that all have. ``lazy`` names sub-commands as ``module:attribute``."""

    command_class = Verb

    def __init__(self, *args: Any, lazy: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += _common_options()
        self._lazy = dict(lazy or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order in which they were declared."""
        return [*self._lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a sub-command, importing its file now."""
        if cmd_name not in self._lazy:
            return super().get_command(ctx, cmd_name)
        module, attribute = self._lazy[cmd_name].split(":")
        command = getattr(import_module(module), attribute)
        return command if isinstance(command, click.Command) else None
