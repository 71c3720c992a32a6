"""Whether neighbouring scenes look different."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from reelwright.production.schema import Check
from reelwright.video.review.drawn import DrawnScene, Finding, finding_check, scene_at
from reelwright.video.schema import ReviewRequest

__all__ = ["LikenessWatch"]

_SETTLED = 0.7
"""Share of a scene after which everything has entered, and nothing is being wiped away yet."""
_LONG_SIDE = 32
"""A picture of so few squares shows what one sees at a glance: colours, masses, where things stand."""


class LikenessWatch:
    """Keeps a small picture of every scene, as it is when all is there, and compares neighbours.

    Compared is what is above the captions, as the mean difference of red, green and blue.
    """

    def __init__(self, request: ReviewRequest, scenes: Sequence[DrawnScene]) -> None:
        self._least = request.thresholds.min_scene_difference
        self._scenes = scenes
        self._seen: dict[int, NDArray[np.float32]] = {}

    def look(self, frame: VideoFrame, number: int) -> None:
        """Keep the first settled picture of a scene."""
        scene = scene_at(self._scenes, number)
        if scene is None or scene.trace is None or scene.number in self._seen:
            return
        if number - scene.first >= int(_SETTLED * scene.frames):
            foot = scene.trace.safe.bottom / scene.trace.height
            self._seen[scene.number] = _small(frame, foot)

    def add(self, other: "LikenessWatch") -> None:
        """Take over what another watch has seen of later scenes."""
        self._seen.update(other._seen)  # noqa: SLF001 (of its own kind)

    def checks(self) -> Iterator[Check]:
        """Yield the finding."""
        pairs = [
            (following, self._difference(scene, following))
            for scene, following in pairwise(self._scenes)
            if self._same_layout(scene, following)
        ]
        alike = [
            Finding(
                following.number,
                f"{following.trace.layout if following.trace else ''}, like scene {following.number - 1}",
                following.seconds(0),
                f"differs by {difference:.1f} of {self._least:.1f} levels",
                self._least - difference,
            )
            for following, difference in pairs
            if difference < self._least
        ]
        least = min((difference for _, difference in pairs), default=None)
        good = (
            "neighbours differ in their layouts"
            if least is None
            else f"neighbours of one layout differ by {least:.1f} levels at the least"
        )
        allowed = f"neighbours of one layout differ by {self._least:.1f} levels of 255 or more"
        yield finding_check("scenes_alike", alike, good, allowed, self._scenes)

    def _same_layout(self, one: DrawnScene, other: DrawnScene) -> bool:
        known = one.number in self._seen and other.number in self._seen
        return (
            known
            and one.trace is not None
            and other.trace is not None
            and (one.trace.layout == other.trace.layout)
        )

    def _difference(self, one: DrawnScene, other: DrawnScene) -> float:
        first, second = self._seen[one.number], self._seen[other.number]
        if first.shape != second.shape:
            return 255.0
        return float(np.abs(first - second).mean())


def _small(frame: VideoFrame, foot: float) -> NDArray[np.float32]:
    """Return the frame without what is below ``foot``, a share of its height, in a few squares of RGB."""
    scale = _LONG_SIDE / max(frame.width, frame.height)
    across, down = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    small = frame.reformat(across, down, "rgb24", interpolation="AREA").to_ndarray()
    return small[: max(1, int(foot * down))].astype(np.float32)
