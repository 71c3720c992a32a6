"""A bucket and a table of moto, and clients that fail as AWS does."""

from collections.abc import Callable
from threading import Lock
from typing import Any

import boto3
from botocore.exceptions import ClientError

BUCKET = "reelwright-bucket"
TABLE = "control"


class OneAtATime:
    """A client whose calls are atomic as those of AWS are; moto's are not."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = Lock()

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)
        if not callable(call):
            return call

        def locked(*arguments: Any, **named: Any) -> Any:
            with self._lock:
                return call(*arguments, **named)

        return locked


class Meddling:
    """A client where something happens before or after a call, once for each time that it is armed."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.before: dict[str, list[Callable[[], object]]] = {}
        self.after: dict[str, list[Callable[[], object]]] = {}
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        call = getattr(self.client, name)

        def meddled(*arguments: Any, **named: Any) -> Any:
            self.calls.append(name)
            for act in self._take(self.before, name):
                act()
            answer = call(*arguments, **named)
            for act in self._take(self.after, name):
                act()
            return answer

        return meddled

    def _take(self, acts: dict[str, list[Callable[[], object]]], name: str) -> list[Callable[[], object]]:
        waiting = acts.get(name, [])
        return [waiting.pop(0)] if waiting else []


def refusal(
    code: str, status: int = 400, operation: str = "PutObject", headers: dict[str, str] | None = None
) -> ClientError:
    """What boto3 raises when AWS refuses."""
    return ClientError(
        {
            "Error": {"Code": code, "Message": "no"},
            "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": headers or {}},
        },
        operation,
    )


def raising(error: Exception) -> Callable[[], object]:
    """Something that goes wrong."""

    def act() -> object:
        raise error

    return act


def a_bucket(*, versions: bool = True) -> Any:
    """A client of S3 with the bucket there; only inside ``mock_aws``."""
    client = boto3.client("s3", region_name="us-east-1")
    client.create_bucket(Bucket=BUCKET)
    if versions:
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return client


def a_table() -> Any:
    """A client of DynamoDB with the control table there; only inside ``mock_aws``."""
    client = boto3.client("dynamodb", region_name="us-east-1")
    client.create_table(
        TableName=TABLE,
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return client
