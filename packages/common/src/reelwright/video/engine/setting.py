"""What a layout is given: the stage, the plan, and the speech."""

from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.production.schema import Word
from reelwright.video.engine import timing
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.pictures import NO_PICTURES, ScenePictures
from reelwright.video.engine.plan import Plan
from reelwright.video.engine.stage import Stage
from reelwright.video.pictures.raster import NOWHERE
from reelwright.video.pictures.shelf import RasterShelf

__all__ = ["OPENING_SECONDS", "Setting"]

OPENING_SECONDS = 0.08
"""When unspoken text begins to enter."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One scene's circumstances. Times count from its start."""

    stage: Stage
    plan: Plan
    words: tuple[Word, ...]
    duration: float
    pictures: ScenePictures = NO_PICTURES
    shelf: RasterShelf = NOWHERE
    """Keeps what takes long to draw."""

    @property
    def shade(self) -> Shade:
        """The scene's colours."""
        return self.plan.shade

    def px(self, design: float) -> int:
        """Return design pixels (shorter side 720) as pixels of this frame."""
        return self.stage.px(design)

    def cues(self, texts: Sequence[str], start: float = OPENING_SECONDS) -> list[float]:
        """Return when each text enters."""
        return timing.cues(texts, self.words, start=start, duration=self.duration)
