"""The simulated world over a table: each request to DynamoDB passes through it, not each call of the port."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import boto3
from moto import mock_aws

from reelwright.pipeline.aws import DynamoProductions
from reelwright.pipeline.ports import StepKey, StepResult
from reelwright.storage.memory import MemoryArtifacts
from tests.simulation.world import Crossing, World

TABLE = "productions"


class TableProductions(DynamoProductions):
    """A store whose requests the world may lose, repeat or delay; and what truly is in the table."""

    def __init__(self, world: World, client: Any, folder: Path) -> None:
        self._world = world
        self._plain = client
        self._folder = folder
        super().__init__(client, TABLE, MemoryArtifacts(folder), clock=world.clock, rng=Random(0))

    def newest(self) -> str | None:
        """Return the name of the newest production, if there is any."""
        return next((production.id for production in self.recent(1)), None)

    def process(self) -> DynamoProductions:
        """Return the store as a new process opens it."""
        world = self._world
        requests: Any = Crossing(world, "table", self._plain)
        rng = Random(world.rng.getrandbits(64))
        return DynamoProductions(requests, TABLE, MemoryArtifacts(self._folder), clock=world.clock, rng=rng)

    @property
    def _results(self) -> dict[StepKey, StepResult]:
        items = self._plain.scan(TableName=TABLE, ConsistentRead=True)["Items"]
        return dict(_result(item) for item in items if item["sk"]["S"].startswith("result#"))


@contextmanager
def table_of(world: World, folder: Path) -> Iterator[TableProductions]:
    """Yield a store over an empty table."""
    with mock_aws():
        client = boto3.client("dynamodb", region_name="eu-west-1")
        names = ("pk", "sk", "kind", "id")
        client.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
            KeySchema=_keys("pk", "sk"),
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "recent",
                    "KeySchema": _keys("kind", "id"),
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
        )
        yield TableProductions(world, client, folder)


def _keys(hashed: str, sorted_by: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hashed, "KeyType": "HASH"},
        {"AttributeName": sorted_by, "KeyType": "RANGE"},
    ]


def _result(item: dict[str, Any]) -> tuple[StepKey, StepResult]:
    _, step, index, input_hash = item["sk"]["S"].split("#")
    key = StepKey(item["pk"]["S"], step, int(index), input_hash)
    return key, StepResult.model_validate_json(item["body"]["S"])
