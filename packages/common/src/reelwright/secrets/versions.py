"""The versions of one secret and the stages that they carry, as Secrets Manager moves them."""

from collections.abc import Iterable
from datetime import datetime

from reelwright.secrets.kinds import missing
from reelwright.secrets.schema import SecretDescription, SecretVersion, Stage

__all__ = ["Kept", "Versions", "add", "describe", "find", "promote"]


class Kept(SecretVersion):
    """A version in a store of our own."""

    stages: frozenset[Stage]


Versions = tuple[Kept, ...]
"""All versions of one secret that carry a stage, the oldest first."""


def find(name: str, versions: Versions, stage: Stage, version: str | None) -> SecretVersion:
    """Return the version by its name, else by its stage; SecretMissing if there is none."""
    for kept in versions:
        if kept.version == version or (version is None and stage in kept.stages):
            return SecretVersion(
                name=kept.name, version=kept.version, text=kept.text, created_at=kept.created_at
            )
    raise missing(name, "has no value" if versions else "does not exist")


def add(versions: Versions, new: SecretVersion, stage: Stage) -> Versions:
    """Return the versions with a new one; one that is there already stays as it is.

    The first version of a secret is current, whatever stage it was written for.
    """
    if any(kept.version == new.version for kept in versions):
        return versions
    kept = Kept(**{name: getattr(new, name) for name in SecretVersion.model_fields}, stages=frozenset())
    if stage == "AWSCURRENT" or not versions:
        return promote((*versions, kept), new.version)
    return _labelled((*versions, kept), new.version, stage)


def promote(versions: Versions, version: str) -> Versions:
    """Return the versions with this one current, and the one before as AWSPREVIOUS."""
    before = next((kept.version for kept in versions if "AWSCURRENT" in kept.stages), None)
    if before == version:
        return versions
    moved = _labelled(versions, version, "AWSCURRENT", keep_unlabelled=before)
    if before is not None:
        moved = _labelled(moved, before, "AWSPREVIOUS")
    return _whole(
        _without(kept, ("AWSPENDING", "AWSPREVIOUS")) if kept.version == version else kept for kept in moved
    )


def describe(name: str, versions: Versions, *, rotates: bool = False) -> SecretDescription | None:
    """Return what is known of a secret besides its value; None if it has no versions."""
    if not versions:
        return None
    current = next((kept for kept in versions if "AWSCURRENT" in kept.stages), None)
    pending = next((kept for kept in versions if kept.stages == {"AWSPENDING"}), None)
    times = [kept.created_at for kept in versions if kept.created_at]
    return SecretDescription(
        name=name,
        has_value=current is not None,
        version=current.version if current else None,
        stages={kept.version: tuple(sorted(kept.stages)) for kept in versions},
        created_at=min(times, default=None),
        changed_at=_time(current),
        rotates=rotates,
        pending_since=_time(pending),
    )


def _time(kept: Kept | None) -> datetime | None:
    return kept.created_at if kept else None


def _labelled(
    versions: Versions, version: str, stage: Stage, *, keep_unlabelled: str | None = None
) -> Versions:
    """Return the versions with the stage on this one alone; versions left without any are dropped."""
    moved = [
        kept.model_copy(update={"stages": kept.stages | {stage}})
        if kept.version == version
        else _without(kept, (stage,))
        for kept in versions
    ]
    return tuple(kept for kept in moved if kept.stages or kept.version == keep_unlabelled)


def _without(kept: Kept, stages: tuple[Stage, ...]) -> Kept:
    return kept.model_copy(update={"stages": kept.stages - set(stages)})


def _whole(versions: Iterable[Kept]) -> Versions:
    return tuple(kept for kept in versions if kept.stages)
