"""What the chain of a production has lie over its scenes, settled before each is drawn or fitted.

A scene is encoded once, so a step does not work on what the one before it made: it writes what is wanted into
the order, and whoever makes the scene carries all of it out in one pass.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import cast

from reelwright.environment.finishing import LINKS
from reelwright.environment.schema import Settings

__all__ = ["SceneOver", "brand", "caption", "over_scenes"]


@dataclass(frozen=True, slots=True)
class SceneOver:
    """What lies over every scene of a video."""

    settings: Settings
    captions: bool = False
    """Karaoke captions, where an engine of ours draws."""
    brand: bool = False
    """The logo and the colours of the brief's brand, where it has one."""


def over_scenes(settings: Settings) -> SceneOver:
    """Return what the steps of the chain lay over scenes, each in its turn."""
    over = SceneOver(settings)
    for name in settings.video.chain:
        path = LINKS[name].on_scene
        over = _function(path)(over) if path else over
    return over


def caption(over: SceneOver) -> SceneOver:
    """Burn karaoke captions, unless they are switched off."""
    return replace(over, captions=over.settings.features.captions == "burned")


def brand(over: SceneOver) -> SceneOver:
    """Show the brand of the brief."""
    return replace(over, brand=True)


def _function(path: str) -> Callable[[SceneOver], SceneOver]:
    module, _, name = path.partition(":")
    return cast("Callable[[SceneOver], SceneOver]", getattr(import_module(module), name))
