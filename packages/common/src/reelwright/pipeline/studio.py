"""Studio: the one composition root. It wires managers to ports for an environment."""

import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from reelwright.audio.manager import AudioGenerationManager
from reelwright.content.manager import ContentGenerationManager
from reelwright.environment.fingerprint import fingerprint
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import EnvironmentName, Settings
from reelwright.ids import new_production_id
from reelwright.models.manager import AIModelManager
from reelwright.pipeline.context import Managers
from reelwright.pipeline.events import ProgressListener, ignore_progress
from reelwright.pipeline.journal import new_step_records
from reelwright.pipeline.overrides import Overrides, apply_overrides
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.runner import LocalRunner, Workshop
from reelwright.production.schema import Brief, Production
from reelwright.upload.manager import UploadManager
from reelwright.video.manager import VideoGenerationManager

__all__ = ["Studio"]

_SEED_BITS = 31


class Studio:
    """Makes productions. Use as a context manager: it owns worker processes and an open database."""

    def __init__(
        self, environment: EnvironmentName, settings: Settings, parts: Parts, *, out_dir: Path
    ) -> None:
        self.environment = environment
        self.settings = settings
        self._parts = parts
        self._out_dir = out_dir
        self._runner = LocalRunner(
            Workshop(
                steps=parts.steps,
                store=parts.store,
                artifacts=parts.artifacts,
                managers_for=self._managers,
                clock=parts.clock,
                work_root=parts.work_root,
                mapper=parts.mapper,
                finish=parts.finish,
            )
        )

    @classmethod
    def for_environment(
        cls,
        name: str = "local",
        *,
        root: Path = Path(".reelwright"),
        out_dir: Path = Path("out"),
        overrides: Overrides | None = None,
    ) -> Self:
        """Return a studio that works on this machine with the settings of an environment.

        ``root`` keeps productions, artifacts and the scene cache; ``out_dir`` receives packages.
        """
        from reelwright.pipeline.workbench import local_parts  # noqa: PLC0415 (loads engines only when they are wanted)

        spec = load_environment(name)
        settings = apply_overrides(spec.settings, overrides or Overrides())
        jobs = settings.production.jobs or os.cpu_count() or 1
        return cls(spec.name, settings, local_parts(root.resolve(), jobs), out_dir=out_dir.resolve())

    def make(
        self, brief: Brief, *, seed: int | None = None, on_progress: ProgressListener = ignore_progress
    ) -> Production:
        """Make a video of the brief and return its record.

        The same brief, settings and seed give the same video. Without a seed one is taken from
        the topic. What the brief asks for is checked before anything is stored.
        """
        self.check_brief(brief)
        production = self._new_production(brief, _seed_of(brief.topic) if seed is None else seed)
        self._parts.store.create(production, self.settings)
        return self._runner.run(production.id, on_progress)

    def resume(self, production_id: str, *, on_progress: ProgressListener = ignore_progress) -> Production:
        """Go on with a production that was interrupted or failed, with the settings it pinned."""
        return self._runner.run(production_id, on_progress)

    def check_brief(self, brief: Brief) -> None:
        """Raise InvalidInput if the brief asks for a language, style or platform that is not there."""
        models = self._models(self.settings)
        for service in ("content", "audio", "video"):
            models.route(service, language=brief.language)
        managers = self._managers(self.settings)
        managers.video.check(brief)
        managers.upload.check(brief)

    def productions(self) -> tuple[Production, ...]:
        """Return all productions of this place, newest first."""
        return self._parts.store.recent()

    def production(self, production_id: str) -> Production:
        """Return one production; ProductionNotFound."""
        return self._parts.store.load(production_id)

    def package_dir(self, production: Production) -> Path:
        """Return the folder that holds, or will hold, the finished package."""
        return Path(production.output_dir)

    def close(self) -> None:
        """End worker processes and close the store."""
        for part in self._parts.closeables:
            part.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _new_production(self, brief: Brief, seed: int) -> Production:
        production_id = new_production_id(self._parts.clock, self._parts.rng)
        return Production(
            id=production_id,
            environment=self.environment,
            brief=brief,
            seed=seed,
            settings_fingerprint=fingerprint(self.settings),
            output_dir=str(self._out_dir / production_id),
            created_at=self._parts.clock.now(),
            steps=new_step_records(self._parts.steps),
        )

    def _models(self, settings: Settings) -> AIModelManager:
        parts = self._parts
        return AIModelManager(
            catalogue=parts.catalogue,
            providers=parts.providers,
            settings=settings,
            clock=parts.clock,
            rng=parts.rng,
        )

    def _managers(self, settings: Settings) -> Managers:
        parts, models = self._parts, self._models(settings)
        return Managers(
            content=ContentGenerationManager(models),
            audio=AudioGenerationManager(
                models=models, soundtrack_maker=parts.soundtrack, artifacts=parts.artifacts, settings=settings
            ),
            video=VideoGenerationManager(
                models=models,
                artifacts=parts.artifacts,
                assembler=parts.assembler,
                reviewer=parts.reviewer,
                thumbnails=parts.thumbnails,
                settings=settings,
            ),
            upload=UploadManager(parts.platforms),
        )


def _seed_of(topic: str) -> int:
    return int.from_bytes(hashlib.sha256(topic.encode()).digest()[:4], "big") >> (32 - _SEED_BITS)
