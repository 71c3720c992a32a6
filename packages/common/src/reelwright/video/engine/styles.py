"""The names of the palettes, for whoever has to check or offer a style without drawing anything."""

__all__ = ["AUTO", "STYLES", "is_made_of_colours"]

AUTO = "auto"
"""The palette is chosen for the video: by what it is about, and by its seed where that says nothing."""

STYLES: tuple[str, ...] = (
    AUTO,
    "ember",
    "midnight",
    "lagoon",
    "forest",
    "violet",
    "graphite",
    "sunset",
    "cobalt",
    "glacier",
    "cocoa",
    "honey",
    "rose",
)
"""Every value that ``style`` may have. Each palette has a dark and a light shade; scenes alternate."""


def is_made_of_colours(style: str) -> bool:
    """Tell whether a style is the three colours of a brand, dark, light and accent: ``#0a0f2e/-/#ffd34e``."""
    return style.count("/") == 2
