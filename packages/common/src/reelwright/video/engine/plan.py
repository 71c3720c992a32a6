"""What a scene looks like before it is drawn: palette, shade, variant, ground, ornament, wipe.

Everything follows from the scene's place and the video's seed, so a scene knows how the next begins.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from reelwright.video.engine.fields import FIELDS, GROUNDS, Field
from reelwright.video.engine.ornaments import ORNAMENTS
from reelwright.video.engine.palette import Palette, Shade, choose_palette, shade_for
from reelwright.video.engine.stage import Stage

__all__ = ["Plan", "Wipe", "field_of", "next_field", "plan_scene", "rng_of"]

Wipe = Literal["left", "right", "up", "circle"]
_WIPES: tuple[Wipe, ...] = ("left", "circle", "up", "right")

_VARIANTS: Mapping[str, tuple[str, ...]] = {
    "title": ("hero", "centre"),
    "statement": ("right", "centre", "left"),
    "list": ("rows", "cards"),
    "number": ("beside", "centre"),
    "chart": ("panel", "open"),
    "quote": ("mark", "centre"),
    "comparison": ("rows", "cards"),
    "timeline": ("rows", "cards"),
    "map": ("right", "centre", "left"),
    "flow": ("rows", "cards"),
    "closing": ("centre", "beside"),
    "landscape": ("right",),
    "hero": ("right", "left"),
    "stage": ("middle",),
    "photo": ("right", "left"),
    "count": ("beside",),
    "recap": ("left",),
    "bars": ("panel", "open"),
    "line": ("panel", "open"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """The choices for one scene."""

    scene_index: int
    theme_seed: int
    palette: Palette
    palette_reason: str
    shade: Shade
    variant: str
    """Which composition of the layout."""
    field: str
    ornament: str
    wipe: Wipe


def plan_scene(layout: str, scene_index: int, theme_seed: int, style: str, ground: str = "") -> Plan:
    """Return the choices for a scene; neighbours differ in shade, ground, ornament, variant and wipe.

    ``ground`` is the one that its picture needs, where it needs one.
    """
    palette, reason = choose_palette(style, theme_seed)
    turn = scene_index + theme_seed
    variants = _VARIANTS[layout]
    return Plan(
        scene_index=scene_index,
        theme_seed=theme_seed,
        palette=palette,
        palette_reason=reason,
        shade=shade_for(palette, scene_index, theme_seed),
        variant=variants[turn % len(variants)],
        field=_field_at(turn, ground),
        ornament=ORNAMENTS[(turn + theme_seed // 3) % len(ORNAMENTS)][0],
        wipe=_WIPES[(turn + theme_seed // 5) % len(_WIPES)],
    )


def field_of(plan: Plan, stage: Stage) -> Field:
    """Return the moving ground of a scene."""
    return {**dict(FIELDS), **GROUNDS}[plan.field](stage, plan.shade, rng_of(plan, "field"))


def next_field(plan: Plan, ground: str, stage: Stage) -> Field:
    """Return the moving ground of the scene that follows, whatever its layout.

    ``ground`` is the one that its picture needs, where it needs one.
    """
    index = plan.scene_index + 1
    shade = shade_for(plan.palette, index, plan.theme_seed)
    name = _field_at(index + plan.theme_seed, ground)
    return field_of(replace(plan, scene_index=index, shade=shade, field=name), stage)


def _field_at(turn: int, ground: str) -> str:
    return ground if ground in GROUNDS else FIELDS[turn % len(FIELDS)][0]


def rng_of(plan: Plan, purpose: str) -> Random:
    """Return the randomness of a scene for one purpose: the same whoever asks, and whenever."""
    return Random(f"{plan.theme_seed}/{plan.scene_index}/{purpose}")
