"""Encryption keys, one for each class of data, so that reading one class opens no other."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import ArnFormat, Duration, RemovalPolicy, Stack, aws_iam, aws_kms
from constructs import Construct

from infra.guardrails.stateful import protect

__all__ = ["EncryptionKey", "KeyRing"]

_COLON = ArnFormat.COLON_RESOURCE_NAME
_DELIVER = ("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
_REWRITE = ("kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo")


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
    """Let CloudWatch and EventBridge encrypt what they keep and deliver for this environment."""
    stack = Stack.of(key)
    logs = f"logs.{stack.region}.amazonaws.com"
    groups = (f"/reelwright/{name}/*", f"/aws/vendedlogs/states/reelwright/{name}/*")
    arns = [_arn(stack, "logs", "log-group", group) for group in groups]
    of_logs = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arns}}
    _allow(key, "EncryptLogs", logs, (*_DELIVER, *_REWRITE), of_logs)
    alarms = {"ArnLike": {"aws:SourceArn": _arn(stack, "cloudwatch", "alarm", f"reelwright-{name}-*")}}
    _allow(key, "EncryptAlarms", "cloudwatch.amazonaws.com", _DELIVER, alarms)
    # EventBridge does not tell the key for whom it asks: a condition here would lose every dead letter.
    _allow(key, "EncryptDeadLetters", "events.amazonaws.com", _DELIVER, None)


def _allow(
    key: aws_kms.Key, sid: str, service: str, actions: Sequence[str], conditions: dict[str, Any] | None
) -> None:
    key.add_to_resource_policy(
        aws_iam.PolicyStatement(
            sid=sid,
            principals=[aws_iam.ServicePrincipal(service)],
            actions=list(actions),
            resources=["*"],
            conditions=conditions,
        )
    )


def _arn(stack: Stack, service: str, resource: str, name: str) -> str:
    return stack.format_arn(service=service, resource=resource, resource_name=name, arn_format=_COLON)
