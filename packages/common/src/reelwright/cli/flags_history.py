"""`reelwright flags history` and `rollback`: who changed which flag and why, and going back."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb
from reelwright.cli.configuring import ACTOR, REASON, open_audit
from reelwright.cli.flags_desk import PROFILE, STRATEGY, WAIT, open_flags, told_value
from reelwright.cli.flags_told import author, tell_changed
from reelwright.cli.output import answer
from reelwright.flags.definitions import PROFILES, FlagProfile

if TYPE_CHECKING:
    from reelwright.config.aws import Pace
    from reelwright.flags.operating import FlagRevision, ValueChange

__all__ = ["history", "rollback"]


@click.command(cls=Verb)
@click.argument("flag", required=False)
@click.option(
    "--profile", type=click.Choice(PROFILES), help="Only of the feature flags, or the kill switches."
)
@click.option(
    "--limit", type=click.IntRange(1, 50), default=50, show_default=True, help="The newest versions."
)
def history(flag: str | None, profile: FlagProfile | None, limit: int) -> None:
    """Show who changed what, when and why, newest first; with FLAG, of that flag alone."""
    desk = open_flags()
    profiles = (desk.find(flag).profile,) if flag is not None else PROFILES
    found = [
        revision
        for each in profiles
        if profile in (None, each)
        for revision in desk.documents.history(each, limit=limit)
        if flag is None or any(change.flag == flag for change in revision.changes)
    ]
    found = sorted(found, key=lambda revision: revision.version.written_at, reverse=True)[:limit]
    data = {"environment": desk.environment, "revisions": [_data(revision, flag) for revision in found]}
    lines = [line for revision in found for line in _lines(revision, flag)]
    answer(data, "\n".join(lines) or "Nothing was changed here yet.")


@click.command(cls=Verb)
@click.argument("version")
@click.option("--flag", help="Only of this flag; all others stay as they are.")
@PROFILE
@REASON
@ACTOR
@STRATEGY
@WAIT
def rollback(
    version: str,
    *,
    flag: str | None,
    profile: FlagProfile,
    reason: str,
    actor: str | None,
    strategy: "Pace",
    wait: bool,
) -> None:
    """Bring back what VERSION said, as a new version: all flags' values, or one's.

    On one machine VERSION may be "bundled": what code gives. Definitions stay.
    """
    who = author(actor, reason)
    desk = open_flags(pace=strategy, audit=open_audit)
    if flag is not None:
        profile = desk.find(flag).profile
    changed = desk.documents.rollback(profile, version, who, flag)
    tell_changed(desk, changed, flag, strategy=strategy, wait=wait)


def _data(revision: "FlagRevision", flag: str | None) -> dict[str, Any]:
    one = revision.version
    return {
        "profile": revision.profile,
        "version": one.version,
        "at": one.written_at.isoformat(),
        "actor": one.author.actor,
        "reason": one.author.reason,
        "restored_from": one.restored_from,
        "changes": [
            {"flag": change.flag, "old": change.old, "new": change.new} for change in _of(revision, flag)
        ],
    }


def _lines(revision: "FlagRevision", flag: str | None) -> Iterator[str]:
    one = revision.version
    back = f", back to {one.restored_from}" if one.restored_from else ""
    yield (
        f"{one.written_at:%Y-%m-%d %H:%M:%S} UTC  {revision.profile} {one.version}{back}"
        f"  {one.author.actor}: {one.author.reason}"
    )
    for change in _of(revision, flag):
        yield f"    {change.flag}: {told_value(change.old)} → {told_value(change.new)}"


def _of(revision: "FlagRevision", flag: str | None) -> "tuple[ValueChange, ...]":
    return tuple(change for change in revision.changes if flag in (None, change.flag))
