"""The scenes of a finished file that say of themselves which text stands where."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reelwright.production.schema import Check
from reelwright.video.errors import TraceUnreadable
from reelwright.video.schema import ReviewedScene, ReviewRequest
from reelwright.video.trace import SceneTrace, read_trace

__all__ = ["DrawnScene", "Finding", "drawn_scenes", "finding_check", "scene_at", "unjudged"]

_MOST_NAMED = 3
_LONGEST_TEXT = 40


@dataclass(frozen=True, slots=True)
class DrawnScene:
    """A scene in the file: its number from 1, its frames, and what is known of it."""

    number: int
    first: int
    frames: int
    fps: int
    trace: SceneTrace | None

    def seconds(self, frame: int) -> float:
        """Return when one of its frames, counted from its first, is seen in the file."""
        return (self.first + frame) / self.fps


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong: in which scene, with what text or picture, when, and how bad."""

    scene: int
    what: str
    at_seconds: float
    found: str
    badness: float = 0.0
    """The worst is told first."""

    def __str__(self) -> str:
        """Return it as a check tells it."""
        what = self.what if len(self.what) <= _LONGEST_TEXT else f"{self.what[: _LONGEST_TEXT - 1]}…"
        return f"scene {self.scene}, {what} at {self.at_seconds:.2f} s: {self.found}"


def drawn_scenes(request: ReviewRequest) -> tuple[DrawnScene, ...]:
    """Return all scenes; those without a readable trace of the file's own size and rate have none."""
    return tuple(_placed(request))


def scene_at(scenes: Sequence[DrawnScene], frame: int) -> DrawnScene | None:
    """Return the scene that a frame of the file belongs to."""
    return next((scene for scene in scenes if scene.first <= frame < scene.first + scene.frames), None)


def unjudged(scenes: Sequence[DrawnScene]) -> str:
    """Return what has to be said of scenes that nothing is known of; nothing if there are none."""
    if not scenes:
        return "not measured: it is not known which text stands where"
    others = [str(scene.number) for scene in scenes if scene.trace is None]
    if not others:
        return ""
    which = f"scene {others[0]} has" if len(others) == 1 else f"scenes {', '.join(others)} have"
    return f"not measured: {which} no text trace, as footage of other makers"


def finding_check(
    name: str, findings: Iterable[Finding], good: str, allowed: str, scenes: Sequence[DrawnScene]
) -> Check:
    """Return the check: what is wrong, the worst first, or what was good; and what nobody knows."""
    wrong = sorted(findings, key=lambda it: (-it.badness, it.at_seconds))
    told = [str(it) for it in wrong[:_MOST_NAMED]]
    if len(wrong) > _MOST_NAMED:
        told.append(f"and {len(wrong) - _MOST_NAMED} more")
    judged = any(scene.trace is not None for scene in scenes)
    parts = [*(told or [good] * judged), unjudged(scenes)]
    return Check(
        name=name,
        passed=not wrong,
        found="; ".join(part for part in parts if part),
        allowed=allowed,
        at_seconds=wrong[0].at_seconds if wrong else None,
    )


def _placed(request: ReviewRequest) -> Iterator[DrawnScene]:
    first = 0
    for number, scene in enumerate(request.scenes, start=1):
        yield DrawnScene(number, first, scene.frames, request.fps, _trace(scene, request))
        first += scene.frames


def _trace(scene: ReviewedScene, request: ReviewRequest) -> SceneTrace | None:
    if scene.trace is None:
        return None
    try:
        trace = read_trace(scene.trace)
    except TraceUnreadable:
        return None
    same = (trace.width, trace.height, trace.fps) == (request.width, request.height, request.fps)
    return trace if same else None
