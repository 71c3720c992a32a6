"""How good a thumbnail is, measured on its pixels."""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from PIL import Image

from reelwright.production.thumbnails import ThumbnailMeasures
from reelwright.video.engine.planes import Box, Bytes, Reals
from reelwright.video.engine.thumbnails.canvas import Canvas, Written
from reelwright.video.engine.thumbnails.words import MOST_WORDS

__all__ = ["SMALL_WIDTH", "Verdict", "judge", "measure"]

SMALL_WIDTH: Final = 168
"""Pixels across of the smallest thumbnail that platforms show beside a video; 94 down at 16:9."""

_ENOUGH_CONTRAST: Final = 4.5
_FULL_CONTRAST: Final = 9.0
_SOLID: Final = 250
_CLEAR: Final = 4
_WORST: Final = 5.0
"""Percentile of the contrast with the pixels around a word: single pixels say nothing."""
_BODY: Final = 0.3
"""Rows with less ink than this share of the fullest row are ascenders, descenders and dots."""
_READABLE_PX: Final = 6.0
_EASY_PX: Final = 13.0
_LEAST_TAKEN: Final = 0.2
_FULLY_TAKEN: Final = 0.55
_CROWDED: Final = 0.85
_RESTLESS: Final = 0.2
"""Standard deviation of lightness at which a ground counts as not calm at all."""
_WEIGHTS: Final = {"contrast": 20, "size": 25, "room": 20, "relation": 15, "calm": 10, "words": 10}
"""Points of 100."""


class Verdict(NamedTuple):
    """Points of 100 and what they are made of."""

    score: float
    why: str


def measure(canvas: Canvas, words: str, relation: float) -> ThumbnailMeasures:
    """Return what can be measured on a finished canvas; ``relation`` is the matcher's score."""
    written = _union(canvas)
    clean = canvas.before_words or canvas.image
    contrasts = [_contrast(word, np.asarray(canvas.image), np.asarray(clean)) for word in canvas.words]
    return ThumbnailMeasures(
        contrast=round(min(contrasts, default=1.0), 2),
        picture_share=round(_share(np.asarray(canvas.pictured)), 3),
        words_share=round(_share(np.maximum(_blocks(canvas), np.asarray(canvas.plated))), 3),
        words=len(words.split()),
        small_px=round(_small_px(canvas, written), 1),
        calm=round(_calm(canvas, clean), 3),
        relation=round(relation, 3),
    )


def judge(found: ThumbnailMeasures) -> Verdict:
    """Return the score of a thumbnail, and why."""
    taken = min(1.0, found.picture_share + found.words_share)
    parts = {
        "contrast": _ramp(found.contrast, _ENOUGH_CONTRAST - 1.5, _FULL_CONTRAST),
        "size": _ramp(found.small_px, _READABLE_PX - 2, _EASY_PX),
        "room": _ramp(taken, _LEAST_TAKEN, _FULLY_TAKEN) * (1 - 0.5 * _ramp(taken, _CROWDED, 1.0)),
        "relation": found.relation,
        "calm": found.calm,
        "words": 1.0 if 0 < found.words <= MOST_WORDS else 0.0,
    }
    points = {name: _WEIGHTS[name] * share for name, share in parts.items()}
    return Verdict(round(sum(points.values()), 1), _told(found, points))


def _told(found: ThumbnailMeasures, points: dict[str, float]) -> str:
    said = (
        ("contrast", f"contrast {found.contrast:.1f}:1"),
        ("size", f"letters {found.small_px:.1f} px high at {SMALL_WIDTH} px"),
        (
            "room",
            f"picture takes {found.picture_share:.0%} and words {found.words_share:.0%} of the frame",
        ),
        ("relation", f"picture fits {found.relation:.2f}" if found.relation else "no picture"),
        ("calm", f"ground calm {found.calm:.2f}"),
        ("words", f"{found.words} words"),
    )
    return "; ".join(f"{text} ({points[name]:.1f} of {_WEIGHTS[name]})" for name, text in said)


def _ramp(value: float, nothing: float, full: float) -> float:
    return max(0.0, min(1.0, (value - nothing) / (full - nothing)))


@cache
def _linear() -> Reals:
    """Return the linear light of every level of sRGB, as WCAG 2.2 defines it."""
    level = np.arange(256, dtype=np.float32) / 255
    light: Reals = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    return light.astype(np.float32)


def _light(samples: Bytes) -> Reals:
    light: Reals = _linear()[samples] @ np.asarray((0.2126, 0.7152, 0.0722), np.float32)
    return light


def _contrast(word: Written, finished: Bytes, clean: Bytes) -> float:
    """Return the contrast between the solid middle of the letters and the ground around them."""
    height, width = word.mask.shape
    place = Box(word.left, word.top, word.left + width, word.top + height)
    area = place.clipped(Box(0, 0, finished.shape[1], finished.shape[0]))
    if area != place:
        return 1.0
    rows, columns = slice(area.top, area.bottom), slice(area.left, area.right)
    solid, around = word.mask >= min(_SOLID, int(word.mask.max())), word.mask <= _CLEAR
    ink = float(np.median(_light(finished[rows, columns][solid])))
    ground = _light(clean[rows, columns][around]) if around.any() else _light(clean[rows, columns])
    ratios = (np.maximum(ground, ink) + 0.05) / (np.minimum(ground, ink) + 0.05)
    return float(np.percentile(ratios, _WORST))


def _union(canvas: Canvas) -> Bytes:
    whole = np.zeros((canvas.height, canvas.width), np.uint8)
    for word in canvas.words:
        part = _part(whole, word)
        np.maximum(part, word.mask[: part.shape[0], : part.shape[1]], out=part)
    return whole


def _blocks(canvas: Canvas) -> Bytes:
    """Return the rectangles of all words."""
    whole = np.zeros((canvas.height, canvas.width), np.uint8)
    for word in canvas.words:
        _part(whole, word)[:] = 255
    return whole


def _part(whole: Bytes, word: Written) -> Bytes:
    height, width = word.mask.shape
    top, left = max(0, word.top), max(0, word.left)
    return whole[top : word.top + height, left : word.left + width]


def _share(mask: Bytes) -> float:
    return float(np.count_nonzero(mask > 127)) / mask.size


def _small_px(canvas: Canvas, written: Bytes) -> float:
    """Return the height of the smallest line's letters in a reduced thumbnail, without their tails."""
    scale = SMALL_WIDTH / canvas.width
    heights = []
    for line in sorted({word.line for word in canvas.words}):
        words = [word for word in canvas.words if word.line == line]
        top, bottom = min(it.top for it in words), max(it.top + it.mask.shape[0] for it in words)
        left, right = min(it.left for it in words), max(it.left + it.mask.shape[1] for it in words)
        rows = written[max(0, top) : bottom, max(0, left) : right].sum(axis=1, dtype=np.int64)
        full = np.flatnonzero(rows >= _BODY * rows.max())
        heights.append(float(full[-1] - full[0] + 1) * scale if full.size else 0.0)
    return min(heights, default=0.0)


def _calm(canvas: Canvas, clean: Image.Image) -> float:
    """Return how even the lightness behind each word is, the worst word deciding."""
    grey = np.asarray(clean.convert("L"), np.float32) / 255
    spread = [float(_grey_of(grey, word).std()) for word in canvas.words]
    return 1.0 - min(1.0, max(spread, default=1.0) / _RESTLESS)


def _grey_of(grey: Reals, word: Written) -> Reals:
    height, width = word.mask.shape
    return grey[max(0, word.top) : word.top + height, max(0, word.left) : word.left + width]
