"""Whether something moves in every second."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from reelwright.production.schema import Check
from reelwright.video.review.drawn import DrawnScene, Finding, finding_check, scene_at
from reelwright.video.review.picture import Glance, alike
from reelwright.video.schema import ReviewRequest

__all__ = ["MotionWatch"]


class MotionWatch:
    """Compares every picture of a second with its first.

    The captions and the line that shows how much has passed do not count: only what is above them is
    looked at. Of footage of other makers nothing is asked here: another check finds a longer standstill.
    """

    def __init__(self, request: ReviewRequest, scenes: Sequence[DrawnScene]) -> None:
        self._fps = request.fps
        self._scenes = scenes
        self._second = -1
        self._reference: NDArray[np.int16] | None = None
        self._still: dict[int, DrawnScene] = {}
        self._full: set[int] = set()

    def follow(self, glance: Glance) -> None:
        """Take the next picture."""
        number = glance.number
        scene = scene_at(self._scenes, number)
        if scene is None or scene.trace is None:
            self._still.pop(number // self._fps, None)
            return
        rows = max(1, glance.luma.shape[0] * scene.trace.safe.bottom // glance.height)
        seen = glance.luma[:rows].astype(np.int16)
        second = number // self._fps
        if second != self._second:
            self._second, self._reference = second, seen
            self._still[second] = scene
        elif self._reference is not None and not alike(self._reference, seen):
            self._still.pop(second, None)
        if (number + 1) % self._fps >= self._fps // 2:
            self._full.add(second)

    def checks(self) -> Iterator[Check]:
        """Yield the finding; a last second that is hardly begun is none."""
        still = [
            Finding(scene.number, "picture", float(second), "nothing moves for a second")
            for second, scene in self._still.items()
            if second in self._full
        ]
        good = "something moves in every second"
        yield finding_check("motion", still, good, "motion in every second", self._scenes)
