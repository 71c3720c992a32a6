"""One sentence, the way that a script goes: what our writer shows of it, and how that is laid out."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from reelwright.content.engine.material import read_material
from reelwright.content.engine.rank import weigh_words
from reelwright.content.engine.scenes import Shot, lines_of
from reelwright.content.engine.visuals import Setting as Writing
from reelwright.content.engine.visuals import choose_visuals
from reelwright.content.pace import Pace
from reelwright.environment.schema import Aspect, PictureSettings
from reelwright.production.schema import Scene, Script, Seo, Visual, Word
from reelwright.video.engine.pictures import ScenePictures
from reelwright.video.engine.plan import plan_scene
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Stage
from reelwright.video.pictures.choosing import choose_pictures
from reelwright.video.pictures.pack import PicturePack
from reelwright.video.schema import frame_size
from reelwright.video.staging import Staged, stage_scenes

__all__ = ["ASPECTS", "TITLE", "Sentence", "Shown", "sentences_of", "setting_of", "show"]

ASPECTS: tuple[Aspect, ...] = ("16:9", "9:16", "1:1")
TITLE = "A sentence"
"""Of a script that says nothing else; it stands over charts that have no heading of their own."""
_SECONDS_A_WORD = 0.4
_PACE = Pace(150)


class Sentence(NamedTuple):
    """A sentence, and what a picture of it should show."""

    text: str
    values: tuple[float, ...] = ()
    years: tuple[int, ...] = ()
    places: tuple[str, ...] = ()


class Shown(NamedTuple):
    """What became of a sentence."""

    sentence: Sentence
    visual: Visual
    staged: Staged


def sentences_of(path: Path) -> Iterator[Sentence]:
    """Read the sentences of an exam."""
    for entry in tomllib.loads(path.read_text(encoding="utf-8"))["sentences"]:
        yield Sentence(
            entry["text"],
            tuple(map(float, entry.get("values", ()))),
            tuple(entry.get("years", ())),
            tuple(entry.get("places", ())),
        )


def show(sentence: Sentence, pack: PicturePack) -> Shown:
    """Choose visual, pictures and layout as for a script of one scene."""
    material = read_material(sentence.text, _PACE, english=True)
    shot = Shot(lines_of(material.units, said=None))
    writing = Writing(
        title=TITLE,
        headings=material.headings,
        charts=(),
        weights=weigh_words(material.units),
        english=True,
    )
    (visual,) = choose_visuals([shot], writing)
    scene = Scene(narration=sentence.text, visual_prompt="", visual=visual)
    seo = Seo(title=TITLE, description="")
    script = Script(title=TITLE, hook="", scenes=(scene,), call_to_action="", seo=seo)
    pictures = choose_pictures(script, PictureSettings(enabled=True, threshold=0.65), pack)
    (staged,) = stage_scenes([visual], pictures, pack=pack)
    return Shown(sentence, visual, staged)


def setting_of(shown: Shown, aspect: Aspect, pack: PicturePack) -> Setting:
    """Return what its layout is given at 720p, the words spoken one after the other."""
    spoken = shown.sentence.text.split()
    words = tuple(
        Word(
            text=text,
            start_seconds=at * _SECONDS_A_WORD,
            end_seconds=(at + 1) * _SECONDS_A_WORD,
            scene_index=0,
        )
        for at, text in enumerate(spoken)
    )
    stage = Stage(*frame_size(aspect, "720p"), captions=True)
    plan = plan_scene(shown.staged.layout, 0, 0, "auto")
    pictures = ScenePictures.of(shown.staged.pictures, pack)
    return Setting(stage, plan, words, len(spoken) * _SECONDS_A_WORD + 1, pictures)
