"""Where operators turn flags, settings and kill switches. No deployment is part of the template."""

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy, Stack, aws_appconfig, aws_cloudwatch, aws_lambda
from constructs import Construct

from infra.guardrails.grants import Grant, role_for
from infra.guardrails.stateful import protect

__all__ = ["LANES", "Configuration", "Lane"]


class Lane:
    """What deploys at its own pace: one AppConfig environment, and the one profile that is deployed to it."""

    def __init__(self, name: str, profile: str, kind: str, *, guarded: bool, description: str) -> None:
        self.name = name
        self.profile = profile
        self.kind = kind
        self.guarded = guarded
        self.description = description


_FLAGS = "AWS.AppConfig.FeatureFlags"

# AppConfig runs one deployment at a time in each of its environments. What must never wait for the slow
# rollout of something else therefore has an environment of its own. No alarm guards the kill switches:
# they are pulled while alarms ring, and AppConfig would put back what was just switched off.
LANES = (
    Lane("flags", "flags", _FLAGS, guarded=True, description="Feature flags and their rollouts."),
    Lane(
        "runtime",
        "settings",
        "AWS.Freeform",
        guarded=True,
        description="Settings that operators override at run time.",
    ),
    Lane(
        "kill-switches",
        "kill-switches",
        _FLAGS,
        guarded=False,
        description="Switches that stop a provider or a platform at once.",
    ),
)

_EVENTS = "AWS.AppConfig.DeploymentNotificationsToEventBridge"
"""AppConfig's own extension that tells EventBridge of deployments; without it nobody hears of them."""
_STEP_PERCENT = 20


class Configuration(Construct):
    """The AppConfig application, its environments and profiles, and the ways to deploy to them."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        guards: Sequence[aws_cloudwatch.Alarm],
        rollout_minutes: int,
        bake_minutes: int,
        deletion_protection: bool,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self._stack = Stack.of(self)
        self._removal_policy = removal_policy
        check = aws_appconfig.DeletionProtectionCheck
        self._check = check.APPLY if deletion_protection else check.BYPASS
        self.application = aws_appconfig.Application(
            self, "Application", application_name=name, description="Run-time configuration of Reelwright."
        )
        protect(self.application, logical_id="ConfigurationApplication", removal_policy=removal_policy)
        monitors = self._monitors(guards)
        self.environments = {
            lane.name: self._environment(lane, monitors if lane.guarded else []) for lane in LANES
        }
        self.profiles: dict[str, aws_appconfig.CfnConfigurationProfile] = {}
        self.strategies = self._strategies(name, rollout_minutes, bake_minutes)
        aws_appconfig.CfnExtensionAssociation(
            self, "Events", extension_identifier=_EVENTS, resource_identifier=self.application_arn
        )

    @property
    def application_arn(self) -> str:
        """The ARN of the application."""
        return self._arn("application", self.application.application_id)

    def strategy_arn(self, strategy: aws_appconfig.DeploymentStrategy) -> str:
        """Return the ARN of one of ``strategies``."""
        return self._arn("deploymentstrategy", strategy.deployment_strategy_id)

    def configuration_arn(self, lane: str, profile: str) -> str:
        """Return the ARN by which readers read what is deployed of a profile."""
        environment = self.environments[lane].environment_id
        return f"{self.application_arn}/environment/{environment}/configuration/{self.profiles[profile].ref}"

    def readers_ids(self) -> dict[str, str]:
        """Return the ids that readers ask by; nothing until the profiles are there."""
        if not self.profiles:
            return {}
        return {
            "RUNTIME_ENVIRONMENT": self.environments["runtime"].environment_id,
            "RUNTIME_PROFILE": self.profiles["settings"].ref,
            "FLAGS_ENVIRONMENT": self.environments["flags"].environment_id,
            "FLAGS_PROFILE": self.profiles["flags"].ref,
        }

    def add_profiles(self, validator: aws_lambda.IFunction) -> None:
        """Add the profile of every lane; AppConfig asks the validator before it deploys a version."""
        allowed = aws_lambda.CfnPermission(
            self,
            "MayValidate",
            action="lambda:InvokeFunction",
            function_name=validator.function_arn,
            principal="appconfig.amazonaws.com",
            source_account=self._stack.account,
            source_arn=f"{self.application_arn}*",
        )
        for lane in LANES:
            profile = aws_appconfig.CfnConfigurationProfile(
                self,
                f"{lane.profile}-profile",
                application_id=self.application.application_id,
                name=lane.profile,
                description=lane.description,
                type=lane.kind,
                location_uri="hosted",
                deletion_protection_check=self._check.value,
                validators=[
                    aws_appconfig.CfnConfigurationProfile.ValidatorsProperty(
                        type="LAMBDA", content=validator.function_arn
                    )
                ],
            )
            profile.override_logical_id(f"{_camel(lane.profile)}Profile")
            profile.apply_removal_policy(self._removal_policy)
            profile.add_resource_dependency(allowed)
            self.profiles[lane.profile] = profile

    def _environment(self, lane: Lane, monitors: list[aws_appconfig.Monitor]) -> aws_appconfig.Environment:
        environment = aws_appconfig.Environment(
            self,
            lane.name,
            application=self.application,
            environment_name=lane.name,
            description=lane.description,
            deletion_protection_check=self._check,
            monitors=monitors or None,
        )
        protect(
            environment,
            logical_id=f"Configuration{_camel(lane.name)}",
            removal_policy=self._removal_policy,
        )
        return environment

    def _monitors(self, guards: Sequence[aws_cloudwatch.Alarm]) -> list[aws_appconfig.Monitor]:
        role = role_for(
            self,
            "WatchAlarms",
            service="appconfig.amazonaws.com",
            description="Lets AppConfig read the alarms that roll a deployment back.",
            grants=[
                Grant("ReadAlarms", ["cloudwatch:DescribeAlarms"], [alarm.alarm_arn for alarm in guards])
            ],
        )
        return [aws_appconfig.Monitor.from_cloud_watch_alarm(alarm, role) for alarm in guards]

    def _strategies(self, name: str, rollout: int, bake: int) -> list[aws_appconfig.DeploymentStrategy]:
        gradual = aws_appconfig.DeploymentStrategy(
            self,
            "Gradual",
            deployment_strategy_name=f"{name}-gradual",
            description="A fifth at a time, then watched while it bakes.",
            rollout_strategy=aws_appconfig.RolloutStrategy.linear(
                growth_factor=_STEP_PERCENT,
                deployment_duration=Duration.minutes(rollout),
                final_bake_time=Duration.minutes(bake),
            ),
        )
        instant = aws_appconfig.DeploymentStrategy(
            self,
            "Instant",
            deployment_strategy_name=f"{name}-instant",
            description="Everybody at once, without a bake: for switching off, and for going back.",
            rollout_strategy=aws_appconfig.RolloutStrategy.linear(
                growth_factor=100,
                deployment_duration=Duration.minutes(0),
                final_bake_time=Duration.minutes(0),
            ),
        )
        return [gradual, instant]

    def _arn(self, resource: str, name: str) -> str:
        return self._stack.format_arn(service="appconfig", resource=resource, resource_name=name)


def _camel(name: str) -> str:
    return name.title().replace("-", "")
