"""Colour arithmetic: hexadecimal to RGB, RGB to the encoder's YUV, contrast as WCAG defines it, and Oklab."""

from typing import NamedTuple

__all__ = ["Oklab", "Rgb", "Yuv", "contrast", "luminance", "mix", "oklab", "rgb", "to_yuv"]


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


class Oklab(NamedTuple):
    """A colour where equal steps look equal: lightness 0 to 1, green to red, blue to yellow."""

    lightness: float
    a: float
    b: float


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


def oklab(colour: Rgb) -> Oklab:
    """Return the colour in Oklab (Björn Ottosson, A perceptual color space for image processing, 2020)."""
    r, g, b = (_linear(part / 255) for part in colour)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return Oklab(
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
