"""A frame as an RGB picture."""

import numpy as np
import numpy.typing as npt

from reelwright.video.engine.planes import Bytes, Frame

__all__ = ["to_rgb"]


def to_rgb(frame: Frame) -> Bytes:
    """Return the frame in 8-bit RGB (the inverse of :func:`~reelwright.video.engine.colour.to_yuv`)."""
    luma = (frame.y.astype(np.float32) - 16) / 219
    blue = (_enlarged(frame.u, luma.shape) - 128) / 224 * np.float32(1.8556)
    red = (_enlarged(frame.v, luma.shape) - 128) / 224 * np.float32(1.5748)
    r, b = luma + red, luma + blue
    g = (luma - np.float32(0.2126) * r - np.float32(0.0722) * b) / np.float32(0.7152)
    return (np.clip(np.stack([r, g, b], axis=-1), 0, 1) * 255 + 0.5).astype(np.uint8)


def _enlarged(plane: Bytes, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    return plane.repeat(2, axis=0).repeat(2, axis=1)[: shape[0], : shape[1]].astype(np.float32)
