"""Compositions of a thumbnail that live by a picture."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from reelwright.video.engine.colour import Rgb, mix
from reelwright.video.engine.fields.outdoors import ground_colours, range_curves, wave_curves
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.pictures import ScenePicture
from reelwright.video.engine.plan import rng_of
from reelwright.video.engine.stage import Shape, Stage
from reelwright.video.engine.thumbnails.canvas import Canvas
from reelwright.video.engine.thumbnails.lettering import Text, lines_of, plates_for, set_text, write_all
from reelwright.video.engine.thumbnails.subject import Side, Subject
from reelwright.video.engine.typeset import Across, Down

__all__ = ["on_ground", "on_plates", "rising", "split", "with_figure"]

_WHITE: Final = Rgb(255, 255, 255)
_BLACK: Final = Rgb(0, 0, 0)
_RAYS: Final = 18
_LEAST_RIGHT: Final = 0.46


class _Frame(NamedTuple):
    """Where the picture's middle lies and how large it is, in shares; and the box of the words."""

    x: float
    y: float
    size: float
    words: tuple[float, float, float, float]


_NO_WORDS: Final = (0.0, 0.0, 0.0, 0.0)
_PLATES: Final[Mapping[Shape, _Frame]] = {
    "wide": _Frame(0.735, 0.5, 0.86, (0.06, 0.08, 0.56, 0.92)),
    "tall": _Frame(0.5, 0.345, 0.44, (0.09, 0.585, 0.91, 0.82)),
    "square": _Frame(0.5, 0.335, 0.6, (0.08, 0.6, 0.92, 0.94)),
}
_GROUND: Final[Mapping[Shape, _Frame]] = {
    "wide": _Frame(0.745, 0.87, 0.74, (0.055, 0.07, 0.54, 0.7)),
    "tall": _Frame(0.5, 0.79, 0.4, (0.08, 0.12, 0.92, 0.4)),
    "square": _Frame(0.56, 0.92, 0.56, (0.07, 0.06, 0.93, 0.37)),
}
"""Here ``y`` is where the picture stands."""
_RISING: Final[Mapping[Shape, _Frame]] = {
    "wide": _Frame(0.5, 0.72, 0.54, (0.05, 0.045, 0.95, 0.37)),
    "tall": _Frame(0.5, 0.615, 0.43, (0.08, 0.12, 0.92, 0.345)),
    "square": _Frame(0.5, 0.7, 0.57, (0.06, 0.05, 0.94, 0.34)),
}
_FIGURE: Final[Mapping[Shape, _Frame]] = {
    "wide": _Frame(0.79, 0.5, 0.66, _NO_WORDS),
    "tall": _Frame(0.5, 0.6, 0.4, _NO_WORDS),
    "square": _Frame(0.64, 0.735, 0.48, _NO_WORDS),
}


class _Room(NamedTuple):
    """Where a figure and the words after it stand, and the line between the two colours."""

    number: tuple[float, float, float, float]
    down: Down
    rest: tuple[float, float, float, float]
    line: tuple[tuple[float, float], tuple[float, float]]


_FIGURE_ROOM: Final[Mapping[Shape, _Room]] = {
    "wide": _Room((0.05, 0.09, 0.585, 0.6), "bottom", (0.07, 0.64, 0.55, 0.94), ((0.7, 0.0), (0.56, 1.0))),
    "tall": _Room((0.07, 0.12, 0.93, 0.28), "middle", (0.1, 0.3, 0.9, 0.41), ((1.0, 0.4), (0.0, 0.55))),
    "square": _Room(
        (0.06, 0.06, 0.94, 0.32), "middle", (0.08, 0.345, 0.92, 0.485), ((1.0, 0.46), (0.0, 0.64))
    ),
}
_FIGURE_ALONE: Final = _Room(
    (0.07, 0.12, 0.93, 0.56), "bottom", (0.1, 0.6, 0.9, 0.8), ((1.0, 0.8), (0.0, 1.06))
)


def on_plates(canvas: Canvas, subject: Subject) -> None:
    """Set a huge picture before rays, and each line of the words on a plate of its own."""
    picture, shade, frame = _needed(subject.main), subject.shade, _PLATES[_shape(canvas)]
    middle = _point(canvas, frame)
    canvas.gradient(shade.top, shade.bottom)
    canvas.rays(middle, _towards_light(shade), _RAYS, 0.5)
    shown = canvas.cut_out(picture, middle, round(frame.size * canvas.height), _WHITE)
    box = _beside(canvas, frame.words, shown.left + canvas.px(40))
    text = _set(canvas, subject.words, box, 230, leading=1.42)
    lit = _lit_line(text)
    grounds = {line: shade.accent if line == lit else shade.card for line, _ in lines_of(text)}
    plates_for(canvas, text, [grounds[line] for line in sorted(grounds)])
    on_lit = frozenset(piece.token.word for piece in text.placed if piece.line == lit)
    write_all(canvas, [(text, text.colours(shade.ink, shade.on_accent, on_lit))])


def on_ground(canvas: Canvas, subject: Subject) -> None:
    """Stand the picture in a landscape before a low sun, the words in the sky."""
    picture, shade, frame = _needed(subject.main), subject.other, _GROUND[_shape(canvas)]
    canvas.gradient(shade.top, shade.bottom)
    foot, size = _point(canvas, frame), round(frame.size * canvas.height)
    image = picture.image(size)
    middle = (foot[0], foot[1] - image.height // 2)
    sun = shade.accent if shade.tone == "dark" else mix(shade.bottom, _WHITE, 0.75)
    canvas.disc(middle, round(0.5 * size), sun, 0.28 if shade.tone == "dark" else 1.0)
    lines, colours = _land(canvas, subject), ground_colours(shade)
    canvas.hill(lines[0], colours[0])
    canvas.hill(lines[1], colours[1])
    if subject.ground == "water":
        canvas.cut_out(picture, middle, size, None)
        canvas.hill(lines[2], colours[2])
    else:
        canvas.hill(lines[2], colours[2])
        _shadow(canvas, foot, image.width)
        canvas.cut_out(picture, middle, size, None)
    box = _beside(canvas, frame.words, middle[0] - image.width // 2 - canvas.px(16))
    text = _set(canvas, subject.words, box, 215, down="middle" if _shape(canvas) == "wide" else "top")
    write_all(canvas, [(text, text.colours(shade.ink, shade.accent))])


def rising(canvas: Canvas, subject: Subject) -> None:
    """Let the picture come up like a sun in the middle, the words over it."""
    picture, shade, frame = _needed(subject.main), subject.shade, _RISING[_shape(canvas)]
    canvas.gradient(shade.accent, mix(shade.accent, shade.on_accent, 0.06))
    middle, size = _point(canvas, frame), round(frame.size * canvas.height)
    canvas.rays(middle, mix(shade.accent, _away(shade), 0.5), _RAYS, 0.4)
    canvas.disc(middle, round(0.6 * size), shade.bottom)
    canvas.disc(middle, round(0.53 * size), mix(shade.bottom, shade.top, 0.5))
    canvas.cut_out(picture, middle, size, _WHITE)
    text = _set(canvas, subject.words, frame.words, 150, across="centre", max_lines=3)
    write_all(canvas, [(text, text.colours(shade.on_accent, shade.on_accent))])


def with_figure(canvas: Canvas, subject: Subject) -> None:
    """Set a figure of the script as large as can be, with what it counts under it and its picture beside."""
    figure, shade, shape = subject.figure, subject.shade, _shape(canvas)
    assert figure is not None  # noqa: S101 (a composition that is only taken with a figure)
    room = _FIGURE_ROOM[shape] if subject.main else _FIGURE_ALONE
    canvas.gradient(shade.top, shade.bottom)
    canvas.mask(canvas.slope(*room.line), shade.accent)
    if subject.main:
        frame = _FIGURE[shape]
        canvas.cut_out(subject.main, _point(canvas, frame), round(frame.size * canvas.height), _WHITE)
    number = _set(canvas, figure.number, room.number, 460, max_lines=1, down=room.down)
    texts = [(number, number.colours(shade.accent, shade.accent))]
    if figure.rest:
        rest = _set(canvas, figure.rest, room.rest, 130, max_lines=2, leading=1.36, down="top")
        plates_for(canvas, rest, [shade.ink] * len(lines_of(rest)))
        texts.append((rest, rest.colours(shade.card, shade.card)))
    write_all(canvas, texts)


def split(canvas: Canvas, subject: Subject) -> None:
    """Set two things against each other, each on its own colour with its name."""
    assert subject.sides is not None  # noqa: S101 (a composition that is only taken with two sides)
    dark, light = subject.plan.palette.dark, subject.plan.palette.light
    wide = _shape(canvas) != "tall"
    canvas.gradient(dark.top, dark.bottom)
    line = ((0.56, 0.0), (0.44, 1.0)) if wide else ((1.0, 0.455), (0.0, 0.505))
    half = canvas.slope(*line)
    canvas.mask(half, light.accent)
    texts = []
    for index, (side, shade) in enumerate(zip(subject.sides, (dark, light), strict=True)):
        texts.append(_side(canvas, side, shade, index, wide=wide))
    write_all(canvas, texts)


def _side(
    canvas: Canvas, side: Side, shade: Shade, index: int, *, wide: bool
) -> tuple[Text, tuple[Rgb, ...]]:
    square = _shape(canvas) == "square"
    if wide:
        x, y, size = 0.255 + 0.49 * index, 0.6, 0.46 if square else 0.66
        foot = 0.31 if square else 0.25
        box = (0.04, 0.06, 0.47, foot) if index == 0 else (0.57, 0.06, 0.96, foot)
    else:
        x, y, size = 0.5, 0.33 + 0.29 * index, 0.22
        box = (0.08, 0.115, 0.92, 0.2) if index == 0 else (0.08, 0.75, 0.92, 0.83)
    middle = (round(x * canvas.width), round(y * canvas.height))
    canvas.cut_out(side.picture, middle, round(size * canvas.height), _WHITE)
    text = _set(canvas, side.label, box, 104, across="centre", max_lines=2, leading=1.35)
    plate, ink = (shade.accent, shade.on_accent) if index == 0 else (shade.card, shade.ink)
    plates_for(canvas, text, [plate] * len(lines_of(text)))
    return text, text.colours(ink, ink)


def _land(canvas: Canvas, subject: Subject) -> list[np.ndarray]:
    """Return the rows of three lines, the last of which the picture stands on or rides behind."""
    stage = Stage(canvas.width & ~1, canvas.height & ~1, captions=False)
    curves = wave_curves if subject.ground == "water" else range_curves
    x = np.linspace(0, 1, canvas.width, dtype=np.float32)
    found = curves(stage, rng_of(subject.plan, "thumbnail"))
    return [np.asarray(curve.rows(x, 0.0), np.float32) for curve in found]


def _shadow(canvas: Canvas, foot: tuple[int, int], width: int) -> None:
    across, down = round(0.45 * width), max(4, round(0.06 * width))
    x = np.linspace(-1, 1, 2 * across, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, 2 * down, dtype=np.float32)[:, None]
    mask = (np.clip(1 - np.hypot(x, y), 0, 1) ** 0.7 * 130).astype(np.uint8)
    canvas.stamp(mask, (foot[0] - across, foot[1] - down), _BLACK)


def _set(
    canvas: Canvas,
    text: str,
    box: tuple[float, float, float, float],
    size: float,
    *,
    across: Across = "left",
    down: Down = "middle",
    max_lines: int = 4,
    leading: float = 1.06,
) -> Text:
    return set_text(
        text,
        canvas.share(*box),
        canvas.px(size),
        across=across,
        down=down,
        max_lines=max_lines,
        leading=leading,
    )


def _beside(
    canvas: Canvas, box: tuple[float, float, float, float], edge: int
) -> tuple[float, float, float, float]:
    """Return the box of words, in wide frames cut where the picture begins, down to what words need."""
    if _shape(canvas) != "wide":
        return box
    left, top, right, bottom = box
    return left, top, max(_LEAST_RIGHT, min(right, edge / canvas.width)), bottom


def _lit_line(text: Text) -> int:
    """Return the line that holds the word that says most, or the last."""
    lit = [piece.line for piece in text.placed if piece.token.word in text.accented]
    return lit[0] if lit else max((piece.line for piece in text.placed), default=0)


def _point(canvas: Canvas, frame: _Frame) -> tuple[int, int]:
    return round(frame.x * canvas.width), round(frame.y * canvas.height)


def _shape(canvas: Canvas) -> Shape:
    return Stage(canvas.width, canvas.height, captions=False).shape


def _towards_light(shade: Shade) -> Rgb:
    return (
        mix(shade.bottom, _WHITE, 0.16) if shade.tone == "dark" else mix(shade.bottom, shade.ground[0], 0.6)
    )


def _away(shade: Shade) -> Rgb:
    """Return what the accent colour is lightened to, away from the text on it."""
    return _WHITE if shade.tone == "dark" else _BLACK


def _needed(picture: ScenePicture | None) -> ScenePicture:
    assert picture is not None  # noqa: S101 (a composition that is only taken with a picture)
    return picture
