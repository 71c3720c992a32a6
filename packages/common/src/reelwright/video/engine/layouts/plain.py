"""Comparisons, timelines, flows and maps in words: drawn by the layouts for lists and statements."""

from reelwright.production.schema import (
    ComparisonVisual,
    FlowVisual,
    ListVisual,
    MapVisual,
    Side,
    StatementVisual,
    TimelineVisual,
)
from reelwright.video.engine.actors import Actor
from reelwright.video.engine.layouts.points import points
from reelwright.video.engine.layouts.statement import statement
from reelwright.video.engine.setting import Setting

__all__ = ["comparison", "flow", "map_", "timeline"]


def comparison(visual: ComparisonVisual, setting: Setting) -> list[Actor]:
    """Show both sides as points, one below the other."""
    items = (_side(visual.left), _side(visual.right))
    return points(ListVisual(heading=visual.heading, items=items), setting)


def timeline(visual: TimelineVisual, setting: Setting) -> list[Actor]:
    """Show the moments as points, each behind its time."""
    items = tuple(f"{moment.when}: {moment.label}" for moment in visual.moments)
    return points(ListVisual(heading=visual.heading, items=items), setting)


def flow(visual: FlowVisual, setting: Setting) -> list[Actor]:
    """Show the steps as numbered points."""
    return points(ListVisual(heading=visual.heading, items=visual.steps), setting)


def map_(visual: MapVisual, setting: Setting) -> list[Actor]:
    """State where it is: what is said of the places, or else their names."""
    names = ", ".join(visual.places)
    return statement(StatementVisual(text=visual.label or names, emphasis=visual.places[0]), setting)


def _side(side: Side) -> str:
    return f"{side.label}: {side.detail}" if side.detail else side.label
