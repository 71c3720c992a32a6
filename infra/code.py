"""Where functions find their code: in the bootstrap bucket, under the hash of what went into it."""

from functools import cached_property
from pathlib import Path

from aws_cdk import Annotations, FileAssetPackaging, Stack, aws_lambda, aws_s3
from constructs import Construct

from infra.bundling.workshop import Workshop

__all__ = ["CodeShelf", "StoredFile"]


class StoredFile:
    """One file in the bootstrap bucket."""

    def __init__(self, bucket: aws_s3.IBucket, key: str) -> None:
        self.bucket = bucket
        self.key = key

    @property
    def arn(self) -> str:
        """The ARN of this one object."""
        return self.bucket.arn_for_objects(self.key)


class CodeShelf:
    """Zips and the voice, as files that the CDK CLI uploads before it deploys.

    The names follow from the inputs alone, so a template is the same whether or not the zips were made.
    With ``make=False`` they are not: synth then needs neither packages nor a network, and a deploy of
    such an assembly stops at the first missing file.
    """

    def __init__(self, scope: Construct, *, workshop: Workshop, make: bool) -> None:
        self._stack = Stack.of(scope)
        self._scope = scope
        self._workshop = workshop
        self._make = make
        self._bucket: aws_s3.IBucket | None = None
        self._codes: dict[str, aws_lambda.Code] = {}

    def code(self, bundle: str) -> aws_lambda.Code:
        """Return the code of a bundle."""
        if bundle not in self._codes:
            path = self._workshop.make(bundle) if self._make else self._workshop.path_of(bundle)
            stored = self._store(path, self._workshop.hash_of(bundle))
            self._codes[bundle] = aws_lambda.Code.from_bucket(stored.bucket, stored.key)
        return self._codes[bundle]

    def hash_of(self, bundle: str) -> str:
        """Return the hash of what goes into a bundle."""
        return self._workshop.hash_of(bundle)

    @cached_property
    def voice(self) -> tuple[StoredFile, StoredFile]:
        """The model of the embedded voice, and its configuration."""
        workshop = self._workshop
        model, config = workshop.make_voice() if self._make else workshop.voice_paths()
        return self._store(model, workshop.voice_hash("model")), self._store(
            config, workshop.voice_hash("config")
        )

    def _store(self, path: Path, name: str) -> StoredFile:
        location = self._stack.synthesizer.add_file_asset(
            source_hash=name, file_name=str(path), packaging=FileAssetPackaging.FILE, display_name=path.name
        )
        if self._bucket is None:
            self._bucket = self._import_bucket(location.bucket_name)
        return StoredFile(self._bucket, location.object_key)

    def _import_bucket(self, name: str) -> aws_s3.IBucket:
        bucket = aws_s3.Bucket.from_bucket_name(self._scope, "BootstrapBucket", name)
        Annotations.of(bucket).acknowledge_warning(
            "@aws-cdk/aws-lambda:codeFromBucketObjectVersionNotSpecified",
            "The key is the hash of what went into the file: other code has another key.",
        )
        return bucket
