"""Where the files of productions live: scripts, narration, clips, cuts."""

from aws_cdk import Duration, RemovalPolicy, aws_kms, aws_s3
from constructs import Construct

from infra.constructs.closed_bucket import closed_bucket
from infra.guardrails.stateful import protect

__all__ = ["Artifacts"]

_ABANDONED_UPLOAD = Duration.days(7)


class Artifacts(Construct):
    """The artifacts bucket: versioned, encrypted with our key, closed to the public and to plain HTTP."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: aws_kms.IKey,
        access_logs: aws_s3.IBucket,
        noncurrent_version_expiry: Duration,
        expiry: Duration | None,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = closed_bucket(
            self,
            key=key,
            access_logs=access_logs,
            log_prefix="artifacts/",
            lifecycle_rules=[
                aws_s3.LifecycleRule(
                    expiration=expiry,
                    noncurrent_version_expiration=noncurrent_version_expiry,
                    abort_incomplete_multipart_upload_after=_ABANDONED_UPLOAD,
                )
            ],
        )
        protect(self.bucket, logical_id="ArtifactsBucket", removal_policy=removal_policy)
