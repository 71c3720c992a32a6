"""Small finished videos of scenes that our engine has drawn, with their traces, to be reviewed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reelwright.environment.schema import AudioSettings, ReviewSettings
from reelwright.models.schema import ShotRequest
from reelwright.production.schema import Check, Review, Word
from reelwright.video.assembly import PyAvAssembler
from reelwright.video.engine.actors import Actor
from reelwright.video.engine.captions_overlay import CaptionsOverlay
from reelwright.video.engine.encoder import ClipFormat, encode
from reelwright.video.engine.progress_bar import ProgressBar
from reelwright.video.engine.render import render
from reelwright.video.engine.scene import Scene
from reelwright.video.engine.tracing import SceneLog
from reelwright.video.engine.transition import Transition
from reelwright.video.review import PyAvReviewer
from reelwright.video.schema import AssemblyRequest, ReviewedScene, ReviewRequest, SceneGraphics
from reelwright.video.trace import read_trace, write_trace
from tests.unit.video.media import spoken, write_sound

FPS = 24
SECONDS = 4.0
SIZES = {"16:9": (640, 360), "9:16": (360, 640), "1:1": (480, 480)}
DRAWN = ("motion", "text_contrast", "text_safe_area", "caption_overlap", "scenes_alike")
THRESHOLDS = ReviewSettings(
    loudness_tolerance_lu=0.5,
    max_black_seconds=0.5,
    max_frozen_seconds=2.0,
    max_caption_gap_seconds=4.0,
    max_megabytes_per_minute=200.0,
)
AUDIO = AudioSettings(
    voice="joe",
    words_per_minute=150,
    loudness_lufs=-14.0,
    true_peak_dbtp=-1.0,
    music_gain_db=-22.0,
    duck_db=-9.0,
)


@dataclass(frozen=True)
class Film:
    """A finished file, what was spoken in it, and what its scenes say of themselves."""

    video: Path
    srt: Path
    words: tuple[Word, ...]
    scenes: tuple[ReviewedScene, ...]
    size: tuple[int, int]
    thresholds: ReviewSettings = THRESHOLDS

    def request(self) -> ReviewRequest:
        return ReviewRequest(
            video=self.video,
            captions_srt=self.srt,
            duration_seconds=sum(scene.frames for scene in self.scenes) / FPS,
            width=self.size[0],
            height=self.size[1],
            fps=FPS,
            words=self.words,
            audio=AUDIO,
            thresholds=self.thresholds,
            scenes=self.scenes,
        )

    def review(self) -> Review:
        return PyAvReviewer().review(self.request())

    def checks(self) -> dict[str, Check]:
        return {check.name: check for check in self.review().checks}

    def failures(self) -> dict[str, Check]:
        return {name: check for name, check in self.checks().items() if not check.passed}

    def without_trace(self, number: int) -> "Film":
        """Return the film as if one of its scenes were footage of another maker."""
        scenes = list(self.scenes)
        scenes[number - 1] = scenes[number - 1].model_copy(update={"trace": None})
        return replace(self, scenes=tuple(scenes))


@dataclass(frozen=True)
class Planted:
    """A scene with something wrong in it."""

    graphics: SceneGraphics
    actors: Sequence[Actor] = ()
    """Drawn over the scene, below its captions."""
    moment: Callable[[float], float] = lambda t: t
    """Which moment of the scene is shown at a time."""


def film(folder: Path, scenes: Sequence[SceneGraphics | Planted], seconds: float = SECONDS) -> Film:
    """Draw scenes as one video; each is given its place and the words that are spoken in it."""
    planted = [scene if isinstance(scene, Planted) else Planted(scene) for scene in scenes]
    size = SIZES[planted[0].graphics.aspect]
    words = spoken(seconds * len(planted) - 0.4)
    frames = round(seconds * FPS)
    made = [_shot(folder / str(number), scene, size, frames) for number, scene in enumerate(planted)]
    cut = PyAvAssembler().assemble(
        AssemblyRequest(
            clips=tuple(clip for clip, _ in made),
            soundtrack=write_sound(folder / "sound.m4a", seconds * len(planted)),
            words=words,
            title="Tides",
            description="",
            language="en",
            chapters=(),
            work_dir=folder,
        )
    )
    known = tuple(ReviewedScene(frames=round(seconds * FPS), trace=trace) for _, trace in made)
    return Film(cut.video, cut.captions_srt, words, known, size)


def in_order(scenes: Sequence[SceneGraphics]) -> list[SceneGraphics]:
    """Return scenes as those of one video: each knows its place and what follows."""
    return [
        scene.model_copy(
            update={
                "scene_index": index,
                "scene_count": len(scenes),
                "next_ground": scenes[index + 1].ground if index + 1 < len(scenes) else "",
                "start_share": index / len(scenes),
                "end_share": (index + 1) / len(scenes),
            }
        )
        for index, scene in enumerate(scenes)
    ]


def _shot(folder: Path, planted: Planted, size: tuple[int, int], frames: int) -> tuple[Path, Path]:
    graphics = planted.graphics
    folder.mkdir(exist_ok=True)
    request = ShotRequest(
        idempotency_key="one",
        seed=1,
        language="en",
        prompt="",
        graphics=graphics,
        width=size[0],
        height=size[1],
        fps=FPS,
        frames=frames,
        work_dir=folder,
    )
    if not planted.actors and planted.moment(1.0) == 1.0 and planted.moment(2.5) == 2.5:
        response = render(request)
        assert response.trace is not None
        return response.media, response.trace
    return _spoilt(request, planted)


def _spoilt(request: ShotRequest, planted: Planted) -> tuple[Path, Path]:
    """Draw a scene with more in it than its layout says, and its trace as the engine would."""
    clip = ClipFormat(request.width, request.height, request.fps, request.frames)
    scene = Scene(planted.graphics, clip.width, clip.height, request.seconds)
    over = [actor for actor in scene._actors if isinstance(actor, Transition | CaptionsOverlay | ProgressBar)]
    own = [actor for actor in scene._actors if actor not in over]
    scene._actors = (*own, *planted.actors, *over)
    plain = scene.draw
    scene.draw = lambda frame, t: plain(frame, planted.moment(t))  # type: ignore[method-assign]
    log = SceneLog(scene, clip)
    media, trace = request.work_dir / "spoilt.mp4", request.work_dir / "spoilt.trace"
    encode(media, clip, log.draw)
    write_trace(trace, log.trace())
    assert read_trace(trace).frames == request.frames
    return media, trace
