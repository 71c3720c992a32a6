"""The parts of a studio on one machine: a folder, a SQLite file, the embedded engines."""

from pathlib import Path
from random import Random
from secrets import randbits
from typing import Any

from reelwright.audio.engine.soundtrack import EmbeddedSoundtrack
from reelwright.audio.engine.voice import EmbeddedVoice
from reelwright.clock import SystemClock
from reelwright.content.engine.provider import EmbeddedWriter
from reelwright.models.catalogue import load_catalogue
from reelwright.models.manager import Providers
from reelwright.pipeline.local import SqliteProductions
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.report.finish import write_account
from reelwright.pipeline.runner import side_by_side
from reelwright.production.schema import Production
from reelwright.storage.local import FolderArtifacts
from reelwright.upload.packages import FolderPackages
from reelwright.upload.platforms.folder import FolderPlatform
from reelwright.video.assembly import PyAvAssembler
from reelwright.video.engine.provider import EmbeddedMotionGraphics
from reelwright.video.engine.thumbnail import EmbeddedThumbnail
from reelwright.video.review import PyAvReviewer

__all__ = ["local_parts"]

_EMBEDDED = "embedded"


def local_parts(root: Path, jobs: int) -> Parts:
    """Return the parts that keep everything under ``root`` and make ``jobs`` scenes at a time."""
    clock = SystemClock()
    store = SqliteProductions(root)
    artifacts = FolderArtifacts(root / "artifacts")
    graphics = EmbeddedMotionGraphics(jobs=jobs)

    def finish(production: Production, values: dict[str, Any]) -> None:
        write_account(production, values, artifacts, FolderPackages())

    return Parts(
        clock=clock,
        rng=Random(randbits(128)),
        store=store,
        artifacts=artifacts,
        catalogue=load_catalogue(),
        providers=Providers(
            content={_EMBEDDED: EmbeddedWriter()},
            audio={_EMBEDDED: EmbeddedVoice(cache_dir=root / "cache" / "speech")},
            video={_EMBEDDED: graphics},
        ),
        soundtrack=EmbeddedSoundtrack(),
        assembler=PyAvAssembler(),
        reviewer=PyAvReviewer(),
        thumbnails=EmbeddedThumbnail(),
        platforms={"folder": FolderPlatform(clock)},
        work_root=root / "work",
        mapper=side_by_side(jobs),
        finish=finish,
        closeables=(graphics, store),
    )
