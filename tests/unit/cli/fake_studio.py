"""A studio that answers at once, for tests of what stands before it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Self

from reelwright.ids import check_production_id
from reelwright.pipeline.errors import ProductionNotFound
from reelwright.pipeline.events import Progress, ProgressListener
from reelwright.pipeline.overrides import Overrides
from reelwright.pipeline.report.record import build_record, write_record
from reelwright.production.schema import Brief, Production
from tests.unit.pipeline.report.samples import Sample

ULID_TAIL = "KAQ4Z7M8V3N5T2X9C6B1D0"


@dataclass
class Opened:
    """How a studio was opened."""

    environment: str
    root: Path
    out_dir: Path
    overrides: Overrides | None
    configuration: object
    """None where the environment's own place knows it."""


@dataclass
class World:
    """What all fake studios of a test share: a sample to copy, and a log of what was asked."""

    sample: Sample
    opened: list[Opened] = field(default_factory=list)
    closed: int = 0
    made: list[tuple[Brief, int | None]] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)
    """Settings of each that was made."""
    resumed: list[str] = field(default_factory=list)
    productions: dict[str, Production] = field(default_factory=dict)
    check: Callable[[Brief], None] = lambda _: None
    """Looks at a brief before anything is made; may raise."""
    before_end: Callable[[Brief], None] = lambda _: None
    """Runs in the middle of a production; may raise."""


class FakeStudio:
    """Has the face of ``reelwright.pipeline.studio.Studio``."""

    world: ClassVar[World]

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    @classmethod
    def for_environment(
        cls,
        name: str,
        *,
        root: Path,
        out_dir: Path,
        overrides: Overrides | None,
        configuration: object = None,
    ) -> Self:
        opened = Opened(name, root, out_dir, overrides, configuration)
        cls.world.opened.append(opened)
        return cls(opened)

    def close(self) -> None:
        self.world.closed += 1

    def make(
        self,
        brief: Brief,
        *,
        seed: int | None = None,
        settings: Any = None,
        production_id: str | None = None,
        on_progress: ProgressListener,
    ) -> Production:
        self.world.made.append((brief, seed))
        self.world.asked.append(settings)
        production_id = production_id or f"prod_01{len(self.world.made):02d}{ULID_TAIL}"
        started = self.world.sample.production.model_copy(
            update={
                "id": production_id,
                "brief": brief,
                "status": "running",
                "output_dir": str(self._opened.out_dir / production_id),
                "created_at": self.world.sample.production.created_at
                + timedelta(minutes=len(self.world.made)),
            }
        )
        self.world.productions[production_id] = started
        return self._finish(started, on_progress)

    def check_brief(self, brief: Brief, settings: Any = None) -> None:
        self.world.check(brief)

    def resume(self, production_id: str, *, on_progress: ProgressListener) -> Production:
        self.world.resumed.append(production_id)
        return self._finish(self.production(production_id), on_progress)

    def productions(self, limit: int | None = None) -> tuple[Production, ...]:
        newest = sorted(self.world.productions.values(), key=lambda each: each.created_at, reverse=True)
        return tuple(newest[:limit])

    def production(self, production_id: str) -> Production:
        check_production_id(production_id)
        if production_id not in self.world.productions:
            raise ProductionNotFound(f"There is no production {production_id} here.")
        return self.world.productions[production_id]

    def package_dir(self, production: Production) -> Path:
        return Path(production.output_dir)

    def _finish(self, production: Production, on_progress: ProgressListener) -> Production:
        on_progress(_progress(production.id, "started"))
        self.world.before_end(production.brief)
        on_progress(_progress(production.id, "advanced"))
        on_progress(_progress(production.id, "done"))
        done = production.model_copy(update={"status": "completed"})
        self.world.productions[production.id] = done
        _package(done, self.world.sample)
        return done


def studio_class(world: World) -> type[FakeStudio]:
    """Return the class of studios that share ``world``."""
    return type("Studio", (FakeStudio,), {"world": world})


def _progress(production_id: str, state: Any) -> Progress:
    return Progress(
        production_id=production_id,
        step="shoot",
        step_index=2,
        step_count=6,
        state=state,
        items_done=7 if state == "done" else 1,
        items_total=7,
        elapsed_seconds=1.25,
        cost_usd="0.000000",
    )


def _package(production: Production, sample: Sample) -> None:
    folder = Path(production.output_dir)
    folder.mkdir(parents=True)
    shutil.copy(sample.video, folder / "video.mp4")
    shutil.copy(sample.thumbnail, folder / "thumbnail.png")
    for name in ("captions.srt", "captions.vtt", "report.html"):
        (folder / name).write_text("x", encoding="utf-8")
    record = build_record(
        production, sample.script, sample.cut, sample.review, sample.narration, sample.publications
    )
    write_record(folder / "production.json", record)
