"""Layouts by the kind of visual: each turns one visual into actors on the stage."""

from collections.abc import Callable, Mapping
from typing import Any

from reelwright.video.engine.actors import Actor
from reelwright.video.engine.layouts.chart import chart
from reelwright.video.engine.layouts.closing import closing
from reelwright.video.engine.layouts.number import number
from reelwright.video.engine.layouts.plain import comparison, flow, map_, timeline
from reelwright.video.engine.layouts.points import points
from reelwright.video.engine.layouts.quote import quote
from reelwright.video.engine.layouts.statement import statement
from reelwright.video.engine.layouts.title import title
from reelwright.video.engine.setting import Setting

__all__ = ["LAYOUTS"]

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
}
"""Which layout draws which kind of visual."""
