"""Where the other buckets write down who asked for what."""

from aws_cdk import Duration, RemovalPolicy, aws_s3
from constructs import Construct

from infra.guardrails.stateful import protect

__all__ = ["AccessLogs"]


class AccessLogs(Construct):
    """A bucket for S3 server access logs.

    S3 delivers such logs only to buckets encrypted with its own keys, so this one has no key of ours.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, retention: Duration, removal_policy: RemovalPolicy
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = aws_s3.Bucket(
            self,
            "Bucket",
            encryption=aws_s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=aws_s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            lifecycle_rules=[
                aws_s3.LifecycleRule(expiration=retention, noncurrent_version_expiration=Duration.days(1))
            ],
        )
        protect(self.bucket, logical_id="AccessLogsBucket", removal_policy=removal_policy)
