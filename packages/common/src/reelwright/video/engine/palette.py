"""The palettes: each a dark and a light shade that scenes take in turn, and one accent in each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from reelwright.errors import InvalidInput
from reelwright.video.engine.colour import Rgb, contrast, mix, rgb
from reelwright.video.engine.legible import first_that
from reelwright.video.engine.styles import AUTO, STYLES, is_made_of_colours

__all__ = ["CAPTION_COLOURS", "PALETTES", "CaptionColours", "Palette", "Shade", "choose_palette", "shade_for"]

_Tone = Literal["dark", "light"]
_WHITE = Rgb(255, 255, 255)
_BLACK = Rgb(0, 0, 0)
_ENOUGH = 4.6
"""Contrast of text, a little more than WCAG asks for: colours are rounded on their way to the screen."""
_PLATES = (0.4, 0.72)
"""How opaque plates are that text stands on."""


@dataclass(frozen=True, slots=True)
class Shade:
    """The colours of one scene. Text in ``ink``, ``soft`` and ``accent`` reads on every surface."""

    tone: _Tone
    top: Rgb
    bottom: Rgb
    glow: Rgb
    """The middle of the soft light behind the content."""
    tints: tuple[Rgb, Rgb, Rgb]
    """Shapes that may pass behind text, faintest first."""
    ground: tuple[Rgb, Rgb, Rgb]
    """Hills at the foot, far to near; no text but the caption stands on them."""
    ink: Rgb
    soft: Rgb
    """Secondary text."""
    accent: Rgb
    on_accent: Rgb
    """Text on a patch of the accent colour."""
    card: Rgb
    """Plates that hold text."""
    hero: tuple[Rgb, Rgb]
    """The ornament, lit side and far side; never behind text."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Two shades that belong together."""

    name: str
    dark: Shade
    light: Shade


@dataclass(frozen=True, slots=True)
class CaptionColours:
    """The caption pill, the same on every shade."""

    pill: Rgb
    pill_opacity: float
    said: Rgb
    coming: Rgb


CAPTION_COLOURS = CaptionColours(Rgb(13, 16, 28), 0.92, _WHITE, Rgb(164, 171, 190))


def choose_palette(style: str, theme_seed: int) -> tuple[Palette, str]:
    """Return the palette and why it was taken; InvalidInput when ``style`` is no palette's name.

    ``auto`` is what nobody chose for: see :mod:`reelwright.video.moods`.
    """
    if style == AUTO:
        names = STYLES[1:]
        return PALETTES[names[theme_seed % len(names)]], f"chosen by the video's seed {theme_seed}"
    if is_made_of_colours(style):
        return _of_colours(style), "the colours of the brand"
    if style not in PALETTES:
        raise InvalidInput(
            f"The style {style!r} does not exist; it can be one of: {', '.join(STYLES)}.",
            next_step="Set style to one of these names.",
            context={"field": "style", "value": style},
        )
    return PALETTES[style], "the palette of the video"


def shade_for(palette: Palette, scene_index: int, theme_seed: int) -> Shade:
    """Return the shade of a scene: dark and light in turn, the seed deciding which comes first."""
    return palette.dark if (scene_index + theme_seed // len(PALETTES)) % 2 == 0 else palette.light


def _dark(top: str, bottom: str, accent: str, hero: tuple[str, str]) -> Shade:
    high, low, signal = rgb(top), rgb(bottom), rgb(accent)
    lift = mix(low, _WHITE, 0.10)
    return Shade(
        tone="dark",
        top=high,
        bottom=low,
        glow=mix(low, lift, 0.4),
        tints=(mix(high, low, 0.38), mix(high, low, 0.74), mix(low, lift, 0.5)),
        ground=(mix(low, high, 0.45), mix(low, high, 0.9), mix(high, _BLACK, 0.3)),
        ink=_WHITE,
        soft=mix(_WHITE, low, 0.15),
        accent=signal,
        on_accent=mix(high, _BLACK, 0.35),
        card=mix(high, _BLACK, 0.25),
        hero=(rgb(hero[0]), rgb(hero[1])),
    )


def _light(top: str, bottom: str, ink: str, accent: str, ground: tuple[str, str]) -> Shade:
    high, low, signal, far = rgb(top), rgb(bottom), rgb(accent), rgb(ground[0])
    return Shade(
        tone="light",
        top=high,
        bottom=low,
        glow=mix(high, _WHITE, 0.7),
        tints=(mix(high, low, 0.6), low, mix(low, far, 0.17)),
        ground=(mix(low, far, 0.55), far, rgb(ground[1])),
        ink=rgb(ink),
        soft=mix(rgb(ink), low, 0.2),
        accent=signal,
        on_accent=_WHITE,
        card=mix(high, _WHITE, 0.75),
        hero=(mix(signal, _WHITE, 0.25), signal),
    )


def _legible(shade: Shade, inks: Iterable[Rgb]) -> bool:
    """Tell whether text in these colours reads wherever it may stand."""
    ground = (shade.top, shade.bottom, shade.glow, *shade.tints)
    plates = (shade.card, *(mix(colour, shade.card, share) for colour in ground for share in _PLATES))
    return all(contrast(ink, surface) >= _ENOUGH for ink in inks for surface in (*ground, *plates))


@lru_cache(maxsize=8)
def _of_colours(style: str) -> Palette:
    """Return the palette of a brand: its own colours, as far as text stays legible on them.

    The grounds go towards black and white, then the accent towards the other end, no further than they must.
    """
    dark, light, accent = (rgb(part) if part != "-" else None for part in style.split("/"))
    signal = accent or mix(dark or light or _BLACK, _WHITE, 0.5)
    deep, pale = dark or mix(signal, _BLACK, 0.75), light or mix(signal, _WHITE, 0.85)
    lit = (_hex(mix(signal, _WHITE, 0.35)), _hex(signal))

    def night(low: Rgb, bright: Rgb) -> Shade:
        return _dark(_hex(mix(low, _BLACK, 0.45)), _hex(low), _hex(bright), lit)

    def day(low: Rgb, strong: Rgb) -> Shade:
        ground = (_hex(mix(low, signal, 0.35)), _hex(mix(low, signal, 0.65)))
        ink = _hex(mix(deep, _BLACK, 0.75))
        return _light(_hex(mix(low, _WHITE, 0.6)), _hex(low), ink, _hex(strong), ground)

    def reads(shade: Shade) -> bool:
        return _legible(shade, (shade.ink, shade.soft))

    def shines(shade: Shade) -> bool:
        return _legible(shade, (shade.accent,)) and contrast(shade.accent, shade.on_accent) >= _ENOUGH

    low = first_that(deep, _BLACK, lambda colour: reads(night(colour, _WHITE)))
    high = first_that(pale, _WHITE, lambda colour: reads(day(colour, _BLACK)))
    bright = first_that(signal, _WHITE, lambda colour: shines(night(low, colour)))
    strong = first_that(signal, _BLACK, lambda colour: shines(day(high, colour)))
    return Palette(style, night(low, bright), day(high, strong))


def _hex(colour: Rgb) -> str:
    return f"#{colour.r:02X}{colour.g:02X}{colour.b:02X}"


PALETTES: Mapping[str, Palette] = {
    palette.name: palette
    for palette in (
        Palette(
            "ember",
            _dark("#3B0F16", "#9A2E1C", "#FFD98A", ("#FFB25B", "#E4572E")),
            _light("#FFF8EA", "#FBE3B8", "#2A1026", "#AE1F1F", ("#F0BE78", "#D9853F")),
        ),
        Palette(
            "midnight",
            _dark("#0A0F2E", "#1A2768", "#FFD34E", ("#FFE9B0", "#F2A93B")),
            _light("#F3F2FF", "#D3D4F8", "#14153F", "#3D2BB8", ("#AEB2EE", "#7D82D6")),
        ),
        Palette(
            "lagoon",
            _dark("#05303D", "#0B5665", "#FFC857", ("#FF9E6D", "#E4572E")),
            _light("#F3FCFA", "#D2EEE9", "#06323D", "#A8381A", ("#F0E0B6", "#DDBF83")),
        ),
        Palette(
            "forest",
            _dark("#0B2A1C", "#1E5A3A", "#E3F27A", ("#EAF59A", "#8DBF3F")),
            _light("#F8FAEE", "#E3EDD0", "#12301F", "#14602F", ("#B5CF8C", "#7FA85C")),
        ),
        Palette(
            "violet",
            _dark("#210E4A", "#4F2580", "#FFB8E4", ("#FF9FD0", "#B455D6")),
            _light("#FCF7FF", "#ECDFFA", "#28104C", "#8A1AA8", ("#CBAAEA", "#9C73CF")),
        ),
        Palette(
            "graphite",
            _dark("#14181F", "#303A4A", "#62E6CA", ("#8CF0DC", "#2A9D8A")),
            _light("#F7F9FB", "#DEE5EC", "#15191F", "#0A6057", ("#B7C4D2", "#8496A9")),
        ),
        Palette(
            "sunset",
            _dark("#35105A", "#9A3642", "#FFE395", ("#FFC06B", "#F0563F")),
            _light("#FFF6EF", "#FFDCC2", "#351038", "#A31A4E", ("#F9AE84", "#E07A5F")),
        ),
        Palette(
            "cobalt",
            _dark("#0A2480", "#143FB4", "#FFE14D", ("#FFE98A", "#FFB02E")),
            _light("#EFF6FF", "#C2DCFF", "#0B1F5C", "#A8260A", ("#8FBBFA", "#4F8AEA")),
        ),
        Palette(
            "glacier",
            _dark("#1A2C44", "#38597C", "#B4ECFF", ("#D6F6FF", "#6CC3E0")),
            _light("#F4FBFE", "#D2E8F3", "#14293F", "#A81F45", ("#A6D0E6", "#72ABCB")),
        ),
        Palette(
            "cocoa",
            _dark("#2E1210", "#6B3424", "#FFD296", ("#F6C994", "#C9793F")),
            _light("#FCF5EA", "#F0DDC5", "#2E1510", "#85301A", ("#CFA078", "#A06C48")),
        ),
        Palette(
            "honey",
            _dark("#4A2400", "#854800", "#FFE169", ("#FFE58A", "#F0A51E")),
            _light("#FFFBE8", "#FFEAA6", "#33200A", "#823A05", ("#F6CB52", "#E09A20")),
        ),
        Palette(
            "rose",
            _dark("#580C3C", "#9C2660", "#FFD3DE", ("#FFB3C7", "#F06292")),
            _light("#FFF5F7", "#FFD9E2", "#3F1029", "#A81650", ("#F7A9BE", "#E0728F")),
        ),
    )
}
"""The palettes by name, in the order of :data:`~reelwright.video.engine.styles.STYLES`."""
