"""The palettes: each a dark and a light shade that scenes take in turn, and one accent in each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from reelwright.errors import InvalidInput
from reelwright.video.engine.colour import Rgb, mix, rgb
from reelwright.video.engine.styles import AUTO, STYLES

__all__ = ["CAPTION_COLOURS", "PALETTES", "CaptionColours", "Palette", "Shade", "choose_palette", "shade_for"]

_Tone = Literal["dark", "light"]
_WHITE = Rgb(255, 255, 255)
_BLACK = Rgb(0, 0, 0)


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


PALETTES: Mapping[str, Palette] = {
    palette.name: palette
    for palette in (
        Palette(
            "ember",
            _dark("#5A1436", "#96293A", "#FFD166", ("#FFB25B", "#E4572E")),
            _light("#FFF8EA", "#F9E6C4", "#2A1026", "#AE1F3F", ("#EBC585", "#D79C52")),
        ),
        Palette(
            "midnight",
            _dark("#0A0F2E", "#1A2768", "#FFD34E", ("#FFE9B0", "#F2A93B")),
            _light("#F5F7FF", "#DDE6FB", "#101A3F", "#3A36C4", ("#B4C6F2", "#7F98DC")),
        ),
        Palette(
            "lagoon",
            _dark("#05303D", "#0B5665", "#FFC857", ("#FF9E6D", "#E4572E")),
            _light("#F3FCFA", "#D2EEE9", "#06323D", "#A8381A", ("#8FD0C6", "#4FA79F")),
        ),
        Palette(
            "forest",
            _dark("#0C261C", "#1D4C35", "#DDF26B", ("#EAF59A", "#8DBF3F")),
            _light("#F8FAEE", "#E3EDD0", "#12301F", "#14602F", ("#B5CF8C", "#7FA85C")),
        ),
        Palette(
            "violet",
            _dark("#210E4A", "#4F2580", "#FFB8E4", ("#FF9FD0", "#B455D6")),
            _light("#FCF7FF", "#ECDFFA", "#28104C", "#8A1AA8", ("#CBAAEA", "#9C73CF")),
        ),
        Palette(
            "graphite",
            _dark("#121419", "#2A2E39", "#5FE3C8", ("#8CF0DC", "#2A9D8A")),
            _light("#FBFBF8", "#E8E7E2", "#17181C", "#0A6557", ("#C9C8C0", "#9B9A92")),
        ),
        Palette(
            "sunset",
            _dark("#2F1050", "#8A2A5C", "#FFC94A", ("#FFC06B", "#F0563F")),
            _light("#FFF6EF", "#FFE0CC", "#351038", "#AB1E4C", ("#F9B48E", "#E2836A")),
        ),
        Palette(
            "cobalt",
            _dark("#0A2480", "#143FB4", "#FFE14D", ("#FFE98A", "#FFB02E")),
            _light("#F4F8FF", "#D8E7FF", "#0B1F5C", "#B42A0A", ("#9DC1FA", "#5E93EA")),
        ),
        Palette(
            "glacier",
            _dark("#12303F", "#24566F", "#9DEBFF", ("#D6F6FF", "#6CC3E0")),
            _light("#F6FBFD", "#DCECF3", "#12303F", "#B0243F", ("#B4D3E2", "#86B3C9")),
        ),
        Palette(
            "cocoa",
            _dark("#2A1712", "#553126", "#FFCF8A", ("#F6C994", "#C9793F")),
            _light("#FCF6EC", "#F1E1CB", "#2E1A14", "#8A3A14", ("#D9B48C", "#B5855C")),
        ),
        Palette(
            "honey",
            _dark("#3A2406", "#6B4508", "#FFD84A", ("#FFE58A", "#F0A51E")),
            _light("#FFFAE6", "#FCECB4", "#33230A", "#8A3D05", ("#F2CE63", "#DDA32E")),
        ),
        Palette(
            "rose",
            _dark("#4A0E2E", "#8A1F52", "#FFD0A8", ("#FFB3C7", "#F06292")),
            _light("#FFF5F7", "#FDDDE4", "#3F1029", "#A81650", ("#F5B1C3", "#DE819C")),
        ),
    )
}
"""The palettes by name, in the order of :data:`~reelwright.video.engine.styles.STYLES`."""
