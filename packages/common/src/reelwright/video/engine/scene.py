"""One scene: the ground, the actors on it, and what lies over them, as a function of time."""

from collections.abc import Iterator, Sequence

from reelwright.production.schema import Word
from reelwright.video.engine.actors import Actor
from reelwright.video.engine.captions_overlay import CaptionsOverlay
from reelwright.video.engine.fonts import undrawable
from reelwright.video.engine.layouts import LAYOUTS
from reelwright.video.engine.plan import Plan, field_of, plan_scene
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.progress_bar import ProgressBar
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Stage
from reelwright.video.engine.transition import Transition
from reelwright.video.schema import SceneGraphics

__all__ = ["Scene", "shown_texts"]

_MISSING_NAMED = 12


class Scene:
    """Everything needed to draw any moment of a scene."""

    def __init__(self, graphics: SceneGraphics, width: int, height: int, duration: float) -> None:
        self.plan = _plan(graphics, graphics.visual.kind, graphics.scene_index)
        stage = Stage(width, height, graphics.captions)
        setting = Setting(stage, self.plan, _said_in(graphics.words, duration), duration)
        self.choices = _choices(graphics, self.plan)
        self._field = field_of(self.plan, stage)
        self._actors: tuple[Actor, ...] = (
            *LAYOUTS[graphics.visual.kind](graphics.visual, setting),
            *_over(graphics, setting),
        )

    def draw(self, frame: Frame, t: float) -> None:
        """Paint the whole frame as it is at ``t`` seconds."""
        self._field.draw(frame, t)
        for actor in self._actors:
            actor.draw(frame, t)


def _choices(graphics: SceneGraphics, plan: Plan) -> tuple[tuple[str, str], ...]:
    """Return what was decided, and why, for the production's record."""
    kind = graphics.visual.kind
    found = [
        (f"layout {kind}/{plan.variant}", f"the visual is a {kind}; neighbouring scenes take other variants"),
        (
            f"palette {plan.palette.name}, {plan.shade.tone}",
            f"{plan.palette_reason}; dark and light alternate",
        ),
        (f"ground {plan.field}", "grounds take turns from scene to scene"),
    ]
    missing = undrawable("".join(shown_texts(graphics)))
    if missing:
        names = ", ".join(f"U+{ord(character):04X}" for character in missing[:_MISSING_NAMED])
        found.append((f"left out {names}", "no font of this machine has these characters"))
    return tuple(found)


def shown_texts(graphics: SceneGraphics) -> list[str]:
    """Return every text of a scene that may be drawn."""
    captions = [word.text for word in graphics.words] if graphics.captions else []
    return [*_strings(graphics.visual.model_dump(exclude={"kind", "shape", "emphasis"})), *captions]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings(list(value.values()))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part)


def _plan(graphics: SceneGraphics, kind: str, index: int) -> Plan:
    return plan_scene(kind, index, graphics.theme_seed, graphics.style)


def _said_in(words: Sequence[Word], duration: float) -> tuple[Word, ...]:
    return tuple(
        sorted((word for word in words if word.start_seconds < duration), key=lambda word: word.start_seconds)
    )


def _over(graphics: SceneGraphics, setting: Setting) -> list[Actor]:
    actors: list[Actor] = []
    following = graphics.scene_index + 1
    if following < graphics.scene_count and graphics.next_kind is not None:
        after = _plan(graphics, graphics.next_kind, following)
        ground = field_of(after, setting.stage)
        actors.append(
            Transition(setting.stage, setting.plan.wipe, ground, setting.shade.accent, setting.duration)
        )
    if graphics.captions:
        actors.append(CaptionsOverlay(setting.stage, setting.words, setting.plan.palette.dark.accent))
    shares = graphics.start_share, graphics.end_share
    actors.append(ProgressBar(setting.stage, setting.shade, shares, setting.duration))
    return actors
