"""One environment as one stack. It only composes: what a part is made of stands in its construct."""

from aws_cdk import CfnOutput, Duration, Environment, RemovalPolicy, Stack
from constructs import Construct

from infra.constructs.access_logs import AccessLogs
from infra.constructs.artifacts import Artifacts
from infra.constructs.configuration import Configuration
from infra.constructs.credentials import Credentials
from infra.constructs.encryption import EncryptionKey
from infra.constructs.productions import Productions
from reelwright.environment.schema import DeploySpec, EnvironmentSpec

__all__ = ["ReelwrightStack"]


class ReelwrightStack(Stack):
    """Everything that one environment runs on."""

    def __init__(self, scope: Construct, *, environment: EnvironmentSpec) -> None:
        deploy = environment.deploy
        super().__init__(
            scope,
            f"Reelwright-{environment.name}",
            description=f"Reelwright, environment {environment.name}: {environment.description}",
            env=Environment(account=deploy.account, region=deploy.region),
            termination_protection=deploy.deletion_protection,
            tags=_tags(environment),
        )
        removal_policy = RemovalPolicy.RETAIN if deploy.retain_data else RemovalPolicy.DESTROY
        self._add_storage(deploy, removal_policy)
        self._add_controls(f"reelwright-{environment.name}", deploy, removal_policy)

    def _add_storage(self, deploy: DeploySpec, removal_policy: RemovalPolicy) -> None:
        key = EncryptionKey(
            self, "ProductionsKey", encrypts="artifacts and productions", removal_policy=removal_policy
        ).key
        logs = AccessLogs(
            self,
            "AccessLogs",
            retention=Duration.days(deploy.log_retention_days),
            removal_policy=removal_policy,
        )
        artifacts = Artifacts(
            self,
            "Artifacts",
            key=key,
            access_logs=logs.bucket,
            noncurrent_version_expiry=Duration.days(deploy.noncurrent_version_days),
            expiry=_days(deploy.artifact_expiry_days),
            removal_policy=removal_policy,
        )
        productions = Productions(
            self,
            "Productions",
            key=key,
            deletion_protection=deploy.deletion_protection,
            removal_policy=removal_policy,
        )
        CfnOutput(self, "ArtifactsBucketName", value=artifacts.bucket.bucket_name)
        CfnOutput(self, "ProductionsTableName", value=productions.table.table_name)

    def _add_controls(self, name: str, deploy: DeploySpec, removal_policy: RemovalPolicy) -> None:
        key = EncryptionKey(
            self, "CredentialsKey", encrypts="provider credentials", removal_policy=removal_policy
        ).key
        credentials = Credentials(self, "Credentials", key=key, removal_policy=removal_policy)
        configuration = Configuration(
            self,
            "Configuration",
            name=name,
            deletion_protection=deploy.deletion_protection,
            removal_policy=removal_policy,
        )
        CfnOutput(self, "CredentialsSecretArn", value=credentials.secret.secret_arn)
        CfnOutput(self, "ConfigurationApplicationId", value=configuration.application.application_id)


def _days(number: int | None) -> Duration | None:
    return None if number is None else Duration.days(number)


def _tags(environment: EnvironmentSpec) -> dict[str, str]:
    return {**environment.deploy.tags, "project": "reelwright", "environment": environment.name}
