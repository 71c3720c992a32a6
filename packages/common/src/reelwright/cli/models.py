"""`reelwright models`: which there are, which would be asked, how they do, and one call to one of them."""

import click

from reelwright.cli.commands import Noun

__all__ = ["models"]


@click.group(
    cls=Noun,
    lazy={
        "list": "reelwright.cli.models_list:list_models",
        "show": "reelwright.cli.models_list:show",
        "route": "reelwright.cli.models_route:route",
        "check": "reelwright.cli.models_check:check",
        "reset": "reelwright.cli.models_check:reset",
        "call": "reelwright.cli.models_call:call",
    },
)
def models() -> None:
    """See which models there are and which would be asked, how they do, and call one."""
