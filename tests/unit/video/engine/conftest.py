"""A spy that sees where every piece of text goes."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from reelwright.video.engine.face import Face, Ink
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.engine.sprites import Sprite


@dataclass
class Spied:
    """One piece of text as it was laid down: its room, what of it may be seen, its opacity map."""

    box: Box
    clip: Box | None
    alpha: np.ndarray[Any, np.dtype[np.uint16]]


@dataclass
class TextSpy:
    """Sees text that is drawn; with ``hide`` it is not drawn at all."""

    hide: bool = False
    seen: list[Spied] = field(default_factory=list)

    def box(self) -> Box:
        """The room of all that was seen."""
        boxes = [spied.box for spied in self.seen]
        return Box(
            min(box.left for box in boxes),
            min(box.top for box in boxes),
            max(box.right for box in boxes),
            max(box.bottom for box in boxes),
        )


@pytest.fixture
def text_spy(monkeypatch: pytest.MonkeyPatch) -> TextSpy:
    spy, masks, sprites = TextSpy(), [], []
    real_ink, real_solid, real_draw = Face.ink, Sprite.solid.__func__, Sprite.draw

    def ink(self: Face, text: str) -> Ink:
        found = real_ink(self, text)
        masks.append(found.mask)
        return found

    def solid(cls: type[Sprite], mask: Any, *args: Any, **named: Any) -> Sprite:
        sprite = real_solid(cls, mask, *args, **named)
        if any(mask is known for known in masks):
            sprites.append(sprite)
        return sprite

    def draw(self: Sprite, frame: Frame, x: int, y: int, *how: Any, **named: Any) -> None:
        is_text = any(self is known for known in sprites)
        clip = how[0] if how else named.get("clip")
        if is_text and self.width and self.height:
            spy.seen.append(Spied(self.box_at(x, y), clip, self.alpha))
        if not (is_text and spy.hide):
            real_draw(self, frame, x, y, *how, **named)

    monkeypatch.setattr(Face, "ink", ink)
    monkeypatch.setattr(Sprite, "solid", classmethod(solid))
    monkeypatch.setattr(Sprite, "draw", draw)
    return spy
