"""Colour arithmetic: hexadecimal to RGB, RGB to the encoder's YUV, contrast as WCAG defines it."""

from typing import NamedTuple

__all__ = ["Rgb", "Yuv", "contrast", "luminance", "mix", "rgb", "to_yuv"]


class Rgb(NamedTuple):
    """A colour in sRGB, 0 to 255."""

    r: int
    g: int
    b: int


class Yuv(NamedTuple):
    """A colour in BT.709 limited range: luma 16 to 235, chroma 16 to 240."""

    y: int
    u: int
    v: int


def rgb(hexadecimal: str) -> Rgb:
    """Return the colour written as ``#RRGGBB``."""
    value = int(hexadecimal.removeprefix("#"), 16)
    return Rgb(value >> 16, value >> 8 & 255, value & 255)


def mix(first: Rgb, second: Rgb, share: float) -> Rgb:
    """Return the colour that lies ``share`` of the way from the first to the second."""
    return Rgb(*(round(a + (b - a) * share) for a, b in zip(first, second, strict=True)))


def to_yuv(colour: Rgb) -> Yuv:
    """Return the colour in BT.709 limited range (ITU-R BT.709-6, sections 3.2 to 3.4)."""
    r, g, b = (part / 255 for part in colour)
    luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
    return Yuv(
        round(16 + 219 * luma),
        round(128 + 224 * (b - luma) / 1.8556),
        round(128 + 224 * (r - luma) / 1.5748),
    )


def luminance(colour: Rgb) -> float:
    """Return relative luminance, 0 to 1, as WCAG 2.2 defines it."""
    r, g, b = (_linear(part / 255) for part in colour)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(first: Rgb, second: Rgb) -> float:
    """Return the contrast ratio of WCAG 2.2, 1 to 21; text needs 4.5."""
    dark, light = sorted((luminance(first), luminance(second)))
    return (light + 0.05) / (dark + 0.05)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
