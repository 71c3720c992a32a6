"""What is said after a flag was changed: what it is now, who will see it, since when, and how to undo it."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from reelwright.cli.configuring import actor_or_user
from reelwright.cli.flags_desk import FlagDesk, told_value, where
from reelwright.cli.flags_wait import await_deployment
from reelwright.cli.output import answer
from reelwright.flags.definitions import BUNDLED

if TYPE_CHECKING:
    from reelwright.config.aws import Pace
    from reelwright.flags.operating import Changed
    from reelwright.storage.schema import Author

__all__ = ["author", "tell_changed"]


def author(actor: str | None, reason: str) -> "Author":
    """Return who changes a flag and why; OverrideRefused if that is not said."""
    from reelwright.config.overrides import author_of  # noqa: PLC0415 (heavy)

    return author_of(actor_or_user(actor), reason)


def tell_changed(
    desk: FlagDesk, changed: "Changed", flag: str | None, *, strategy: "Pace", wait: bool, undo: str = ""
) -> None:
    """Say what came of a change, after its deployment if that is waited for; RolledBack if that fails.

    ``undo`` is the command that takes it back, if not the rollback of the flag.
    """
    before, after = changed.before.document.get("values", {}), changed.document.get("values", {})
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    data: dict[str, Any] = {
        "environment": desk.environment,
        "profile": changed.before.profile,
        "flag": flag,
        "changed": {name: {"old": before.get(name), "new": after.get(name)} for name in names},
        "version": changed.version,
        "gradual": desk.deployed and strategy == "gradual" and changed.before.profile == "flags",
        "deployment": None,
    }
    if changed.version is None:
        answer(data | {"undo": None}, f"Nothing was to be changed: {_as_it_is(flag, after)}.")
        return
    undo = undo or _undo(changed, flag)
    seen = _seen_by(data)
    if wait and desk.deployed:
        data["deployment"] = _waited_for(desk, changed)
        seen = "Every production that begins from now on sees it."
    lines = [*_changes(names, before, after), f"  in version {changed.version}. {seen}", f"  Undo: {undo}"]
    answer(data | {"seen_by": seen, "undo": undo}, "\n".join(lines))


def _as_it_is(flag: str | None, values: Mapping[str, Any]) -> str:
    return f"{flag} is {told_value(values.get(flag))}" if flag else "everything is as it was then"


def _changes(names: list[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name in names:
        yield f"{name}: {told_value(before.get(name))} → {told_value(after.get(name))}"


def _seen_by(data: Mapping[str, Any]) -> str:
    if data["profile"] == "kill-switches":
        return "Every call and every upload heeds it within seconds, also those of productions under way."
    if data["gradual"]:
        return (
            "Productions that begin see it, more and more of them as the deployment grows; if an alarm rings "
            "it is rolled back. To follow it: --wait; to reach all that begin now: --strategy instant"
        )
    return "Productions that begin from now on see it; those under way keep what they were told."


def _undo(changed: "Changed", flag: str | None) -> str:
    version = changed.before.version or BUNDLED
    only = f" --flag {flag}" if flag else ""
    profile = "" if flag or changed.before.profile == "flags" else f" --profile {changed.before.profile}"
    return f'reelwright flags rollback {version}{only}{profile} --reason "…"{where()}'


def _waited_for(desk: FlagDesk, changed: "Changed") -> dict[str, Any] | None:
    found = await_deployment(desk, changed.before.profile, str(changed.version))
    if found is None:
        return None
    return {"number": found.number, "state": found.state, "percentage": found.percentage}
