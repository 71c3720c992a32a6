"""`reelwright flags`: what every flag is set to, what it answers and why, and how to change it."""

import click

from reelwright.cli.commands import Noun

__all__ = ["flags"]


@click.group(
    cls=Noun,
    lazy={
        "list": "reelwright.cli.flags_list:list_flags",
        "eval": "reelwright.cli.flags_eval:evaluate",
        "set": "reelwright.cli.flags_set:set_flag",
        "kill": "reelwright.cli.flags_kill:kill",
        "history": "reelwright.cli.flags_history:history",
        "rollback": "reelwright.cli.flags_history:rollback",
    },
)
def flags() -> None:
    """Read, explain and change feature flags and kill switches; every change can be undone."""
