"""`reelwright flags kill`: stop a provider or a platform everywhere, at once; and put it back."""

from functools import partial
from typing import Any

import click

from reelwright.cli.commands import Verb
from reelwright.cli.configuring import ACTOR, REASON
from reelwright.cli.flags_audit import Regardless
from reelwright.cli.flags_desk import WAIT, open_flags, where
from reelwright.cli.flags_told import author, tell_changed
from reelwright.environment.errors import nearest
from reelwright.errors import InvalidInput
from reelwright.flags.editing import Document, FlagEdit, edited
from reelwright.flags.kill_switches import SWITCHES, Stoppable, switch_of

__all__ = ["UnknownSwitch", "kill"]


class UnknownSwitch(InvalidInput):
    """There is no switch for a provider or platform of that name; the message offers the nearest."""

    code = "unknown_switch"


@click.command(cls=Verb)
@click.argument("kind", type=click.Choice(["provider", "platform"]), metavar="provider|platform")
@click.argument("name")
@click.option("--undo", is_flag=True, help="Put it back.")
@REASON
@ACTOR
@WAIT
def kill(kind: Stoppable, name: str, *, undo: bool, reason: str, actor: str | None, wait: bool) -> None:
    """Stop all calls of a provider, or all publishing on a platform, at once; --undo puts it back.

    What is ordered already is still collected, for it is paid for; nothing new is ordered.
    """
    who = author(actor, reason)
    desk = open_flags(pace="instant", audit=Regardless)
    switch = switch_of(kind, name)
    changed = desk.documents.change(SWITCHES, partial(_pulled, kind=kind, name=name, pulled=not undo), who)
    back = "" if undo else " --undo"
    again = f'reelwright flags kill {kind} {name}{back} --reason "…"{where()}'
    tell_changed(desk, changed, switch, strategy="instant", wait=wait, undo=again)


def _pulled(document: Document, *, kind: Stoppable, name: str, pulled: bool) -> dict[str, Any]:
    switch = switch_of(kind, name)
    known = [
        key.removeprefix(switch_of(kind, ""))
        for key in document["flags"]
        if key.startswith(switch_of(kind, ""))
    ]
    if switch not in document["flags"]:
        raise UnknownSwitch(
            f"There is no switch for a {kind} {name[:80]!r}.{nearest(name, known)}",
            next_step=f"There are: {', '.join(sorted(known))}.",
            context={"kind": kind, "name": name},
        )
    return edited(document, switch, FlagEdit(enabled=pulled))
