"""The still parts of a chart: grid lines, ticks, labels."""

from reelwright.video.engine.actors import Actor, Appear, patch, rising_words
from reelwright.video.engine.colour import Rgb, mix
from reelwright.video.engine.face import Face, face
from reelwright.video.engine.figures import compact, written
from reelwright.video.engine.fit import TextStyle, fit
from reelwright.video.engine.layouts.blocks import label, words_of
from reelwright.video.engine.planes import Box
from reelwright.video.engine.scale import Scale
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.typeset import place

__all__ = ["category_label", "grid", "quiet_colour", "tick_face", "tick_rows", "tick_width", "value_text"]

_AT = 0.25
_LONG_VALUE = 1e5


def tick_face(setting: Setting) -> Face:
    """Return the face of tick labels."""
    return face("semibold", setting.px(22))


def tick_width(setting: Setting, scale: Scale) -> int:
    """Return the room that the ticks of a vertical axis need, with a gap."""
    return round(max(tick_face(setting).length(compact(tick)) for tick in scale.ticks)) + setting.px(16)


def quiet_colour(setting: Setting) -> Rgb:
    """Return the colour of bars that are not the largest."""
    shade = setting.shade
    return (
        mix(shade.card, shade.accent, 0.42) if shade.tone == "light" else mix(shade.bottom, shade.ink, 0.38)
    )


def tick_rows(scale: Scale, plot: Box) -> list[tuple[float, int]]:
    """Return the values that have a line across the plot, and in which row it lies."""
    return [(tick, plot.bottom - round(scale.share(tick) * plot.height)) for tick in scale.ticks]


def grid(setting: Setting, scale: Scale, plot: Box) -> list[Actor]:
    """Return a horizontal line and a label for every tick; zero is drawn stronger."""
    actors: list[Actor] = []
    own = tick_face(setting)
    for tick, y in tick_rows(scale, plot):
        thick = max(1, setting.px(3 if tick == 0 else 1.5))
        stroke = Box(plot.left, y, plot.right, y + thick)
        colour = mix(setting.shade.card, setting.shade.ink, 0.5 if tick == 0 else 0.15)
        actors.append(Appear(patch(stroke, 0, colour), stroke.left, stroke.top, _AT))
        text = compact(tick)
        x = plot.left - setting.px(14) - round(own.length(text))
        actors.append(label(text, (x, y + own.cap_height // 2), own.size, setting.shade.soft, _AT + 0.1))
    return actors


def value_text(value: float, unit: str, decimals: int) -> str:
    """Return a value as it stands at its bar: in full while that is short.

    A percent sign stays with it; other units stand in the heading.
    """
    text = written(value, decimals, grouped=True) if abs(value) < _LONG_VALUE else compact(value)
    return f"{text}%" if unit.strip() == "%" else text


def category_label(setting: Setting, text: str, box: Box, at: float, *, centred: bool) -> list[Actor]:
    """Return the name of a bar or point, on up to two lines."""
    style = TextStyle("semibold", setting.px(27), setting.px(17), leading=1.14, max_lines=2)
    fitted = fit(text, box.width, box.height, style)
    placed = place(fitted, box, "centre" if centred else "left", "top" if centred else "middle")
    cues = [at] * len(words_of(fitted))
    return rising_words(fitted.face, placed, lambda _: setting.shade.ink, cues)
