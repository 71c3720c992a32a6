from reelwright.video.engine.colour import mix, to_yuv
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.engine.stage import Stage

__all__ = ["ProgressBar"]


class ProgressBar:
    """A thin line at the foot that tells how much of the video has passed."""

    def __init__(self, stage: Stage, shade: Shade, shares: tuple[float, float], duration: float) -> None:
        self._stage = stage
        self._start, self._end = shares
        self._duration = duration
        self._top = stage.height - max(2, stage.px(6) // 2 * 2)
        self._accent = to_yuv(shade.accent)
        self._rest = to_yuv(mix(shade.ground[2], shade.ink, 0.18))

    def draw(self, frame: Frame, t: float) -> None:
        """Draw it; the end moves by less than a pixel at a time."""
        width, height = self._stage.width, self._stage.height
        share = self._start + (self._end - self._start) * min(1.0, max(0.0, t / self._duration))
        exact = min(1.0, max(0.0, share)) * width
        whole = int(exact)
        frame.fill(Box(whole, self._top, width, height), self._rest)
        frame.fill(Box(0, self._top, whole, height), self._accent)
        if whole < width:
            part = exact - whole
            frame.y[self._top :, whole] = round(self._rest.y + (self._accent.y - self._rest.y) * part)
