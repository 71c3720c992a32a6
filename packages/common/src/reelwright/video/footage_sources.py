"""Who shoots a scene: as the brief says, else as the settings say of that scene, else by a rule."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from reelwright.environment.footage import FootageSettings, SceneSource
from reelwright.production.schema import Brief, Decision

__all__ = ["Sourced", "shots_of", "source_of", "sources_told"]


@dataclass(frozen=True, slots=True)
class Sourced:
    """Who is to shoot a scene, and why. ``auto`` is whoever the models' route leads to."""

    source: SceneSource | Literal["auto"]
    reason: str = ""
    while_budget_lasts: bool = False
    """Whether it is drawn, and nothing is wrong, where no money is left for it."""

    def told(self, scene_index: int) -> tuple[Decision, ...]:
        """Return the decision; what is left to the route is the route's to tell."""
        if self.source == "auto":
            return ()
        subject = f"source of scene {scene_index + 1}"
        return (Decision(subject=subject, chosen=self.source, reason=self.reason),)


def source_of(brief: Brief, settings: FootageSettings, scene_index: int) -> Sourced:
    """Return who is to shoot a scene. The same brief and settings say the same in every process."""
    number = scene_index + 1
    named = next((each.source for each in brief.scenes if each.scene == number), None)
    if named is not None:
        return Sourced(named, "the brief says so of this scene")
    configured = settings.scenes.get(str(number))
    if configured is not None:
        return Sourced(configured, f"video.scenes says so of scene {number}")
    return _by_rule(settings, scene_index)


def sources_told(brief: Brief, settings: FootageSettings, scene_count: int) -> tuple[str, ...]:
    """Return a warning for each choice of a scene that the script does not have."""
    numbers = [("the brief", each.scene) for each in brief.scenes]
    numbers += [("video.scenes", int(number)) for number in settings.scenes]
    return tuple(
        f"{where} says who shoots scene {number}, and there are {scene_count}."
        for where, number in numbers
        if number > scene_count
    )


def shots_of(brief: Brief, settings: FootageSettings) -> Callable[[int], int]:
    """Return what tells of how many scenes the models' route is asked, of so many, before there is a script.

    A clip of the brief's own that goes by words is taken to be shown in one scene.
    """
    brought = {each.scene - 1 for each in brief.media if each.scene is not None}
    if brief.translation is not None:
        brought |= {each.scene_index for each in brief.translation.footage}
    by_words = sum(each.scene is None for each in brief.media)

    def shots(scenes: int) -> int:
        left = set(range(scenes)) - brought
        asked = sum(source_of(brief, settings, index).source != "graphics" for index in left)
        return max(0, asked - by_words)

    return shots


def _by_rule(settings: FootageSettings, scene_index: int) -> Sourced:
    if settings.footage == "auto":
        return Sourced("auto")
    if settings.footage != "mixed":
        return Sourced(settings.footage, f"video.footage is {settings.footage!r}")
    every = settings.provider_every
    if scene_index % every:
        return Sourced("graphics", f"video.footage is 'mixed': one scene of {every} is shot")
    why = "the first scene" if not scene_index else f"one scene of {every}"
    return Sourced("provider", f"video.footage is 'mixed': {why} is shot", while_budget_lasts=True)
