"""Encryption keys, one for each class of data, so that reading one class opens no other."""

from aws_cdk import Duration, RemovalPolicy, aws_kms
from constructs import Construct

from infra.guardrails.stateful import protect

__all__ = ["EncryptionKey"]


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
