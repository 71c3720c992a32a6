"""Where operators turn flags, settings and kill switches."""

from aws_cdk import RemovalPolicy, aws_appconfig
from constructs import Construct

from infra.guardrails.stateful import protect

__all__ = ["Configuration"]

# AppConfig runs one deployment at a time in each of its environments. What must never wait for
# the slow rollout of something else therefore has an environment of its own.
_LANES = {
    "flags": "Feature flags and their rollouts.",
    "runtime": "Settings that operators override at run time.",
    "kill-switches": "Switches that stop a provider or a platform at once.",
}


class Configuration(Construct):
    """The AppConfig application and its three environments. Deployments are never part of the template."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        deletion_protection: bool,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.application = aws_appconfig.Application(
            self, "Application", application_name=name, description="Run-time configuration of Reelwright."
        )
        protect(self.application, logical_id="ConfigurationApplication", removal_policy=removal_policy)
        check = aws_appconfig.DeletionProtectionCheck
        for lane, description in _LANES.items():
            environment = aws_appconfig.Environment(
                self,
                lane,
                application=self.application,
                environment_name=lane,
                description=description,
                deletion_protection_check=check.APPLY if deletion_protection else check.BYPASS,
            )
            logical_id = f"Configuration{lane.title().replace('-', '')}"
            protect(environment, logical_id=logical_id, removal_policy=removal_policy)
