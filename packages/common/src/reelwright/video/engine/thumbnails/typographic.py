"""Compositions of a thumbnail that are made of words alone."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from PIL import Image

from reelwright.video.engine.emphasis import emphasised
from reelwright.video.engine.ornaments import ORNAMENTS
from reelwright.video.engine.picture import to_rgb
from reelwright.video.engine.plan import field_of, rng_of
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.engine.stage import Place, Stage
from reelwright.video.engine.thumbnails.canvas import Canvas
from reelwright.video.engine.thumbnails.lettering import (
    Text,
    lines_of,
    plates_for,
    set_text,
    stacked,
    write_all,
)
from reelwright.video.engine.thumbnails.subject import Subject

__all__ = ["in_blocks", "in_lines", "with_ornament"]

_LATE: Final = 30.0
"""Seconds, after which everything has entered."""
_WORDS: Final = {
    "wide": (0.06, 0.09, 0.94, 0.91),
    "tall": (0.09, 0.13, 0.91, 0.79),
    "square": (0.08, 0.09, 0.92, 0.91),
}


def in_lines(canvas: Canvas, subject: Subject) -> None:
    """Set every line as wide as the frame, the one that says most in another colour."""
    shade = subject.shade
    canvas.gradient(shade.top, shade.bottom)
    shape = Stage(canvas.width, canvas.height, captions=False).shape
    middle = (round(0.86 * canvas.width), round(0.2 * canvas.height))
    canvas.rays(middle, shade.tints[2], 14, 0.7)
    texts = stacked(subject.words, canvas.share(*_WORDS[shape]))
    lit = _lit(subject.words, texts)
    write_all(
        canvas,
        [
            (
                text,
                text.colours(shade.accent, shade.accent)
                if index == lit
                else text.colours(shade.ink, shade.ink),
            )
            for index, text in enumerate(texts)
        ],
    )


def in_blocks(canvas: Canvas, subject: Subject) -> None:
    """Part the frame in two colours aslant, and the words between them."""
    shade = subject.shade
    canvas.gradient(shade.accent, shade.accent)
    shape = Stage(canvas.width, canvas.height, captions=False).shape
    canvas.mask(canvas.slope((1.0, 0.42), (0.0, 0.56)), shade.card)
    left, top, right, bottom = _WORDS[shape]
    words = subject.words.split()
    cut = (len(words) + 1) // 2
    upper = set_text(" ".join(words[:cut]), canvas.share(left, top, right, 0.42), canvas.px(300), max_lines=2)
    texts = [(upper, upper.colours(shade.on_accent, shade.on_accent))]
    if words[cut:]:
        room = canvas.share(left, 0.57, right, bottom)
        lower = set_text(" ".join(words[cut:]), room, canvas.px(300), max_lines=2, across="right")
        texts.append((lower, lower.colours(shade.ink, shade.ink)))
    write_all(canvas, texts)


def with_ornament(canvas: Canvas, subject: Subject) -> None:
    """Set the words beside the figure that adorns the video, each line on a plate."""
    shade = subject.plan.shade
    where, room = _split(canvas)
    stage = Stage(canvas.width, canvas.height, captions=False)
    frame = Frame.blank(canvas.width, canvas.height)
    field_of(subject.plan, stage).draw(frame, _LATE)
    figure = dict(ORNAMENTS)[subject.plan.ornament](where, shade, rng_of(subject.plan, "ornament"))
    figure.draw(frame, _LATE)
    canvas.image.paste(Image.fromarray(to_rgb(frame)))
    text = set_text(subject.words, room, canvas.px(170), leading=1.42)
    plates_for(canvas, text, [shade.accent] * len(lines_of(text)))
    write_all(canvas, [(text, text.colours(shade.on_accent, shade.on_accent))])


def _split(canvas: Canvas) -> tuple[Place, Box]:
    """Return the figure's place and the room of the words."""
    width, height = canvas.width, canvas.height
    shape = Stage(width, height, captions=False).shape
    if shape == "wide":
        radius = round(0.34 * height)
        return Place(round(0.78 * width), height // 2, radius), canvas.share(0.07, 0.08, 0.56, 0.92)
    radius = round((0.17 if shape == "tall" else 0.2) * height)
    top = 0.12 if shape == "tall" else 0.06
    place = Place(round(0.64 * width), round(top * height) + radius, radius)
    return place, canvas.share(0.09, 0.5, 0.91, 0.8 if shape == "tall" else 0.94)


def _lit(words: str, texts: Sequence[Text]) -> int:
    """Return which line holds the word that says most."""
    lit = min(emphasised(words.split()), default=0)
    ends = accumulate(len(text.words) for text in texts)
    return next((index for index, end in enumerate(ends) if lit < end), 0)
