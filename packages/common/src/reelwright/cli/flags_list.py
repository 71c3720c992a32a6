"""`reelwright flags list`: what every flag is set to, since when, by whom, and what is under way."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb, environment_name
from reelwright.cli.configuring import open_configuration
from reelwright.cli.flags_desk import FlagDesk, open_flags, told_value
from reelwright.cli.output import answer, note
from reelwright.errors import ReelwrightError
from reelwright.flags.definitions import PROFILES, FlagProfile
from reelwright.flags.deployments import FlagState
from reelwright.flags.kill_switches import SWITCHES

if TYPE_CHECKING:
    from reelwright.environment.flagging import FlagOverride
    from reelwright.flags.operating import FlagRevision, LiveFlags
    from reelwright.flags.overriding import Overrides

__all__ = ["list_flags", "overrides_here", "told_override"]

_LOOKED_BACK = 10
"""How many versions are looked through for who set a flag; in a deployed environment each costs a request."""
_UNDER_WAY = ("VALIDATING", "DEPLOYING", "BAKING", "ROLLING_BACK")


@click.command("list", cls=Verb)
@click.option("--profile", type=click.Choice(PROFILES), help="Only the feature flags, or the kill switches.")
def list_flags(profile: FlagProfile | None) -> None:
    """Show every flag: what it is set to, for whom, by whom, and what is under way."""
    desk, overrides = open_flags(), overrides_here()
    told = [_told(desk, each, overrides) for each in PROFILES if profile in (None, each)]
    data = {"environment": desk.environment, "profiles": {each["profile"]: each for each in told}}
    answer(data, "\n".join(line for each in told for line in _lines(each)))


def overrides_here() -> "Overrides":
    """Return the overrides that settings hold, by flag; none, with a note, if settings cannot be read."""
    try:
        return open_configuration(environment_name()).snapshot.settings.flags.overrides
    except ReelwrightError as error:
        note(f"Overrides of flags are not known: {error.message}")
        return {}


def told_override(override: "bool | FlagOverride | None") -> Any:
    """Return an override as plain data; None if there is none."""
    if override is None or isinstance(override, bool):
        return override
    return override.model_dump(mode="json", exclude_unset=True)


def _told(desk: FlagDesk, profile: FlagProfile, overrides: "Overrides") -> dict[str, Any]:
    live = desk.documents.live(profile)
    state = desk.state(profile)
    changed = _changed_by(desk, profile)
    return {
        "profile": profile,
        "version": live.version or None,
        "actor": live.author.actor if live.author else None,
        "reason": live.author.reason if live.author else None,
        "at": live.written_at.isoformat() if live.written_at else None,
        "deployment": _deployment(state),
        "flags": [_flag(flag, live, state, changed.get(flag), overrides) for flag in live.document["flags"]],
    }


def _changed_by(desk: FlagDesk, profile: FlagProfile) -> "dict[str, FlagRevision]":
    """Return the version that gave each flag its value, as far back as is looked."""
    versions = desk.served_versions(profile, _LOOKED_BACK + 1)
    found: dict[str, FlagRevision] = {}
    for revision in desk.documents.history(profile, limit=_LOOKED_BACK, versions=versions):
        for change in revision.changes:
            found.setdefault(change.flag, revision)
    return found


def _deployment(state: FlagState | None) -> dict[str, Any] | None:
    if state is None:
        return None
    return {
        "number": state.number,
        "phase": state.phase,
        "percentage": state.percentage,
        "under_way": state.phase in _UNDER_WAY,
        "version": state.new.version,
        "replaces": state.old.version if state.old else None,
    }


def _flag(
    flag: str,
    live: "LiveFlags",
    state: FlagState | None,
    revision: "FlagRevision | None",
    overrides: "Overrides",
) -> dict[str, Any]:
    definition, value = live.document["flags"][flag], live.document.get("values", {}).get(flag)
    author = revision.version.author if revision else None
    return {
        "flag": flag,
        "name": definition.get("name"),
        "description": definition.get("description", ""),
        "value": value,
        "summary": told_value(value),
        "others_get": _others_get(flag, value, state),
        "overridden": told_override(overrides.get(flag)) if live.profile == "flags" else None,
        "deprecated": "_deprecation" in definition,
        "actor": author.actor if author else None,
        "reason": author.reason if author else None,
        "at": revision.version.written_at.isoformat() if revision else None,
        "version": revision.version.version if revision else None,
    }


def _others_get(flag: str, value: Mapping[str, Any] | None, state: FlagState | None) -> str | None:
    """Return what productions outside of a running deployment get, where that is something else.

    Switches count for everybody from when their deployment begins.
    """
    if state is None or state.profile == SWITCHES or state.phase != "DEPLOYING" or state.old is None:
        return None
    old = told_value(state.old.document.get("values", {}).get(flag))
    return None if old == told_value(value) else old


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    by = (
        f"version {told['version']}, {told['actor']}: {told['reason']}"
        if told["version"]
        else "as code defines"
    )
    yield f"{told['profile']} ({by}){_progress(told['deployment'])}"
    width = max((len(one["flag"]) for one in told["flags"]), default=0)
    for one in told["flags"]:
        yield f"  {one['flag']:<{width}}  {one['summary']}{''.join(_remarks(one))}"


def _progress(deployment: Mapping[str, Any] | None) -> str:
    if not deployment or not deployment["under_way"]:
        return ""
    return f"  deployment {deployment['number']} is {deployment['phase']} at {deployment['percentage']:g} %"


def _remarks(one: Mapping[str, Any]) -> Iterator[str]:
    if one["others_get"] is not None:
        yield f"  (those not yet reached: {one['others_get']})"
    if one["overridden"] is not None:
        yield f"  (overridden by flags.overrides: {_overridden(one['overridden'])})"
    if one["deprecated"]:
        yield "  (deprecated)"
    if one["actor"]:
        yield f"  ({one['actor']}, {one['at'][:16].replace('T', ' ')} UTC: {one['reason']})"


def _overridden(override: Any) -> str:
    if isinstance(override, bool):
        return "on" if override else "off"
    return ", ".join(f"{key} {value}" for key, value in override.items())
