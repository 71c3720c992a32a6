"""The embedded engine alone: scenes of a finished production drawn again and joined.

``python -m tests.bench.ours_render PACKAGE NARRATION OUT [--pictures DIR] [--clips DIR] [--plain]``

``--pictures`` keeps what was rasterised, as a production does. ``--clips`` keeps scenes, and uses those that
lie there. ``--plain`` draws without pictures, in type alone.
"""

import argparse
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import av

from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.models.schema import ShotRequest
from reelwright.pipeline.report.record import ProductionRecord, read_record
from reelwright.video.assembly import PyAvAssembler
from reelwright.video.engine.provider import EmbeddedMotionGraphics
from reelwright.video.manager import VideoGenerationManager, scene_frames
from reelwright.video.schema import AssemblyRequest, SceneGraphics


def main(options: argparse.Namespace) -> None:
    record = read_record(options.package / "production.json")
    frames = scene_frames(record.narration, record.cut.fps)
    with (
        TemporaryDirectory() as folder,
        EmbeddedMotionGraphics(jobs=options.jobs, pictures_dir=options.pictures) as engine,
        ThreadPoolExecutor(options.jobs) as pool,
    ):

        def shoot(index: int) -> Path:
            kept = options.clips and options.clips / f"{index}.mp4"
            if kept and kept.exists():
                return kept
            work_dir = Path(folder, str(index))
            work_dir.mkdir()
            request = ShotRequest(
                idempotency_key=str(index),
                seed=record.production.seed,
                prompt="",
                graphics=graphics_of(record, index, plain=options.plain),
                width=record.cut.width,
                height=record.cut.height,
                fps=record.cut.fps,
                frames=frames[index],
                work_dir=work_dir,
            )
            media = engine.shoot("embedded-motion-graphics", request).media
            return Path(shutil.copy(media, kept)) if kept else media

        clips = tuple(pool.map(shoot, range(len(frames))))
        request = AssemblyRequest(
            clips=clips,
            soundtrack=as_aac(options.narration, Path(folder, "sound.m4a")),
            words=record.narration.words,
            title="",
            description="",
            language="en",
            chapters=(),
            work_dir=Path(folder),
        )
        shutil.move(PyAvAssembler().assemble(request).video, options.out)


def graphics_of(record: ProductionRecord, index: int, *, plain: bool = False) -> SceneGraphics:
    """Return what the production's own manager asks for with the settings of this machine."""
    manager = VideoGenerationManager(
        models=None,  # type: ignore[arg-type]  # nothing is shot through it
        artifacts=None,  # type: ignore[arg-type]
        assembler=None,  # type: ignore[arg-type]
        reviewer=None,  # type: ignore[arg-type]
        thumbnails=None,  # type: ignore[arg-type]
        settings=_settings(plain=plain),
    )
    brief, seed = record.production.brief, record.production.seed
    return manager._graphics(brief, record.script, record.narration, index, seed)


def _settings(*, plain: bool) -> Settings:
    settings = load_environment("local").settings
    pictures = settings.video.pictures.model_copy(update={"enabled": not plain})
    video = settings.video.model_copy(update={"pictures": pictures})
    return settings.model_copy(update={"video": video})


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


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("package", "narration", "out"):
        parser.add_argument(name, type=Path)
    for name in ("--pictures", "--clips"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main(_options())
