"""Maps in words: what is said of the places where there is nothing to draw them with."""

from reelwright.production.schema import MapVisual, StatementVisual
from reelwright.video.engine.actors import Actor
from reelwright.video.engine.layouts.statement import statement
from reelwright.video.engine.setting import Setting

__all__ = ["map_in_words"]


def map_in_words(visual: MapVisual, setting: Setting) -> list[Actor]:
    """State where it is: what is said of the places, or else their names."""
    names = ", ".join(visual.places)
    return statement(StatementVisual(text=visual.label or names, emphasis=visual.places[0]), setting)
