"""`reelwright`: parses, dispatches, and turns every ending into an exit code."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from functools import partial
from io import StringIO
from pathlib import Path
from typing import NoReturn

import click

from reelwright.cli.commands import Noun
from reelwright.cli.exits import ExitCode, exit_code
from reelwright.cli.failures import Terminated, as_typed, package_version
from reelwright.cli.output import as_json, error_lines, printable
from reelwright.cli.places import ROOT
from reelwright.errors import ReelwrightError

__all__ = ["main", "reelwright"]

_COMMANDS = {
    "make": "reelwright.cli.make:make",
    "batch": "reelwright.cli.batch:batch",
    "publish": "reelwright.cli.publish:publish",
    "productions": "reelwright.cli.productions:productions",
    "config": "reelwright.cli.config:config",
    "flags": "reelwright.cli.flags:flags",
    "prompts": "reelwright.cli.prompts:prompts",
    "secrets": "reelwright.cli.secrets:secrets",
    "cost": "reelwright.cli.cost:cost",
    "models": "reelwright.cli.models:models",
    "env": "reelwright.cli.env:env",
    "doctor": "reelwright.cli.doctor:doctor",
}


def _print_version(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 (click calls it so)
    if value and not context.resilient_parsing:
        is_json = _asks_for_json(context.obj or ())
        click.echo(as_json({"version": package_version()}) if is_json else f"reelwright {package_version()}")
        context.exit()


@click.group(cls=Noun, lazy=_COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version.",
)
def reelwright() -> None:
    """Turn a brief into a published and measured video."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; nothing is raised."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    _never_fail_to_encode()
    try:
        with _terminated_as_exception():
            outcome = _dispatch(words)
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else ExitCode.FAILED
    except BaseException as error:  # noqa: BLE001 (the last place there is)
        typed = as_typed(error, ROOT)
        _tell(typed, is_json=_asks_for_json(words))
        return exit_code(typed)
    return outcome if isinstance(outcome, int) else ExitCode.DONE


def _dispatch(words: Sequence[str]) -> object:
    run = partial(reelwright.main, words, prog_name="reelwright", standalone_mode=False, obj=tuple(words))
    if not (_asks_for_json(words) and {"-h", "--help"} & set(words)):
        return run()
    with redirect_stdout(StringIO()) as help_text:
        outcome: object = run()
    click.echo(as_json({"help": help_text.getvalue()}))
    return outcome


def _tell(error: ReelwrightError, *, is_json: bool) -> None:
    """Say what went wrong: to people on stderr, and as JSON on stdout if that was asked for."""
    with suppress(OSError):
        click.echo(printable(error_lines(error)), err=True)
    try:
        if is_json:
            click.echo(as_json({"error": error.as_dict()}))
        sys.stdout.flush()
    except OSError:
        _give_up_stdout()


def _asks_for_json(words: Sequence[str]) -> bool:
    """Look at the bare words: the command line may be too wrong to be parsed."""
    options = words[: words.index("--")] if "--" in words else words
    return "--json" in options


def _never_fail_to_encode() -> None:
    """Let a terminal of a small encoding show what it can."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def _give_up_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush of it does not fail again."""
    with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nothing:
        os.dup2(nothing.fileno(), sys.stdout.fileno())


@contextmanager
def _terminated_as_exception() -> Iterator[None]:
    """Let SIGTERM unwind the stack, so that work in hand is put away."""
    try:
        before = signal.signal(signal.SIGTERM, _raise_terminated)
    except ValueError:  # not in the main thread: whoever runs us there handles signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _raise_terminated(*_: object) -> NoReturn:
    raise Terminated
