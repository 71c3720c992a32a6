"""Layouts by name: each turns one visual into actors on the stage."""

from collections.abc import Callable, Mapping
from typing import Any

from reelwright.video.engine.actors import Actor
from reelwright.video.engine.layouts.chart import chart
from reelwright.video.engine.layouts.closing import closing
from reelwright.video.engine.layouts.comparison import comparison
from reelwright.video.engine.layouts.count import count
from reelwright.video.engine.layouts.flow import flow
from reelwright.video.engine.layouts.hero import hero
from reelwright.video.engine.layouts.landscape import landscape
from reelwright.video.engine.layouts.map import map_
from reelwright.video.engine.layouts.number import number
from reelwright.video.engine.layouts.photo import photo
from reelwright.video.engine.layouts.points import points
from reelwright.video.engine.layouts.quote import quote
from reelwright.video.engine.layouts.recap import recap
from reelwright.video.engine.layouts.stage import stage
from reelwright.video.engine.layouts.statement import statement
from reelwright.video.engine.layouts.timeline import timeline
from reelwright.video.engine.layouts.title import title
from reelwright.video.engine.setting import Setting

__all__ = ["LAYOUTS", "NEED_A_HERO"]

LAYOUTS: Mapping[str, Callable[[Any, Setting], list[Actor]]] = {
    "title": title,
    "statement": statement,
    "list": points,
    "number": number,
    "chart": chart,
    "quote": quote,
    "comparison": comparison,
    "timeline": timeline,
    "map": map_,
    "flow": flow,
    "closing": closing,
    "landscape": landscape,
    "hero": hero,
    "stage": stage,
    "photo": photo,
    "count": count,
    "recap": recap,
    "bars": chart,
    "line": chart,
}
"""Every layout by name; those named like a kind of visual draw it where nothing better is chosen."""

NEED_A_HERO = frozenset({"landscape", "hero", "stage", "count", "photo"})
"""Those that are nothing without a picture of what the scene is about."""
