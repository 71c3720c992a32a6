"""A stack cannot delete a bucket that holds anything, versions of deleted objects included.

MiniStack's CloudFormation deletes whatever is in it, so a stack that can never be destroyed would pass.
"""

from typing import Any

from ministack.services import s3
from ministack.services.cloudformation import provisioners


def apply() -> None:
    handler = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    delete = handler["delete"]

    def delete_bucket(physical_id: str, props: dict[str, Any]) -> None:
        if s3._buckets.get(physical_id, {}).get("objects") or s3._bucket_has_versions(physical_id):
            raise ValueError(
                f"The bucket {physical_id} is not empty (BucketNotEmpty); delete all versions in it."
            )
        delete(physical_id, props)

    handler["delete"] = delete_bucket
