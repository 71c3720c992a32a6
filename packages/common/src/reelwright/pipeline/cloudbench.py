"""The parts of a function on AWS: a table, a bucket, and engines that load when their step comes."""

import math
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random, SystemRandom
from shutil import disk_usage
from typing import Any

from reelwright.clock import Clock, SystemClock
from reelwright.cost.aws import DynamoCharges
from reelwright.cost.ledger import CostLedger
from reelwright.environment.aws import aws_client
from reelwright.environment.deployment import PREFIX, Deployment
from reelwright.flags.kill_switches import KillSwitches
from reelwright.models.aws import DynamoAnswers
from reelwright.models.manager import Providers
from reelwright.models.parts import ModelParts
from reelwright.models.schema import Model
from reelwright.observability.emf import EmfMetrics
from reelwright.pipeline.aws import DynamoProductions
from reelwright.pipeline.lazy import lazy
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.platforms import video_platforms
from reelwright.pipeline.runner import one_by_one
from reelwright.pipeline.switches import cloud_switches
from reelwright.pipeline.timed import TimedModelParts
from reelwright.pipeline.vendors import with_vendors
from reelwright.pipeline.workshop import Finisher
from reelwright.production.schema import Production
from reelwright.resilience.aws import DynamoHealth
from reelwright.storage.aws_artifacts import S3Artifacts
from reelwright.upload.platforms.bucket import BucketFolder, package_prefix
from reelwright.upload.remotes import RemotePlatforms

__all__ = [
    "ROOM",
    "Clients",
    "Engines",
    "cloud_parts",
    "engines_for",
    "make_room",
    "models_of",
    "output_dir_of",
    "remotes_of",
    "secrets_of",
]

ROOM = Path("/tmp/reelwright")  # noqa: S108 (the one folder that a function may write to, and its own)
_EMBEDDED = "embedded"
_HEALTH_SECONDS = 1.0
_WRAP_UP_SECONDS = 30.0
"""Kept back of a function's time for storing what a call gave."""
_FREE_SHARE = 0.5
_IN_USE_SECONDS = 900.0
"""No function lives longer, so what was fetched before that is nobody's."""


@dataclass(frozen=True, slots=True)
class Clients:
    """The clients that functions of the pipeline need."""

    s3: Any
    dynamodb: Any
    ledger: Any = None
    """Of DynamoDB too, but one that tries once: the ledger repeats what is safe to repeat."""
    health: Any = None
    """One that tries once and briefly: nobody waits for health."""

    @classmethod
    def of_this_function(cls) -> "Clients":
        """Return those that this process shares."""
        return cls(
            s3=aws_client("s3"),
            dynamodb=aws_client("dynamodb"),
            ledger=aws_client("dynamodb", attempts=1),
            health=aws_client("dynamodb", read_seconds=_HEALTH_SECONDS, attempts=1),
        )


@dataclass(frozen=True, slots=True)
class Engines:
    """The embedded engines, each imported by the first step that needs it."""

    providers: Providers
    soundtrack: Any
    assembler: Any
    reviewer: Any
    thumbnails: Any
    catalogue: tuple[Model, ...] | None = None
    """Instead of the bundled one."""


def engines_for(clients: Clients, room: Path, variables: Mapping[str, str]) -> Engines:
    """Return the engines; the voice comes from the bucket that ``REELWRIGHT_VOICE_BUCKET`` and keys name."""
    voice = lazy(
        "reelwright.audio.aws:BucketVoice",
        clients.s3,
        variables.get(f"{PREFIX}VOICE_BUCKET", ""),
        model_key=variables.get(f"{PREFIX}VOICE_KEY", ""),
        config_key=variables.get(f"{PREFIX}VOICE_CONFIG_KEY", ""),
        folder=room / "voice",
    )
    return Engines(
        providers=with_vendors(
            Providers(
                content={_EMBEDDED: lazy("reelwright.content.engine.provider:EmbeddedWriter")},
                audio={_EMBEDDED: lazy("reelwright.audio.engine.voice:EmbeddedVoice", files=voice)},
                video={_EMBEDDED: _drawing(room)},
            ),
            rng=SystemRandom(),
            footage_buckets=_footage_buckets(variables),
        ),
        soundtrack=lazy("reelwright.audio.engine.soundtrack:EmbeddedSoundtrack"),
        assembler=lazy("reelwright.video.assembly:PyAvAssembler"),
        reviewer=lazy("reelwright.video.review:PyAvReviewer"),
        thumbnails=lazy(
            "reelwright.video.engine.thumbnails.maker:EmbeddedThumbnail",
            pictures_dir=room / "cache" / "pictures",
        ),
    )


def _drawing(room: Path) -> Any:
    """Return the engine that draws; what it rasterised stays for the next scene of this process."""
    where = "reelwright.video.engine.provider:EmbeddedMotionGraphics"
    return lazy(where, jobs=1, pictures_dir=room / "cache" / "pictures")


def _footage_buckets(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the bucket that Bedrock may deliver to: the environment's own, in its own region."""
    region, bucket = variables.get("AWS_REGION", ""), variables.get(f"{PREFIX}ARTIFACTS_BUCKET", "")
    return {region: bucket} if region and bucket else {}


def cloud_parts(
    deployment: Deployment,
    *,
    lease_seconds: float,
    clients: Clients | None = None,
    clock: Clock | None = None,
    rng: Random | None = None,
    room: Path = ROOM,
    engines: Engines | None = None,
) -> Parts:
    """Return the parts of one invocation, which may live for ``lease_seconds`` at most.

    ``room`` is the folder to work in; what is fetched stays there for the next invocation.
    """
    clients, clock = clients or Clients.of_this_function(), clock or SystemClock()
    engines, rng = engines or _engines_of_this_function(), rng or SystemRandom()
    artifacts = S3Artifacts(clients.s3, deployment.artifacts_bucket, room / "artifacts")
    store = DynamoProductions(
        clients.dynamodb,
        deployment.productions_table,
        artifacts,
        clock=clock,
        rng=rng,
        lease_seconds=lease_seconds,
    )
    switches = cloud_switches(deployment, clients.health or clients.dynamodb, clock)
    counter = lazy(
        "reelwright.pipeline.prompt_outcomes:cloud_counter", deployment, clients.dynamodb, engines.catalogue
    )
    return Parts(
        clock=clock,
        rng=rng,
        store=store,
        artifacts=artifacts,
        models=_models(
            deployment,
            clients,
            engines,
            artifacts,
            clock,
            rng,
            lease_seconds - _WRAP_UP_SECONDS,
            switches,
        ),
        soundtrack=engines.soundtrack,
        assembler=engines.assembler,
        reviewer=engines.reviewer,
        thumbnails=engines.thumbnails,
        platforms={"folder": BucketFolder(clients.s3, deployment.artifacts_bucket, clock)},
        work_root=room / "work",
        mapper=one_by_one,
        finish=_finisher(clients, deployment, artifacts, store, engines.catalogue, counter),
        flags=lazy("reelwright.pipeline.flag_places:cloud_flags", deployment, clients.dynamodb, clock),
        prompts=lazy(
            "reelwright.pipeline.prompt_places:cloud_prompts",
            deployment,
            clients.s3,
            clients.dynamodb,
            clock,
            rng,
        ),
        count_prompts=counter,
        platform_stopped=switches.platform,
        remotes=_remotes(deployment, clients, clock),
    )


def _remotes(deployment: Deployment, clients: Clients, clock: Clock) -> RemotePlatforms:
    """Return the video platforms, and the table that keeps a video from being published twice."""
    return RemotePlatforms(
        adapters=video_platforms(),
        store=lazy(
            "reelwright.upload.aws_publications:DynamoPublications",
            clients.dynamodb,
            deployment.models_table,
        ),
        secrets=lazy("reelwright.pipeline.cloudbench:secrets_of", deployment),
        clock=clock,
        environment=deployment.environment,
        series=lazy(
            "reelwright.upload.outcomes_aws:DynamoOutcomes",
            clients.dynamodb,
            deployment.models_table,
        ),
    )


def remotes_of(deployment: Deployment, *, is_measured: bool = True) -> tuple[RemotePlatforms, KillSwitches]:
    """Return the video platforms for who makes no production, and what may stop them.

    Measurements go to standard output, where a function's belong.
    """
    clients, clock = Clients.of_this_function(), SystemClock()
    switches = cloud_switches(deployment, clients.health, clock, is_measured=is_measured)
    return _remotes(deployment, clients, clock), switches


def models_of(deployment: Deployment) -> ModelParts:
    """Return what a function needs that looks at models and money, and makes no production."""
    clients, clock = Clients.of_this_function(), SystemClock()
    artifacts = S3Artifacts(clients.s3, deployment.artifacts_bucket, ROOM / "artifacts")
    engines = _engines_of_this_function()
    switches = cloud_switches(deployment, clients.health, clock)
    return _models(deployment, clients, engines, artifacts, clock, SystemRandom(), math.inf, switches)


def _models(  # noqa: PLR0917 (what a function is made of)
    deployment: Deployment,
    clients: Clients,
    engines: Engines,
    artifacts: S3Artifacts,
    clock: Clock,
    rng: Random,
    seconds: float,
    switches: KillSwitches,
) -> ModelParts:
    table = deployment.models_table
    charges = DynamoCharges(clients.ledger or clients.dynamodb, deployment.ledger_table, clock=clock, rng=rng)
    return TimedModelParts(
        seconds=seconds,
        environment=deployment.environment,
        providers=engines.providers,
        ledger=CostLedger(charges, clock=clock),
        health=DynamoHealth(clients.health or clients.dynamodb, table),
        answers=DynamoAnswers(clients.dynamodb, table, clock),
        artifacts=artifacts,
        secrets=lazy("reelwright.pipeline.cloudbench:secrets_of", deployment),
        clock=clock,
        rng=rng,
        metrics=EmfMetrics(deployment.environment, sys.stdout, clock),
        catalogue=engines.catalogue,
        switched_off=switches.provider,
    )


@cache
def secrets_of(deployment: Deployment) -> Any:
    """Return the secrets of an environment, which stay in memory between the invocations of a process."""
    # Only the functions that call vendors need them.
    from reelwright.secrets.aws import SecretsManagerStore  # noqa: PLC0415 (as said above)
    from reelwright.secrets.manager import SecretsManager  # noqa: PLC0415 (as said above)

    return SecretsManager(SecretsManagerStore(aws_client("secretsmanager"), deployment.secrets_prefix))


def _finisher(  # noqa: PLR0917 (what an account is made of)
    clients: Clients,
    deployment: Deployment,
    artifacts: S3Artifacts,
    store: DynamoProductions,
    catalogue: tuple[Model, ...] | None,
    counter: Any,
) -> Finisher:
    def finish(production: Production, values: dict[str, Any]) -> None:
        # The page and the bucket's half of a package are needed by one function only.
        from reelwright.pipeline.report.finish import write_account  # noqa: PLC0415 (as said above)
        from reelwright.pipeline.report.foreseen import foresee  # noqa: PLC0415 (as said above)
        from reelwright.upload.aws import BucketPackages  # noqa: PLC0415 (as said above)

        packages = BucketPackages(clients.s3, deployment.artifacts_bucket)
        settings = store.pinned(production.id).settings
        foreseen = foresee(production.brief, settings, production.created_at.date(), catalogue)
        write_account(production, values, artifacts, packages, foreseen, counter.so_far(production))

    return finish


def make_room(room: Path, clock: Clock) -> None:
    """Remove artifacts that earlier invocations fetched, once half of the disk is taken.

    A process that lives long would fill it otherwise; with space left, what is there is not fetched again.
    """
    if not room.is_dir() or disk_usage(room).free >= _FREE_SHARE * disk_usage(room).total:
        return
    oldest = clock.now().timestamp() - _IN_USE_SECONDS
    for file in (room / "artifacts").rglob("*"):
        with suppress(OSError):
            if file.is_file() and file.stat().st_mtime < oldest:
                file.unlink()


def output_dir_of(deployment: Deployment, production_id: str) -> str:
    """Return where the package of a production is."""
    return f"s3://{deployment.artifacts_bucket}/{package_prefix(production_id).rstrip('/')}"


@cache
def _engines_of_this_function() -> Engines:
    """Engines stay loaded between the invocations of a process."""
    return engines_for(Clients.of_this_function(), ROOM, os.environ)
