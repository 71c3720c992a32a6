"""Scenes that read from the right: laid out as those from the left, and drawn on a mirrored frame.

Layouts know one direction. For Arabic or Hebrew they draw on a view of the frame whose columns run backwards,
so that a list has its numbers on the right and a flow runs to the left. What must not be mirrored, text and
pictures, is drawn mirrored on it, and so comes out as it is. Nothing costs more than before.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from reelwright.video.engine.meaning import Meaning
from reelwright.video.engine.planes import Box, DrawingLog, Frame

__all__ = ["FROM_RIGHT", "Meanings", "is_mirrored", "mirror_of", "mirroring"]

FROM_RIGHT = frozenset(("ar", "arc", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"))
"""Languages, by ISO 639, that are usually written from the right."""

Meanings: TypeAlias = dict[int, tuple[Meaning, Meaning]]
"""By the identity of what a sprite means: that, so that it lives, and the same turned round."""

_mirrored: ContextVar[bool] = ContextVar("mirrored", default=False)


@contextmanager
def mirroring(on: bool) -> Iterator[None]:  # noqa: FBT001 (it is what the name says)
    """Have text and pictures meanwhile drawn for a mirrored frame."""
    token = _mirrored.set(on)
    try:
        yield
    finally:
        _mirrored.reset(token)


def is_mirrored() -> bool:
    """Tell whether what is drawn now goes on a mirrored frame."""
    return _mirrored.get()


def mirror_of(frame: Frame, known: Meanings) -> Frame:
    """Return a view of a whole frame whose left is the frame's right; its log is told the truth.

    ``known`` keeps from frame to frame what was turned for the log.
    """
    log = None if frame.log is None else _MirroredLog(frame.log, frame.box.width, known)
    return Frame(frame.y[:, ::-1], frame.u[:, ::-1], frame.v[:, ::-1], log)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A sprite as it is seen in the end."""

    meaning: Meaning
    sprite: Any

    @property
    def alpha(self) -> Any:
        """Opacity, as the sprite has it."""
        return self.sprite.alpha[:, ::-1]


@dataclass(frozen=True, slots=True)
class _MirroredLog:
    """Tells a log of a frame what is drawn on the mirrored view of it."""

    log: DrawingLog
    width: int
    known: Meanings

    def laid(
        self, sprite: Any, place: Box, window: Box | None, opacity: float, corner: tuple[int, int]
    ) -> None:
        """Pass on a sprite, at the place where it is seen."""
        seen = None if window is None else self._turned(_moved(window, corner))
        box = self._turned(_moved(place, corner))
        self.log.laid(_Seen(self._meaning(sprite.meaning, box.width), sprite), box, seen, opacity, (0, 0))

    def covered(self, is_covered: Callable[[Box], bool]) -> None:
        """Pass on what is covered."""
        self.log.covered(lambda box: is_covered(self._turned(box)))

    def _turned(self, box: Box) -> Box:
        return Box(self.width - box.right, box.top, self.width - box.left, box.bottom)

    def _meaning(self, own: Meaning, width: int) -> Meaning:
        """Return what a sprite means with its letters the right way round, always the same object."""
        if own.ink is None:
            return own
        if id(own) not in self.known:
            ink = np.ascontiguousarray(own.ink[:, ::-1])
            corner = (width - own.corner[0] - ink.shape[1], own.corner[1])
            self.known[id(own)] = own, replace(own, ink=ink, corner=corner)
        return self.known[id(own)][1]


def _moved(box: Box, by: tuple[int, int]) -> Box:
    return Box(box.left + by[0], box.top + by[1], box.right + by[0], box.bottom + by[1])
