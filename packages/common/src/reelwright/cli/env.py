"""`reelwright env`: which environments there are, and what their settings are."""

from collections.abc import Iterator, Mapping

import click

from reelwright.cli.commands import Noun, environment_name
from reelwright.cli.output import answer

__all__ = ["env"]


@click.group(cls=Noun)
def env() -> None:
    """List environments and show their settings."""


@env.command("list")
def _list() -> None:
    """List the environments."""
    from reelwright.environment.loader import ENVIRONMENT_NAMES, load_environment  # noqa: PLC0415 (heavy)

    described = {name: load_environment(name).description for name in ENVIRONMENT_NAMES}
    data = {"environments": [{"name": name, "description": text} for name, text in described.items()]}
    answer(data, "\n".join(f"{name:<8} {text}" for name, text in described.items()))


@env.command("show")
@click.argument("name", required=False)
def _show(name: str | None) -> None:
    """Show what environment NAME says, base and own file merged. Without NAME: the one in use."""
    from reelwright.environment.loader import load_environment  # noqa: PLC0415 (heavy)

    spec = load_environment(environment_name() if name is None else name).model_dump(mode="json")
    answer(spec, "\n".join(_lines(spec)))


def _lines(table: Mapping[str, object], prefix: str = "") -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _lines(value, f"{prefix}{key}.")
        elif value is not None:
            yield f"{prefix}{key} = {value}"
