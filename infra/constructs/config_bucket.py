"""Where operators' configuration documents live, in all their versions."""

from typing import cast

from aws_cdk import Duration, RemovalPolicy, aws_kms, aws_s3
from constructs import Construct

from infra.constructs.closed_bucket import closed_bucket
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
        self.bucket = closed_bucket(
            self,
            key=key,
            access_logs=access_logs,
            log_prefix="config/",
            object_lock_default_retention=_governance(object_lock_days),
        )
        # CDK would send events by way of a function of its own that may touch every bucket.
        cast("aws_s3.CfnBucket", self.bucket.node.default_child).add_property_override(
            "NotificationConfiguration", {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
        )
        protect(self.bucket, logical_id="ConfigBucket", removal_policy=removal_policy)


def _governance(days: int | None) -> aws_s3.ObjectLockRetention | None:
    return None if days is None else aws_s3.ObjectLockRetention.governance(Duration.days(days))
