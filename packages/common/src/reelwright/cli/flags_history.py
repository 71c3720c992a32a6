"""`reelwright flags history` and `rollback`: who changed which flag and why, and going back."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from heapq import merge
from operator import itemgetter
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

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


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
    told = [_dated(desk.history(each, limit)) for each in profiles if profile in (None, each)]
    found = [
        revision
        for _, revision in merge(*told, key=itemgetter(0), reverse=True)
        if flag is None or any(change.flag == flag for change in revision.changes)
    ][:limit]
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
    desk.check_free(profile)
    changed = desk.documents.rollback(profile, version, who, flag)
    tell_changed(desk, changed, flag, strategy=strategy, wait=wait)


def _dated(revisions: "Iterable[FlagRevision]") -> "list[tuple[datetime, FlagRevision]]":
    """Return revisions with their times, newest first; what was made by hand and never deployed has none.

    That one is told where its number puts it.
    """
    dated: list[tuple[datetime, FlagRevision]] = []
    latest = _LONG_AGO
    for revision in reversed(list(revisions)):
        latest = max(latest, revision.version.written_at)
        dated.append((latest, revision))
    return dated[::-1]


def _at(revision: "FlagRevision") -> datetime | None:
    """Return when a version was made; None if nobody knows."""
    at = revision.version.written_at
    return None if at <= _LONG_AGO else at


def _data(revision: "FlagRevision", flag: str | None) -> dict[str, Any]:
    one = revision.version
    return {
        "profile": revision.profile,
        "version": one.version,
        "at": at.isoformat() if (at := _at(revision)) else None,
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
    at = _at(revision)
    yield (
        f"{f'{at:%Y-%m-%d %H:%M:%S} UTC' if at else 'never deployed'}  {revision.profile} {one.version}{back}"
        f"  {one.author.actor}: {one.author.reason}"
    )
    for change in _of(revision, flag):
        yield f"    {change.flag}: {told_value(change.old)} → {told_value(change.new)}"


def _of(revision: "FlagRevision", flag: str | None) -> "tuple[ValueChange, ...]":
    return tuple(change for change in revision.changes if flag in (None, change.flag))
