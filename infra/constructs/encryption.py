"""Encryption keys, one for each class of data, so that reading one class opens no other."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack, aws_iam, aws_kms
from constructs import Construct

from infra.guardrails.stateful import protect

__all__ = ["EncryptionKey", "KeyRing"]

_COLON = ArnFormat.COLON_RESOURCE_NAME


class EncryptionKey(Construct):
    """A customer-managed key that rotates every year."""

    def __init__(
        self, scope: Construct, construct_id: str, *, encrypts: str, removal_policy: RemovalPolicy
    ) -> None:
        super().__init__(scope, construct_id)
        self.key = aws_kms.Key(
            self,
            "Key",
            description=f"Encrypts {encrypts}.",
            enable_key_rotation=True,
            pending_window=Duration.days(30),
        )
        protect(self.key, logical_id=construct_id, removal_policy=removal_policy)


class KeyRing:
    """The key of each class of data; a ring with a single key uses that one for all of them."""

    def __init__(
        self, scope: Construct, *, name: str, single_key: bool, removal_policy: RemovalPolicy
    ) -> None:
        def key(construct_id: str, encrypts: str) -> aws_kms.Key:
            return EncryptionKey(scope, construct_id, encrypts=encrypts, removal_policy=removal_policy).key

        everything = "everything of this environment"
        self.productions = key("ProductionsKey", everything if single_key else "artifacts and productions")
        if single_key:
            self.configuration = self.credentials = self.operations = self.productions
        else:
            self.configuration = key("ConfigurationKey", "configuration documents and the audit trail")
            self.credentials = key("CredentialsKey", "credentials of providers and our signing keys")
            self.operations = key("OperationsKey", "logs, alarms and dead letters")
        _let_services_use(self.operations, name)


def _let_services_use(key: aws_kms.Key, name: str) -> None:
    """Let CloudWatch and EventBridge encrypt what they deliver for this account's environment only."""
    stack = Stack.of(key)
    groups = (f"/reelwright/{name}/*", f"/aws/vendedlogs/states/reelwright/{name}/*")
    logs = [
        stack.format_arn(service="logs", resource="log-group", resource_name=it, arn_format=_COLON)
        for it in groups
    ]
    key.add_to_resource_policy(
        _use_by(
            ["logs.amazonaws.com"],
            "EncryptLogs",
            {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": logs}},
        )
    )
    key.add_to_resource_policy(
        _use_by(
            ["cloudwatch.amazonaws.com", "events.amazonaws.com"],
            "EncryptAlarmsAndDeadLetters",
            {"StringEquals": {"aws:SourceAccount": stack.account}},
        )
    )


def _use_by(services: Sequence[str], sid: str, conditions: dict[str, Any]) -> aws_iam.PolicyStatement:
    return aws_iam.PolicyStatement(
        sid=sid,
        principals=[aws_iam.ServicePrincipal(service) for service in services],
        actions=["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
        resources=["*"],
        conditions=conditions,
    )
