"""Karaoke captions burned into the picture: a few words on a dark pill, the spoken one lit."""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PIL import Image

from reelwright.production.schema import Word
from reelwright.video.engine.bidi import on_line, reads_from_right
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
from reelwright.video.engine.wrap import is_unspaced, tokens_of

__all__ = ["CaptionsOverlay", "Chunk", "chunks"]

_MAX_WORDS: dict[Shape, int] = {"wide": 7, "tall": 4, "square": 5}
_SIZES: dict[Shape, int] = {"wide": 32, "tall": 42, "square": 34}
_LEAD_SECONDS = 0.12
_LINGER_SECONDS = 0.3
_BRIDGE_SECONDS = 0.7
"""Between chunks closer than this the pill stays."""
_POP_SECONDS = 0.16
_MORE_UNSPACED = 3
"""Times as many pieces stand together in scripts without spaces, where a piece is a character or two."""
_CLOSERS = r"[\"'”’»)\]」』】）》]*$"  # noqa: RUF001 (full-width punctuation is meant)
_STOP = re.compile("[.!?…。！？:;：；؟۔।॥]" + _CLOSERS)  # noqa: RUF001 (full-width punctuation is meant)
_PAUSE = re.compile("[,–—、，،؛]" + _CLOSERS)  # noqa: RUF001 (full-width punctuation is meant)
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
        kept = [piece for word in words if drawable(word.text) for piece in _pieces(word)]
        unspaced = any(is_unspaced(word.text) for word in kept)
        most = _MAX_WORDS[stage.shape] * (_MORE_UNSPACED if unspaced else 1)
        self._stage = stage
        self._accent = accent
        self._chunks = chunks(kept, most, self._fits)
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
        width = round(line[-1].right) + 2 * pad_x if line else 2 * pad_x
        height, baseline = _room(texts, own, height)
        picture, letters = _pill(width, height), Image.new("L", (width, height))
        for word in line:
            colour = self._colour(word.place, state, chunk)
            pen = (pad_x + word.right - own.length(word.text), baseline)
            _ink(picture, letters, own, word.text, pen, colour)
        sprite = Sprite.picture(np.asarray(picture), left=-(width // 2), top=-height)
        left, top, right, bottom = letters.getbbox() or (0, 0, 0, 0)
        ink = np.asarray(letters.crop((left, top, right, bottom)))
        return sprite.meant(Meaning("caption", " ".join(texts), own.size, ink, (left, top)))

    def _fits(self, words: Sequence[Word]) -> bool:
        line = _line(
            [drawable(word.text) for word in words], face("bold", self._stage.px(_SIZES[self._stage.shape]))
        )
        return not line or line[-1].right <= self._stage.caption_width

    def _face(self, texts: Sequence[str]) -> Face:
        size = self._stage.px(_SIZES[self._stage.shape])
        while size > 8:
            own = face("bold", size)
            line = _line(texts, own)
            if not line or line[-1].right <= self._stage.caption_width:
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


@dataclass(frozen=True, slots=True)
class _Placed:
    """A word on its line, ready to be drawn."""

    place: int
    text: str
    right: float


def _line(texts: Sequence[str], own: Face) -> list[_Placed]:
    """Return the words from left to right, each with its right edge."""
    found: list[_Placed] = []
    pen = 0.0
    spaced = [place > 0 and _is_spaced(texts[place - 1], text) for place, text in enumerate(texts)]
    for piece in on_line(texts, spaced, from_right=reads_from_right(" ".join(texts))):
        pen += (own.space if piece.spaced else 0.0) + own.length(piece.text)
        found.append(_Placed(piece.place, piece.text, pen))
    return found


def _is_spaced(before: str, after: str) -> bool:
    """Tell whether a space goes between two words: not in scripts that write none."""
    return not (is_unspaced(before) and is_unspaced(after[:1]))


def _pieces(word: Word) -> list[Word]:
    """Return a word, or what scripts without spaces have instead: pieces that share its time by length."""
    texts = [token.text for token in tokens_of(drawable(word.text))]
    if len(texts) <= 1 or not is_unspaced(texts[0]):
        return [word]
    lengths = [len(text) for text in texts]
    each = (word.end_seconds - word.start_seconds) / sum(lengths)
    starts = [word.start_seconds + each * sum(lengths[:place]) for place in range(len(texts) + 1)]
    times = pairwise(starts)
    return [
        word.model_copy(update={"text": text, "start_seconds": start, "end_seconds": end})
        for text, (start, end) in zip(texts, times, strict=True)
    ]


def _room(texts: Sequence[str], own: Face, usual: int) -> tuple[int, int]:
    """Return the pill's height and the baseline in it: more room for scripts that reach higher or deeper."""
    baseline = (usual + own.cap_height) // 2
    rim = round(own.size * 0.2)
    above = max((own.rise(text) for text in texts), default=0) + rim - baseline
    below = max((own.fall(text) for text in texts), default=0) + rim - (usual - baseline)
    return usual + max(0, above) + max(0, below), baseline + max(0, above)


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
