"""A finished production with real, small media, for the tests of whatever shows one."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image

from reelwright.cost.schema import ChargeLine
from reelwright.production.schema import (
    Brief,
    Chapter,
    ChartVisual,
    Check,
    ClosingVisual,
    Cut,
    Datum,
    Decision,
    ListVisual,
    Narration,
    NumberVisual,
    Production,
    Publication,
    QuoteVisual,
    Rejection,
    Review,
    Scene,
    Script,
    Seo,
    Span,
    StatementVisual,
    StepRecord,
    TitleVisual,
    Visual,
    Word,
)
from reelwright.storage.schema import Artifact

PRODUCTION_ID = "prod_01KAQ4Z7M8V3N5T2X9C6B1D0EF"
CREATED = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)
FPS = 24

SCENE_COLOURS = (
    (24, 78, 119),
    (181, 101, 29),
    (46, 125, 80),
    (140, 47, 57),
    (84, 70, 150),
    (150, 60, 110),
    (20, 110, 110),
)

HOSTILE_TEXTS = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "--></style></title></textarea><svg onload=alert(1)>",
    '" onmouseover="alert(1)" x=\'',
    "' autofocus onfocus='alert(1)",
    "javascript:alert(1)",
    "<!-- <iframe src=//example.org> ]]> <?php",
    "&lt;b&gt; &amp;amp; &#60;script&#62;",
    "line\u2028separator\u2029paragraph",
    "\u202eright to left override\u202c and \u2066isolate",
    "שלום עולם and مرحبا",
    "👩\u200d🚀🏳\ufe0f\u200d🌈 emoji",
    "<plaintext><noscript><template>{{constructor}}",
    "e\u0301\u0323 combining, \ufdfa, Z\u0351\u036b\u0343algo",
)

PASSAGES: tuple[tuple[str, Visual], ...] = (
    (
        "Why do the tides come twice a day? The answer starts a long way from the beach.",
        TitleVisual(title="Why tides come twice a day", kicker="Ocean"),
    ),
    (
        "The Moon pulls on the water beneath it, and a little harder on the near side than on the far side.",
        StatementVisual(text="The Moon pulls harder on the near side", emphasis="near side"),
    ),
    (
        "In the Bay of Fundy the sea rises by sixteen metres, the highest tide on Earth.",
        NumberVisual(value=16, suffix=" m", label="rise of the tide in the Bay of Fundy"),
    ),
    (
        "Most coasts see far less: two metres in Lisbon, one in Naples, twelve in Saint-Malo.",
        ChartVisual(
            heading="Tidal range",
            unit="m",
            data=(
                Datum(label="Naples", value=1),
                Datum(label="Lisbon", value=2),
                Datum(label="Saint-Malo", value=12),
            ),
        ),
    ),
    (
        "Sailors plan for three things: the height, the hour and the stream.",
        ListVisual(heading="Sailors plan for", items=("the height", "the hour", "the stream")),
    ),
    (
        "Time and tide wait for no man, says the proverb, and it is right about the tide.",
        QuoteVisual(text="Time and tide wait for no man", attribution="Proverb"),
    ),
    (
        "Look up the next high water where you are, and go and see it.",
        ClosingVisual(text="Go and see the next high water", points=("Two tides a day", "The Moon leads")),
    ),
)


@dataclass(frozen=True)
class Sample:
    """Everything that a report is made of."""

    production: Production
    script: Script
    narration: Narration
    cut: Cut
    review: Review
    publications: tuple[Publication, ...]
    video: Path
    thumbnail: Path


def make_sample(
    folder: Path,
    *,
    width: int = 640,
    height: int = 360,
    passages: tuple[tuple[str, Visual], ...] = PASSAGES,
    topic: str = "Why tides come twice a day",
    change: Callable[[str], str] = lambda text: text,
) -> Sample:
    """Write a video and a thumbnail into ``folder``; ``change`` rewrites every free text there is."""
    words, spans = _spoken(passages, change)
    seconds = spans[-1].end_seconds
    video, thumbnail = folder / "video.mp4", folder / "thumbnail.png"
    write_video(video, width, height, spans)
    Image.new("RGB", (width, height), (18, 58, 74)).save(thumbnail)
    script = _script(passages, change)
    return Sample(
        production=_production(topic, change, round(seconds)),
        script=script,
        narration=Narration(
            audio=_artifact(b"wav", "audio/wav"), words=words, scenes=spans, voice=change("joe")
        ),
        cut=Cut(
            video=_artifact(video.read_bytes(), "video/mp4"),
            thumbnail=_artifact(thumbnail.read_bytes(), "image/png"),
            captions_srt=_artifact(b"srt", "application/x-subrip"),
            captions_vtt=_artifact(b"vtt", "text/vtt"),
            duration_seconds=seconds,
            width=width,
            height=height,
            fps=FPS,
            loudness_lufs=-14.06,
            true_peak_dbtp=-1.42,
            chapters=(
                Chapter(start_seconds=0, title=change("The question")),
                Chapter(start_seconds=12, title=change("The range")),
            ),
            description=script.seo.description,
        ),
        review=_review(change),
        publications=(
            Publication(
                platform="folder",
                remote_id=change(PRODUCTION_ID),
                location=change(f"out/{PRODUCTION_ID}"),
                published_at=CREATED,
            ),
        ),
        video=video,
        thumbnail=thumbnail,
    )


def write_video(path: Path, width: int, height: int, spans: tuple[Span, ...]) -> None:
    """Write H.264 with one colour ramp per scene and a moving bar, and no sound."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "30"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        total = round(spans[-1].end_seconds * FPS)
        for index in range(total):
            frame = av.VideoFrame.from_ndarray(_picture(index, total, width, height, spans), format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _picture(index: int, total: int, width: int, height: int, spans: tuple[Span, ...]) -> np.ndarray:
    scene = next(i for i, span in enumerate(spans) if index / FPS < span.end_seconds or i == len(spans) - 1)
    picture = np.empty((height, width, 3), np.uint8)
    ramp = np.linspace(0.55, 1.0, width)[None, :, None]
    colour = np.array(SCENE_COLOURS[scene % len(SCENE_COLOURS)])
    picture[:] = (ramp * colour).astype(np.uint8)
    picture[-8:, : max(1, width * index // total)] = 240
    return picture


def _spoken(
    passages: tuple[tuple[str, Visual], ...], change: Callable[[str], str]
) -> tuple[tuple[Word, ...], tuple[Span, ...]]:
    words, spans, now = [], [], 0.0
    for scene_index, (narration, _) in enumerate(passages):
        start = now
        for text in change(narration).split():
            length = 0.08 + 0.04 * min(len(text), 12)
            words.append(
                Word(
                    text=text,
                    start_seconds=round(now, 3),
                    end_seconds=round(now + length, 3),
                    scene_index=scene_index,
                )
            )
            now += length + 0.03
        now = round(now + 0.3, 3)
        spans.append(Span(start_seconds=start, end_seconds=now))
    return tuple(words), tuple(spans)


def _script(passages: tuple[tuple[str, Visual], ...], change: Callable[[str], str]) -> Script:
    scenes = tuple(
        Scene(
            narration=change(narration),
            visual_prompt=change(f"Calm blue gradient; {visual.kind} set in large type."),
            visual=visual,
            sources=(change(narration),) if visual.kind in {"number", "chart"} else (),
        )
        for narration, visual in passages
    )
    return Script(
        title=change("Why tides come twice a day"),
        hook=change("Why do the tides come twice a day?"),
        scenes=scenes,
        call_to_action=change("Look up the next high water where you are."),
        seo=Seo(
            title=change("Why tides come twice a day")[:100],
            description=change(
                "What the Moon does to the sea, in half a minute.\n\n0:00 The question\n0:12 The range"
            ),
            tags=(change("tides"), change("moon"), change("ocean")),
        ),
    )


def _production(topic: str, change: Callable[[str], str], asked_seconds: int) -> Production:
    return Production(
        id=PRODUCTION_ID,
        environment="local",
        status="completed",
        brief=Brief(
            topic=change(topic)[:200],
            notes=change("The Moon pulls on the water.\n\nFundy: 16 m."),
            audience=change("curious people")[:100],
            duration_seconds=max(6, asked_seconds),
        ),
        seed=7,
        settings_fingerprint="9f2c1e0b7a44d1c08e6f",
        output_dir=f"out/{PRODUCTION_ID}",
        created_at=CREATED,
        finished_at=CREATED + timedelta(seconds=14),
        steps=tuple(_steps(change)),
    )


def _steps(change: Callable[[str], str]) -> list[StepRecord]:
    model = Decision(
        subject="model",
        chosen=change("embedded/extractive-1"),
        reason=change("The only active candidate of tier economy."),
        rejected=(
            Rejection(name=change("bedrock/nova-lite"), reason=change("needs a network, and local has none")),
        ),
    )
    layouts = tuple(
        Decision(
            subject=f"layout of scene {number}",
            chosen=change(layout),
            reason=change("Fits the number of words and differs from its neighbour."),
        )
        for number, layout in enumerate(
            ("headline", "split", "counter", "bars", "stack", "pull quote", "recap"), start=1
        )
    )
    charge = {"provider": "embedded", "micro_usd": 0}
    return [
        _step(
            "write_script",
            0.04,
            decisions=(model,),
            charges=(
                ChargeLine(
                    service="content", model="extractive-1", unit="characters", quantity=612, **charge
                ),
            ),
            warnings=(change("The notes fill 30 of the 60 seconds asked for; the video is shorter."),),
        ),
        _step(
            "narrate",
            4.31,
            decisions=(model,),
            charges=(
                ChargeLine(service="audio", model="piper-joe", unit="characters", quantity=498, **charge),
            ),
        ),
        _step(
            "shoot",
            6.02,
            attempts=8,
            items_done=7,
            items_total=7,
            decisions=(model, *layouts),
            charges=(ChargeLine(service="video", model="motion-1", unit="frames", quantity=744, **charge),),
        ),
        _step("assemble", 2.15),
        _step("review", 1.33),
        _step(
            "publish",
            0.09,
            decisions=(
                Decision(subject="platform", chosen="folder", reason=change("Asked for by the brief.")),
            ),
        ),
    ]


def _step(name: str, seconds: float, **more: object) -> StepRecord:
    return StepRecord.model_validate(
        {
            "name": name,
            "status": "done",
            "seconds": seconds,
            "attempts": 1,
            "started_at": CREATED,
            "finished_at": CREATED,
            **more,
        }
    )


def _review(change: Callable[[str], str]) -> Review:
    return Review(
        checks=(
            Check(name="duration", passed=True, found=change("31.0 s"), allowed=change("28.5 to 33.5 s")),
            Check(name="streams", passed=True, found="h264, aac, mov_text", allowed="one of each"),
            Check(name="loudness", passed=True, found="−14.1 LUFS", allowed="−14.0 ± 0.5 LUFS"),  # noqa: RUF001 (a minus)
            Check(
                name="black_stretches", passed=False, found=change("0.8 s"), allowed="0.5 s", at_seconds=12.4
            ),
            Check(name="caption_timing", passed=True, found="largest gap 1.1 s", allowed="4.0 s"),
        )
    )


def _artifact(data: bytes, media_type: str) -> Artifact:
    return Artifact(sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data), media_type=media_type)
