"""VideoGenerationManager: from narrated scenes to clips, and from clips to a cut that was looked at."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from reelwright.cost.schema import ChargeLine, Service
from reelwright.environment.schema import Settings
from reelwright.errors import BudgetExceeded, InvalidInput
from reelwright.models.errors import NoModelAvailable
from reelwright.models.estimating import requirements_of
from reelwright.models.schema import (
    Model,
    ModelPending,
    ModelResult,
    Requirements,
    Route,
    ShotRequest,
    ShotResponse,
)
from reelwright.production.choices import choice_of_model
from reelwright.production.schema import (
    Brief,
    Chapter,
    Clip,
    Cut,
    Decision,
    Narration,
    Review,
    Script,
    Word,
)
from reelwright.storage.ports import ArtifactStore
from reelwright.storage.schema import Artifact
from reelwright.video.engine.styles import STYLES
from reelwright.video.ports import CutAssembler, CutReviewer, ThumbnailMaker
from reelwright.video.schema import (
    AssemblyRequest,
    ReviewRequest,
    SceneGraphics,
    ThumbnailRequest,
    frame_size,
)

__all__ = ["Footage", "Objection", "Shooter", "Sound", "VideoGenerationManager", "scene_frames"]

_MP4 = "video/mp4"
_CACHE_FORMAT = 1
"""Raised when the same request may come out as a different picture."""


Objection = Callable[[ShotRequest, ShotResponse], str]
"""Says why footage cannot be used, or nothing."""


class Shooter(Protocol):
    """The part of AIModelManager that is needed here."""

    def select(self, service: Service, requirements: Requirements, *, production_id: str = "") -> Route:
        """Return the choices for a call, best first, without making it."""
        ...

    def shoot(
        self, request: ShotRequest, *, objection: Objection | None = None
    ) -> ModelResult[ShotResponse] | ModelPending:
        """Ask for footage that nobody objects to; it may be made elsewhere meanwhile."""
        ...


@dataclass(frozen=True, slots=True)
class Footage:
    """One clip and how it came about."""

    clip: Clip
    decisions: tuple[Decision, ...] = ()
    charges: tuple[ChargeLine, ...] = ()
    warnings: tuple[str, ...] = ()
    mock: bool = False
    """Whether an engine of ours stood in for a paid model, because a budget said so."""


@dataclass(frozen=True, slots=True)
class Sound:
    """The soundtrack that goes under a cut, as it was measured."""

    file: Path
    loudness_lufs: float
    true_peak_dbtp: float


class VideoGenerationManager:
    """Shoots scenes through the model route, with a cache by content; assembles; reviews."""

    def __init__(
        self,
        *,
        models: Shooter,
        artifacts: ArtifactStore,
        assembler: CutAssembler,
        reviewer: CutReviewer,
        thumbnails: ThumbnailMaker,
        settings: Settings,
    ) -> None:
        self._models = models
        self._artifacts = artifacts
        self._assembler = assembler
        self._reviewer = reviewer
        self._thumbnails = thumbnails
        self._settings = settings

    def check(self, brief: Brief) -> None:
        """Raise InvalidInput if the brief asks for a style that is not there."""
        if brief.style not in STYLES:
            raise InvalidInput(
                f"style {brief.style!r} is not known.",
                next_step=f"Choose one of: {', '.join(STYLES)}.",
                context={"style": brief.style},
            )

    def shoot(
        self,
        brief: Brief,
        script: Script,
        narration: Narration,
        scene_index: int,
        *,
        seed: int,
        idempotency_key: str,
        work_dir: Path,
        resuming: bool = False,
    ) -> Footage | ModelPending:
        """Return the clip of one scene, as long as its span of the narration to the frame.

        ModelPending while a vendor makes it: ask again with the same arguments and ``resuming``, for what
        was ordered is collected and paid, even if the same scene lies in the cache by now.
        """
        width, height = frame_size(brief.aspect, self._settings.video.resolution)
        request = ShotRequest(
            idempotency_key=idempotency_key,
            seed=seed,
            language=brief.language,
            prompt=script.scenes[scene_index].visual_prompt,
            graphics=self._graphics(brief, script, narration, scene_index, seed),
            width=width,
            height=height,
            fps=self._settings.video.fps,
            frames=scene_frames(narration, self._settings.video.fps)[scene_index],
            work_dir=work_dir,
        )
        cached = None if resuming else self._cached(request, scene_index)
        return cached or self._shot(request, scene_index)

    def assemble(
        self,
        brief: Brief,
        script: Script,
        narration: Narration,
        clips: Sequence[Clip],
        sound: Sound,
        *,
        chapters: tuple[Chapter, ...],
        description: str,
        seed: int,
        work_dir: Path,
    ) -> Cut:
        """Return the cut: clips joined, sound and subtitles added, a thumbnail beside it."""
        files = self._assembler.assemble(
            AssemblyRequest(
                clips=tuple(self._artifacts.local_path(clip.media) for clip in clips),
                soundtrack=sound.file,
                words=narration.words,
                title=script.seo.title,
                description=description,
                language=script.language,
                chapters=chapters,
                work_dir=work_dir,
            )
        )
        width, height = clips[0].width, clips[0].height
        return Cut(
            video=self._artifacts.put_file(files.video, _MP4),
            thumbnail=self._thumbnail(
                brief, script, frame_size=(width, height), seed=seed, work_dir=work_dir
            ),
            captions_srt=self._artifacts.put_file(files.captions_srt, "application/x-subrip"),
            captions_vtt=self._artifacts.put_file(files.captions_vtt, "text/vtt"),
            duration_seconds=files.duration_seconds,
            width=width,
            height=height,
            fps=clips[0].fps,
            loudness_lufs=sound.loudness_lufs,
            true_peak_dbtp=sound.true_peak_dbtp,
            chapters=chapters,
            description=description,
        )

    def review(self, narration: Narration, cut: Cut) -> Review:
        """Return what the finished file looks like to a demuxer that knows what it should be."""
        return self._reviewer.review(
            ReviewRequest(
                video=self._artifacts.local_path(cut.video),
                captions_srt=self._artifacts.local_path(cut.captions_srt),
                duration_seconds=sum(scene_frames(narration, cut.fps)) / cut.fps,
                width=cut.width,
                height=cut.height,
                fps=cut.fps,
                words=narration.words,
                audio=self._settings.audio,
                thresholds=self._settings.review,
            )
        )

    def _graphics(
        self, brief: Brief, script: Script, narration: Narration, index: int, seed: int
    ) -> SceneGraphics:
        span = narration.scenes[index]
        following = script.scenes[index + 1].visual.kind if index + 1 < len(script.scenes) else None
        return SceneGraphics(
            visual=script.scenes[index].visual,
            words=tuple(
                _from_start(word, span.start_seconds) for word in narration.words if word.scene_index == index
            ),
            aspect=brief.aspect,
            style=brief.style,
            theme_seed=seed,
            captions=self._settings.features.captions == "burned",
            scene_index=index,
            scene_count=len(script.scenes),
            next_kind=following,
            start_share=span.start_seconds / narration.duration_seconds,
            end_share=span.end_seconds / narration.duration_seconds,
        )

    def _cached(self, request: ShotRequest, scene_index: int) -> Footage | None:
        """Return the clip that the model whose turn it is has made of the same scene before.

        A clip by another model does not serve: an engine's drawing is not what a vendor is paid for.
        """
        route = self._route(request) if self._settings.features.scene_cache else None
        if route is None:
            return None
        model = route.candidates[0].model
        media = self._artifacts.recall(_cache_key(request, model))
        if media is None:
            return None
        clip = _clip(request, scene_index, media, cached=True)
        return Footage(clip=clip, decisions=_found_in_cache(route, scene_index), mock=route.mock)

    def _route(self, request: ShotRequest) -> Route | None:
        """Return the way that the call would take; if there is none, the call itself says why."""
        needed = requirements_of(request)
        try:
            return self._models.select("video", needed, production_id=request.production_id)
        except (NoModelAvailable, BudgetExceeded):
            return None

    def _shot(self, request: ShotRequest, scene_index: int) -> Footage | ModelPending:
        result = self._models.shoot(request, objection=_objection)
        if isinstance(result, ModelPending):
            return result
        media = self._artifacts.put_file(_ready(request, result), _MP4)
        if self._settings.features.scene_cache:
            self._artifacts.remember(_cache_key(request, result.model), media)
        return Footage(
            clip=_clip(request, scene_index, media, cached=False),
            decisions=(
                *choice_of_model(result, "video model"),
                *self._fitting(request, result, scene_index),
                *_choices(result.output, scene_index),
            ),
            charges=result.charges,
            warnings=result.route.warnings,
            mock=result.mock,
        )

    def _fitting(
        self, request: ShotRequest, result: ModelResult[ShotResponse], scene_index: int
    ) -> tuple[Decision, ...]:
        """Return what was done to footage that is not ours, and what it lacks."""
        if result.model.free:
            return ()
        fitted = Decision(
            subject=f"fitting of scene {scene_index + 1}",
            chosen=f"{request.width}x{request.height}, {request.fps} fps, {request.frames} frames",
            reason=f"{result.model.name}'s footage was scaled, cropped and cut to join with the other scenes",
        )
        if self._settings.features.captions != "burned":
            return (fitted,)
        soft = Decision(
            subject=f"captions of scene {scene_index + 1}",
            chosen="soft captions only",
            reason=f"only engines of ours draw captions into the picture; {result.model.name} does not",
        )
        return (fitted, soft)

    def _thumbnail(
        self, brief: Brief, script: Script, *, frame_size: tuple[int, int], seed: int, work_dir: Path
    ) -> Artifact:
        out = work_dir / "thumbnail.png"
        self._thumbnails.make(
            ThumbnailRequest(
                title=script.title,
                aspect=brief.aspect,
                style=brief.style,
                theme_seed=seed,
                width=frame_size[0],
                height=frame_size[1],
                out=out,
            )
        )
        return self._artifacts.put_file(out, "image/png")


def scene_frames(narration: Narration, fps: int) -> tuple[int, ...]:
    """Return the frames of each scene.

    Boundaries are rounded, not lengths, so that the picture never drifts from the sound by more
    than half a frame however many scenes there are. Every scene has at least one frame.
    """
    edges = [round(scene.start_seconds * fps) for scene in narration.scenes]
    edges.append(round(narration.duration_seconds * fps))
    return tuple(max(1, after - before) for before, after in pairwise(edges))


def _from_start(word: Word, start_seconds: float) -> Word:
    return word.model_copy(
        update={
            "start_seconds": max(0.0, round(word.start_seconds - start_seconds, 4)),
            "end_seconds": max(0.0, round(word.end_seconds - start_seconds, 4)),
        }
    )


def _objection(request: ShotRequest, response: ShotResponse) -> str:
    from reelwright.video.footage_check import objection_to_footage  # noqa: PLC0415 (FFmpeg, only for vendors)

    return objection_to_footage(request, response)


def _ready(request: ShotRequest, result: ModelResult[ShotResponse]) -> Path:
    """Return footage that joins with the other clips: our engines' as it is, a vendor's made over."""
    if result.model.free:
        return result.output.media
    from reelwright.video.fitting import fit  # noqa: PLC0415 (FFmpeg, only for vendors)

    fitted = request.work_dir / "fitted.mp4"
    fit(result.output.media, request, fitted)
    return fitted


def _cache_key(request: ShotRequest, model: Model) -> str:
    """Hash all that decides the picture; where it is made and for whom does not."""
    content = request.model_dump_json(exclude={"idempotency_key", "work_dir"})
    return hashlib.sha256(f"scene {_CACHE_FORMAT} {content}{_by(model)}".encode()).hexdigest()


def _by(model: Model) -> str:
    """Name a vendor's model. Our engines draw alike, so that they share what they drew."""
    return "" if model.free else f" by {model.name} ({model.vendor_id})"


def _clip(request: ShotRequest, scene_index: int, media: Artifact, *, cached: bool) -> Clip:
    return Clip(
        scene_index=scene_index,
        media=media,
        frames=request.frames,
        fps=request.fps,
        width=request.width,
        height=request.height,
        cached=cached,
    )


def _found_in_cache(route: Route, scene_index: int) -> tuple[Decision, ...]:
    model = route.candidates[0].model
    found = Decision(
        subject=f"scene {scene_index + 1}",
        chosen="scene cache",
        reason=f"the same scene was shot before{_by(model)}",
    )
    if not route.mock:
        return (found,)
    why = next(each.reason for each in route.rejected if each.because == "budget")
    return (found, Decision(subject="mock video model", chosen=model.name, reason=why))


def _choices(response: ShotResponse, scene_index: int) -> tuple[Decision, ...]:
    return tuple(
        Decision(subject=f"picture of scene {scene_index + 1}", chosen=chosen, reason=reason)
        for chosen, reason in response.choices
    )
