"""AppConfig as the console uses it: save a version, start its deployment, watch."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.emulator.waiting import until

_ALARM_SECONDS = 90
"""An alarm on what a test broke is over a few of the emulator's minutes later."""


@dataclass
class Console:
    """One page of the AppConfig console: a profile, and the environment that it is deployed to."""

    client: Any
    application: str
    lane: str
    profile: str
    strategies: str
    """What the names of the deployment strategies begin with."""

    @cached_property
    def profile_id(self) -> str:
        """The id of the profile."""
        return _id_of(self.client.list_configuration_profiles(ApplicationId=self.application), self.profile)

    @cached_property
    def lane_id(self) -> str:
        """The id of the environment."""
        return _id_of(self.client.list_environments(ApplicationId=self.application), self.lane)

    def strategy_id(self, name: str) -> str:
        """Return the id of one of the stack's strategies: ``instant`` or ``gradual``."""
        return _id_of(self.client.list_deployment_strategies(), f"{self.strategies}-{name}")

    @contextmanager
    def strategy(self, name: str, *, step_percent: float, minutes: int) -> Iterator[str]:
        """Have a strategy of the operator's own for a while: linear, with a bake as long; yield its name."""
        made = self.client.create_deployment_strategy(
            Name=f"{self.strategies}-{name}",
            DeploymentDurationInMinutes=minutes,
            FinalBakeTimeInMinutes=minutes,
            GrowthFactor=step_percent,
            GrowthType="LINEAR",
            ReplicateTo="NONE",
        )
        try:
            yield name
        finally:
            self.client.delete_deployment_strategy(DeploymentStrategyId=made["Id"])

    def current(self) -> dict[str, Any]:
        """Return the document that was deployed last, or an empty one."""
        deployments = self.deployments()
        done = [one for one in deployments if one["State"] == "COMPLETE"]
        return self.version(int(done[0]["ConfigurationVersion"])) if done else {}

    def version(self, number: int) -> dict[str, Any]:
        """Return one version of the document."""
        got = self.client.get_hosted_configuration_version(
            ApplicationId=self.application, ConfigurationProfileId=self.profile_id, VersionNumber=number
        )
        document: dict[str, Any] = json.loads(got["Content"].read())
        return document

    def save(self, document: dict[str, Any]) -> int:
        """Save a document as a new version, as the console's button does; return its number."""
        saved = self.client.create_hosted_configuration_version(
            ApplicationId=self.application,
            ConfigurationProfileId=self.profile_id,
            Content=json.dumps(document).encode(),
            ContentType="application/json",
        )
        return int(saved["VersionNumber"])

    def start(self, version: int, strategy: str = "instant") -> int:
        """Start the deployment of a version; return the deployment's number."""
        started = self.client.start_deployment(
            ApplicationId=self.application,
            EnvironmentId=self.lane_id,
            DeploymentStrategyId=self.strategy_id(strategy),
            ConfigurationProfileId=self.profile_id,
            ConfigurationVersion=str(version),
        )
        return int(started["DeploymentNumber"])

    def deploy(self, document: dict[str, Any], strategy: str = "instant") -> int:
        """Save and deploy a document; return the deployment's number."""
        self.settled()
        version = self.save(document)
        return self.start(version, strategy) if strategy != "instant" else self._at_once(version)

    def _at_once(self, version: int) -> int:
        """Deploy a version for good: while an alarm of before rings, each is taken back as it starts."""
        deployments: list[int] = []

        def is_through() -> bool:
            deployments.append(self.start(version))
            return self.state(deployments[-1]) == "COMPLETE"

        until(
            is_through, f"version {version} of {self.profile} is deployed", seconds=_ALARM_SECONDS, pause=0.5
        )
        return deployments[-1]

    def deployments(self) -> list[dict[str, Any]]:
        """Return the deployments, the newest first."""
        items = self.client.list_deployments(ApplicationId=self.application, EnvironmentId=self.lane_id)[
            "Items"
        ]
        return sorted(items, key=lambda item: -item["DeploymentNumber"])

    def state(self, deployment: int) -> str:
        """Return the state of a deployment."""
        told = self.client.get_deployment(
            ApplicationId=self.application, EnvironmentId=self.lane_id, DeploymentNumber=deployment
        )
        return str(told["State"])

    def percentage(self, deployment: int) -> float:
        """Return how many percent a deployment has reached."""
        told = self.client.get_deployment(
            ApplicationId=self.application, EnvironmentId=self.lane_id, DeploymentNumber=deployment
        )
        return float(told["PercentageComplete"])

    def stop_running(self) -> None:
        """Take back whatever is under way."""
        for one in self.deployments():
            if one["State"] in ("DEPLOYING", "BAKING"):
                self.client.stop_deployment(
                    ApplicationId=self.application,
                    EnvironmentId=self.lane_id,
                    DeploymentNumber=one["DeploymentNumber"],
                    AllowRevert=True,
                )

    def stop(self, deployment: int) -> None:
        """Take a deployment back before it is through."""
        self.client.stop_deployment(
            ApplicationId=self.application, EnvironmentId=self.lane_id, DeploymentNumber=deployment
        )

    @contextmanager
    def without_validators(self) -> Iterator[None]:
        """Take the validators off the profile for a while, as somebody with too many rights can."""
        where = {"ApplicationId": self.application, "ConfigurationProfileId": self.profile_id}
        validators = self.client.get_configuration_profile(**where)["Validators"]
        self.client.update_configuration_profile(**where, Validators=[])
        try:
            yield
        finally:
            self.client.update_configuration_profile(**where, Validators=validators)

    def settled(self) -> None:
        """Wait until no deployment is under way."""
        busy = ("DEPLOYING", "BAKING", "ROLLING_BACK", "VALIDATING")
        until(
            lambda: all(one["State"] not in busy for one in self.deployments()),
            f"{self.lane} has no deployment under way",
            seconds=90,
        )


def _id_of(listed: dict[str, Any], name: str) -> str:
    found = {item["Name"]: item["Id"] for item in listed["Items"]}
    assert name in found, f"{name} is not among {sorted(found)}"
    return str(found[name])
