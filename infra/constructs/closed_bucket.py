"""What the buckets that hold data have in common."""

from typing import Any

from aws_cdk import aws_kms, aws_s3
from constructs import Construct

__all__ = ["closed_bucket"]


def closed_bucket(
    scope: Construct, *, key: aws_kms.IKey, access_logs: aws_s3.IBucket, log_prefix: str, **more: Any
) -> aws_s3.Bucket:
    """Return a bucket that is versioned, logged, encrypted with our key, closed to the public and plain HTTP.

    ``more`` is what this one has besides, as ``aws_s3.Bucket`` calls it.
    """
    return aws_s3.Bucket(
        scope,
        "Bucket",
        encryption=aws_s3.BucketEncryption.KMS,
        encryption_key=key,
        bucket_key_enabled=True,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        block_public_access=aws_s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=aws_s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        versioned=True,
        server_access_logs_bucket=access_logs,
        server_access_logs_prefix=log_prefix,
        **more,
    )
