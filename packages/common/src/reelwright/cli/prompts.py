"""`reelwright prompts`: what models are told, which version of it, how it did, and how to change it."""

import click

from reelwright.cli.commands import Noun

__all__ = ["prompts"]


@click.group(
    cls=Noun,
    lazy={
        "list": "reelwright.cli.prompts_list:list_prompts",
        "show": "reelwright.cli.prompts_show:show",
        "lint": "reelwright.cli.prompts_lint:lint",
        "render": "reelwright.cli.prompts_render:render",
        "save": "reelwright.cli.prompts_save:save",
        "label": "reelwright.cli.prompts_move:label",
        "rollback": "reelwright.cli.prompts_move:rollback",
        "diff": "reelwright.cli.prompts_diff:diff",
        "promote": "reelwright.cli.prompts_promote:promote",
    },
)
def prompts() -> None:
    """Read, check and change what models are told; every version stays, and every change can be undone."""
