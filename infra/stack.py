"""One environment as one stack. It only composes: what a part is made of stands in its construct."""

from aws_cdk import ArnFormat, CfnOutput, Duration, Environment, RemovalPolicy, Stack, aws_kms, aws_ssm
from constructs import Construct

from infra.bundling.workshop import Workshop
from infra.catalogue import NEED_NO_KEY, models_sold_to
from infra.code import CodeShelf
from infra.constructs.access_logs import AccessLogs
from infra.constructs.alarms import Alarms, AlarmTopic
from infra.constructs.artifacts import Artifacts
from infra.constructs.batches import Batches
from infra.constructs.changes import Changes
from infra.constructs.config_bucket import ConfigBucket
from infra.constructs.configuration import Configuration
from infra.constructs.dead_letters import DeadLetters
from infra.constructs.definitions import Definitions
from infra.constructs.encryption import KeyRing
from infra.constructs.functions import Functions
from infra.constructs.house import House
from infra.constructs.pipeline import Pipeline
from infra.constructs.recurring import Recurring
from infra.constructs.schedule import SCHEDULES, Schedule
from infra.constructs.secrets import PlatformSecrets, ProviderSecrets, SigningSecret
from infra.constructs.tables import Table
from infra.model_permissions import ModelPermissions
from infra.permissions import Permissions
from reelwright.environment.deployment import OUTPUTS, Deployment
from reelwright.environment.schema import EnvironmentSpec

__all__ = ["ReelwrightStack"]


class ReelwrightStack(Stack):
    """Everything that one environment runs on."""

    def __init__(
        self, scope: Construct, *, environment: EnvironmentSpec, workshop: Workshop, make_bundles: bool
    ) -> None:
        deploy = environment.deploy
        super().__init__(
            scope,
            f"Reelwright-{environment.name}",
            description=f"Reelwright, environment {environment.name}: {environment.description}",
            env=Environment(account=deploy.account, region=deploy.region),
            termination_protection=deploy.deletion_protection,
            tags=_tags(environment),
        )
        self._environment = environment.name
        self._spec = environment
        self._deploy = deploy
        self._name = f"reelwright-{environment.name}"
        self._removal = RemovalPolicy.RETAIN if deploy.retain_data else RemovalPolicy.DESTROY
        self._code = CodeShelf(self, workshop=workshop, make=make_bundles)
        self._keys = KeyRing(
            self, name=environment.name, single_key=deploy.single_key, removal_policy=self._removal
        )
        self._add_buckets()
        self._add_tables()
        self._add_secrets()
        self._add_alarms()
        self._add_configuration()
        self._add_functions()
        self._add_pipeline()
        self._watch()
        self._merge_definitions()
        self._tell()

    def _add_buckets(self) -> None:
        deploy = self._deploy
        logs = AccessLogs(
            self,
            "AccessLogs",
            retention=Duration.days(deploy.log_retention_days),
            removal_policy=self._removal,
        )
        self._artifacts = Artifacts(
            self,
            "Artifacts",
            key=self._keys.productions,
            access_logs=logs.bucket,
            noncurrent_version_expiry=Duration.days(deploy.noncurrent_version_days),
            expiry=_days(deploy.artifact_expiry_days),
            removal_policy=self._removal,
        ).bucket
        self._documents = ConfigBucket(
            self,
            "Config",
            key=self._keys.configuration,
            access_logs=logs.bucket,
            object_lock_days=deploy.object_lock_days,
            removal_policy=self._removal,
        ).bucket

    def _add_tables(self) -> None:
        productions = self._table("Productions", self._keys.productions)
        productions.list_recent()
        self._productions = productions.table
        self._control = self._table("Control", self._keys.configuration, expires_by="expires_at").table
        self._ledger = self._table("Ledger", self._keys.productions).table
        self._models = self._table("Models", self._keys.productions, expires_by="expires_at").table

    def _table(self, construct_id: str, key: aws_kms.IKey, expires_by: str | None = None) -> Table:
        return Table(
            self,
            construct_id,
            key=key,
            deletion_protection=self._deploy.deletion_protection,
            removal_policy=self._removal,
            expires_by=expires_by,
        )

    def _add_secrets(self) -> None:
        prefix = Deployment(environment=self._environment).secrets_prefix
        self._provider_secrets = ProviderSecrets(
            self,
            "ProviderSecrets",
            prefix=prefix,
            providers=sorted(set(self._spec.settings.providers) - NEED_NO_KEY),
            key=self._keys.credentials,
            removal_policy=self._removal,
        )
        PlatformSecrets(
            self,
            "PlatformSecrets",
            prefix=prefix,
            platforms=self._spec.settings.platforms,
            key=self._keys.credentials,
            removal_policy=self._removal,
        )
        self._signing = SigningSecret(
            self,
            "SigningSecret",
            name=f"{prefix}signing/audit",
            key=self._keys.credentials,
            removal_policy=self._removal,
        )

    def _add_alarms(self) -> None:
        self._topic = AlarmTopic(self, "AlarmTopic", name=self._name, key=self._keys.operations).topic
        self._alarms = Alarms(
            self, "Alarms", name=self._name, environment=self._environment, topic=self._topic
        )

    def _add_configuration(self) -> None:
        self._configuration = Configuration(
            self,
            "Configuration",
            name=self._name,
            guards=self._alarms.guards,
            rollout_minutes=self._deploy.rollout_minutes,
            bake_minutes=self._deploy.bake_minutes,
            deletion_protection=self._deploy.deletion_protection,
            removal_policy=self._removal,
        )

    def _add_functions(self) -> None:
        self._house = House(
            environment=self._environment,
            key=self._keys.operations,
            dead_letters=DeadLetters(self, "DeadLetters", name=self._name, key=self._keys.operations).queue,
            log_retention_days=self._deploy.log_retention_days,
            removal_policy=self._removal,
            tracing=self._deploy.tracing,
        )
        functions = Functions(
            self,
            "Functions",
            house=self._house,
            code=self._code,
            names=self._names,
            agent_layer_arn=self._deploy.appconfig_agent_layer_arn,
        )
        self._configuration.add_profiles(functions.add_validator())
        functions.add_others(self._permissions())
        self._functions = functions.by_name
        self._signing.rotate_with(self._functions["RotateSecret"])

    def _permissions(self) -> Permissions:
        return Permissions(
            stack=self,
            environment=self._environment,
            keys=self._keys,
            artifacts_bucket=self._artifacts,
            config_bucket=self._documents,
            productions_table=self._productions,
            control_table=self._control,
            ledger_table=self._ledger,
            models_table=self._models,
            configuration=self._configuration,
            signing_secret_arn=self._signing.secret.secret_arn,
            secret_kinds=_secret_kinds(self._spec),
            models=ModelPermissions(
                stack=self,
                models=models_sold_to(self._spec),
                secret_arns=self._provider_secrets.arns,
                guardrail_id=self._spec.settings.moderation.guardrail_id,
            ),
        )

    def _add_pipeline(self) -> None:
        self._pipeline = Pipeline(
            self,
            "Pipeline",
            house=self._house,
            functions=self._functions,
            concurrency=self._deploy.scene_concurrency,
            log_execution_data=self._deploy.log_execution_data,
        )
        self._batches = Batches(
            self,
            "Batches",
            house=self._house,
            functions=self._functions,
            productions_arn=self._pipeline.arn,
            bucket=self._artifacts,
            key=self._keys.productions,
            log_execution_data=self._deploy.log_execution_data,
        )
        if self._deploy.recurring:
            Recurring(
                self,
                "Recurring",
                house=self._house,
                recurring=self._deploy.recurring,
                state_machine_arn=self._pipeline.arn,
            )

    def _watch(self) -> None:
        """Ring when something of the machinery fails, and write down every change."""
        for name, function in self._functions.items():
            self._alarms.add_function(name, function)
        self._alarms.add_dead_letters(self._house.dead_letters)
        self._alarms.add_executions(self._pipeline.arn)
        self._alarms.add_batches(self._batches.arn)
        for schedule in SCHEDULES:
            Schedule(
                self,
                schedule.construct_id,
                every=Duration.minutes(schedule.minutes),
                description=schedule.description,
                function=self._functions[schedule.function],
                dead_letters=self._house.dead_letters,
            )
        self._changes = Changes(
            self,
            "Changes",
            environment=self._environment,
            audit=self._functions["AuditChange"],
            sync=self._functions["SyncFlags"],
            dead_letters=self._house.dead_letters,
            application_id=self._configuration.application.application_id,
            config_bucket_name=self._documents.bucket_name,
        )

    def _merge_definitions(self) -> None:
        Definitions(
            self,
            "Definitions",
            environment=self._environment,
            function=self._functions["MergeDefinitions"],
            after=[
                self._configuration,
                self._changes,
                self._pipeline,
                self._alarms,
                *self._functions.values(),
            ],
            removal_policy=self._removal,
        )

    def _tell(self) -> None:
        machines = {"STATE_MACHINE": self._pipeline.arn, "BATCH_MACHINE": self._batches.arn}
        names = self._names() | machines
        for field, output in OUTPUTS.items():
            CfnOutput(self, output, value=names[field.upper()])
        CfnOutput(self, "AlarmTopicArn", value=self._topic.topic_arn)
        # The tree below settings/ is the operators': a deploy never writes there.
        aws_ssm.StringParameter(
            self,
            "DeployedCode",
            parameter_name=f"/reelwright/{self._environment}/deployment/version",
            description="Hash of the code that is deployed. What operators set is below settings/.",
            string_value=self._code.hash_of("core"),
        )

    def _names(self) -> dict[str, str]:
        """Return what functions and the command line are told so far, by the names of ``Deployment``."""
        return self._configuration.readers_ids() | {
            "ARTIFACTS_BUCKET": self._artifacts.bucket_name,
            "CONFIG_BUCKET": self._documents.bucket_name,
            "PRODUCTIONS_TABLE": self._productions.table_name,
            "CONTROL_TABLE": self._control.table_name,
            "LEDGER_TABLE": self._ledger.table_name,
            "MODELS_TABLE": self._models.table_name,
            "CONFIGURATION_APPLICATION": self._configuration.application.application_id,
            "STATE_MACHINE": self._machine_arn(),
        }

    def _machine_arn(self) -> str:
        """Return the ARN of the machine that makes productions, for functions that are there before it."""
        return self.format_arn(
            service="states",
            resource="stateMachine",
            resource_name=f"{self._name}-productions",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )


def _days(number: int | None) -> Duration | None:
    return None if number is None else Duration.days(number)


def _secret_kinds(environment: EnvironmentSpec) -> list[str]:
    """Return the first parts of the names of all secrets that settings refer to once they have a value."""
    accounts = environment.settings.platforms.values()
    return ["providers", *(["platforms"] if any(it.credential is None for it in accounts) else [])]


def _tags(environment: EnvironmentSpec) -> dict[str, str]:
    return {**environment.deploy.tags, "project": "reelwright", "environment": environment.name}
