"""One scene: the ground, the actors on it, and what lies over them, as a function of time."""

from collections.abc import Iterator, Sequence

from reelwright.production.schema import Word
from reelwright.video.engine.actors import Actor
from reelwright.video.engine.bidi import reads_from_right
from reelwright.video.engine.captions_overlay import CaptionsOverlay
from reelwright.video.engine.fields import GROUNDS
from reelwright.video.engine.fonts import language_of, own_font, writing
from reelwright.video.engine.layouts import LAYOUTS, NEED_A_HERO
from reelwright.video.engine.logo import Logo
from reelwright.video.engine.mirror import FROM_RIGHT, Meanings, mirror_of, mirroring
from reelwright.video.engine.pictures import NO_PICTURES, ScenePictures
from reelwright.video.engine.plan import Plan, field_of, next_field, plan_scene
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.progress_bar import ProgressBar
from reelwright.video.engine.scripts import check_drawable, missing_in
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Stage
from reelwright.video.engine.transition import Transition
from reelwright.video.pictures.pack import PicturePack
from reelwright.video.pictures.raster import NOWHERE
from reelwright.video.pictures.shelf import RasterShelf
from reelwright.video.schema import SceneGraphics

__all__ = ["Scene", "shown_texts"]

_MISSING_NAMED = 12
_SETTLED_SECONDS = 1.5
"""What is behind a logo stays as it is from then on, but for the closing wipe."""
_NEVER_MIRRORED = {"map", "photo"}
"""Layouts that show something that has a right and a left of its own."""


class Scene:
    """Everything needed to draw any moment of a scene."""

    def __init__(
        self,
        graphics: SceneGraphics,
        width: int,
        height: int,
        duration: float,
        shelf: RasterShelf = NOWHERE,
        *,
        language: str = "",
    ) -> None:
        """Prepare it: all that is drawn once is drawn here. Pictures that are rasterised go on the shelf.

        Text is drawn as its language, the tag of the brief, writes it. Raises TextUndrawable where no font
        here draws most of it.
        """
        self._language = language_of("".join(shown_texts(graphics)), language)
        self._turned: Meanings = {}
        self._headlines = own_font(graphics.font)
        with writing(self._language, self._headlines):
            self._prepare(graphics, Stage(width, height, graphics.captions), duration, shelf)

    def _prepare(self, graphics: SceneGraphics, stage: Stage, duration: float, shelf: RasterShelf) -> None:
        check_drawable(" ".join(shown_texts(graphics)))
        pictures = _pictures(graphics, shelf)
        layout = _layout(graphics, pictures)
        ground = graphics.ground if layout == graphics.layout else ""
        self.plan = _plan(graphics, layout, ground)
        self.layout, self.stage = layout, stage
        setting = Setting(stage, self.plan, _said_in(graphics.words, duration), duration, pictures, shelf)
        self.choices = _choices(graphics, layout, self.plan, pictures)
        self._field = field_of(self.plan, stage)
        self._mirrored = layout not in _NEVER_MIRRORED and _runs_from_right(graphics, self._language)
        with mirroring(self._mirrored):
            actors = LAYOUTS[layout](graphics.visual, setting)
        self._actors: tuple[Actor, ...] = (*actors, *_leaving(graphics, setting))
        self._over = _over(graphics, setting)

    def draw(self, frame: Frame, t: float) -> None:
        """Paint the whole frame as it is at ``t`` seconds."""
        with writing(self._language, self._headlines):
            with mirroring(self._mirrored):
                seen = mirror_of(frame, self._turned) if self._mirrored else frame
                self._field.draw(seen, t)
                for actor in self._actors:
                    actor.draw(seen, t)
            for actor in self._over:
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
    found += [
        (
            f"left out {missing.script} {_numbers(missing.characters)}",
            f"no font of this machine has {missing.told}. {missing.next_step}",
        )
        for missing in missing_in("".join(shown_texts(graphics)))
    ]
    return tuple(found)


def _numbers(characters: str) -> str:
    return ", ".join(f"U+{ord(character):04X}" for character in characters[:_MISSING_NAMED])


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


def _plan(graphics: SceneGraphics, layout: str, ground: str) -> Plan:
    return plan_scene(layout, graphics.scene_index, graphics.theme_seed, graphics.style, ground)


def _said_in(words: Sequence[Word], duration: float) -> tuple[Word, ...]:
    return tuple(
        sorted((word for word in words if word.start_seconds < duration), key=lambda word: word.start_seconds)
    )


def _runs_from_right(graphics: SceneGraphics, language: str) -> bool:
    """Tell whether a scene reads from the right: its language does, or what it shows."""
    shown = "".join(_strings(graphics.visual.model_dump(exclude={"kind", "shape", "emphasis"})))
    return language.partition("-")[0] in FROM_RIGHT or reads_from_right(shown)


def _leaving(graphics: SceneGraphics, setting: Setting) -> list[Actor]:
    """Return the wipe to the next scene."""
    if graphics.scene_index + 1 >= graphics.scene_count:
        return []
    ground = next_field(setting.plan, graphics.next_ground, setting.stage)
    return [Transition(setting.stage, setting.plan.wipe, ground, setting.shade.accent, setting.duration)]


def _over(graphics: SceneGraphics, setting: Setting) -> list[Actor]:
    """Return what lies over everything, and is never mirrored."""
    actors: list[Actor] = []
    if graphics.captions:
        actors.append(CaptionsOverlay(setting.stage, setting.words, setting.plan.palette.dark.accent))
    place = graphics.scene_index, graphics.scene_count
    actors.append(ProgressBar(setting.stage, setting.shade, place, setting.duration))
    if graphics.logo is not None:
        until = min(_SETTLED_SECONDS, setting.duration / 2)
        actors.append(Logo(setting.stage, graphics.logo, until_seconds=until))
    return actors
