"""`reelwright prompts promote`: take a version of a prompt to the next environment."""

import sys

import click

from reelwright.cli.commands import Verb, wants_json
from reelwright.cli.configuring import ACTOR, REASON
from reelwright.cli.output import answer, note
from reelwright.cli.promote import NotPromoted
from reelwright.cli.prompts_desk import PromptDesk, PromptText, author, open_prompts
from reelwright.cli.prompts_diff import difference, difference_lines
from reelwright.cli.prompts_move import moved, moved_lines
from reelwright.cli.prompts_save import check_text
from reelwright.errors import InvalidInput
from reelwright.prompts.errors import PromptMissing, PromptUnavailable
from reelwright.prompts.labels import BUNDLED

__all__ = ["promote"]


@click.command(cls=Verb)
@click.argument("name")
@click.option("--to", "target", required=True, metavar="ENV", help="The environment that gets it.")
@click.option("--version", "wanted", help="A label, a number or a hash. [default: what is served here]")
@click.option("--label", "label_name", help="To move there. [default: the one that ENV serves]")
@click.option("--yes", is_flag=True, help="Do not ask.")
@REASON
@ACTOR
def promote(
    name: str,
    *,
    target: str,
    wanted: str | None,
    label_name: str | None,
    yes: bool,
    reason: str,
    actor: str | None,
) -> None:
    """Take a version of the prompt NAME from this environment to another, and serve it there.

    The same text is the same version everywhere. What would change there is shown first.
    """
    who, here = author(actor, reason), open_prompts()
    if target == here.environment:
        raise InvalidInput(f"{target} cannot be promoted to itself.", next_step="Name another: --to ENV")
    source, there = here.find(name, wanted), open_prompts(target)
    label = label_name or there.label
    check_text(source.text, name)
    standing = there.position(name, label)
    before = _served(there, name)
    told = difference(before, source) if before else {}
    note(f"From {here.environment} to {target}:")
    note("\n".join(difference_lines(told)) if before else f"  {name} is new there.")
    if standing != source.version:
        _confirm(f"Move {label} of {name} in {target} to {source.version}?", yes=yes)
    saved = there.store.save(name, source.text, author=who, expect=None)
    move = moved(there, name, label, saved.version, expect=standing, who=who)
    data = {
        "source": here.environment,
        "target": target,
        "name": name,
        "version": saved.version,
        "difference": told or None,
        "moved": move,
    }
    answer(data, "\n".join([f"{name} {saved.version} is in {target}.", *moved_lines(move)]))


def _served(there: PromptDesk, name: str) -> PromptText | None:
    try:
        return there.find(name)
    except PromptMissing:
        return None
    except PromptUnavailable:
        return there.find(name, BUNDLED) if there.library.get(name) else None


def _confirm(question: str, *, yes: bool) -> None:
    if yes:
        return
    if wants_json() or not sys.stdin.isatty():
        raise NotPromoted("Nobody is there to confirm.", next_step="To promote without being asked: --yes")
    if not click.confirm(question, err=True):
        raise NotPromoted("Nothing was promoted.", next_step="")
