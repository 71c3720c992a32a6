"""Which scenes are drawn again: those whose pixels would change, and no others."""

from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reelwright.environment.loader import load_environment
from reelwright.models.schema import ShotRequest
from reelwright.production.schema import (
    Brief,
    MapVisual,
    Narration,
    NumberVisual,
    Scene,
    Script,
    Seo,
    Span,
    StatementVisual,
    Visual,
    Word,
)
from reelwright.video.engine import makings as makings_module
from reelwright.video.engine.makings import digest_of_code, makings
from reelwright.video.engine.typefaces import characters_of, main_font
from reelwright.video.manager import VideoGenerationManager
from reelwright.video.pictures.pack import PicturePack
from reelwright.video.shooting import cache_key
from tests.unit.video.engine.scenes import graphics

LOCAL = load_environment("local").settings
SETTINGS = LOCAL.model_copy(update={"video": LOCAL.video.model_copy(update={"most_pieces": 1})})
TEXTS = ("Nothing is certain", "Everything passes", "Most of it was said", "Whatever comes", "It is over")
LENGTHS = (2.0, 3.0, 2.5, 4.0, 2.0)


class AskedError(Exception):
    """Carries what would be shot."""


class Models:
    """Refuses to shoot, and tells what was asked."""

    def select(self, *_: object, **__: object) -> None:
        return None

    def shoot(self, request: ShotRequest, **_: object) -> None:
        raise AskedError(request)


def keys(visuals: list[Visual], lengths: tuple[float, ...] = LENGTHS) -> list[str]:
    """Return the key of every scene of a video."""
    edges = [sum(lengths[:place]) for place in range(len(lengths) + 1)]
    narration = Narration.model_validate(
        {
            "audio": {"sha256": "0" * 64, "size_bytes": 1, "media_type": "audio/wav"},
            "words": [
                Word(text=text, start_seconds=start + 0.2, end_seconds=start + 0.9, scene_index=index)
                for index, (text, start) in enumerate(zip(TEXTS, edges, strict=False))
            ],
            "scenes": [Span(start_seconds=start, end_seconds=end) for start, end in pairwise(edges)],
            "voice": "joe",
        }
    )
    scenes = tuple(
        Scene(narration=text, visual_prompt="", visual=visual)
        for text, visual in zip(TEXTS, visuals, strict=True)
    )
    script = Script(title="T", hook="H", scenes=scenes, call_to_action="", seo=Seo(title="T", description=""))
    manager = VideoGenerationManager(
        models=Models(),  # type: ignore[arg-type]
        artifacts=None,  # type: ignore[arg-type]
        assembler=None,  # type: ignore[arg-type]
        reviewer=None,  # type: ignore[arg-type]
        thumbnails=None,  # type: ignore[arg-type]
        settings=SETTINGS,
    )
    return [_key(manager, script, narration, index) for index in range(len(scenes))]


def _key(manager: VideoGenerationManager, script: Script, narration: Narration, index: int) -> str:
    brief = Brief(topic="Nothing")
    with pytest.raises(AskedError) as asked:
        manager.shoot(
            brief, script, narration, index, seed=1, idempotency_key=f"{index}", work_dir=Path("unused")
        )
    return cache_key(asked.value.args[0])


def statements(**changed: Visual) -> list[Visual]:
    """Return scenes without pictures, some of them other ones."""
    return [changed.get(f"at_{index}", StatementVisual(text=text)) for index, text in enumerate(TEXTS)]


def differing(before: list[str], after: list[str]) -> list[int]:
    return [index for index, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]]


@pytest.fixture(autouse=True)
def no_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PicturePack, "installed", classmethod(lambda _: None))


class Pack:
    """The part of a pack that maps are drawn from."""

    def __init__(self, outlines: bytes) -> None:
        self._outlines = outlines

    def world(self, resolution: str) -> bytes:
        return resolution.encode() + self._outlines


def install(monkeypatch: pytest.MonkeyPatch, pack: Pack | None) -> None:
    """Have outlines of the world from now on; pictures would change which are shown."""
    monkeypatch.setattr(makings_module, "PicturePack", SimpleNamespace(installed=lambda: pack))


@pytest.mark.parametrize("index", range(5))
def test_other_words_on_a_scene_draw_that_scene_again(index: int) -> None:
    other = StatementVisual(text="Something else altogether")
    assert differing(keys(statements()), keys(statements(**{f"at_{index}": other}))) == [index]


@pytest.mark.parametrize("index", range(5))
def test_another_layout_draws_the_scene_again_and_not_the_one_that_wipes_to_it(index: int) -> None:
    other = NumberVisual(value=3, label="things")
    assert differing(keys(statements()), keys(statements(**{f"at_{index}": other}))) == [index]


def test_another_ground_draws_the_scene_again_that_wipes_to_it() -> None:
    def key(next_ground: str) -> str:
        scene = graphics(StatementVisual(text="It"), scene_count=2, next_ground=next_ground)
        known = {"idempotency_key": "key", "seed": 1, "prompt": "", "work_dir": Path("unused")}
        size = {"width": 1280, "height": 720, "fps": 24, "frames": 48}
        return cache_key(ShotRequest.model_validate({**known, **size, "graphics": scene}))

    assert len({key(ground) for ground in ("", "land", "water")}) == 3


@pytest.mark.parametrize("index", range(5))
def test_a_longer_scene_is_drawn_again_alone(index: int) -> None:
    longer = tuple(length + 0.5 * (place == index) for place, length in enumerate(LENGTHS))
    assert differing(keys(statements()), keys(statements(), longer)) == [index]


def test_a_map_is_drawn_again_once_there_are_outlines_and_when_there_are_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scenes = statements(at_1=MapVisual(places=("Kenya",)))
    without = keys(scenes)
    install(monkeypatch, Pack(b"old"))
    installed = keys(scenes)
    assert differing(without, installed) == [1]
    install(monkeypatch, Pack(b"old"))
    assert keys(scenes) == installed
    install(monkeypatch, Pack(b"new"))
    assert differing(installed, keys(scenes)) == [1]


def test_fonts_matter_only_to_what_the_bundled_one_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, foreign = graphics(StatementVisual(text="Zażółć – “naïve”")), graphics(StatementVisual(text="海"))
    before = makings(plain), makings(foreign)
    monkeypatch.setattr(makings_module, "_fonts", lambda: "others")
    assert makings(plain) == before[0]
    assert makings(foreign) != before[1]


def test_the_bundled_typeface_has_what_is_taken_for_granted() -> None:
    seen = {it for it in makings_module._ALWAYS_THERE if it.isprintable() and it != "\xad"}
    assert {chr(it) for it in characters_of(main_font("heavy"))} >= seen


def test_another_engine_draws_everything_again(monkeypatch: pytest.MonkeyPatch) -> None:
    before = keys(statements())
    monkeypatch.setattr(makings_module, "_engine", lambda: "another")
    assert differing(before, keys(statements())) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("change", ["changed", "added", "renamed"])
def test_an_engine_is_known_by_its_code(tmp_path: Path, change: str) -> None:
    def engine(**modules: Any) -> Path:
        folder = tmp_path / f"{len([*tmp_path.iterdir()])}" / "deep"
        folder.mkdir(parents=True)
        for name, code in modules.items():
            (folder / f"{name}.py").write_text(code)
        return folder.parent

    before = digest_of_code(engine(one="a = 1", two="b = 2"))
    assert digest_of_code(engine(one="a = 1", two="b = 2")) == before
    others = {
        "changed": {"one": "a = 2", "two": "b = 2"},
        "added": {"one": "a = 1", "two": "b = 2", "three": ""},
        "renamed": {"one": "a = 1", "three": "b = 2"},
    }
    assert digest_of_code(engine(**others[change])) != before
