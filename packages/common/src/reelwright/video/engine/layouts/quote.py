from reelwright.production.schema import QuoteVisual
from reelwright.video.engine.actors import Actor, Appear, word_sprite
from reelwright.video.engine.emphasis import emphasised
from reelwright.video.engine.face import face
from reelwright.video.engine.fit import TextStyle, fit
from reelwright.video.engine.layouts.blocks import Block, headline, is_drawable, rule, text_block, words_of
from reelwright.video.engine.layouts.ornamented import corner_actors
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.typeset import Across

__all__ = ["quote"]

_QUOTES = "\"“”„«»‟'‘’"


def quote(visual: QuoteVisual, setting: Setting) -> list[Actor]:
    """Let somebody speak: a large quotation mark, their words, a line and their name."""
    text = visual.text.strip().strip(_QUOTES)
    centred = setting.plan.variant == "centre"
    across: Across = "centre" if centred else "left"
    mark = _Mark(setting)
    area = _text_area(setting, mark, centred=centred)
    foot = setting.px(92) if is_drawable(visual.attribution) else 0
    style = TextStyle(
        "bold",
        setting.px(76 if setting.stage.shape == "wide" else 68),
        setting.px(24),
        leading=1.24,
        max_lines=7,
    )
    fitted = fit(text, area.width, area.height - foot, style)
    top = area.top + (area.height - foot - fitted.full_height) // 2
    box = Box(area.left, top, area.right, top + fitted.full_height)
    words = headline(setting, fitted, box, across=across, down="top", accented=emphasised(words_of(fitted)))
    name = _attribution(setting, visual.attribution, words, area, across)
    figures = corner_actors(setting) if centred else []
    return [*figures, mark.actor(area, top, centred=centred), *words.actors, *name]


class _Mark:
    """The quotation mark: its ink and where it stands."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        size = setting.px(330 if setting.stage.shape == "wide" else 270)
        self._face = face("heavy", size)
        self._ink = self._face.ink("“")

    @property
    def width(self) -> int:
        return int(self._ink.mask.shape[1])

    @property
    def height(self) -> int:
        return int(self._ink.mask.shape[0])

    def actor(self, area: Box, text_top: int, *, centred: bool) -> Actor:
        sprite = word_sprite(self._face, "“", self._setting.shade.accent)
        wide = self._setting.stage.shape == "wide"
        if centred or not wide:
            x = area.left + (area.width - self.width) // 2 if centred else area.left
            y = text_top - self.height - self._setting.px(30)
        else:
            x, y = area.left - self.width - self._setting.px(44), text_top
        return Appear(sprite, x - self._ink.left, y - self._ink.top, 0.08, self._setting.px(30))


def _text_area(setting: Setting, mark: _Mark, *, centred: bool) -> Box:
    area = setting.stage.middle if centred else setting.stage.content
    if centred or setting.stage.shape != "wide":
        return Box(area.left, area.top + mark.height + setting.px(30), area.right, area.bottom)
    return Box(area.left + mark.width + setting.px(44), area.top, area.right, area.bottom)


def _attribution(setting: Setting, name: str, words: Block, area: Box, across: Across) -> list[Actor]:
    if not is_drawable(name):
        return []
    at = min(words.last + 0.35, max(words.first, setting.duration - 1.2))
    top = words.box.bottom + setting.px(30)
    left = area.left if across == "left" else area.left + (area.width - setting.px(72)) // 2
    line = rule(setting, left, top, at, 72)
    box = Box(area.left, top + setting.px(26), area.right, area.bottom)
    style = TextStyle("semibold", setting.px(34), setting.px(20), max_lines=1)
    fitted = fit(name, box.width, box.height, style)
    text = text_block(setting, fitted, box, at + 0.1, colour=setting.shade.soft, across=across)
    return [*line.actors, *text.actors]
