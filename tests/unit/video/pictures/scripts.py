"""Pictures and scripts to choose from and for: a small index, and the real one where it is installed."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from reelwright.environment.schema import PictureSettings
from reelwright.production.schema import Scene, Script, Seo, StatementVisual, Visual
from reelwright.video.pictures.lexicon import NOTHING, lexicon
from reelwright.video.pictures.pack import PicturePack

TRAINING = Path(__file__).with_name("training.toml")
FACES = ("grinning-face", "flag-japan", "place-of-worship", "person-running", "backhand-index-pointing-up")


class Known(NamedTuple):
    """One picture of an index of our own."""

    name: str
    kind: str = "thing"
    keywords: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return self.name.replace("-", " ")

    @property
    def digest(self) -> str:
        return f"digest of {self.name}"


class Index:
    """Every picture that the lexicon names, and some that must not be shown."""

    def __init__(self, *further: Known) -> None:
        named = {entry.picture for phrase in lexicon().phrases() for entry in phrase.entries} - {NOTHING}
        unusual = [Known(name, "symbol", ("happy", "temple", "jogger")) for name in FACES]
        known = [*(Known(name) for name in sorted(named)), *unusual, *further]
        self._known = {picture.name: picture for picture in known}

    @property
    def pictures(self) -> tuple[Known, ...]:
        return tuple(self._known.values())

    def get(self, name: str) -> Known | None:
        return self._known.get(name)


class Sentence(NamedTuple):
    """One sentence of the training set, and what a rater lets it show."""

    text: str
    shows: frozenset[str]


def training() -> list[tuple[str, list[Sentence]]]:
    document = tomllib.loads(TRAINING.read_text(encoding="utf-8"))
    return [
        (script["title"], [Sentence(row["text"], frozenset(row["shows"])) for row in script["sentences"]])
        for script in document["script"]
    ]


def installed_pack() -> PicturePack:
    pack = PicturePack.installed()
    if pack is None:
        pytest.skip("the picture pack is not installed")
    return pack


def settings(
    threshold: float = 0.65, overrides: dict[str, str] | None = None, *, allow: Sequence[str] = ()
) -> PictureSettings:
    return PictureSettings(enabled=True, threshold=threshold, overrides=overrides or {}, allow=tuple(allow))


def script_of(title: str, *narrations: str | Visual, language: str = "en") -> Script:
    """A script of one scene for every text or visual; a visual's words are said as well."""
    scenes = []
    for one in narrations:
        text = one if isinstance(one, str) else _said(one)
        visual = StatementVisual(text=one) if isinstance(one, str) else one
        scenes.append(Scene(narration=text or "…", visual_prompt="", visual=visual))
    seo = Seo(title=title[:100], description="")
    return Script(title=title, hook="", scenes=tuple(scenes), call_to_action="", seo=seo, language=language)


def _said(visual: Visual) -> str:
    values = visual.model_dump(exclude={"kind"}).values()
    return ". ".join(value for value in values if isinstance(value, str) and value) or "So it goes."
