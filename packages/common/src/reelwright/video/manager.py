"""VideoGenerationManager: from narrated scenes to clips, and from clips to a cut that was looked at."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.environment.schema import Settings
from reelwright.errors import InvalidInput
from reelwright.models.schema import ModelPending, ShotRequest
from reelwright.production.schema import Brief, Chapter, Clip, Cut, Narration, Review, Script, Word
from reelwright.production.thumbnails import Thumbnail
from reelwright.storage.ports import ArtifactStore
from reelwright.storage.schema import Artifact
from reelwright.video.branding import brand_of, colours_of, font_of, logo_of
from reelwright.video.chain import over_scenes
from reelwright.video.engine.styles import AUTO, STYLES
from reelwright.video.footage import FootageMaker, SceneTask
from reelwright.video.ports import CutAssembler, CutReviewer, ThumbnailMaker
from reelwright.video.schema import (
    AssembledCut,
    AssemblyRequest,
    FontUse,
    LogoUse,
    PictureUse,
    ReviewedScene,
    ReviewRequest,
    SceneGraphics,
    ThumbnailDraft,
    frame_size,
)
from reelwright.video.shooting import Footage, Shooter
from reelwright.video.timeline import with_ends

if TYPE_CHECKING:
    from reelwright.video.ends import End
    from reelwright.video.moods import Mood
    from reelwright.video.staging import Staged

__all__ = ["Finished", "VideoGenerationManager", "scene_frames"]

_MP4 = "video/mp4"
_MOST_CHECKED_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Finished:
    """What the chain made of a video, before it is put away."""

    files: AssembledCut
    clips: Sequence[Clip]
    thumbnails: tuple[Thumbnail, ...]
    """The best first."""
    still: Artifact | None
    """What stands for the video where no still was designed."""
    loudness_lufs: float
    true_peak_dbtp: float
    chapters: tuple[Chapter, ...]
    description: str
    intro: Clip | None = None
    outro: Clip | None = None


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
        draw: Callable[[], Shooter] | None = None,
    ) -> None:
        """Take all parts; ``draw`` gives the way to the engines of ours alone, for scenes that they draw."""
        self._footage = FootageMaker(models, artifacts, settings, draw)
        self._artifacts = artifacts
        self._assembler = assembler
        self._reviewer = reviewer
        self._thumbnails = thumbnails
        self._settings = settings
        self._over = over_scenes(settings)

    def check(self, brief: Brief) -> None:
        """Raise InvalidInput for a style that is not there, TextUndrawable for letters that no font here has.

        The latter only where scenes are drawn on this machine too: before a voice is paid for them.
        """
        if brief.style not in STYLES:
            raise InvalidInput(
                f"style {brief.style!r} is not known.",
                next_step=f"Choose one of: {', '.join(STYLES)}.",
                context={"style": brief.style},
            )
        with suppress(ImportError):
            from reelwright.video.engine.scripts import check_drawable  # noqa: PLC0415 (needs the fonts)

            check_drawable(f"{brief.topic}\n{brief.notes}"[:_MOST_CHECKED_CHARS])

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
        footage = self._footage.make(
            SceneTask(brief, script, request, scene_index, resuming=resuming),
            own=lambda: self._own_footage(brief, script, request, scene_index),
        )
        if scene_index or isinstance(footage, ModelPending):
            return footage
        mood = self._mood(brief, script, seed)
        return self._with_own(brief, script, replace(footage, decisions=(mood.decision, *footage.decisions)))

    def join(
        self,
        script: Script,
        narration: Narration,
        clips: Sequence[Clip],
        soundtrack: Path,
        *,
        chapters: tuple[Chapter, ...],
        description: str,
        work_dir: Path,
    ) -> AssembledCut:
        """Return the files of the cut: clips joined, sound and subtitles added."""
        return self._assembler.assemble(
            AssemblyRequest(
                clips=tuple(self._artifacts.local_path(clip.media) for clip in clips),
                soundtrack=soundtrack,
                words=narration.words,
                title=script.seo.title,
                description=description,
                language=script.language,
                chapters=chapters,
                marks=_marks(script, narration, clips),
                work_dir=work_dir,
            )
        )

    def ends(
        self, brief: Brief, script: Script, like: Clip, *, seed: int, work_dir: Path
    ) -> "tuple[End | None, End | None]":
        """Return what the brand of the brief has before the first scene and after the last.

        BrandUnusable, MediaRefused, PictureUnusable for what cannot be shown.
        """
        brand = brand_of(brief)
        if brand is None:
            return None, None
        from reelwright.video.ends import EndMaker  # noqa: PLC0415 (the renderer, only where there is a brand)

        style = self._mood(brief, script, seed).style
        maker = EndMaker(brand, like, len(script.scenes), seed, style, self._artifacts, work_dir)
        return maker.make("intro"), maker.make("outro")

    def designs(
        self, brief: Brief, script: Script, *, size: tuple[int, int], seed: int, work_dir: Path
    ) -> tuple[Thumbnail, ...]:
        """Return the stills that are designed for the video, the best first, all kept."""
        from reelwright.video.engine.thumbnails.story import (  # noqa: PLC0415 (the lexicon, only where it is cut)
            thumbnail_request,
        )

        staged = self._staged(brief, script)
        drafts = self._thumbnails.make(
            thumbnail_request(
                script,
                [each._replace(pictures=self._at_hand(each, brief)) for each in staged],
                aspect=brief.aspect,
                style=self._mood(brief, script, seed).style,
                seed=seed,
                size=size,
                out=work_dir / "thumbnail.png",
                font=self._font(brief),
            )
        )
        return tuple(self._kept(draft) for draft in drafts)

    def still(self, files: AssembledCut, *, work_dir: Path) -> Artifact:
        """Return a frame of the video, kept as a picture; CutUnreadable if it has none."""
        from reelwright.video.stills import still_of  # noqa: PLC0415 (FFmpeg, only where no still is designed)

        out = work_dir / "frame.png"
        still_of(files.video, files.duration_seconds, out)
        return self._artifacts.put_file(out, "image/png")

    def keep(self, made: Finished) -> Cut:
        """Return the cut, its files put away."""
        first = made.clips[0]
        image = made.thumbnails[0].image if made.thumbnails else made.still
        assert image is not None  # noqa: S101 (the chain designs a still or takes one)
        return Cut(
            video=self._artifacts.put_file(made.files.video, _MP4),
            thumbnail=image,
            thumbnails=made.thumbnails,
            captions_srt=self._artifacts.put_file(made.files.captions_srt, "application/x-subrip"),
            captions_vtt=self._artifacts.put_file(made.files.captions_vtt, "text/vtt"),
            duration_seconds=made.files.duration_seconds,
            width=first.width,
            height=first.height,
            fps=first.fps,
            loudness_lufs=made.loudness_lufs,
            true_peak_dbtp=made.true_peak_dbtp,
            chapters=made.chapters,
            description=made.description,
            intro=made.intro,
            outro=made.outro,
        )

    def review(self, narration: Narration, cut: Cut, clips: Sequence[Clip] = ()) -> Review:
        """Return what the finished file looks like to somebody who knows what it should be.

        The clips that it was made of tell which text stands where in it; without them that is not judged.
        """
        frames = sum(scene_frames(narration, cut.fps))
        frames += sum(end.frames for end in (cut.intro, cut.outro) if end)
        joined = [end for end in (cut.intro, *clips, cut.outro) if end] if clips else []
        return self._reviewer.review(
            ReviewRequest(
                video=self._artifacts.local_path(cut.video),
                captions_srt=self._artifacts.local_path(cut.captions_srt),
                duration_seconds=frames / cut.fps,
                width=cut.width,
                height=cut.height,
                fps=cut.fps,
                words=with_ends(narration, cut.intro, cut.outro).words,
                audio=self._settings.audio,
                thresholds=self._settings.review,
                scenes=tuple(self._reviewed(clip) for clip in joined),
            )
        )

    def _reviewed(self, clip: Clip) -> ReviewedScene:
        trace = None if clip.trace is None else self._artifacts.local_path(clip.trace)
        return ReviewedScene(frames=clip.frames, trace=trace)

    def _graphics(
        self, brief: Brief, script: Script, narration: Narration, index: int, seed: int
    ) -> SceneGraphics:
        span = narration.scenes[index]
        staged = self._staged(brief, script)
        following = staged[index + 1] if index + 1 < len(staged) else None
        return SceneGraphics(
            visual=script.scenes[index].visual,
            words=tuple(
                _from_start(word, span.start_seconds) for word in narration.words if word.scene_index == index
            ),
            aspect=brief.aspect,
            style=self._mood(brief, script, seed).style,
            theme_seed=seed,
            captions=self._over.captions,
            scene_index=index,
            scene_count=len(script.scenes),
            layout=staged[index].layout,
            layout_reason=staged[index].reason,
            pictures=self._at_hand(staged[index], brief),
            no_pictures_reason=staged[index].without,
            ground=staged[index].ground,
            next_ground=following.ground if following else "",
            logo=self._logo(brief),
            font=self._font(brief),
        )

    def _logo(self, brief: Brief) -> LogoUse | None:
        brand = brand_of(brief) if self._over.brand else None
        return logo_of(brand, self._artifacts) if brand else None

    def _font(self, brief: Brief) -> FontUse | None:
        brand = brand_of(brief) if self._over.brand else None
        return font_of(brand, self._artifacts) if brand else None

    def _style(self, brief: Brief) -> str:
        """Return the palette that is asked for: by the brief, then its brand's colours, then the settings."""
        brand = brand_of(brief) if self._over.brand else None
        if brief.style != AUTO:
            return brief.style
        return (colours_of(brand) if brand else "") or self._settings.video.style

    def _staged(self, brief: Brief, script: Script) -> "tuple[Staged, ...]":
        from reelwright.video.own_pictures import own_pictures  # noqa: PLC0415 (as below)
        from reelwright.video.staging import stage_script  # noqa: PLC0415 (the lexicon, only where scenes are shot)

        return stage_script(script, self._settings.video.pictures, own_pictures(brief))

    def _at_hand(self, staged: "Staged", brief: Brief) -> tuple[PictureUse, ...]:
        from reelwright.video.own_pictures import at_hand  # noqa: PLC0415 (the lexicon, only where scenes are shot)

        return at_hand(staged.pictures, brief, self._artifacts)

    def _with_own(self, brief: Brief, script: Script, footage: Footage) -> Footage:
        """Return the footage of the first scene with what became of the brief's own pictures and clips."""
        if brief.media:
            from reelwright.video.own_media import media_told  # noqa: PLC0415 (as above)

            unseen = media_told(brief, script, self._settings.video.pictures)
            notes = tuple(f"The {each.subject} is not shown: {each.reason}." for each in unseen)
            footage = replace(
                footage,
                decisions=(*footage.decisions, *unseen),
                warnings=(*footage.warnings, *notes),
            )
        if not brief.pictures:
            return footage
        from reelwright.video.own_pictures import told_of, warnings_of  # noqa: PLC0415 (as above)

        told = told_of(brief, script, self._settings.video.pictures, self._staged(brief, script))
        warnings = (*footage.warnings, *warnings_of(told))
        return replace(footage, decisions=(*footage.decisions, *told), warnings=warnings)

    def _own_footage(
        self, brief: Brief, script: Script, request: ShotRequest, scene_index: int
    ) -> Footage | None:
        """Return the clip that the brief's own footage makes of a scene; None where it brings none."""
        if brief.translation is not None:
            from reelwright.video.reusing import reused_footage  # noqa: PLC0415 (as above)

            told = brief.translation
            return reused_footage(told, request, scene_index, self._artifacts, burned=self._over.captions)
        if not brief.media:
            return None
        from reelwright.video.own_media import clip_of, placed  # noqa: PLC0415 (as above)

        settings = self._settings.video.pictures
        chosen = placed(brief, script, settings).get(scene_index)
        if chosen is None:
            return None
        return clip_of(chosen, request, scene_index, self._artifacts, burned=self._over.captions)

    def _mood(self, brief: Brief, script: Script, seed: int) -> "Mood":
        """Return the palette of the video: the one that was asked for, or the one for what it is about."""
        from reelwright.video.moods import mood_for  # noqa: PLC0415 (the lexicon, only where scenes are shot)

        pictures = tuple(self._at_hand(staged, brief) for staged in self._staged(brief, script))
        return mood_for(self._style(brief), brief.topic, script, pictures, seed)

    def _kept(self, draft: ThumbnailDraft) -> Thumbnail:
        image = self._artifacts.put_file(draft.path, "image/png")
        return Thumbnail(image=image, **draft.model_dump(exclude={"path"}))


def _marks(script: Script, narration: Narration, clips: Sequence[Clip]) -> tuple[tuple[str, str], ...]:
    """Return what the file itself must say: which parts engines of ours made in place of paid models."""
    mocked = {"script": script.mock, "narration": narration.mock, "footage": any(clip.mock for clip in clips)}
    parts = ", ".join(part for part, is_mock in mocked.items() if is_mock)
    return (("mock", parts),) if parts else ()


def scene_frames(narration: Narration, fps: int) -> tuple[int, ...]:
    """Return the frames of each scene.

    Boundaries are rounded, not lengths, so that the picture never drifts from the sound by more
    than half a frame however many scenes there are. Every scene has at least one frame.
    """
    edges = [round(scene.start_seconds * fps) for scene in narration.scenes]
    edges.append(round(narration.duration_seconds * fps))
    return tuple(max(1, after - before) for before, after in pairwise(edges))


def _from_start(word: Word, start_seconds: float) -> Word:
    return Word(
        text=word.text,
        start_seconds=max(0.0, round(word.start_seconds - start_seconds, 4)),
        end_seconds=max(0.0, round(word.end_seconds - start_seconds, 4)),
        scene_index=word.scene_index,
    )
