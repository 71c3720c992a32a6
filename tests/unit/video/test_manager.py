from pathlib import Path
from random import Random

import pytest

from reelwright.clock import VirtualClock
from reelwright.cost.schema import Usage
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.errors import InvalidInput
from reelwright.models.catalogue import load_catalogue
from reelwright.models.manager import AIModelManager, Providers
from reelwright.models.schema import ShotRequest, ShotResponse
from reelwright.production.schema import Brief, Narration, Scene, Script, Seo, Span, StatementVisual, Word
from reelwright.storage.memory import MemoryArtifacts
from reelwright.video.assembly import PyAvAssembler
from reelwright.video.engine.thumbnail import EmbeddedThumbnail
from reelwright.video.manager import Footage, VideoGenerationManager
from reelwright.video.review import PyAvReviewer

LOCAL = load_environment("local").settings
BRIEF = Brief(topic="Tides")


class Camera:
    """Shoots a file that names what was asked."""

    def __init__(self) -> None:
        self.requests: list[ShotRequest] = []

    def shoot(self, model: object, request: ShotRequest, call: object) -> ShotResponse:
        self.requests.append(request)
        media = request.work_dir / "clip.mp4"
        media.write_text(f"{model} {request.graphics.model_dump_json()}")
        return ShotResponse(
            media=media,
            frames=request.frames,
            choices=(("plain", "only one"),),
            usage=(Usage(unit="s", quantity=1),),
        )


class Set:
    """A script of two scenes, narrated, and somebody to shoot it."""

    def __init__(self, folder: Path, settings: Settings = LOCAL) -> None:
        self.camera = Camera()
        self.folder = folder
        self.artifacts = MemoryArtifacts(folder / "store")
        models = AIModelManager(
            catalogue=load_catalogue(),
            providers=Providers(content={}, audio={}, video={"embedded": self.camera}),
            settings=settings,
            clock=VirtualClock(),
            rng=Random(0),
        )
        self.manager = VideoGenerationManager(
            models=models,
            artifacts=self.artifacts,
            assembler=PyAvAssembler(),
            reviewer=PyAvReviewer(),
            thumbnails=EmbeddedThumbnail(),
            settings=settings,
        )
        self.narration = Narration(
            audio=self.artifacts.put_bytes(b"wav", "audio/wav"),
            words=(
                Word(text="One.", start_seconds=0.2, end_seconds=0.6, scene_index=0),
                Word(text="Two.", start_seconds=2.3, end_seconds=2.7, scene_index=1),
            ),
            scenes=(Span(start_seconds=0, end_seconds=2), Span(start_seconds=2, end_seconds=5)),
            voice="joe",
        )

    def shoot(
        self, index: int, *, script: Script | None = None, brief: Brief = BRIEF, seed: int = 1
    ) -> Footage:
        return self.manager.shoot(
            brief,
            script or a_script(),
            self.narration,
            index,
            seed=seed,
            idempotency_key=f"key {index} {len(self.camera.requests)}",
            work_dir=self.folder,
        )


def a_script(*texts: str) -> Script:
    scenes = tuple(
        Scene(narration=text, visual_prompt=text, visual=StatementVisual(text=text))
        for text in (texts or ("One", "Two"))
    )
    return Script(
        title="T", hook="One", scenes=scenes, call_to_action="Go", seo=Seo(title="T", description="")
    )


def test_a_scene_is_asked_for_with_times_of_its_own(tmp_path: Path) -> None:
    studio = Set(tmp_path)
    studio.shoot(1)
    request = studio.camera.requests[0]
    graphics = request.graphics.model_dump()
    assert [(word["text"], word["start_seconds"]) for word in graphics["words"]] == [("Two.", 0.3)]
    assert (graphics["start_share"], graphics["end_share"], graphics["next_kind"]) == (0.4, 1.0, None)
    assert (request.frames, request.fps, request.width, request.height) == (72, 24, 1280, 720)


def test_the_same_scene_is_shot_once(tmp_path: Path) -> None:
    studio = Set(tmp_path)
    first, second = studio.shoot(0), studio.shoot(0)
    assert len(studio.camera.requests) == 1
    assert not first.clip.cached
    assert second.clip.cached
    assert second.clip.media == first.clip.media
    assert first.charges
    assert not second.charges


@pytest.mark.parametrize(
    "change",
    [
        {"script": a_script("Another", "Two")},
        {"brief": BRIEF.model_copy(update={"aspect": "9:16"})},
        {"brief": BRIEF.model_copy(update={"style": "ember"})},
        {"seed": 2},
    ],
)
def test_what_changes_the_picture_is_shot_again(tmp_path: Path, change: dict[str, object]) -> None:
    studio = Set(tmp_path)
    studio.shoot(0)
    assert not studio.shoot(0, **change).clip.cached  # type: ignore[arg-type]


def test_another_scene_of_the_script_changes_nothing(tmp_path: Path) -> None:
    studio = Set(tmp_path)
    studio.shoot(0)
    assert studio.shoot(0, script=a_script("One", "Quite another thing")).clip.cached


def test_the_cache_can_be_switched_off(tmp_path: Path) -> None:
    features = LOCAL.features.model_copy(update={"scene_cache": False})
    studio = Set(tmp_path, LOCAL.model_copy(update={"features": features}))
    studio.shoot(0)
    studio.shoot(0)
    assert len(studio.camera.requests) == 2


def test_a_cached_clip_that_was_lost_is_shot_again(tmp_path: Path) -> None:
    studio = Set(tmp_path)
    studio.artifacts.lose(studio.shoot(0).clip.media)
    assert not studio.shoot(0).clip.cached


def test_the_record_says_who_shot_it_and_what_was_chosen(tmp_path: Path) -> None:
    decisions = Set(tmp_path).shoot(0).decisions
    assert [(item.subject, item.chosen) for item in decisions] == [
        ("video model", "embedded-motion-graphics"),
        ("picture of scene 1", "plain"),
    ]


def test_an_unknown_style_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="ember"):
        Set(tmp_path).manager.check(BRIEF.model_copy(update={"style": "baroque"}))
