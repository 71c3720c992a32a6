"""The parts of a function on AWS: a table, a bucket, and engines that load when their step comes."""

import math
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property, partial
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
    bench = _Bench(
        deployment,
        clients or Clients.of_this_function(),
        engines or _engines_of_this_function(),
        clock or SystemClock(),
        rng or SystemRandom(),
        room,
    )
    return bench.parts(lease_seconds)


def remotes_of(deployment: Deployment, *, is_measured: bool = True) -> tuple[RemotePlatforms, KillSwitches]:
    """Return the video platforms for who makes no production, and what may stop them.

    Measurements go to standard output, where a function's belong.
    """
    bench = _bench_of_this_function(deployment)
    switches = cloud_switches(deployment, bench.clients.health, bench.clock, is_measured=is_measured)
    return bench.remotes(), switches


def models_of(deployment: Deployment) -> ModelParts:
    """Return what a function needs that looks at models and money, and makes no production."""
    return _bench_of_this_function(deployment).models(math.inf)


@dataclass(frozen=True)
class _Bench:
    """What the parts of one invocation are made of; what several of them share is made once."""

    deployment: Deployment
    clients: Clients
    engines: Engines
    clock: Clock
    rng: Random
    room: Path

    @cached_property
    def artifacts(self) -> S3Artifacts:
        return S3Artifacts(self.clients.s3, self.deployment.artifacts_bucket, self.room / "artifacts")

    @cached_property
    def switches(self) -> KillSwitches:
        return cloud_switches(self.deployment, self.clients.health or self.clients.dynamodb, self.clock)

    @cached_property
    def counter(self) -> Any:
        where = "reelwright.pipeline.prompt_outcomes:cloud_counter"
        return lazy(where, self.deployment, self.clients.dynamodb, self.engines.catalogue)

    def parts(self, lease_seconds: float) -> Parts:
        store, engines = self.store(lease_seconds), self.engines
        return Parts(
            clock=self.clock,
            rng=self.rng,
            store=store,
            artifacts=self.artifacts,
            models=self.models(lease_seconds - _WRAP_UP_SECONDS),
            soundtrack=engines.soundtrack,
            assembler=engines.assembler,
            reviewer=engines.reviewer,
            thumbnails=engines.thumbnails,
            platforms={"folder": self.folder()},
            work_root=self.room / "work",
            mapper=one_by_one,
            finish=partial(self.finish, store),
            flags=self.flags(),
            prompts=self.prompts(),
            count_prompts=self.counter,
            platform_stopped=self.switches.platform,
            remotes=self.remotes(),
        )

    def store(self, lease_seconds: float) -> DynamoProductions:
        return DynamoProductions(
            self.clients.dynamodb,
            self.deployment.productions_table,
            self.artifacts,
            clock=self.clock,
            rng=self.rng,
            lease_seconds=lease_seconds,
        )

    def models(self, seconds: float) -> ModelParts:
        deployment, clients, clock = self.deployment, self.clients, self.clock
        return TimedModelParts(
            seconds=seconds,
            environment=deployment.environment,
            providers=self.engines.providers,
            ledger=CostLedger(self.charges(), clock=clock),
            health=DynamoHealth(clients.health or clients.dynamodb, deployment.models_table),
            answers=DynamoAnswers(clients.dynamodb, deployment.models_table, clock),
            artifacts=self.artifacts,
            secrets=self.secrets(),
            clock=clock,
            rng=self.rng,
            metrics=EmfMetrics(deployment.environment, sys.stdout, clock),
            catalogue=self.engines.catalogue,
            switched_off=self.switches.provider,
        )

    def charges(self) -> DynamoCharges:
        client = self.clients.ledger or self.clients.dynamodb
        return DynamoCharges(client, self.deployment.ledger_table, clock=self.clock, rng=self.rng)

    def remotes(self) -> RemotePlatforms:
        """Return the video platforms, and the table that keeps a video from being published twice."""
        table = self.clients.dynamodb, self.deployment.models_table
        return RemotePlatforms(
            adapters=video_platforms(),
            store=lazy("reelwright.upload.aws_publications:DynamoPublications", *table),
            secrets=self.secrets(),
            clock=self.clock,
            environment=self.deployment.environment,
            series=lazy("reelwright.upload.outcomes_aws:DynamoOutcomes", *table),
        )

    def folder(self) -> BucketFolder:
        return BucketFolder(self.clients.s3, self.deployment.artifacts_bucket, self.clock)

    def secrets(self) -> Any:
        return lazy("reelwright.pipeline.cloudbench:secrets_of", self.deployment)

    def flags(self) -> Any:
        where = "reelwright.pipeline.flag_places:cloud_flags"
        return lazy(where, self.deployment, self.clients.dynamodb, self.clock)

    def prompts(self) -> Any:
        where, clients = "reelwright.pipeline.prompt_places:cloud_prompts", self.clients
        return lazy(where, self.deployment, clients.s3, clients.dynamodb, self.clock, self.rng)

    def finish(self, store: DynamoProductions, production: Production, values: dict[str, Any]) -> None:
        """Write the account of a production into its package."""
        # The page and the bucket's half of a package are needed by one function only.
        from reelwright.pipeline.report.finish import write_account  # noqa: PLC0415 (as said above)
        from reelwright.pipeline.report.foreseen import foresee  # noqa: PLC0415 (as said above)
        from reelwright.upload.aws import BucketPackages  # noqa: PLC0415 (as said above)

        packages = BucketPackages(self.clients.s3, self.deployment.artifacts_bucket)
        settings = store.pinned(production.id).settings
        begun_on = production.created_at.date()
        foreseen = foresee(production.brief, settings, begun_on, self.engines.catalogue)
        so_far = self.counter.so_far(production)
        write_account(production, values, self.artifacts, packages, foreseen, so_far)


def _bench_of_this_function(deployment: Deployment) -> _Bench:
    clients, engines = Clients.of_this_function(), _engines_of_this_function()
    return _Bench(deployment, clients, engines, SystemClock(), SystemRandom(), ROOM)


@cache
def secrets_of(deployment: Deployment) -> Any:
    """Return the secrets of an environment, which stay in memory between the invocations of a process."""
    # Only the functions that call vendors need them.
    from reelwright.secrets.aws import SecretsManagerStore  # noqa: PLC0415 (as said above)
    from reelwright.secrets.manager import SecretsManager  # noqa: PLC0415 (as said above)

    return SecretsManager(SecretsManagerStore(aws_client("secretsmanager"), deployment.secrets_prefix))


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
