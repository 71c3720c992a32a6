"""Between a command and flags: opening an environment's, and how far its deployments are."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from random import SystemRandom
from typing import TYPE_CHECKING, Any, NoReturn

import click

from reelwright.cli.commands import environment_name
from reelwright.cli.places import ROOT
from reelwright.flags.definitions import PROFILES, FlagProfile
from reelwright.flags.deployments import FlagState, FlagVersion
from reelwright.flags.editing import DEFAULT_VARIANT, UnknownFlag

if TYPE_CHECKING:
    from reelwright.config.aws import Pace
    from reelwright.config.aws_appconfig import AppConfigControl, DeployedVersion
    from reelwright.flags.operating import FlagDocuments, FlagRevision, LiveFlags
    from reelwright.storage.ports import AuditLog, DocumentStore

__all__ = ["PROFILE", "STRATEGY", "WAIT", "FlagDesk", "open_flags", "told_value", "where"]

STRATEGY = click.option(
    "--strategy",
    type=click.Choice(["gradual", "instant"]),
    default="gradual",
    show_default=True,
    help="In a deployed environment: by the environment's rollout with its bake, or for all readers now.",
)
WAIT = click.option(
    "--wait", is_flag=True, help="In a deployed environment: until the deployment is through, or rolled back."
)
PROFILE = click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default="flags",
    show_default=True,
    help="The document: feature flags, or kill switches.",
)

_STAMPS = ("_createdAt", "_updatedAt")


@dataclass(frozen=True)
class FlagDesk:
    """The flag documents of one environment, and AppConfig where they are deployed by it."""

    environment: str
    documents: "FlagDocuments"
    control: "AppConfigControl | None" = None

    @property
    def deployed(self) -> bool:
        """Whether changes spread by deployments of AppConfig."""
        return self.control is not None

    def newest(self, profile: FlagProfile) -> "DeployedVersion | None":
        """Return the newest deployment of a profile; None where there are no deployments."""
        return None if self.control is None else next(self.control.deployments(profile), None)

    def state(self, profile: FlagProfile) -> FlagState | None:
        """Return the newest deployment with its two documents; None where there are no deployments."""
        if self.control is None:
            return None
        found = self.control.deployments(profile)
        newest = next(found, None)
        if newest is None:
            return None
        before = next((one for one in found if one.state == "COMPLETE"), None)
        return FlagState(
            profile=profile,
            number=newest.number,
            phase=newest.state,
            percentage=newest.percentage,
            old=self._version(profile, before.version) if before else None,
            new=self._version(profile, newest.version),
        )

    def served_versions(self, profile: FlagProfile, limit: int) -> list[str] | None:
        """Return the newest versions that were in force; None where the store itself is quick to tell."""
        if self.control is None:
            return None
        served = dict.fromkeys(one.version for one in self.control.deployments(profile) if one.serves)
        return list(islice(served, limit))

    def history(self, profile: FlagProfile, limit: int) -> "Iterator[FlagRevision]":
        """Yield the newest versions of a profile, those that never came to be in force included."""
        if self.control is None:
            return self.documents.history(profile, limit=limit)
        served = {one.version for one in self.control.deployments(profile) if one.serves}
        names = [str(number) for number in self.control.numbers(profile)]
        return self.documents.history(profile, limit=limit, versions=names, served=served)

    def find(self, flag: str) -> "LiveFlags":
        """Return the live document that defines a flag; UnknownFlag offers the nearest of all."""
        known: dict[str, Any] = {}
        for profile in PROFILES:
            live = self.documents.live(profile)
            defined: Mapping[str, Any] = live.document.get("flags", {})
            if flag in defined:
                return live
            known |= defined
        raise UnknownFlag(flag, known)

    def check_free(self, profile: FlagProfile) -> None:
        """Raise DeploymentInProgress, with how far it is, if one is running: trying would tell it only later.

        Of switches nothing is said beforehand: each of their deployments is over in a moment.
        """
        newest = self.newest(profile) if profile == "flags" else None
        if newest is None or not newest.is_running:
            return
        from reelwright.config.aws_appconfig import in_progress  # noqa: PLC0415 (heavy)

        error = in_progress(profile)
        error.message += f" It is number {newest.number}, {newest.state} at {newest.percentage:g} %."
        raise error

    def _version(self, profile: FlagProfile, version: str) -> FlagVersion:
        return FlagVersion(version=version, document=dict(self.documents.document(profile, version)))


def open_flags(*, pace: "Pace" = "gradual", audit: "Callable[[str], AuditLog] | None" = None) -> FlagDesk:
    """Return the flags of the environment asked for: this machine's for local, the deployed ones otherwise.

    Changes are noted in the trail that ``audit`` opens; without one it is only for looking.
    InvalidEnvironment for a name that does not exist or is not deployed.
    """
    from reelwright.clock import SystemClock  # noqa: PLC0415 (heavy)
    from reelwright.environment.loader import check_environment_name  # noqa: PLC0415 (heavy)
    from reelwright.flags.definitions import flag_definitions  # noqa: PLC0415 (heavy)
    from reelwright.flags.operating import FlagDocuments  # noqa: PLC0415 (heavy)

    name, clock = check_environment_name(environment_name()), SystemClock()
    store, control = _local_store(name) if name == "local" else _deployed_store(name, pace, audit)

    def defined(profile: FlagProfile) -> Mapping[str, Any]:
        return flag_definitions(profile, environment=name).as_json()

    documents = FlagDocuments(
        store if audit is None else _audited(store, audit(name)),
        environment=name,
        clock=clock,
        rng=SystemRandom(),
        defined=None if control else defined,
    )
    return FlagDesk(name, documents, control)


def where() -> str:
    """Return what a command line needs to reach this environment again."""
    name = environment_name()
    return "" if name == "local" else f" --env {name}"


def told_value(value: Mapping[str, Any] | None) -> str:
    """Return a flag's value in a line: on or off and its attributes, or its variants and who gets them."""
    if value is None:
        return "not set"
    if "_variants" not in value:
        attributes = {key: one for key, one in value.items() if key not in (*_STAMPS, "enabled")}
        return _told(bool(value.get("enabled")), attributes)
    return ", else ".join(map(_told_variant, value["_variants"]))


def _told_variant(variant: Mapping[str, Any]) -> str:
    said = _told(bool(variant.get("enabled")), variant.get("attributeValues", {}))
    name = "" if variant["name"] in ("on", "off", DEFAULT_VARIANT) else f"{variant['name']} = "
    return f"{name}{said}{' if ' + variant['rule'] if variant.get('rule') else ''}"


def _told(enabled: bool, attributes: Mapping[str, Any]) -> str:  # noqa: FBT001 (as the two stand in a value)
    said = (f"{key}={_plain(one)}" for key, one in attributes.items())
    return " ".join(["on" if enabled else "off", *said])


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _local_store(name: str) -> "tuple[DocumentStore, None]":
    from reelwright.clock import SystemClock  # noqa: PLC0415 (heavy)
    from reelwright.config.local import LocalPlace  # noqa: PLC0415 (heavy)

    return LocalPlace(name, ROOT, SystemClock()).runtime(), None


def _deployed_store(
    name: str, pace: "Pace", audit: object | None
) -> "tuple[DocumentStore, AppConfigControl]":
    from reelwright.clock import SystemClock  # noqa: PLC0415 (heavy)
    from reelwright.config.aws import AppConfigControl, AppConfigDocuments, runtime_documents  # noqa: PLC0415 (heavy)
    from reelwright.environment.aws import aws_client, find_deployment  # noqa: PLC0415 (heavy)

    deployment, clock = find_deployment(name), SystemClock()
    client, application = aws_client("appconfig"), deployment.configuration_application
    if audit is None:
        from reelwright.cli.flags_still import StillControl  # noqa: PLC0415 (heavy)

        still = StillControl(client, application)
        return AppConfigDocuments(still, clock, strategy=_no_strategy), still
    return runtime_documents(deployment, clock=clock, pace=pace), AppConfigControl(client, application)


def _no_strategy(name: str) -> NoReturn:
    raise AssertionError(f"who only looks deploys nothing of {name}")


def _audited(store: "DocumentStore", audit: "AuditLog") -> "DocumentStore":
    from reelwright.storage.audited import AuditedDocuments  # noqa: PLC0415 (heavy)

    return AuditedDocuments(store, audit, place="runtime")
