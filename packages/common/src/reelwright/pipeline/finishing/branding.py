"""The step of the chain that shows whose a video is."""

from dataclasses import replace
from typing import TYPE_CHECKING

from reelwright.pipeline.finishing.order import CutOrder
from reelwright.production.branding import Brand
from reelwright.video.branding import brand_of, colours_of
from reelwright.video.headlines import headlines_told
from reelwright.video.timeline import with_ends

if TYPE_CHECKING:
    from reelwright.video.ends import End

__all__ = ["brand"]


def brand(order: CutOrder) -> CutOrder:
    """Put what the brand has before the first scene and after the last, and say what of it is in the scenes.

    Logo, colours and typeface went into the scenes when they were made.
    """
    asked = order.brief.brand
    found = brand_of(order.brief)
    if found is None:
        why = "the brief asks for none" if asked else "neither the brief nor video.brand names one"
        return order.without("brand", why)
    context = order.context
    intro, outro = context.managers.video.ends(
        order.brief, order.script, order.clips[0], seed=context.seed, work_dir=context.work_dir
    )
    headlines = headlines_told(found, order.script, context.artifacts)
    ends = tuple(end.told for end in (intro, outro) if end)
    told = "; ".join(part for part in (*_shown(order, found), headlines.told, *ends) if part)
    made = _with(order, intro, outro).warned(headlines.warning)
    return made.told("brand", found.name, told or "it has nothing to show")


def _with(order: CutOrder, intro: "End | None", outro: "End | None") -> CutOrder:
    """Return the order with both ends joined on, and the narration laid on the longer timeline."""
    first, last = (end.clip if end else None for end in (intro, outro))
    return replace(
        order,
        intro=first,
        outro=last,
        clips=tuple(clip for clip in (first, *order.clips, last) if clip),
        narration=with_ends(order.narration, first, last),
    )


def _shown(order: CutOrder, brand: Brand) -> list[str]:
    told = []
    if brand.logo is not None:
        told.append(f"its logo {brand.corner}, in the pass of each scene, SHA-256 {brand.logo.sha256}")
    if colours_of(brand):
        asked = order.brief.style
        told.append(
            "its colours, made legible where text stands on them"
            if asked == "auto"
            else f"not its colours: the brief asks for the style {asked}"
        )
    return told
