"""AppConfig's control plane for one application: what is hosted, what is deployed, and deploying."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from botocore.exceptions import ClientError

from reelwright.config.aws_errors import (
    DeploymentInProgress,
    DeploymentTakenBack,
    asking,
    code_of,
    message_of,
)
from reelwright.config.errors import InvalidConfiguration, SourceFailed

__all__ = [
    "PLACES",
    "AppConfigControl",
    "DeployedVersion",
    "DeploymentState",
    "Hosted",
    "Place",
    "in_progress",
]

DeploymentState = Literal[
    "VALIDATING", "DEPLOYING", "BAKING", "COMPLETE", "ROLLING_BACK", "ROLLED_BACK", "REVERTED"
]
PLACES: Mapping[str, str] = {"settings": "runtime", "flags": "flags", "kill-switches": "kill-switches"}
"""The AppConfig environment that each profile is deployed to."""

_PAGE = 50
_RUNNING = ("VALIDATING", "DEPLOYING", "BAKING", "ROLLING_BACK")
_SERVING = ("VALIDATING", "DEPLOYING", "BAKING", "COMPLETE")
_DESCRIPTION_CHARS = 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Ids of a profile and of the environment that it is deployed to."""

    profile: str
    environment: str


@dataclass(frozen=True, slots=True)
class DeployedVersion:
    """One deployment of a profile. Numbers count the deployments of the environment."""

    number: int
    version: str
    """The hosted version's number, as text."""
    state: DeploymentState
    percentage: float
    started_at: datetime | None = None

    @property
    def is_running(self) -> bool:
        """Whether no other deployment can start in the environment."""
        return self.state in _RUNNING

    @property
    def serves(self) -> bool:
        """Whether readers get this version, or will when it is through."""
        return self.state in _SERVING


@dataclass(frozen=True, slots=True)
class Hosted:
    """One hosted version."""

    version: str
    content: bytes
    description: str


class AppConfigControl:
    """Reads and deploys the profiles of one application.

    Errors: SourceUnreachable and SourceFailed as for sources; DeploymentInProgress; InvalidConfiguration
    where a validator refuses, with its reason.
    """

    def __init__(self, client: Any, application: str, places: Mapping[str, Place] | None = None) -> None:
        self._client = client
        self._application = {"ApplicationId": application}
        self._places = places

    def places(self) -> Mapping[str, Place]:
        """Return where each profile is deployed, by its name; looked up once."""
        if self._places is None:
            with asking("AppConfig"):
                profiles = self._ids("list_configuration_profiles")
                environments = self._ids("list_environments")
            self._places = {
                name: Place(profiles[name], environments[environment])
                for name, environment in PLACES.items()
                if name in profiles and environment in environments
            }
        return self._places

    def strategy(self, name: str) -> str:
        """Return the id of a deployment strategy by its name; SourceFailed if there is none."""
        with asking("AppConfig"):
            for item in self._pages("list_deployment_strategies"):
                if item["Name"] == name:
                    return str(item["Id"])
        raise SourceFailed(
            f"AppConfig has no deployment strategy {name}.", next_step="Deploy the environment's stack again."
        )

    def deployments(self, name: str) -> Iterator[DeployedVersion]:
        """Yield the deployments of a profile, newest first, asking for more as they are taken."""
        place = self.places()[name]
        with asking(f"AppConfig's {name}"):
            found = self._pages("list_deployments", EnvironmentId=place.environment, **self._application)
            for item in found:
                if item.get("ConfigurationProfileId", place.profile) == place.profile:
                    yield _deployed(item)

    def served(self, name: str) -> DeployedVersion | None:
        """Return the newest deployment that was not taken back; None if there is none."""
        return next((one for one in self.deployments(name) if one.serves), None)

    def hosted(self, name: str, version: str) -> Hosted | None:
        """Return a hosted version; None if there is no such version."""
        if not version.isdecimal():
            return None
        with asking(f"AppConfig's {name}"):
            try:
                answer = self._client.get_hosted_configuration_version(
                    **self._profile(name), VersionNumber=int(version)
                )
            except self._client.exceptions.ResourceNotFoundException:
                return None
            return Hosted(version, bytes(answer["Content"].read()), answer.get("Description") or "")

    def numbers(self, name: str) -> list[int]:
        """Return the numbers of all hosted versions, the highest first."""
        with asking(f"AppConfig's {name}"):
            found = self._pages("list_hosted_configuration_versions", **self._profile(name))
            return sorted((int(item["VersionNumber"]) for item in found), reverse=True)

    def host(self, name: str, content: bytes, *, latest: int, description: str) -> int | None:
        """Create a version after ``latest`` (0: the first); None if another came between.

        The description travels as a header: ASCII, one line.
        """
        lock = {"LatestVersionNumber": latest} if latest else {}
        with asking(f"AppConfig's {name}"):
            try:
                answer = self._client.create_hosted_configuration_version(
                    **self._profile(name),
                    Content=content,
                    ContentType="application/json",
                    Description=description[:_DESCRIPTION_CHARS],
                    **lock,
                )
            except self._client.exceptions.ConflictException:
                return None
            except self._client.exceptions.BadRequestException as error:
                raise _refused(name, error) from error
            number = int(answer["VersionNumber"])
            return number if latest or number == 1 else None

    def deploy(self, name: str, version: str, *, strategy: str, description: str) -> int:
        """Start the deployment of a hosted version and return the deployment's number.

        DeploymentTakenBack if that is over already: AppConfig lets none be while an alarm rings.
        """
        place = self.places()[name]
        with asking(f"AppConfig's {name}"):
            try:
                answer = self._client.start_deployment(
                    **self._application,
                    EnvironmentId=place.environment,
                    ConfigurationProfileId=place.profile,
                    ConfigurationVersion=version,
                    DeploymentStrategyId=strategy,
                    Description=description[:_DESCRIPTION_CHARS],
                )
            except self._client.exceptions.ConflictException as error:
                raise in_progress(name) from error
            except self._client.exceptions.BadRequestException as error:
                raise _refused(name, error) from error
            if answer["State"] not in _SERVING:
                raise _taken_back(name)
            return int(answer["DeploymentNumber"])

    def forget(self, name: str) -> None:
        """Delete all hosted versions of a profile: AppConfig deletes no profile that still has some."""
        for number in self.numbers(name):
            with asking(f"AppConfig's {name}"):
                self._client.delete_hosted_configuration_version(**self._profile(name), VersionNumber=number)

    def _profile(self, name: str) -> dict[str, str]:
        return {**self._application, "ConfigurationProfileId": self.places()[name].profile}

    def _ids(self, operation: str) -> dict[str, str]:
        return {item["Name"]: item["Id"] for item in self._pages(operation, **self._application)}

    def _pages(self, operation: str, **request: Any) -> Iterator[dict[str, Any]]:
        more: dict[str, Any] = {}
        while True:
            page = getattr(self._client, operation)(MaxResults=_PAGE, **request, **more)
            yield from sorted(page["Items"], key=lambda item: -item.get("DeploymentNumber", 0))
            if not page.get("NextToken"):
                return
            more = {"NextToken": page["NextToken"]}


def in_progress(name: str) -> DeploymentInProgress:
    """Return the error for a deployment that another one keeps from starting."""
    return DeploymentInProgress(
        f"A deployment of {name} is running: AppConfig runs one at a time. Nothing was deployed.",
        next_step="Wait until it is through, or stop it in the AppConfig console; then try again.",
        context={"document": name},
    )


def _taken_back(name: str) -> DeploymentTakenBack:
    return DeploymentTakenBack(
        f"AppConfig took the deployment of {name} back as it started, for an alarm of the environment rings.",
        next_step="Nothing changed for readers. See which alarm it is, and try again when it is quiet; "
        "to stop something meanwhile: reelwright flags kill.",
        context={"document": name},
    )


def _deployed(item: Mapping[str, Any]) -> DeployedVersion:
    return DeployedVersion(
        number=int(item["DeploymentNumber"]),
        version=str(item["ConfigurationVersion"]),
        state=item["State"],
        percentage=float(item.get("PercentageComplete") or 0.0),
        started_at=item.get("StartedAt"),
    )


def _refused(name: str, error: ClientError) -> Exception:
    """Return the validators' reasons; any other bad request as it is, for ``asking`` to translate."""
    response: dict[str, Any] = error.response
    if response.get("Reason") != "InvalidConfiguration":
        other: Exception = error
        return other
    details = response.get("Details", {}).get("InvalidConfiguration", [])
    reasons = [str(detail["Reason"]) for detail in details if detail.get("Reason")] or [message_of(error)]
    return InvalidConfiguration(
        f"AppConfig's validators refuse {name}: {'; '.join(reasons)}",
        next_step="Put it right, then try again; nothing was deployed.",
        context={"document": name, "code": code_of(error)},
    )
