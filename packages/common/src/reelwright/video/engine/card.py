"""A card: the logo of a brand and its name, on the moving ground that the video's scenes have."""

from typing import Final

import numpy as np

from reelwright.video.engine.actors import word_sprite
from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.easing import ease_out, progress
from reelwright.video.engine.face import Face, face
from reelwright.video.engine.fonts import language_of, own_font, writing
from reelwright.video.engine.logo import picture_of, sized
from reelwright.video.engine.logo_ground import plate_under, stands_out
from reelwright.video.engine.plan import field_of, plan_scene
from reelwright.video.engine.planes import Bytes, Frame
from reelwright.video.engine.scripts import check_drawable
from reelwright.video.engine.sprites import Sprite
from reelwright.video.engine.stage import Stage
from reelwright.video.schema import FontUse, LogoUse

__all__ = ["Card"]

_LOGO_HEIGHT: Final = 0.26
"""Of the shorter side."""
_WIDEST: Final = 0.78
"""Of the frame's width."""
_SIZES: Final = (84, 72, 62, 54, 46, 40, 34, 28)
"""Of the name, in design pixels: the first one that fits."""
_ONE_LINE: Final = 54
"""From this size on the name stands in one line, or in smaller type."""
_MOST_LINES: Final = 3
_LINE: Final = 1.2
"""Height of a line, in sizes of its type."""
_GAP: Final = 34
_PAD: Final = 24
"""Around the logo, on a plate where it needs one."""
_ENTERS: Final = 0.08
_FADE_SECONDS: Final = 0.4
_TRAVEL: Final = 18


class Card:
    """Everything needed to draw any moment of a card."""

    def __init__(
        self,
        size: tuple[int, int],
        title: str,
        logo: LogoUse | None,
        *,
        place: int,
        seed: int,
        style: str,
        font: FontUse | None = None,
    ) -> None:
        """``place`` is the number of the scene whose turn it would be. Errors as of scenes and logos."""
        stage = Stage(*size, captions=False)
        self._language = language_of(title, "")
        with writing(self._language, own_font(font)):
            check_drawable(title)
            plan = plan_scene("title", place, seed, style)
            self._field = field_of(plan, stage)
            self._stage = stage
            rgba = None if logo is None else _mark(stage, logo)
            mark = None if rgba is None else Sprite.picture(rgba)
            self._parts = _stacked(stage, mark, _written(stage, title, plan.shade.ink))
            if rgba is not None:
                self._parts[:0] = self._plate(rgba)

    def _plate(self, rgba: Bytes) -> list[tuple[Sprite, int, int]]:
        """Return a plate for the logo, which is the first of the parts, if it does not stand out."""
        _, left, top = self._parts[0]
        frame = Frame.blank(self._stage.width, self._stage.height)
        self._field.draw(frame, 1.0)
        height, width = rgba.shape[:2]
        if stands_out(rgba, frame.y[top : top + height, left : left + width]):
            return []
        return [(plate_under(rgba, self._stage.px(_PAD)), left, top)]

    def draw(self, frame: Frame, t: float) -> None:
        """Paint the whole frame as it is at ``t`` seconds."""
        with writing(self._language):
            self._field.draw(frame, t)
        for number, (sprite, x, y) in enumerate(self._parts):
            share = ease_out(progress(t, _ENTERS * (1 + number), _FADE_SECONDS))
            drop = round((1 - share) * self._stage.px(_TRAVEL))
            sprite.draw(frame, x, y + drop, opacity=share)


def _mark(stage: Stage, logo: LogoUse) -> Bytes:
    most = round(_WIDEST * stage.width), round(_LOGO_HEIGHT * min(stage.width, stage.height))
    picture = picture_of(logo)
    return np.array(sized(picture, most))


def _written(stage: Stage, title: str, ink: Rgb) -> list[tuple[Sprite, int]]:
    """Return the lines of the name, each with its height: one if it fits in large type, few otherwise."""
    wide = _WIDEST * stage.width
    for size in _SIZES:
        drawn = face("heavy", stage.px(size))
        lines = _lines(drawn, title, wide)
        fits = all(drawn.length(line) <= wide for line in lines)
        if fits and len(lines) <= (1 if size >= _ONE_LINE else _MOST_LINES):
            break
    return [(word_sprite(drawn, line, ink), round(drawn.size * _LINE)) for line in lines]


def _lines(drawn: Face, title: str, wide: float) -> list[str]:
    lines: list[str] = []
    for word in title.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and drawn.length(longer) <= wide:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _stacked(
    stage: Stage, mark: Sprite | None, lines: list[tuple[Sprite, int]]
) -> list[tuple[Sprite, int, int]]:
    """Return the logo above the name, together in the middle, each with the place of its origin."""
    middle, parts = stage.width // 2, []
    gap = stage.px(_GAP) if mark is not None and lines else 0
    top = (stage.height - (mark.height if mark else 0) - gap - sum(height for _, height in lines)) // 2
    if mark is not None:
        parts.append((mark, middle - mark.width // 2, top))
        top += mark.height + gap
    for line, height in lines:
        parts.append((line, middle - line.width // 2 - line.left, top + round(height * 0.72)))
        top += height
    return parts
