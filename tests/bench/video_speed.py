"""CPU seconds per second of video: the whole job, and rendering alone beside two other ways of doing it.

All in one run, in turn, on the same scenes, words and narration, so that a ratio holds on a machine whose
speed drifts::

    python -m tests.bench.video_speed --peers PYTHON [--brief FILE] [--seconds 30] [--rounds 3] [--json]

PYTHON is an interpreter of an environment with ``requirements/bench.lock``: MoviePy wants an older Pillow
than the product, and brings the ffmpeg binary that the filtergraph runs on.
"""

import argparse
import json
import shutil
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from font_manrope import __file__ as manrope

from reelwright.pipeline.report.record import ProductionRecord, read_record
from reelwright.storage.local import FolderArtifacts
from tests.bench.measure import Cost, measure

HERE = Path(__file__).parent
BRIEF = Path("examples/briefs/why-the-sea-rises-twice-a-day.md")
FONT = Path(manrope).parent / "files" / "Manrope-Bold.ttf"


def main() -> None:
    options = _options()
    with TemporaryDirectory() as folder:
        results = run(options, Path(folder))
    print(json.dumps(results) if options.json else table(results))


def run(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    costs: dict[str, list[Cost]] = {"whole job": []}
    record = None
    for number in range(options.rounds):
        cost, package = whole_job(options, folder / f"job{number}")
        costs["whole job"].append(cost)
        record = read_record(package / "production.json")
        store = FolderArtifacts(folder / f"job{number}" / ".reelwright" / "artifacts")
        shutil.copy(store.local_path(record.narration.audio), folder / "narration.wav")
        (folder / "material.json").write_text(json.dumps(material_of(record, folder / "narration.wav")))
        for name, command in ways(package, folder, options.peers).items():
            costs.setdefault(name, []).append(measure(command)[0])
            _say(f"round {number + 1}: {name} {costs[name][-1].cpu_seconds:.1f} CPU s")
    assert record is not None
    return summary(costs, record)


def whole_job(options: argparse.Namespace, folder: Path) -> tuple[Cost, Path]:
    command = [
        *(str(Path(sys.executable).with_name("reelwright")), "make", "--brief", str(options.brief.resolve())),
        *("--duration", str(options.seconds), "--resolution", options.resolution, "--json"),
    ]
    folder.mkdir()
    cost, output = measure(command, folder=folder)
    _say(f"whole job {cost.cpu_seconds:.1f} CPU s, {cost.wall_seconds:.1f} s")
    return cost, Path(json.loads(output)["output_dir"])


def ways(package: Path, folder: Path, peers: str) -> dict[str, list[str]]:
    """Return a command for each way of drawing the same material."""
    material = str(folder / "material.json")
    ours = [sys.executable, "-m", "tests.bench.ours_render", str(package), str(folder / "narration.wav")]
    return {
        "render: embedded": [*ours, str(folder / "ours.mp4")],
        "render: ffmpeg filtergraph": [
            peers,
            str(HERE / "peer_ffmpeg.py"),
            material,
            str(folder / "ffmpeg.mp4"),
        ],
        "render: MoviePy": [peers, str(HERE / "peer_moviepy.py"), material, str(folder / "moviepy.mp4")],
    }


def material_of(record: ProductionRecord, narration: Path) -> dict[str, Any]:
    """Return what the peers are given: the same scenes, words and times."""
    return {
        "width": record.cut.width,
        "height": record.cut.height,
        "fps": record.cut.fps,
        "duration": record.cut.duration_seconds,
        "narration": str(narration),
        "font": str(FONT),
        "words": [
            {"text": word.text, "start": word.start_seconds, "end": word.end_seconds}
            for word in record.narration.words
        ],
        "scenes": [
            {"start": span.start_seconds, "end": span.end_seconds, "headline": _headline(scene.visual)}
            for span, scene in zip(record.narration.scenes, record.script.scenes, strict=True)
        ],
    }


def summary(costs: dict[str, list[Cost]], record: ProductionRecord) -> dict[str, Any]:
    seconds = record.cut.duration_seconds
    per_second = {
        name: statistics.median(cost.cpu_seconds for cost in runs) / seconds for name, runs in costs.items()
    }
    ours = per_second["render: embedded"]
    return {
        "video_seconds": seconds,
        "size": f"{record.cut.width}x{record.cut.height} at {record.cut.fps} fps",
        "rounds": len(costs["whole job"]),
        "cpu_seconds_per_video_second": {name: round(value, 3) for name, value in per_second.items()},
        "against_embedded_render": {
            name: round(value / ours, 2) for name, value in per_second.items() if name.startswith("render")
        },
        "wall_seconds": {
            name: round(statistics.median(cost.wall_seconds for cost in runs), 1)
            for name, runs in costs.items()
        },
        "peak_megabytes": {
            name: round(max(cost.peak_megabytes for cost in runs)) for name, runs in costs.items()
        },
    }


def table(results: dict[str, Any]) -> str:
    lines = [
        f"{results['video_seconds']:.1f} s of video, {results['size']}, median of {results['rounds']} rounds"
    ]
    lines.append(f"{'':28}{'CPU s / video s':>16}{'ratio':>8}{'wall s':>9}{'peak MB':>9}")
    for name, value in results["cpu_seconds_per_video_second"].items():
        ratio = results["against_embedded_render"].get(name, "")
        lines.append(
            f"{name:28}{value:>16}{ratio:>8}{results['wall_seconds'][name]:>9}{results['peak_megabytes'][name]:>9}"
        )
    return "\n".join(lines)


def _headline(visual: Any) -> str:
    for name in ("title", "text", "heading", "label"):
        text = getattr(visual, name, "")
        if text:
            return str(text)
    return " · ".join(getattr(visual, "items", ()))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", required=True, metavar="PYTHON")
    parser.add_argument("--brief", type=Path, default=BRIEF)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--resolution", default="720p")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
