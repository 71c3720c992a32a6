"""Where operators' configuration documents live, in all their versions."""

from typing import cast

from aws_cdk import Duration, RemovalPolicy, aws_kms, aws_s3
from constructs import Construct

from infra.guardrails.stateful import protect

__all__ = ["ConfigBucket"]


class ConfigBucket(Construct):
    """A bucket whose every change is an event, and whose versions stay for ``object_lock_days``."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: aws_kms.IKey,
        access_logs: aws_s3.IBucket,
        object_lock_days: int | None,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = aws_s3.Bucket(
            self,
            "Bucket",
            encryption=aws_s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=aws_s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            object_lock_default_retention=_governance(object_lock_days),
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="config/",
        )
        # CDK would send events by way of a function of its own that may touch every bucket.
        cast("aws_s3.CfnBucket", self.bucket.node.default_child).add_property_override(
            "NotificationConfiguration", {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
        )
        protect(self.bucket, logical_id="ConfigBucket", removal_policy=removal_policy)


def _governance(days: int | None) -> aws_s3.ObjectLockRetention | None:
    return None if days is None else aws_s3.ObjectLockRetention.governance(Duration.days(days))
