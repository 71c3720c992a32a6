"""Reelwright: a brief goes in; a scripted, narrated, captioned, published and measured video comes out.

``from reelwright import Brief, Studio`` loads what it names and nothing before that.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reelwright.pipeline.studio import Studio
    from reelwright.production.schema import Brief, BriefPicture, Production

__all__ = ["Brief", "BriefPicture", "Production", "Studio"]

_HOMES = {
    "Brief": "reelwright.production.schema",
    "BriefPicture": "reelwright.production.schema",
    "Production": "reelwright.production.schema",
    "Studio": "reelwright.pipeline.studio",
}


def __getattr__(name: str) -> object:
    """Load a public name on first use, so that ``import reelwright`` stays cheap."""
    if name not in _HOMES:
        raise AttributeError(f"module 'reelwright' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
