"""`reelwright prompts label` and `rollback`: which version a label stands at, and going back."""

from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb
from reelwright.cli.configuring import ACTOR, REASON
from reelwright.cli.output import answer
from reelwright.cli.prompts_desk import PromptDesk, author, open_prompts, where
from reelwright.errors import InvalidInput
from reelwright.prompts.labels import BUNDLED
from reelwright.storage.ports import ABSENT

if TYPE_CHECKING:
    from reelwright.storage.schema import Author

__all__ = ["label", "moved", "moved_lines", "rollback"]

_NOWHERE = "none"
_EXPECT = click.option(
    "--expect", metavar="VERSION", help="Refuse unless the label stands there now; none for nowhere."
)


@click.command(cls=Verb)
@click.argument("name")
@click.argument("label_name", metavar="LABEL")
@click.argument("version")
@_EXPECT
@REASON
@ACTOR
def label(
    name: str, label_name: str, version: str, *, expect: str | None, reason: str, actor: str | None
) -> None:
    """Move LABEL of the prompt NAME to VERSION: a number, a hash, another label, or none to take it off."""
    who, desk = author(actor, reason), open_prompts()
    target = ABSENT if version == _NOWHERE else _stored(desk, name, version)
    told = moved(desk, name, label_name, target, expect=_expected(desk, name, label_name, expect), who=who)
    answer({"environment": desk.environment, **told}, "\n".join(moved_lines(told)))


@click.command(cls=Verb)
@click.argument("name")
@click.option("--label", "label_name", help="[default: the one that the environment serves]")
@_EXPECT
@REASON
@ACTOR
def rollback(
    name: str, *, label_name: str | None, expect: str | None, reason: str, actor: str | None
) -> None:
    """Move a label of the prompt NAME back to the version at which it stood before.

    Before the first one stood what is bundled with the code: the label is taken off.
    """
    who, desk = author(actor, reason), open_prompts()
    desk.versions(name)
    wanted = label_name or desk.label
    position = desk.labels.position(name, wanted)
    if position is None or not position.version:
        raise InvalidInput(
            f"The label {wanted} of {name} stands nowhere: there is nothing to go back from.",
            next_step=f"See where labels stand: reelwright prompts show {name}{where()}",
        )
    target = position.trail[0] if position.trail else ABSENT
    if target == ABSENT and desk.library.get(name) is None:
        raise InvalidInput(
            f"{wanted} of {name} stood nowhere before {position.version}, and no version is bundled.",
            next_step=f"Choose a version: reelwright prompts label {name} {wanted} VERSION{where()}",
        )
    told = moved(desk, name, wanted, target, expect=_expected(desk, name, wanted, expect), who=who)
    answer({"environment": desk.environment, **told}, "\n".join(moved_lines(told)))


def moved(
    desk: PromptDesk, name: str, label_name: str, version: str, *, expect: str, who: "Author"
) -> dict[str, Any]:
    """Move a label and return what that changed; LabelConflict if it does not stand at ``expect``."""
    before = _served(desk, name)
    if version != expect:
        desk.store.move(name, label_name, version, expect=expect, author=who)
        desk.manager.reader.expire()
    after = _served(desk, name)
    return {
        "name": name,
        "label": label_name,
        "before": expect or None,
        "version": version or None,
        "changed": version != expect,
        "served_before": before,
        "served": after,
        "undo": f'reelwright prompts label {name} {label_name} {expect or _NOWHERE} --reason "…"'
        f"{where(desk.environment)}",
    }


def moved_lines(told: dict[str, Any]) -> list[str]:
    """Return what is said of a move."""
    went = f"{told['before'] or 'nowhere'} → {told['version'] or 'nowhere'}"
    if not told["changed"]:
        return [f"{told['label']} of {told['name']} stands at {told['version'] or 'nowhere'} already."]
    lines = [f"{told['label']} of {told['name']}: {went}"]
    if told["served"] == told["served_before"]:
        lines.append(f"  What is served stays: {told['served']}.")
    else:
        lines.append(f"  Productions that begin get {told['served']}; before it was {told['served_before']}.")
    return [*lines, f"  Undo: {told['undo']}"]


def _served(desk: PromptDesk, name: str) -> str | None:
    from reelwright.errors import ReelwrightError  # noqa: PLC0415 (as the others)

    try:
        served = desk.manager.served(name)
    except ReelwrightError:
        return None
    return f"{served.version} ({served.label})"


def _expected(desk: PromptDesk, name: str, label_name: str, expect: str | None) -> str:
    if expect is None:
        return desk.position(name, label_name)
    return ABSENT if expect == _NOWHERE else desk.find(name, expect).version


def _stored(desk: PromptDesk, name: str, version: str) -> str:
    found = desk.find(name, version)
    if all(one.version != found.version for one in desk.versions(name)):
        raise InvalidInput(
            f"Version {found.version} of {name} is the code's own, and labels stand at the store's.",
            next_step=f"To serve it, take the label off: {_NOWHERE} instead of {version}. Or save it first.",
            context={"prompt": name, "version": version, "label": BUNDLED},
        )
    return found.version
