"""Karaoke captions burned into the picture: a few words on a dark pill, the spoken one lit."""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PIL import Image

from reelwright.production.schema import Word
from reelwright.video.engine.bidi import reads_from_right, visual_order
from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.easing import ease_out, progress
from reelwright.video.engine.face import Face, face
from reelwright.video.engine.fit import drawable
from reelwright.video.engine.meaning import Meaning
from reelwright.video.engine.palette import CAPTION_COLOURS
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.shapes import rounded
from reelwright.video.engine.sprites import Sprite
from reelwright.video.engine.stage import Shape, Stage

__all__ = ["CaptionsOverlay", "Chunk", "chunks"]

_MAX_WORDS: dict[Shape, int] = {"wide": 7, "tall": 4, "square": 5}
_SIZES: dict[Shape, int] = {"wide": 32, "tall": 42, "square": 34}
_LEAD_SECONDS = 0.12
_LINGER_SECONDS = 0.3
_BRIDGE_SECONDS = 0.7
"""Between chunks closer than this the pill stays."""
_POP_SECONDS = 0.16
_STOP = re.compile(r"[.!?…。！？:;][\"'”’»)\]]*$")
_PAUSE = re.compile(r"[,–—、，][\"'”’»)\]]*$")  # noqa: RUF001 (full-width punctuation is meant)
_LEAST_BEFORE_COMMA = 3


@dataclass(frozen=True, slots=True)
class Chunk:
    """Words shown together."""

    words: tuple[Word, ...]
    start: float
    end: float


def chunks(
    words: Sequence[Word], most: int, fits: Callable[[Sequence[Word]], bool] = lambda _: True
) -> list[Chunk]:
    """Group words as they are read: to the end of the sentence or clause, at most ``most`` words.

    A clause that is too long, in words or by ``fits``, is cut into parts of about the same length, so
    that no word is left alone.
    """
    clauses: list[list[Word]] = [[]]
    for word in words:
        current = clauses[-1]
        if current and _ends(current, word):
            clauses.append([word])
        else:
            current.append(word)
    groups = [part for clause in clauses for part in _parts(clause, most, fits)]
    return _timed(groups)


class CaptionsOverlay:
    """Draws the chunk that is being said."""

    def __init__(self, stage: Stage, words: Sequence[Word], accent: Rgb) -> None:
        kept = [word for word in words if drawable(word.text)]
        self._stage = stage
        self._accent = accent
        self._chunks = chunks(kept, _MAX_WORDS[stage.shape], self._fits)
        self._starts = [chunk.start for chunk in self._chunks]
        self._sprites: dict[tuple[int, int], Sprite] = {}

    def draw(self, frame: Frame, t: float) -> None:
        """Draw the pill with its words; nothing while nobody speaks."""
        index = bisect_right(self._starts, t) - 1
        if index < 0 or t >= self._chunks[index].end:
            return
        chunk = self._chunks[index]
        state = sum(1 for word in chunk.words if word.start_seconds <= t)
        key = (index, state)
        if key not in self._sprites:
            self._sprites = {key: self._make(chunk, state)}
        fresh = index == 0 or chunk.start > self._chunks[index - 1].end
        share = ease_out(progress(t, chunk.start, _POP_SECONDS)) if fresh else 1.0
        drop = round((1 - share) * self._stage.px(14))
        self._sprites[key].draw(frame, self._stage.width // 2, self._stage.caption_foot + drop, opacity=share)

    def _make(self, chunk: Chunk, state: int) -> Sprite:
        """Return the chunk with ``state`` words begun; its origin is the middle of the pill's foot."""
        texts = [drawable(word.text) for word in chunk.words]
        own = self._face(texts)
        pad_x, height = round(own.size * 0.78), round(own.size * 1.86)
        line = _line(texts, own)
        width = round(line[-1][1]) + 2 * pad_x if line else 2 * pad_x
        picture, letters = _pill(width, height), Image.new("L", (width, height))
        baseline = (height + own.cap_height) // 2
        for index, right in line:
            colour = self._colour(index, state, chunk)
            pen = (pad_x + right - own.length(texts[index]), baseline)
            _ink(picture, letters, own, texts[index], pen, colour)
        sprite = Sprite.picture(np.asarray(picture), left=-(width // 2), top=-height)
        left, top, right, bottom = letters.getbbox() or (0, 0, 0, 0)
        ink = np.asarray(letters.crop((left, top, right, bottom)))
        return sprite.meant(Meaning("caption", " ".join(texts), own.size, ink, (left, top)))

    def _fits(self, words: Sequence[Word]) -> bool:
        line = _line(
            [drawable(word.text) for word in words], face("bold", self._stage.px(_SIZES[self._stage.shape]))
        )
        return not line or line[-1][1] <= self._stage.caption_width

    def _face(self, texts: Sequence[str]) -> Face:
        size = self._stage.px(_SIZES[self._stage.shape])
        while size > 8:
            own = face("bold", size)
            line = _line(texts, own)
            if not line or line[-1][1] <= self._stage.caption_width:
                break
            size -= 1
        return face("bold", size)

    def _colour(self, index: int, state: int, chunk: Chunk) -> Rgb:
        del chunk
        if index >= state:
            return CAPTION_COLOURS.coming
        return self._accent if index == state - 1 else CAPTION_COLOURS.said


def _ends(current: Sequence[Word], following: Word) -> bool:
    last = current[-1]
    gap = following.start_seconds - last.end_seconds > _BRIDGE_SECONDS
    comma = len(current) >= _LEAST_BEFORE_COMMA and bool(_PAUSE.search(last.text))
    return gap or comma or bool(_STOP.search(last.text))


def _parts(clause: Sequence[Word], most: int, fits: Callable[[Sequence[Word]], bool]) -> list[Sequence[Word]]:
    least = -(-len(clause) // most)
    for count in range(least, len(clause) + 1):
        edges = [round(len(clause) * part / count) for part in range(count + 1)] if count else [0]
        parts = [clause[start:end] for start, end in pairwise(edges) if end > start]
        if all(fits(part) for part in parts):
            return parts
    return [[word] for word in clause]


def _timed(groups: Sequence[Sequence[Word]]) -> list[Chunk]:
    found: list[Chunk] = []
    for place, group in enumerate(groups):
        start = max(0.0, group[0].start_seconds - _LEAD_SECONDS)
        if found:
            start = max(start, min(found[-1].end, group[0].start_seconds))
        end = group[-1].end_seconds + _LINGER_SECONDS
        if place + 1 < len(groups):
            following = groups[place + 1][0].start_seconds - _LEAD_SECONDS
            end = following if following - group[-1].end_seconds <= _BRIDGE_SECONDS else min(end, following)
        found.append(Chunk(tuple(group), start, max(end, start)))
    return found


def _line(texts: Sequence[str], own: Face) -> list[tuple[int, float]]:
    """Return the words from left to right, each with its right edge."""
    found: list[tuple[int, float]] = []
    pen = 0.0
    for index in visual_order(texts, from_right=reads_from_right(" ".join(texts))):
        pen += (own.space if found else 0.0) + own.length(texts[index])
        found.append((index, pen))
    return found


def _pill(width: int, height: int) -> Image.Image:
    mask = Image.fromarray(rounded(width, height, height / 2.4))
    picture = Image.new("RGBA", (width, height), (*CAPTION_COLOURS.pill, 0))
    picture.putalpha(mask.point(lambda value: round(value * CAPTION_COLOURS.pill_opacity)))
    return picture


def _ink(  # noqa: PLR0917 (what is written, on what, where and how)
    picture: Image.Image,
    letters: Image.Image,
    own: Face,
    text: str,
    place: tuple[float, int],
    colour: Rgb,
) -> None:
    ink = own.ink(text)
    x, baseline = place
    if ink.mask.size:
        layer = Image.new("RGBA", (ink.mask.shape[1], ink.mask.shape[0]), (*colour, 0))
        mask, corner = Image.fromarray(ink.mask), (max(0, round(x) + ink.left), max(0, baseline + ink.top))
        layer.putalpha(mask)
        picture.alpha_composite(layer, corner)
        letters.paste(255, corner, mask)
