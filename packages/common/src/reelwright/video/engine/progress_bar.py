from itertools import pairwise

from reelwright.video.engine.colour import mix, to_yuv
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.engine.stage import Stage

__all__ = ["ProgressBar"]

_MOST_GAPS = 0.25
"""Of the bar, however many scenes there are."""


class ProgressBar:
    """A thin line at the foot, a piece for every scene: those that are over, this one, those to come.

    All pieces are equally long, however long the scenes are: so a scene knows its piece from its number, and
    needs not be drawn again when another becomes longer.
    """

    def __init__(self, stage: Stage, shade: Shade, scene: tuple[int, int], duration: float) -> None:
        """``scene`` is its number, from 0, and how many there are."""
        self._index, count = scene
        self._duration = duration
        self._top, self._height = stage.height - max(2, stage.px(6) // 2 * 2), stage.height
        self._pieces = _pieces(stage.width, max(count, self._index + 1), stage.px(4) // 2 * 2)
        self._accent = to_yuv(shade.accent)
        self._rest = to_yuv(mix(shade.ground[2], shade.ink, 0.18))

    def draw(self, frame: Frame, t: float) -> None:
        """Draw it; the end moves by less than a pixel at a time."""
        for place, (left, right) in enumerate(self._pieces):
            passed = place < self._index
            frame.fill(Box(left, self._top, right, self._height), self._accent if passed else self._rest)
        left, right = self._pieces[self._index]
        exact = left + (right - left) * min(1.0, max(0.0, t / self._duration))
        whole = int(exact)
        frame.fill(Box(left, self._top, whole, self._height), self._accent)
        if whole < right:
            part = exact - whole
            frame.y[self._top :, whole] = round(self._rest.y + (self._accent.y - self._rest.y) * part)


def _pieces(width: int, count: int, gap: int) -> list[tuple[int, int]]:
    """Return where each piece begins and ends, at even pixels."""
    fitting = gap if gap * (count - 1) <= _MOST_GAPS * width else 0
    edges = [round(place * (width + fitting) / count / 2) * 2 for place in range(count + 1)]
    return [(left, right - fitting) for left, right in pairwise(edges)]
