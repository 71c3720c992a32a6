"""Studio: the one composition root. It wires managers to ports for an environment."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import JsonValue

from reelwright.config.manager import ConfigurationManager
from reelwright.config.request import with_request_overrides
from reelwright.config.schema import Snapshot
from reelwright.environment.loader import check_environment_name
from reelwright.environment.schema import EnvironmentName
from reelwright.ids import new_production_id
from reelwright.pipeline.events import ProgressListener, ignore_progress
from reelwright.pipeline.overrides import Overrides
from reelwright.pipeline.own_files import keep_own
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.runner import LocalRunner
from reelwright.pipeline.translating import translated_brief
from reelwright.pipeline.wiring import Request, begin, check_brief, workshop_of
from reelwright.production.schema import Brief, Production, Script

__all__ = ["Studio"]


class Studio:
    """Makes productions. Use as a context manager: it owns worker processes and an open database."""

    def __init__(
        self,
        environment: EnvironmentName,
        configuration: Callable[[], Snapshot],
        parts: Parts,
        *,
        out_dir: Path,
    ) -> None:
        """Take what gives the snapshot that a production which begins now is to pin, and all parts."""
        self.environment = environment
        self._configuration = configuration
        self._parts = parts
        self._out_dir = out_dir
        self._runner = LocalRunner(workshop_of(parts))

    @classmethod
    def for_environment(
        cls,
        name: str = "local",
        *,
        root: Path = Path(".reelwright"),
        out_dir: Path = Path("out"),
        overrides: Overrides | None = None,
        configuration: ConfigurationManager | None = None,
    ) -> Self:
        """Return a studio that works on this machine with the configuration of an environment.

        ``root`` keeps productions, artifacts and the scene cache; ``out_dir`` receives packages. Without
        ``configuration`` this machine's layers count, over the defaults of that environment.
        """
        from reelwright.pipeline.workbench import local_parts  # noqa: PLC0415 (loads engines only when they are wanted)

        environment, tree = check_environment_name(name), (overrides or Overrides()).tree()
        manager = configuration or ConfigurationManager.for_environment(environment, root=root)

        def newest() -> Snapshot:
            return with_request_overrides(manager.refresh(), tree)

        jobs = newest().settings.production.jobs or os.cpu_count() or 1
        return cls(
            environment, newest, local_parts(root.resolve(), jobs, environment), out_dir=out_dir.resolve()
        )

    def make(
        self,
        brief: Brief,
        *,
        seed: int | None = None,
        settings: Mapping[str, JsonValue] | None = None,
        production_id: str | None = None,
        on_progress: ProgressListener = ignore_progress,
    ) -> Production:
        """Make a video of the brief and return its record.

        The same brief, settings and seed give the same video. Without a seed one is taken from
        the topic. What the brief asks for is checked before anything is stored, and its pictures are copied:
        what becomes of the files then is no matter. PictureUnusable for one that cannot be shown.

        ``settings`` is a partial tree that lies over all else for this production. Whoever gives its id can
        tell later whether it was begun; ProductionExists if it was.
        """
        production_id = production_id or new_production_id(self._parts.clock, self._parts.rng)
        request = Request(
            production_id=production_id,
            environment=self.environment,
            brief=brief,
            output_dir=str(self._out_dir / production_id),
            seed=seed,
        )
        begin(self._parts, request, self._snapshot(settings), take=keep_own)
        return self._runner.run(production_id, on_progress)

    def translate(
        self,
        original: str,
        language: str,
        *,
        script: Script | None = None,
        settings: Mapping[str, JsonValue] | None = None,
        production_id: str | None = None,
        on_progress: ProgressListener = ignore_progress,
    ) -> Production:
        """Make the video of a finished production again in another language, with its seed.

        What others shot for it is shown again and not paid for again. Errors as of ``make``, and as
        ``translated_brief`` says.
        """
        store = self._parts.store
        brief = translated_brief(store, self._parts.artifacts, original, language, script=script)
        return self.make(
            brief,
            seed=store.load(original).seed,
            settings=settings,
            production_id=production_id,
            on_progress=on_progress,
        )

    def resume(self, production_id: str, *, on_progress: ProgressListener = ignore_progress) -> Production:
        """Go on with a production that was interrupted or failed, with the configuration it pinned."""
        return self._runner.run(production_id, on_progress)

    def check_brief(self, brief: Brief, settings: Mapping[str, JsonValue] | None = None) -> None:
        """Raise InvalidInput if the brief asks for a language, style or platform that is not there.

        ``settings`` is what ``make`` would be given; InvalidConfiguration if that is no whole.
        """
        check_brief(self._parts, self._snapshot(settings).settings, brief)

    def productions(self, limit: int | None = None) -> tuple[Production, ...]:
        """Return all productions of this place, or so many of them, newest first."""
        return self._parts.store.recent(limit)

    def production(self, production_id: str) -> Production:
        """Return one production; ProductionNotFound."""
        return self._parts.store.load(production_id)

    def package_dir(self, production: Production) -> Path:
        """Return the folder that holds, or will hold, the finished package."""
        return Path(production.output_dir)

    def _snapshot(self, settings: Mapping[str, JsonValue] | None) -> Snapshot:
        return with_request_overrides(self._configuration(), settings or {})

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
