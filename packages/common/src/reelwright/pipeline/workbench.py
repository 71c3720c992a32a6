"""The parts of a studio on one machine: a folder, SQLite files, the embedded engines and the vendors."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from secrets import randbits
from typing import Any

from reelwright.audio.engine.soundtrack import EmbeddedSoundtrack
from reelwright.audio.engine.soundtrack_shelf import SoundtrackShelf
from reelwright.audio.engine.voice import EmbeddedVoice
from reelwright.clock import Clock, SystemClock
from reelwright.content.engine.provider import EmbeddedWriter
from reelwright.cost.ledger import CostLedger
from reelwright.environment.schema import EnvironmentName
from reelwright.flags.kill_switches import KillSwitches
from reelwright.models.local import SqliteAnswers
from reelwright.models.manager import Providers
from reelwright.models.parts import ModelParts
from reelwright.pipeline.flag_places import local_flags
from reelwright.pipeline.local import SqliteProductions
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.prompt_outcomes import PromptCounter, local_counter
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
    return _Bench(root, jobs, environment, SystemClock(), Random(randbits(128))).parts()


@dataclass(frozen=True)
class _Bench:
    """What the parts of one studio are made of; what several of them share is made once."""

    root: Path
    jobs: int
    environment: EnvironmentName
    clock: Clock
    rng: Random

    @cached_property
    def store(self) -> SqliteProductions:
        return SqliteProductions(self.root)

    @cached_property
    def artifacts(self) -> FolderArtifacts:
        return FolderArtifacts(self.root / "artifacts")

    @cached_property
    def graphics(self) -> EmbeddedMotionGraphics:
        return EmbeddedMotionGraphics(jobs=self.jobs, pictures_dir=self.pictures_dir)

    @cached_property
    def models(self) -> ModelParts:
        root, clock = self.root, self.clock
        return ModelParts(
            environment=self.environment,
            providers=with_vendors(self.engines(), rng=self.rng),
            ledger=CostLedger.open(f"sqlite:///{root}/ledger.db", clock=clock),
            health=SqliteHealth(root / "health.db"),
            answers=SqliteAnswers(root / "answers.db", clock),
            artifacts=self.artifacts,
            secrets=self.secrets,
            clock=clock,
            rng=self.rng,
            switched_off=self.switches.provider,
        )

    @cached_property
    def secrets(self) -> SecretsManager:
        return SecretsManager(local_secrets(self.root / "secrets.env", os.environ), clock=self.clock)

    @cached_property
    def switches(self) -> KillSwitches:
        return local_switches(self.root, self.environment, self.clock)

    @cached_property
    def counter(self) -> PromptCounter:
        return local_counter(self.root, self.models.catalogue)

    @property
    def pictures_dir(self) -> Path:
        return self.root / "cache" / "pictures"

    def parts(self) -> Parts:
        root, place = self.root, (self.root, self.environment, self.clock)
        return Parts(
            clock=self.clock,
            rng=self.rng,
            store=self.store,
            artifacts=self.artifacts,
            models=self.models,
            soundtrack=SoundtrackShelf(EmbeddedSoundtrack(), root / "cache" / "soundtracks"),
            assembler=PyAvAssembler(),
            reviewer=PyAvReviewer(self.jobs),
            thumbnails=EmbeddedThumbnail(self.pictures_dir),
            platforms={"folder": FolderPlatform(self.clock)},
            work_root=root / "work",
            mapper=side_by_side(self.jobs),
            finish=self.finish,
            closeables=(self.graphics, self.models, self.store),
            flags=local_flags(*place),
            prompts=local_prompts(*place, self.rng),
            count_prompts=self.counter,
            platform_stopped=self.switches.platform,
            remotes=local_remotes(*place, self.secrets),
        )

    def engines(self) -> Providers:
        return Providers(
            content={_EMBEDDED: EmbeddedWriter()},
            audio={_EMBEDDED: EmbeddedVoice(cache_dir=self.root / "cache" / "speech")},
            video={_EMBEDDED: self.graphics},
        )

    def finish(self, production: Production, values: dict[str, Any]) -> None:
        """Write the account of a production into its package."""
        settings = self.store.pinned(production.id).settings
        begun_on = production.created_at.date()
        foreseen = foresee(production.brief, settings, begun_on, self.models.catalogue)
        so_far = self.counter.so_far(production)
        write_account(production, values, self.artifacts, FolderPackages(), foreseen, so_far)
