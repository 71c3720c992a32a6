"""The embedded engine alone: scenes of a finished production drawn again and joined, nothing cached.

``python -m tests.bench.ours_render PACKAGE NARRATION OUT [JOBS]``
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import av

from reelwright.models.schema import ShotRequest
from reelwright.pipeline.report.record import ProductionRecord, read_record
from reelwright.production.schema import Word
from reelwright.video.assembly import PyAvAssembler
from reelwright.video.engine.provider import EmbeddedMotionGraphics
from reelwright.video.manager import scene_frames
from reelwright.video.schema import AssemblyRequest, SceneGraphics


def main(package: Path, narration: Path, out: Path, jobs: int) -> None:
    record = read_record(package / "production.json")
    frames = scene_frames(record.narration, record.cut.fps)
    with (
        TemporaryDirectory() as folder,
        EmbeddedMotionGraphics(jobs=jobs) as engine,
        ThreadPoolExecutor(jobs) as pool,
    ):

        def shoot(index: int) -> Path:
            work_dir = Path(folder, str(index))
            work_dir.mkdir()
            request = ShotRequest(
                idempotency_key=str(index),
                seed=record.production.seed,
                prompt="",
                graphics=graphics_of(record, index),
                width=record.cut.width,
                height=record.cut.height,
                fps=record.cut.fps,
                frames=frames[index],
                work_dir=work_dir,
            )
            return engine.shoot("embedded-motion-graphics", request).media

        clips = tuple(pool.map(shoot, range(len(frames))))
        request = AssemblyRequest(
            clips=clips,
            soundtrack=as_aac(narration, Path(folder, "sound.m4a")),
            words=record.narration.words,
            title="",
            description="",
            language="en",
            chapters=(),
            work_dir=Path(folder),
        )
        PyAvAssembler().assemble(request).video.rename(out)


def graphics_of(record: ProductionRecord, index: int) -> SceneGraphics:
    """Return what the production's own manager asked for; its settings are the defaults."""
    script, narration = record.script, record.narration
    span, total = narration.scenes[index], narration.duration_seconds
    words = tuple(
        Word(
            text=word.text,
            start_seconds=max(0.0, word.start_seconds - span.start_seconds),
            end_seconds=max(0.0, word.end_seconds - span.start_seconds),
            scene_index=index,
        )
        for word in narration.words
        if word.scene_index == index
    )
    return SceneGraphics(
        visual=script.scenes[index].visual,
        words=words,
        aspect=record.production.brief.aspect,
        style=record.production.brief.style,
        theme_seed=record.production.seed,
        captions=True,
        scene_index=index,
        scene_count=len(script.scenes),
        next_kind=script.scenes[index + 1].visual.kind if index + 1 < len(script.scenes) else None,
        start_share=span.start_seconds / total,
        end_share=span.end_seconds / total,
    )


def as_aac(wav: Path, out: Path) -> Path:
    """Encode the narration as the peers do."""
    with av.open(str(wav)) as source, av.open(str(out), "w") as target:
        stream = target.add_stream("aac", rate=48_000, layout="stereo")
        resampler = av.AudioResampler("fltp", "stereo", 48_000)
        for frame in source.decode(audio=0):
            for piece in resampler.resample(frame):
                target.mux(stream.encode(piece))
        target.mux(stream.encode(None))
    return out


if __name__ == "__main__":
    main(
        Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else 2
    )
