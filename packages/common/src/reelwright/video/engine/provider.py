"""The embedded motion-graphics engine as a provider of footage."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

from reelwright.models.schema import ShotRequest, ShotResponse
from reelwright.video.engine.pool import ScenePool

__all__ = ["EmbeddedMotionGraphics"]


class EmbeddedMotionGraphics:
    """Draws scenes from their data, over ``jobs`` processes; 0 means one for every processor.

    With one job scenes are drawn in the calling process. Processes start with the first scene that
    needs them and end with :meth:`close`, or with this process, however it ends. Safe to call from
    several threads. ``pictures_dir`` keeps what was rasterised for the next time; without it nothing is kept.
    """

    def __init__(self, jobs: int = 0, pictures_dir: Path | None = None) -> None:
        self._jobs = jobs or _processors()
        self._pictures_dir = pictures_dir
        self._pool = ScenePool(self._jobs, pictures_dir) if self._jobs > 1 else None

    def shoot(self, model: object, request: ShotRequest, call: object = None) -> ShotResponse:  # noqa: ARG002 (one engine, no vendor)
        """Return a silent clip of exactly the asked frames; a typed error otherwise."""
        if self._pool is not None:
            return self._pool.run(request)
        from reelwright.video.engine.render import render  # noqa: PLC0415 (heavy, and only needed here)

        return render(request, self._pictures_dir)

    def close(self) -> None:
        """Stop the processes; closing twice is fine."""
        if self._pool is not None:
            self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
