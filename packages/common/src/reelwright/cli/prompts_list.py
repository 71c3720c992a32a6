"""`reelwright prompts list`: every prompt, which version is served, from where, and who moved it there."""

from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb
from reelwright.cli.output import answer
from reelwright.cli.prompts_desk import PromptDesk, open_prompts
from reelwright.errors import ReelwrightError

if TYPE_CHECKING:
    from reelwright.prompts.labels import LabelMove

__all__ = ["list_prompts", "move_data"]


@click.command("list", cls=Verb)
def list_prompts() -> None:
    """Show every prompt: the version served and why, all labels, and the last change."""
    desk = open_prompts()
    told = [_prompt(desk, name) for name in desk.names]
    data = {"environment": desk.environment, "label": desk.label, "prompts": told}
    lines = [
        f"{desk.environment} serves label {desk.label}.",
        *(line for one in told for line in _lines(one)),
    ]
    answer(data, "\n".join(lines))


def move_data(move: "LabelMove") -> dict[str, Any]:
    """Return a move of a label as plain data."""
    return move.model_dump(mode="json")


def _prompt(desk: PromptDesk, name: str) -> dict[str, Any]:
    moves = desk.store.history(name)
    standing = {label: one.version for label, one in desk.labels.of(name).items() if one.version}
    return {
        "name": name,
        **_served(desk, name),
        "labels": standing,
        "versions": len(desk.versions(name)),
        "bundled": one.version if (one := desk.library.get(name)) else None,
        "last_move": move_data(moves[0]) if moves else None,
    }


def _served(desk: PromptDesk, name: str) -> dict[str, Any]:
    try:
        served = desk.manager.served(name)
    except ReelwrightError as error:
        return {"served": None, "source": None, "served_label": None, "description": "", "why": error.message}
    definition = served.ready.prompt.definition
    return {
        "served": served.version,
        "source": served.source,
        "served_label": served.label,
        "description": definition.description,
        "variants": definition.variants,
        "why": "; ".join(served.reasons),
    }


def _lines(told: dict[str, Any]) -> list[str]:
    served = f"{told['served']} by {told['served_label']}" if told["served"] else "NOTHING SERVED"
    lines = [f"{told['name']:<28} {served}  {told['description']}"]
    labels = ", ".join(f"{label} {version}" for label, version in told["labels"].items())
    if labels:
        lines.append(f"    labels: {labels}; {told['versions']} versions")
    if told["source"] not in {"store", "bundled"} or (told["labels"] and told["why"]):
        lines.append(f"    {told['why']}")
    if move := told["last_move"]:
        said = f"{move['author']['actor']} moved {move['label']} to {move['version'] or 'nowhere'}"
        lines.append(f"    {move['at'][:19]} {said}: {move['author']['reason']}")
    return lines
