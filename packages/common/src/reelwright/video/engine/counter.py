"""A figure that counts up: every character a sprite made once."""

from collections.abc import Callable

from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.easing import ease_out, progress
from reelwright.video.engine.face import Face
from reelwright.video.engine.meaning import Meaning
from reelwright.video.engine.mirror import is_mirrored
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.engine.sprites import Sprite

__all__ = ["Counter"]

_ENTER_SECONDS = 0.42


class Counter:
    """A running figure in the room of its final width, from ``place``: left edge and baseline.

    ``anchor`` says where it stands in that room while it is narrower: 0 left, 0.5 middle, 1 right.
    ``text_at`` gives the figure for a share of the count, 0 to 1.
    """

    def __init__(
        self,
        face: Face,
        text_at: Callable[[float], str],
        colour: Rgb,
        place: tuple[int, int],
        span: tuple[float, float],
        *,
        width: int = 0,
        anchor: float = 0.0,
    ) -> None:
        self._face = face
        self._text_at = text_at
        self._colour = colour
        self._left, self._baseline = place
        self._width = width
        self._anchor = anchor
        self._at, self._end = span
        self._sprites: dict[str, Sprite] = {}

    def draw(self, frame: Frame, t: float) -> None:
        """Draw the figure; it counts while it slides in."""
        entered = ease_out(progress(t, self._at, _ENTER_SECONDS))
        if entered <= 0:
            return
        size = self._face.size
        window = Box(0, self._baseline - size, frame.box.right, self._baseline + round(size * 0.3))
        drop = round((1 - entered) * 1.3 * size)
        self._write(frame, t, drop, None if entered >= 1 else window)

    def _write(self, frame: Frame, t: float, drop: int, window: Box | None) -> None:
        share = ease_out(progress(t, self._at, self._end - self._at))
        text = self._text_at(share)
        text = text[::-1] if is_mirrored() else text
        advances = [self._face.length(character) for character in text]
        spare = self._width - sum(advances)
        pen = self._left + min(spare, self._anchor * spare)
        for character, advance in zip(text, advances, strict=True):
            sprite = self._sprite(character)
            sprite.draw(frame, round(pen), self._baseline + drop, window)
            pen += advance

    def _sprite(self, character: str) -> Sprite:
        if character not in self._sprites:
            ink = self._face.ink(character)
            sprite = Sprite.solid(ink.mask, self._colour, left=ink.left, top=ink.top)
            self._sprites[character] = sprite.meant(
                Meaning("headline", self._text_at(1.0), self._face.size, ink.mask)
            )
        return self._sprites[character]
