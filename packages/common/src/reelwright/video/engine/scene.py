"""One scene: the ground, the actors on it, and what lies over them, as a function of time."""

from collections.abc import Iterator, Sequence

from reelwright.production.schema import Word
from reelwright.video.engine.actors import Actor
from reelwright.video.engine.captions_overlay import CaptionsOverlay
from reelwright.video.engine.fields import GROUNDS
from reelwright.video.engine.fonts import undrawable
from reelwright.video.engine.layouts import LAYOUTS, NEED_A_HERO
from reelwright.video.engine.pictures import NO_PICTURES, ScenePictures
from reelwright.video.engine.plan import Plan, field_of, plan_scene
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.progress_bar import ProgressBar
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Stage
from reelwright.video.engine.transition import Transition
from reelwright.video.pictures.pack import PicturePack
from reelwright.video.pictures.raster import NOWHERE
from reelwright.video.pictures.shelf import RasterShelf
from reelwright.video.schema import SceneGraphics

__all__ = ["Scene", "shown_texts"]

_MISSING_NAMED = 12


class Scene:
    """Everything needed to draw any moment of a scene."""

    def __init__(
        self, graphics: SceneGraphics, width: int, height: int, duration: float, shelf: RasterShelf = NOWHERE
    ) -> None:
        """Prepare it: all that is drawn once is drawn here. Pictures that are rasterised go on the shelf."""
        pictures = _pictures(graphics, shelf)
        layout = _layout(graphics, pictures)
        ground = graphics.ground if layout == graphics.layout else ""
        self.plan = _plan(graphics, layout, graphics.scene_index, ground)
        stage = Stage(width, height, graphics.captions)
        self.layout, self.stage = layout, stage
        setting = Setting(stage, self.plan, _said_in(graphics.words, duration), duration, pictures, shelf)
        self.choices = _choices(graphics, layout, self.plan, pictures)
        self._field = field_of(self.plan, stage)
        self._actors: tuple[Actor, ...] = (
            *LAYOUTS[layout](graphics.visual, setting),
            *_over(graphics, setting),
        )

    def draw(self, frame: Frame, t: float) -> None:
        """Paint the whole frame as it is at ``t`` seconds."""
        self._field.draw(frame, t)
        for actor in self._actors:
            actor.draw(frame, t)


def _pictures(graphics: SceneGraphics, shelf: RasterShelf) -> ScenePictures:
    if not graphics.pictures:
        return NO_PICTURES
    return ScenePictures.of(graphics.pictures, PicturePack.installed(), shelf)


def _layout(graphics: SceneGraphics, pictures: ScenePictures) -> str:
    """Return the layout, or that of the visual's kind where its picture is missing."""
    layout = graphics.layout or graphics.visual.kind
    needs_hero = layout in NEED_A_HERO
    return graphics.visual.kind if needs_hero and pictures.hero is None else layout


def _choices(
    graphics: SceneGraphics, layout: str, plan: Plan, pictures: ScenePictures
) -> tuple[tuple[str, str], ...]:
    """Return what was decided, and why, for the production's record."""
    kind = graphics.visual.kind
    found = [
        (
            f"layout {layout}/{plan.variant}",
            f"the visual is a {kind}; neighbouring scenes take other variants",
        ),
        (
            f"palette {plan.palette.name}, {plan.shade.tone}",
            f"{plan.palette_reason}; dark and light alternate",
        ),
        (f"ground {plan.field}", _why_ground(plan)),
    ]
    found += [(f"left out {name}", "the pack of pictures here does not have it") for name in pictures.missing]
    missing = undrawable("".join(shown_texts(graphics)))
    if missing:
        names = ", ".join(f"U+{ord(character):04X}" for character in missing[:_MISSING_NAMED])
        found.append((f"left out {names}", "no font of this machine has these characters"))
    return tuple(found)


def _why_ground(plan: Plan) -> str:
    outdoors = plan.field in GROUNDS
    return "the picture stands on it" if outdoors else "grounds take turns from scene to scene"


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


def _plan(graphics: SceneGraphics, layout: str, index: int, ground: str) -> Plan:
    return plan_scene(layout, index, graphics.theme_seed, graphics.style, ground)


def _said_in(words: Sequence[Word], duration: float) -> tuple[Word, ...]:
    return tuple(
        sorted((word for word in words if word.start_seconds < duration), key=lambda word: word.start_seconds)
    )


def _over(graphics: SceneGraphics, setting: Setting) -> list[Actor]:
    actors: list[Actor] = []
    following = graphics.scene_index + 1
    if following < graphics.scene_count and graphics.next_kind is not None:
        after = _plan(graphics, graphics.next_kind, following, graphics.next_ground)
        ground = field_of(after, setting.stage)
        actors.append(
            Transition(setting.stage, setting.plan.wipe, ground, setting.shade.accent, setting.duration)
        )
    if graphics.captions:
        actors.append(CaptionsOverlay(setting.stage, setting.words, setting.plan.palette.dark.accent))
    place = graphics.scene_index, graphics.scene_count
    actors.append(ProgressBar(setting.stage, setting.shade, place, setting.duration))
    return actors
