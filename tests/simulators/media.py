"""Footage as a vendor would send it: small, real, moving, and marked with the prompt it was made for."""

import hashlib
import itertools
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

_BITS = 32
_DARK, _BRIGHT = 40, 215
_CLEAR = 60
"""Difference in brightness above which a block is told from its complement; noise stays far below."""


def prompt_hash(prompt: str) -> int:
    """Return 32 bits that name a prompt."""
    return int.from_bytes(hashlib.sha256(prompt.encode()).digest()[:4], "big")


def make_clip(path: Path, *, width: int, height: int, fps: int, seconds: float, prompt: str) -> None:
    """Write an H.264 MP4 of exactly ``round(fps * seconds)`` frames, without sound.

    At the top there are two rows of 32 blocks: the bits of ``prompt_hash``, and their complement. Below,
    a box crosses a gradient, so that no two neighbouring frames are alike.
    """
    frames = round(fps * seconds)
    still = _background(width, height, prompt_hash(prompt))
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast", "crf": "30"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            picture = av.VideoFrame.from_ndarray(_with_box(still, number / frames), format="gray")
            container.mux(stream.encode(picture.reformat(format="yuv420p")))
        container.mux(stream.encode())


def read_burned(path: Path) -> int | None:
    """Return the hash in the first frame of a clip, however it was scaled; None if there is none."""
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0), None)
    return None if frame is None else _bits_of(np.asarray(frame.to_ndarray(format="gray"), np.uint8))


def _background(width: int, height: int, burned: int) -> NDArray[np.uint8]:
    picture = np.tile(np.linspace(60, 180, width, dtype=np.uint8), (height, 1))
    for bit, (left, right) in enumerate(_columns(width)):
        bright = burned >> (_BITS - 1 - bit) & 1
        for row, on in enumerate((bright, 1 - bright)):
            top, bottom = _rows(height)[row]
            picture[top:bottom, left:right] = _BRIGHT if on else _DARK
    return picture


def _with_box(still: NDArray[np.uint8], progress: float) -> NDArray[np.uint8]:
    height, width = still.shape
    side = max(8, height // 5)
    left = round(progress * (width - side))
    picture = still.copy()
    picture[height // 2 : height // 2 + side, left : left + side] = 235
    return picture


def _bits_of(picture: NDArray[np.uint8]) -> int | None:
    height, width = picture.shape
    burned = 0
    for left, right in _columns(width):
        above, below = (_middle(picture[top:bottom, left:right]) for top, bottom in _rows(height))
        if abs(above - below) < _CLEAR:
            return None
        burned = burned << 1 | (above > below)
    return burned


def _middle(block: NDArray[np.uint8]) -> float:
    """Return the brightness of a block without its edges, where its neighbours bleed in."""
    height, width = block.shape
    rows, columns = (height + 3) // 4, (width + 3) // 4
    return float(block[rows : height - rows or None, columns : width - columns or None].mean())


def _columns(width: int) -> list[tuple[int, int]]:
    edges = [round(width * bit / _BITS) for bit in range(_BITS + 1)]
    return list(itertools.pairwise(edges))


def _rows(height: int) -> tuple[tuple[int, int], tuple[int, int]]:
    each = max(4, height // 16)
    return (0, each), (each, 2 * each)
