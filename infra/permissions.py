"""What each function may do, in words of this stack's resources."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import ArnFormat, Stack, aws_dynamodb, aws_kms, aws_s3

from infra.constructs.configuration import Configuration
from infra.constructs.encryption import KeyRing
from infra.guardrails.grants import Grant
from infra.model_permissions import ModelPermissions

__all__ = ["Permissions"]

_READ_ITEMS = ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:ConditionCheckItem")
_WRITE_ITEMS = ("dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
_READ_KEY = ("kms:Decrypt", "kms:DescribeKey")
_PUBLICATIONS = ("publication#*", "quota#*", "outcome#*")
"""The partitions of the models table that publications, their quotas and their outcomes lie in."""
_FLAG_STATES = "flags"
"""The partition of the control table that the state of flag deployments lies in."""
_USE_KEY = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")
_READ_DEPLOYMENTS = (
    "appconfig:GetHostedConfigurationVersion",
    "appconfig:ListConfigurationProfiles",
    "appconfig:ListDeployments",
    "appconfig:ListEnvironments",
    "appconfig:ListHostedConfigurationVersions",
)
_READ_DEPLOYED = ("appconfig:GetLatestConfiguration", "appconfig:StartConfigurationSession")
_CHANGE_DEPLOYMENTS = (
    "appconfig:CreateHostedConfigurationVersion",
    "appconfig:DeleteHostedConfigurationVersion",
    "appconfig:StartDeployment",
)
_READ_AND_WRITE = ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject")
_NUMBERED = "Versions and deployments are numbered as they come; the application is this environment's own."


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """Grants over the resources of one environment. Each is a list, so that they add up."""

    stack: Stack
    environment: str
    keys: KeyRing
    artifacts_bucket: aws_s3.IBucket
    config_bucket: aws_s3.IBucket
    productions_table: aws_dynamodb.ITable
    control_table: aws_dynamodb.ITable
    ledger_table: aws_dynamodb.ITable
    models_table: aws_dynamodb.ITable
    configuration: Configuration
    signing_secret_arn: str
    secret_kinds: Sequence[str]
    """Where secrets lie that settings refer to as soon as they have a value."""
    models: ModelPermissions

    def productions(self) -> list[Grant]:
        """Read and write the state of productions."""
        return self._table("Productions", self.productions_table, self.keys.productions)

    def look_at_executions(self) -> list[Grant]:
        """Ask how executions of the machine that makes productions are, or how they ended."""
        machine = f"reelwright-{self.environment}-productions"
        arn = self.stack.format_arn(
            service="states",
            resource="execution",
            resource_name=f"{machine}:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        reason = "Executions are called as the productions that they make."
        return [Grant("LookAtExecutions", ["states:DescribeExecution"], [arn], because=reason)]

    def control(self) -> list[Grant]:
        """Read and write the audit trail, what is remembered of sources, and the state of deployments."""
        return self._table("Control", self.control_table, self.keys.configuration)

    def flag_states(self) -> list[Grant]:
        """Read which flags and kill switches are deployed, and nothing else of the control table."""
        return [
            Grant(
                "ReadFlagStates",
                ["dynamodb:Query"],
                [self.control_table.table_arn],
                conditions={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [_FLAG_STATES]}},
            ),
            self._use_key("FlagStatesKey", self.keys.configuration, "dynamodb", _READ_KEY),
        ]

    def flags_by_agent(self) -> list[Grant]:
        """Let AppConfig's agent fetch the flags."""
        return [
            Grant(
                "FetchFlags",
                _READ_DEPLOYED,
                [self.configuration.configuration_arn("flags", "flags")],
            )
        ]

    def spending(self) -> list[Grant]:
        """Set money aside, and write down what was spent; reading a budget gives lapsed money back to it."""
        return self._table("Ledger", self.ledger_table, self.keys.productions)

    def look_at_spending(self) -> list[Grant]:
        """Read what was spent, and change nothing of it."""
        return [
            Grant("ReadLedger", _READ_ITEMS, [self.ledger_table.table_arn]),
            self._use_key("LedgerKey", self.keys.productions, "dynamodb", _READ_KEY),
        ]

    def standings(self) -> list[Grant]:
        """Read how models have been doing, and write down how they are doing; keep answers for a while."""
        return self._table("Models", self.models_table, self.keys.productions)

    def write(self) -> list[Grant]:
        """Buy scripts."""
        return [*self._buying(), *self.models.write()]

    def speak(self) -> list[Grant]:
        """Buy speech."""
        return [*self._buying(), *self.models.speak()]

    def shoot(self) -> list[Grant]:
        """Buy footage; ``artifacts`` lets it be delivered, below ``footage/``."""
        return [*self._buying(), *self.models.shoot()]

    def publish(self) -> list[Grant]:
        """Keep publications beside what is known of models, and act for our accounts on platforms."""
        return [
            *self._table("Models", self.models_table, self.keys.productions),
            *self._platform_clients(),
        ]

    def collect_outcomes(self) -> list[Grant]:
        """Read publications, note what became of them and what that took of quotas; ask as our accounts."""
        return [
            self._of_publications("ReadPublications", ("dynamodb:GetItem", "dynamodb:Query"), _PUBLICATIONS),
            self._of_publications("KeepOutcomes", ("dynamodb:PutItem",), _PUBLICATIONS[1:]),
            self._use_key("PublicationsKey", self.keys.productions, "dynamodb"),
            *self._platform_clients(),
        ]

    def _of_publications(self, sid: str, actions: Sequence[str], partitions: Sequence[str]) -> Grant:
        return Grant(
            sid,
            actions,
            [self.models_table.table_arn],
            conditions={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(partitions)}},
        )

    def _platform_clients(self) -> list[Grant]:
        clients = f"secret:reelwright/{self.environment}/platforms/*"
        return [
            Grant(
                "ReadPlatformClients",
                ["secretsmanager:GetSecretValue"],
                [self._arn("secretsmanager", clients)],
                because="Operators name the client of another account at run time, and no deploy follows.",
            ),
            Grant(
                "KeepRenewedClients",
                ["secretsmanager:PutSecretValue"],
                [self._arn("secretsmanager", clients)],
                because="Some platforms renew the refresh token of a client and take the old one no more.",
            ),
            self._use_key("PlatformClientsKey", self.keys.credentials, "secretsmanager"),
        ]

    def look_at_models(self) -> list[Grant]:
        """Ask all providers how they are, and write down what follows; buy nothing."""
        return [*self.standings(), *self._read_provider_keys(), *self.models.look()]

    def artifacts(self) -> list[Grant]:
        """Read and write the files of productions."""
        bucket = self.artifacts_bucket
        return [
            Grant(
                "UseArtifacts",
                [*_READ_AND_WRITE, "s3:AbortMultipartUpload", "s3:DeleteObject"],
                [bucket.arn_for_objects("*")],
                because=(
                    "Artifacts are named by the hash of what is in them, which nobody knows beforehand. "
                    "Deleting takes back a broken upload, and leaves all versions where they are."
                ),
            ),
            Grant("FindArtifacts", ["s3:ListBucket"], [bucket.bucket_arn]),
            self._use_key("ArtifactsKey", self.keys.productions, "s3"),
        ]

    def configuration_sources(self) -> list[Grant]:
        """Read every source of configuration: the runtime profile, parameters, secrets' dates, documents."""
        return [self._runtime_profile(), self._parameters(), self._secret_dates(), *self._documents()]

    def definitions(self) -> list[Grant]:
        """Merge definitions: write versions, deploy them, remember what was merged."""
        return [
            *self.deployments("MergeDefinitions", (*_READ_DEPLOYMENTS, *_CHANGE_DEPLOYMENTS)),
            Grant(
                "DeployByStrategy",
                ["appconfig:GetDeploymentStrategy", "appconfig:StartDeployment"],
                [self.configuration.strategy_arn(it) for it in self.configuration.strategies],
            ),
            Grant(
                "FindStrategies",
                ["appconfig:ListDeploymentStrategies"],
                ["*"],
                because="Listing strategies, to find ours by name, knows no narrower resource.",
            ),
            Grant(
                "RememberDefinitions",
                _READ_AND_WRITE,
                [self.config_bucket.arn_for_objects("definitions/*")],
                because="One document for each profile, under a prefix that nothing else is kept under.",
            ),
            Grant(
                "FindDefinitions", ["s3:ListBucket", "s3:ListBucketVersions"], [self.config_bucket.bucket_arn]
            ),
            self._use_key("DefinitionsKey", self.keys.configuration, "s3"),
        ]

    def deployments(
        self, sid: str = "ReadDeployments", actions: Sequence[str] = _READ_DEPLOYMENTS
    ) -> list[Grant]:
        """Read what was deployed and what is being deployed."""
        arn = self.configuration.application_arn
        return [Grant(sid, actions, [arn, f"{arn}/*"], because=_NUMBERED)]

    def read_signing_keys(self) -> list[Grant]:
        """Read the keys that sign the audit trail."""
        return self._signing(
            "ReadSigningKeys", ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")
        )

    def check_secrets(self) -> list[Grant]:
        """Look at every secret of the environment: its age, its rotation, and whether it can be read."""
        return [
            Grant(
                "FindSecrets",
                ["secretsmanager:ListSecrets"],
                ["*"],
                because="Listing secrets knows no narrower resource; it tells names and dates, never values.",
            ),
            Grant(
                "LookAtSecrets",
                [
                    "secretsmanager:DescribeSecret",
                    "secretsmanager:GetSecretValue",
                    "secretsmanager:ListSecretVersionIds",
                ],
                [self._arn("secretsmanager", f"secret:reelwright/{self.environment}/*")],
                because="All secrets of this environment are looked at, also those that were added by hand.",
            ),
            self._use_key("SecretsKey", self.keys.credentials, "secretsmanager"),
        ]

    def rotate_signing_keys(self) -> list[Grant]:
        """Renew the keys that sign the audit trail: the actions of the four steps."""
        steps = (
            "DescribeSecret",
            "GetSecretValue",
            "ListSecretVersionIds",
            "PutSecretValue",
            "UpdateSecretVersionStage",
        )
        return self._signing("RotateSigningKeys", tuple(f"secretsmanager:{step}" for step in steps))

    def _buying(self) -> list[Grant]:
        return [*self.spending(), *self.standings(), *self._read_provider_keys()]

    def _read_provider_keys(self) -> list[Grant]:
        return [self._use_key("ProviderKeysKey", self.keys.credentials, "secretsmanager", _READ_KEY)]

    def _signing(self, sid: str, actions: Sequence[str]) -> list[Grant]:
        return [
            Grant(sid, actions, [self.signing_secret_arn]),
            self._use_key("SigningKey", self.keys.credentials, "secretsmanager"),
        ]

    def _table(self, name: str, table: aws_dynamodb.ITable, key: aws_kms.IKey) -> list[Grant]:
        return [
            Grant(f"Use{name}", (*_READ_ITEMS, *_WRITE_ITEMS), [table.table_arn]),
            self._use_key(f"{name}Key", key, "dynamodb"),
        ]

    def _runtime_profile(self) -> Grant:
        return Grant(
            "ReadRuntimeProfile",
            _READ_DEPLOYED,
            [self.configuration.configuration_arn("runtime", "settings")],
        )

    def _parameters(self) -> Grant:
        path = f"reelwright/{self.environment}/settings"
        return Grant(
            "ReadParameters",
            ["ssm:GetParametersByPath"],
            [self._arn("ssm", "parameter", path), self._arn("ssm", "parameter", f"{path}/*")],
            because="Operators add parameters below the environment's own path at any time.",
        )

    def _secret_dates(self) -> Grant:
        secrets = f"secret:reelwright/{self.environment}"
        return Grant(
            "TellWhetherSecretsAreSet",
            ["secretsmanager:DescribeSecret"],
            [self._arn("secretsmanager", f"{secrets}/{kind}/*") for kind in self.secret_kinds],
            because=(
                "A provider or platform may be configured that has no secret yet, and the answer must be "
                "that there is none, not that asking is forbidden. Dates and versions are told, never values."
            ),
        )

    def _documents(self) -> list[Grant]:
        return [
            Grant(
                "ReadDocuments",
                ["s3:GetObject", "s3:GetObjectVersion"],
                [self.config_bucket.arn_for_objects("*")],
                because="All documents of this bucket are configuration of this one environment.",
            ),
            Grant(
                "FindDocuments", ["s3:ListBucket", "s3:ListBucketVersions"], [self.config_bucket.bucket_arn]
            ),
            self._use_key("DocumentsKey", self.keys.configuration, "s3"),
        ]

    def _use_key(self, sid: str, key: aws_kms.IKey, service: str, actions: Sequence[str] = _USE_KEY) -> Grant:
        """Grant a key only by way of the service whose data it encrypts."""
        via = f"{service}.{self.stack.region}.amazonaws.com"
        return Grant(sid, actions, [key.key_arn], conditions={"StringEquals": {"kms:ViaService": via}})

    def _arn(self, service: str, resource: str, name: str | None = None) -> str:
        return self.stack.format_arn(service=service, resource=resource, resource_name=name)
