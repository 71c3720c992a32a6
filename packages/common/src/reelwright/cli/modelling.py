"""Between a command and models: an environment's ledger, health and answers, and every vendor's adapter.

Nothing is opened or imported before it is used: who only looks at the catalogue touches no file and no table.
"""

from typing import TYPE_CHECKING

from reelwright.cli.configuring import open_configuration, open_secrets
from reelwright.cli.places import ROOT

if TYPE_CHECKING:
    from random import Random

    from reelwright.clock import Clock
    from reelwright.environment.deployment import Deployment
    from reelwright.environment.schema import Settings
    from reelwright.models.manager import Providers
    from reelwright.models.parts import ModelParts

__all__ = ["ledger_url", "open_models", "open_settings"]


def open_settings(name: str) -> "Settings":
    """Return the settings that a production which began now in this environment would pin."""
    return open_configuration(name).snapshot.settings


def ledger_url(name: str) -> str:
    """Return where an environment keeps its costs, as CostLedger.open takes it.

    InvalidEnvironment for a name that does not exist, is not deployed, or has no ledger yet.
    """
    from reelwright.environment.loader import check_environment_name  # noqa: PLC0415 (heavy)

    if check_environment_name(name) == "local":
        return f"sqlite:///{ROOT.resolve()}/ledger.db"
    return f"dynamodb://{_deployment(name).ledger_table}"


def open_models(name: str) -> "ModelParts":
    """Return what calls to models need in an environment: this machine's, or the deployed tables and secrets.

    Engines of ours run here in both. Errors as ``ledger_url``; AwsUnavailable. Close it when done.
    """
    from reelwright.clock import SystemClock  # noqa: PLC0415 (heavy)
    from reelwright.environment.loader import check_environment_name  # noqa: PLC0415 (heavy)

    clock = SystemClock()
    return _here(clock) if check_environment_name(name) == "local" else _there(name, clock)


def _here(clock: "Clock") -> "ModelParts":
    from random import SystemRandom  # noqa: PLC0415 (as the others)

    from reelwright.cost.ledger import CostLedger  # noqa: PLC0415 (heavy)
    from reelwright.models.local import SqliteAnswers  # noqa: PLC0415 (heavy)
    from reelwright.models.parts import ModelParts  # noqa: PLC0415 (heavy)
    from reelwright.resilience.local import SqliteHealth  # noqa: PLC0415 (heavy)
    from reelwright.storage.local import FolderArtifacts  # noqa: PLC0415 (heavy)

    root, rng = ROOT.resolve(), SystemRandom()
    return ModelParts(
        environment="local",
        providers=_providers(rng),
        ledger=CostLedger.open(ledger_url("local"), clock=clock),
        health=SqliteHealth(root / "health.db"),
        answers=SqliteAnswers(root / "answers.db", clock),
        artifacts=FolderArtifacts(root / "artifacts"),
        secrets=open_secrets("local"),
        clock=clock,
        rng=rng,
    )


def _there(name: str, clock: "Clock") -> "ModelParts":
    from random import SystemRandom  # noqa: PLC0415 (as the others)

    from reelwright.cost.ledger import CostLedger  # noqa: PLC0415 (heavy)
    from reelwright.environment.aws import aws_client  # noqa: PLC0415 (heavy)
    from reelwright.models.aws import DynamoAnswers  # noqa: PLC0415 (heavy)
    from reelwright.models.parts import ModelParts  # noqa: PLC0415 (heavy)
    from reelwright.resilience.aws import DynamoHealth  # noqa: PLC0415 (heavy)
    from reelwright.storage.aws_artifacts import S3Artifacts  # noqa: PLC0415 (heavy)

    deployment, rng = _deployment(name), SystemRandom()
    dynamodb, s3 = aws_client("dynamodb"), aws_client("s3")
    bucket, table = deployment.artifacts_bucket, deployment.models_table
    return ModelParts(
        environment=name,
        providers=_providers(rng, {s3.meta.region_name: bucket}),
        ledger=CostLedger.open(f"dynamodb://{deployment.ledger_table}", clock=clock),
        health=DynamoHealth(dynamodb, table),
        answers=DynamoAnswers(dynamodb, table, clock),
        artifacts=S3Artifacts(s3, bucket, ROOT.resolve() / "artifacts" / name),
        secrets=open_secrets(name),
        clock=clock,
        rng=rng,
    )


def _providers(rng: "Random", footage_buckets: dict[str, str] | None = None) -> "Providers":
    """Return every adapter, each imported by its first call; scenes are drawn in this process."""
    from reelwright.models.manager import Providers  # noqa: PLC0415 (heavy)
    from reelwright.pipeline.lazy import lazy  # noqa: PLC0415 (as the others)
    from reelwright.pipeline.vendors import with_vendors  # noqa: PLC0415 (heavy)

    speech = ROOT.resolve() / "cache" / "speech"
    embedded = Providers(
        content={"embedded": lazy("reelwright.content.engine.provider:EmbeddedWriter")},
        audio={"embedded": lazy("reelwright.audio.engine.voice:EmbeddedVoice", cache_dir=speech)},
        video={"embedded": lazy("reelwright.video.engine.provider:EmbeddedMotionGraphics", jobs=1)},
    )
    return with_vendors(embedded, rng=rng, footage_buckets=footage_buckets)


def _deployment(name: str) -> "Deployment":
    from reelwright.environment.aws import find_deployment  # noqa: PLC0415 (heavy)
    from reelwright.environment.errors import InvalidEnvironment  # noqa: PLC0415 (heavy)

    deployment = find_deployment(name)
    if not (deployment.ledger_table and deployment.models_table):
        raise InvalidEnvironment(
            f"The environment {name} was deployed before it had tables for costs and models.",
            next_step=f"Deploy it again: make deploy ENV={name}",
            context={"environment": name},
        )
    return deployment
