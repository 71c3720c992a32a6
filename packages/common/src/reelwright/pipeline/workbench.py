"""The parts of a studio on one machine: a folder, SQLite files, the embedded engines and the vendors."""

import os
from pathlib import Path
from random import Random
from secrets import randbits
from typing import Any

from reelwright.audio.engine.soundtrack import EmbeddedSoundtrack
from reelwright.audio.engine.soundtrack_shelf import SoundtrackShelf
from reelwright.audio.engine.voice import EmbeddedVoice
from reelwright.clock import SystemClock
from reelwright.content.engine.provider import EmbeddedWriter
from reelwright.cost.ledger import CostLedger
from reelwright.environment.schema import EnvironmentName
from reelwright.models.local import SqliteAnswers
from reelwright.models.manager import Providers
from reelwright.models.parts import ModelParts
from reelwright.pipeline.flag_places import local_flags
from reelwright.pipeline.local import SqliteProductions
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.prompt_outcomes import local_counter
from reelwright.pipeline.prompt_places import local_prompts
from reelwright.pipeline.publications import local_remotes
from reelwright.pipeline.report.finish import write_account
from reelwright.pipeline.report.foreseen import foresee
from reelwright.pipeline.runner import side_by_side
from reelwright.pipeline.switches import local_switches
from reelwright.pipeline.vendors import with_vendors
from reelwright.production.schema import Production
from reelwright.resilience.local import SqliteHealth
from reelwright.secrets.local import local_secrets
from reelwright.secrets.manager import SecretsManager
from reelwright.storage.local import FolderArtifacts
from reelwright.upload.packages import FolderPackages
from reelwright.upload.platforms.folder import FolderPlatform
from reelwright.video.assembly import PyAvAssembler
from reelwright.video.engine.provider import EmbeddedMotionGraphics
from reelwright.video.engine.thumbnails.maker import EmbeddedThumbnail
from reelwright.video.review import PyAvReviewer

__all__ = ["local_parts"]

_EMBEDDED = "embedded"


def local_parts(root: Path, jobs: int, environment: EnvironmentName) -> Parts:
    """Return the parts that keep everything under ``root`` and make ``jobs`` scenes at a time."""
    clock, rng = SystemClock(), Random(randbits(128))
    store = SqliteProductions(root)
    artifacts = FolderArtifacts(root / "artifacts")
    pictures_dir = root / "cache" / "pictures"
    graphics = EmbeddedMotionGraphics(jobs=jobs, pictures_dir=pictures_dir)

    ours = Providers(
        content={_EMBEDDED: EmbeddedWriter()},
        audio={_EMBEDDED: EmbeddedVoice(cache_dir=root / "cache" / "speech")},
        video={_EMBEDDED: graphics},
    )
    switches = local_switches(root, environment, clock)
    secrets = SecretsManager(local_secrets(root / "secrets.env", os.environ), clock=clock)
    models = ModelParts(
        environment=environment,
        providers=with_vendors(ours, rng=rng),
        ledger=CostLedger.open(f"sqlite:///{root}/ledger.db", clock=clock),
        health=SqliteHealth(root / "health.db"),
        answers=SqliteAnswers(root / "answers.db", clock),
        artifacts=artifacts,
        secrets=secrets,
        clock=clock,
        rng=rng,
        switched_off=switches.provider,
    )

    counter = local_counter(root, models.catalogue)

    def finish(production: Production, values: dict[str, Any]) -> None:
        settings = store.pinned(production.id).settings
        foreseen = foresee(production.brief, settings, production.created_at.date(), models.catalogue)
        so_far = counter.so_far(production)
        write_account(production, values, artifacts, FolderPackages(), foreseen, so_far)

    return Parts(
        clock=clock,
        rng=rng,
        store=store,
        artifacts=artifacts,
        models=models,
        soundtrack=SoundtrackShelf(EmbeddedSoundtrack(), root / "cache" / "soundtracks"),
        assembler=PyAvAssembler(),
        reviewer=PyAvReviewer(jobs),
        thumbnails=EmbeddedThumbnail(pictures_dir),
        platforms={"folder": FolderPlatform(clock)},
        work_root=root / "work",
        mapper=side_by_side(jobs),
        finish=finish,
        closeables=(graphics, models, store),
        flags=local_flags(root, environment, clock),
        prompts=local_prompts(root, environment, clock, rng),
        count_prompts=counter,
        platform_stopped=switches.platform,
        remotes=local_remotes(root, environment, clock, secrets),
    )
