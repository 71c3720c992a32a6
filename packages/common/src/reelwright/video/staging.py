"""How each scene of a script is composed: by what it shows, its pictures, its place and its neighbours.

The rule is total and knows no chance: the same script, settings and pack give the same layouts everywhere. It
looks a few scenes back and no further, so that another picture in one scene leaves those of the others as
they are: what is kept of them need not be drawn again.
"""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from reelwright.environment.schema import PictureSettings
from reelwright.production.schema import NumberVisual, Script, Visual
from reelwright.video.counting import counted_by, share_of
from reelwright.video.pictures.aloft import flies, floats
from reelwright.video.pictures.choosing import choose_pictures
from reelwright.video.pictures.own import OwnPicture, is_logo
from reelwright.video.pictures.pack import PicturePack
from reelwright.video.schema import PictureUse

__all__ = ["Staged", "stage_scenes", "stage_script"]

_WITH_HERO: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("landscape",),
    "statement": ("hero", "stage", "landscape"),
    "number": ("count",),
    "closing": ("recap",),
}
"""By kind of visual: the layouts that a picture of the scene's own allows, the usual first."""
_WITH_PHOTO: Final[Mapping[str, tuple[str, ...]]] = {"title": ("photo",), "statement": ("photo",)}
"""The same where that picture is a photograph, which is not cut out."""
_SHOWN: Final[Mapping[str, frozenset[str]]] = {
    "landscape": frozenset({"hero", "satellite"}),
    "hero": frozenset({"hero", "satellite"}),
    "stage": frozenset({"hero", "satellite"}),
    "photo": frozenset({"hero", "satellite"}),
    "count": frozenset({"hero"}),
    "recap": frozenset({"hero", "item"}),
    "list": frozenset({"item"}),
    "bars": frozenset({"item"}),
    "line": frozenset({"hero", "item"}),
    "comparison": frozenset({"item"}),
    "timeline": frozenset({"item"}),
    "flow": frozenset({"item"}),
    "map": frozenset({"hero"}),
}
"""Which of a scene's pictures a layout has a place for."""
_LOOKS_BACK: Final = 3
"""So many scenes before count for what was shown lately."""
_OUTDOORS: Final = frozenset({"landscape", "stage", "recap"})
_NOT_INSTALLED: Final = "the pack of pictures is not installed: python3 bin/setup.py pictures"


class Staged(NamedTuple):
    """The composition of one scene."""

    layout: str
    reason: str
    pictures: tuple[PictureUse, ...] = ()
    """Those that the layout has a place for."""
    ground: str = ""
    """What the picture stands on, ``land`` or ``water``; empty for a ground of the scene's turn."""
    without: str = ""
    """Why there is no picture; empty where there are some."""


def stage_script(
    script: Script, settings: PictureSettings, own: tuple[OwnPicture, ...] = ()
) -> tuple[Staged, ...]:
    """Return the composition of every scene, with the brief's own pictures and those of the pack here.

    Raises PackDamaged.
    """
    with _ONE_AT_A_TIME:
        return _staged(script, settings.model_dump_json(), PicturePack.installed(), own)


def stage_scenes(
    visuals: Sequence[Visual],
    pictures: Sequence[tuple[PictureUse, ...]],
    *,
    pack: PicturePack | None = None,
    without: str = "",
) -> tuple[Staged, ...]:
    """Return every scene's composition; ``pack`` tells what floats, ``without`` why a scene has no picture.

    Neighbours differ where what they show allows it, and several layouts take turns by the place of a scene.
    No layout that needs a picture is given to a scene without.
    """
    pictures = [_counted_first(visual, uses) for visual, uses in zip(visuals, pictures, strict=True)]
    allowed = [_allowed(visual, uses) for visual, uses in zip(visuals, pictures, strict=True)]
    staged: list[Staged] = []
    for index, layouts in enumerate(allowed):
        after = allowed[index + 1] if index + 1 < len(allowed) else ()
        before = [each.layout for each in staged[-_LOOKS_BACK:]]
        layout = _pick(_in_turn(layouts, index), before, after[0] if len(after) == 1 else "")
        shown = _shown(layout, pictures[index])
        ground = _ground(layout, shown, pack)
        shown = _aloft(shown, pack, ground)
        staged.append(
            Staged(
                layout,
                _reason(visuals[index], layout, layouts, shown),
                shown,
                ground,
                "" if shown else _without(layout, pictures[index], without),
            )
        )
    return tuple(staged)


_ONE_AT_A_TIME: Final = threading.Lock()
"""Scenes of one script are shot side by side, and all ask the same."""


@lru_cache(maxsize=4)
def _staged(
    script: Script, settings: str, pack: PicturePack | None, own: tuple[OwnPicture, ...]
) -> tuple[Staged, ...]:
    wished = PictureSettings.model_validate_json(settings)
    pictures = choose_pictures(script, wished, pack, own)
    visuals = tuple(scene.visual for scene in script.scenes)
    return stage_scenes(visuals, pictures, pack=pack, without=_why_none(script, wished, pack))


def _why_none(script: Script, settings: PictureSettings, pack: PicturePack | None) -> str:
    if not settings.enabled:
        return "pictures are switched off"
    if pack is None:
        return _NOT_INSTALLED
    if script.language.partition("-")[0] != "en":
        return f"pictures are found by words of English, not of {script.language!r}, and none is configured"
    return f"no word shows in a picture surely enough; the threshold is {settings.threshold:g}"


def _counted_first(visual: Visual, uses: tuple[PictureUse, ...]) -> tuple[PictureUse, ...]:
    """Return the pictures with one of what a number counts as the scene's own, if there is one."""
    if visual.kind != "number":
        return uses
    counted = counted_by(visual, [use for use in uses if use.role != "item"])
    if counted is None or counted.role == "hero":
        return uses
    return (counted.model_copy(update={"role": "hero"}), *(use for use in uses if use.role == "item"))


def _allowed(visual: Visual, uses: Sequence[PictureUse]) -> tuple[str, ...]:
    """Return the layouts that can show a visual, the usual first."""
    if visual.kind == "chart":
        return ("bars" if visual.shape == "bar" else "line",)
    has_hero = any(use.role == "hero" for use in uses)
    if visual.kind == "closing" and any(use.role == "item" for use in uses):
        return ("recap",)
    if not has_hero or _is_share(visual):
        return (visual.kind,)
    hangs = any(use.role == "hero" and use.photo for use in uses)
    return {**_WITH_HERO, **(_WITH_PHOTO if hangs else {})}.get(visual.kind, (visual.kind,))


def _is_share(visual: Visual) -> bool:
    return isinstance(visual, NumberVisual) and share_of(visual) is not None


def _in_turn(layouts: Sequence[str], index: int) -> tuple[str, ...]:
    """Return the layouts, first the one whose turn it is at this place, then those of the places before.

    A video begins with the usual, and so do the scenes behind its title. What goes first does not hang on
    what other scenes were given: where one of them makes way, the next has its own turn again.
    """
    turn = max(0, index - 1)
    return tuple(layouts[(turn - back) % len(layouts)] for back in range(len(layouts)))


def _pick(layouts: Sequence[str], before: Sequence[str], after: str) -> str:
    """Return the first layout that no neighbour has and that was not the last of these; if none, as near."""
    lately = next((layout for layout in reversed(before) if layout in layouts), "")
    for taken in ({lately, *before[-1:], after}, {*before[-1:], after}, set(before[-1:])):
        free = [layout for layout in layouts if layout not in taken]
        if free:
            return free[0]
    return layouts[0]


def _shown(layout: str, uses: Sequence[PictureUse]) -> tuple[PictureUse, ...]:
    roles = _SHOWN.get(layout, frozenset())
    return tuple(use for use in uses if use.role in roles)


def _aloft(uses: Sequence[PictureUse], pack: PicturePack | None, ground: str) -> tuple[PictureUse, ...]:
    """Return the pictures, each with whether it hangs: what would sink does so over water, a place never."""
    return tuple(
        use.model_copy(update={"aloft": True}) if _flies(use, pack) or _sinks(use, pack, ground) else use
        for use in uses
        if not (_sinks(use, pack, ground) and _is_place(use, pack))
    )


def _is_place(use: PictureUse, pack: PicturePack | None) -> bool:
    found = pack.get(use.name) if pack else None
    return found is not None and found.subgroup.startswith("place-") and not flies(found)


def _sinks(use: PictureUse, pack: PicturePack | None, ground: str) -> bool:
    found = pack.get(use.name) if pack and use.source == "pack" else None
    return ground == "water" and use.role == "satellite" and found is not None and not floats(found)


def _flies(use: PictureUse, pack: PicturePack | None) -> bool:
    if use.source == "user":
        return use.photo or is_logo(use.name)  # neither has feet
    found = pack.get(use.name) if pack else None
    return found is not None and flies(found)


def _reason(visual: Visual, layout: str, layouts: Sequence[str], shown: Sequence[PictureUse]) -> str:
    what = f"the visual is a {visual.kind}"
    if _is_share(visual):
        return f"{what} that is a share of a whole"
    told = f"{what} with {_counted(shown)}" if shown else f"{what} without a picture"
    others = [other for other in layouts if other != layout]
    return f"{told}; neighbouring scenes and {', '.join(others)} were weighed" if others else told


def _counted(shown: Sequence[PictureUse]) -> str:
    count = Counter(use.role for use in shown)
    names = {"hero": "a picture of its own", "satellite": "beside it", "item": "of its items"}
    parts = [names["hero"]] * (count["hero"] > 0)
    parts += [f"{count[role]} {names[role]}" for role in ("satellite", "item") if count[role]]
    return ", ".join(parts)


def _ground(layout: str, shown: Sequence[PictureUse], pack: PicturePack | None) -> str:
    if layout not in _OUTDOORS:
        return ""
    hero = next((use for use in shown if use.role == "hero"), None)
    if hero is not None and hero.photo:
        return ""  # it hangs on a plate, and what stands on the ground would stand before it
    found = pack.get(hero.name) if pack and hero and hero.source == "pack" else None
    return "water" if found and floats(found) else "land"


def _without(layout: str, uses: Sequence[PictureUse], without: str) -> str:
    if uses:
        return f"the layout {layout} has no place for them"
    return without
