"""Engines that do no work but remember being asked: what a vendor's own books would show."""

import hashlib
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

from reelwright.audio.schema import Soundtrack, SoundtrackRequest
from reelwright.cost.schema import Usage
from reelwright.models.ports import Call
from reelwright.models.schema import (
    ContentRequest,
    ContentResponse,
    Model,
    ShotRequest,
    ShotResponse,
    SpeechRequest,
    SpeechResponse,
    SpokenWord,
)
from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import Pending, StepOutcome
from reelwright.pipeline.steps.shoot import ShootInput, shoot
from reelwright.production.schema import Check, Clip, Review
from reelwright.production.thumbnails import ThumbnailMeasures
from reelwright.video.schema import (
    AssembledCut,
    AssemblyRequest,
    ReviewRequest,
    ThumbnailDraft,
    ThumbnailRequest,
)
from tests.simulation.world import Execution, World

SECONDS_PER_WORD = 0.4


class Vendor:
    """Carries out requests and writes the bill. With ``idempotent`` a repeated key is not done again."""

    def __init__(self, world: World, *, idempotent: bool, watch: "Watch") -> None:
        self._world = world
        self._idempotent = idempotent
        self._watch = watch
        self._done: dict[str, Execution] = {}

    def carry_out(self, key: str) -> Execution:
        step = key.split("/")[1]
        if self._idempotent and key in self._done:
            return self._done[key]
        self._watch.engine_called(key)
        execution = Execution(key, step, self._world.rng.randrange(1, 1 << 30))
        self._world.executions.append(execution)
        self._done[key] = execution
        return execution

    def usage(self, key: str) -> tuple[Usage, ...]:
        return (Usage(unit="units", quantity=self.carry_out(key).quantity),)


class Watch:
    """Looks over the code's shoulder at each engine call; the harness binds it to the true store."""

    def engine_called(self, key: str) -> None:
        """Check what must hold before work that costs money begins."""


class Writer:
    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor

    def write(self, model: Model, request: ContentRequest, call: Call) -> ContentResponse:
        usage = self._vendor.usage(request.idempotency_key)
        return ContentResponse(text=script_text(model.name, request.seed), usage=usage)


class Voice:
    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor

    def speak(self, model: Model, request: SpeechRequest, call: Call) -> SpeechResponse:
        usage = self._vendor.usage(request.idempotency_key)
        return speech(model.name, request, request.voice, usage)


class Camera:
    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor

    def shoot(self, model: Model, request: ShotRequest, call: Call) -> ShotResponse:
        usage = self._vendor.usage(request.idempotency_key)
        media = file_of(request.work_dir / "clip.mp4", model.name, request.prompt, str(request.frames))
        return ShotResponse(media=media, frames=request.frames, usage=usage)


class SoundDesk:
    def make(self, request: SoundtrackRequest) -> Soundtrack:
        return Soundtrack(
            audio=file_of(request.work_dir / "sound.m4a", str(request.seed)),
            duration_seconds=request.duration_seconds,
            loudness_lufs=-14.0,
            true_peak_dbtp=-1.5,
        )


class CuttingRoom:
    def assemble(self, request: AssemblyRequest) -> AssembledCut:
        pieces = [path.read_text() for path in (*request.clips, request.soundtrack)]
        return AssembledCut(
            video=file_of(request.work_dir / "video.mp4", *pieces),
            captions_srt=file_of(request.work_dir / "captions.srt", *(word.text for word in request.words)),
            captions_vtt=file_of(request.work_dir / "captions.vtt", *(word.text for word in request.words)),
            duration_seconds=request.words[-1].end_seconds,
        )


class Screening:
    def review(self, request: ReviewRequest) -> Review:
        return Review(
            checks=(Check(name="readable", passed=request.video.is_file(), found="a file", allowed="a file"),)
        )


class Designer:
    def make(self, request: ThumbnailRequest) -> tuple[ThumbnailDraft, ...]:
        file_of(request.out, request.title)
        return (draft_of(request, request.title),)


def draft_of(request: ThumbnailRequest, words: str) -> ThumbnailDraft:
    """Return what a designer says of a still that it has drawn."""
    measures = ThumbnailMeasures(
        contrast=7, picture_share=0, words_share=0.3, words=len(words.split()), small_px=9, calm=1, relation=0
    )
    return ThumbnailDraft(
        composition="plain",
        words=words,
        picture="",
        path=request.out,
        score=50,
        measures=measures,
        why="alone",
    )


def shoot_later(context: StepContext, task: ShootInput) -> StepOutcome[Clip]:
    """Shoot as an asynchronous vendor does: take the order, answer Pending, deliver when asked again."""
    if context.pending is None:
        deadline = context.clock.now() + timedelta(days=30)
        return Pending(token=f"order {task.index}", check_after_seconds=30.0, deadline=deadline)
    return shoot(context, task)


def script_text(model: str, seed: int) -> str:
    """Return the answer of a writer."""
    return json.dumps(_script(model, Random(seed)))


def speech(model: str, request: SpeechRequest, voice: str, usage: tuple[Usage, ...]) -> SpeechResponse:
    """Return the answer of a voice."""
    words, starts = _spoken(request.passages)
    return SpeechResponse(
        audio=file_of(request.work_dir / "speech.wav", model, *request.passages),
        duration_seconds=words[-1].end_seconds + 1.0,
        words=tuple(words),
        passage_starts_seconds=tuple(starts),
        voice=voice,
        usage=usage,
    )


def _script(model: str, rng: Random) -> dict[str, object]:
    scenes: list[dict[str, object]] = [
        {
            "narration": f"{model} says that scene {number} has {rng.randrange(3, 9)} words or so.",
            "visual_prompt": f"scene {number}",
            "visual": {"kind": "statement", "text": f"Scene {number}"},
        }
        for number in range(rng.randrange(1, 5))
    ]
    return {
        "title": "A title",
        "hook": scenes[0]["narration"],
        "scenes": scenes,
        "call_to_action": "Go and see.",
        "seo": {"title": "A title", "description": "What it is about."},
        "warnings": ["shorter than asked"],
    }


def _spoken(passages: Sequence[str]) -> tuple[list[SpokenWord], list[float]]:
    words: list[SpokenWord] = []
    starts: list[float] = []
    now = 0.2
    for index, passage in enumerate(passages):
        starts.append(now)
        for text in passage.split():
            words.append(
                SpokenWord(
                    text=text, start_seconds=now, end_seconds=now + SECONDS_PER_WORD, passage_index=index
                )
            )
            now += SECONDS_PER_WORD
        now += 0.5
    return words, starts


def file_of(path: Path, *content: str) -> Path:
    """Write a file that tells its content from any other."""
    path.write_text(hashlib.sha256("\0".join(content).encode()).hexdigest())
    return path
