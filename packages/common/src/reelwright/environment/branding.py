"""Settings of brands: what a maker of videos shows of itself in all of them."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from reelwright.environment.basics import Strict

__all__ = ["BrandColour", "BrandFile", "BrandName", "BrandSettings", "Corner"]

BrandName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
BrandFile = Annotated[str, StringConstraints(max_length=200)]
"""A file, by its way from ``environments/brands``, or from the folder of a brand file; empty for none."""
BrandColour = Annotated[str, StringConstraints(pattern=r"^(#[0-9A-Fa-f]{6})?$")]
"""As ``#RRGGBB``; empty leaves it to the palette."""
Corner = Literal["top-left", "top-right", "bottom-left", "bottom-right"]


class BrandSettings(Strict):
    """One brand."""

    title: Annotated[str, StringConstraints(max_length=60)] = ""
    """Its name as it is written on cards."""
    logo: BrandFile = ""
    """PNG or SVG, shown in a corner of every scene."""
    corner: Corner = "top-right"
    """Where the logo stands."""
    size: Annotated[float, Field(ge=0.02, le=0.2)] = 0.07
    """Height of the logo, as a share of the shorter side."""
    opacity: Annotated[float, Field(ge=0.1, le=1)] = 0.9
    """How much of what is behind the logo it hides."""
    margin: Annotated[float, Field(ge=0, le=0.1)] = 0.03
    """Distance from the edges, as a share of the shorter side."""
    font: BrandFile = ""
    """Typeface of headlines: a TTF or OTF file, or a family that is installed; empty for Manrope."""
    intro: BrandFile = ""
    """What comes before the first scene: a clip, or ``card`` for logo and title; empty for nothing."""
    outro: BrandFile = ""
    """The same after the last scene."""
    card_seconds: Annotated[float, Field(ge=1, le=6)] = 2.0
    """How long a card is shown."""
    dark: BrandColour = ""
    """Ground of dark scenes; it is made darker where text would not be legible on it."""
    light: BrandColour = ""
    """Ground of light scenes, made lighter where that must be."""
    accent: BrandColour = ""
    """What is lit up, made lighter or darker where that must be."""
