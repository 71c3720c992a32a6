"""A deployed environment in small: a table and a bucket in moto, engines of the simulated world."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import boto3
from PIL import Image

from reelwright.clock import VirtualClock
from reelwright.config.schema import Snapshot
from reelwright.environment.deployment import Deployment
from reelwright.environment.loader import load_environment
from reelwright.models.manager import Providers
from reelwright.observability.memory import MemoryMetrics
from reelwright.pipeline.cloudbench import Clients, Engines, cloud_parts
from reelwright.pipeline.declaration import PIPELINE
from reelwright.pipeline.functions import (
    BeginRequest,
    FailRequest,
    Functions,
    ItemRequest,
    ProductionRequest,
    StepRequest,
)
from reelwright.pipeline.parts import Parts
from reelwright.video.schema import ThumbnailDraft, ThumbnailRequest
from tests.simulation import engines
from tests.simulation.settings import snapshot_of
from tests.simulation.world import World

REGION = "us-east-1"
DEPLOYMENT = Deployment(
    environment="dev",
    artifacts_bucket="artifacts",
    productions_table="productions",
    ledger_table="ledger",
    models_table="models",
)
PRODUCTION_ID = "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF"


class Designer:
    """Draws a still that can be opened."""

    def make(self, request: ThumbnailRequest) -> tuple[ThumbnailDraft, ...]:
        """Write the PNG."""
        Image.new("RGB", (32, 18), "navy").save(request.out)
        return (engines.draft_of(request, request.title),)


def make_resources() -> None:
    """Make the table and the bucket as the stack does."""
    names = ("pk", "sk", "kind", "id")
    boto3.client("s3", region_name=REGION).create_bucket(Bucket=DEPLOYMENT.artifacts_bucket)
    boto3.client("dynamodb", region_name=REGION).create_table(
        TableName=DEPLOYMENT.productions_table,
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

    for table in (DEPLOYMENT.ledger_table, DEPLOYMENT.models_table):
        boto3.client("dynamodb", region_name=REGION).create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            KeySchema=_keys("pk", "sk"),
        )


def _keys(hashed: str, sorted_by: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hashed, "KeyType": "HASH"},
        {"AttributeName": sorted_by, "KeyType": "RANGE"},
    ]


def settings_of_dev() -> Snapshot:
    """Return the snapshot of an environment at its defaults."""
    return snapshot_of(load_environment("dev").settings)


@dataclass
class Cloud:
    """One environment. Every call is an invocation of a function that has just started."""

    room: Path
    world: World = field(default_factory=lambda: World(0))
    metrics: MemoryMetrics = field(default_factory=MemoryMetrics)
    configuration: Callable[[], Snapshot] = field(default=settings_of_dev)
    changes: dict[str, Any] = field(default_factory=dict)
    """Parts that are other than usual."""

    def __post_init__(self) -> None:
        vendor = engines.Vendor(self.world, idempotent=True, watch=engines.Watch())
        self.clients = Clients(
            s3=boto3.client("s3", region_name=REGION),
            dynamodb=boto3.client("dynamodb", region_name=REGION),
        )
        self._engines = Engines(
            providers=Providers(
                content={"embedded": engines.Writer(vendor)},
                audio={"embedded": engines.Voice(vendor)},
                video={"embedded": engines.Camera(vendor)},
            ),
            soundtrack=engines.SoundDesk(),
            assembler=engines.CuttingRoom(),
            reviewer=engines.Screening(),
            thumbnails=Designer(),
        )

    @property
    def clock(self) -> VirtualClock:
        return self.world.clock

    @property
    def parts(self) -> Parts:
        made = cloud_parts(
            DEPLOYMENT,
            lease_seconds=60,
            clients=self.clients,
            clock=self.clock,
            rng=Random(self.world.rng.random()),
            room=self.room,
            engines=self._engines,
        )
        return replace(made, **self.changes)

    def functions(self) -> Functions:
        return Functions(DEPLOYMENT, self.parts, configuration=self.configuration, metrics=self.metrics)

    def begin(self, execution: str = PRODUCTION_ID, **asked: Any) -> str:
        request = BeginRequest.model_validate({"execution": execution, "input": asked})
        return str(self.functions().begin(request)["production_id"])

    def open(self, production_id: str, step: str) -> list[int]:
        opened = self.functions().open_step(StepRequest(production_id=production_id, step=step))
        return list(opened["items"])

    def run(self, production_id: str, step: str, index: int) -> dict[str, Any]:
        item = ItemRequest(production_id=production_id, step=step, index=index)
        return self.functions().run_item(item)

    def finish(self, production_id: str) -> None:
        self.functions().finish(ProductionRequest(production_id=production_id))

    def fail(self, production_id: str, error: str, cause: str) -> None:
        said = {"Error": error, "Cause": cause}
        self.functions().fail(FailRequest.model_validate({"production_id": production_id, "error": said}))

    def execute(self, execution: str = PRODUCTION_ID, *, times: int = 1, **asked: Any) -> str:
        """Do what an execution does, with every call made so many times."""
        production_id = self.begin(execution, **asked)
        for call in self._calls(production_id):
            for _ in range(times):
                call()
        return production_id

    def _calls(self, production_id: str) -> Iterator[Callable[[], object]]:
        for step in PIPELINE:
            items = self.open(production_id, step.name)
            yield lambda step=step: self.open(production_id, step.name)  # type: ignore[misc]  # mypy does not see the default
            for index in items:
                yield lambda step=step, index=index: self.run(production_id, step.name, index)  # type: ignore[misc]  # as above
        yield lambda: self.finish(production_id)

    def package(self, production_id: str) -> dict[str, bytes]:
        """Return the files of a package by name."""
        bucket, prefix = DEPLOYMENT.artifacts_bucket, f"packages/{production_id}/"
        listed = self.clients.s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        return {
            item["Key"].removeprefix(prefix): self.clients.s3.get_object(Bucket=bucket, Key=item["Key"])[
                "Body"
            ].read()
            for item in listed
        }
