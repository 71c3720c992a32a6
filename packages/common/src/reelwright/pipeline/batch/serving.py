"""What the functions of the batch machine work on: the stores of a deployed environment."""

from random import SystemRandom
from typing import Any

from reelwright.clock import SystemClock
from reelwright.cost.aws import DynamoCharges
from reelwright.cost.ledger import CostLedger
from reelwright.environment.aws import aws_client
from reelwright.environment.deployment import Deployment
from reelwright.pipeline.aws import DynamoProductions
from reelwright.pipeline.batch.advancing import BatchParts
from reelwright.pipeline.batch.aws import CloudBatches
from reelwright.pipeline.cloudbench import ROOM
from reelwright.pipeline.executions import Executions
from reelwright.storage.aws_artifacts import S3Artifacts

__all__ = ["batch_parts", "ledger_of"]


def batch_parts(deployment: Deployment) -> BatchParts:
    """Return where batches and productions are, and the executions that make them."""
    s3, dynamodb = aws_client("s3"), aws_client("dynamodb")
    clock, bucket, table = SystemClock(), deployment.artifacts_bucket, deployment.productions_table
    artifacts = S3Artifacts(s3, bucket, ROOM / "artifacts")
    return BatchParts(
        batches=CloudBatches(s3, bucket, dynamodb, table),
        productions=DynamoProductions(dynamodb, table, artifacts, clock=clock, rng=SystemRandom()),
        executions=Executions(_stepfunctions(), deployment.state_machine),
        clock=clock,
    )


def ledger_of(deployment: Deployment) -> CostLedger:
    """Return the money of the environment."""
    clock, client = SystemClock(), aws_client("dynamodb", attempts=1)
    charges = DynamoCharges(client, deployment.ledger_table, clock=clock, rng=SystemRandom())
    return CostLedger(charges, clock=clock)


def _stepfunctions() -> Any:
    return aws_client("stepfunctions")
