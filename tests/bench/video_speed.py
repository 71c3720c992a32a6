"""CPU seconds per second of video: the whole job, and rendering alone beside other ways of doing it.

All in one run, in turn, on the same script, words and narration, so that a ratio holds on a machine whose
speed drifts; medians over the rounds::

    python -m tests.bench.video_speed --peers PYTHON [--brief FILE] [--seconds 30] [--rounds 3] [--json]
        [--resolutions 720p 1080p]

PYTHON is an interpreter of an environment with ``requirements/bench.lock``: MoviePy wants an older Pillow
than the product, and brings the ffmpeg binary that the filtergraph runs on.

cold
    No pictures, maps, recordings or scenes are on the disk.
warm
    What was rasterised for the same scenes is; recordings and scenes are not.
one scene changed
    Everything is on the disk, then one picture is switched off by configuration: the scenes that showed it
    are drawn again (how many, is told), all others are taken from the cache of scenes.
pictures off
    The engine in type alone, cold: what it drew before it had pictures.

The whole job is ``reelwright make`` from the brief to the package: script, speech, drawing, encoding, music,
mastering, assembly, review, report. Rendering alone is drawing, encoding and joining, with two processes, and
with the narration as the sound.
"""

import argparse
import json
import re
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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
CLI = str(Path(sys.executable).with_name("reelwright"))
REFERENCE = "render: illustrated, cold"
FOUND_BY = re.compile(r"'([^']+)'")


@dataclass(slots=True)
class Bench:
    """What was measured at one resolution."""

    options: argparse.Namespace
    resolution: str
    folder: Path
    costs: dict[str, list[Cost]] = field(default_factory=dict)
    record: ProductionRecord | None = None
    redrawn: str = ""

    def round(self, number: int) -> None:
        """Measure everything once."""
        home = self.folder / f"{self.resolution}-{number}"
        home.mkdir()
        first = self.whole("cold", home / "cold")
        self.record = read_record(first / "production.json")
        self.whole("warm", _with_pictures_of(home / "cold", home / "warm"))
        self.whole("one scene changed", switch_off_rarest(home / "cold", self.record))
        self.redrawn = redrawn(home / "cold", first)
        self.whole("pictures off", _without_pictures(home / "off"))
        for name, prepare in self.renderings(home, first):
            command = prepare()
            self.note(f"render: {name}", measure(command)[0])

    def whole(self, name: str, folder: Path) -> Path:
        """Make a video in a folder and return its package."""
        folder.mkdir(exist_ok=True)
        command = [
            *(CLI, "make", "--brief", str(self.options.brief.resolve())),
            *("--duration", str(self.options.seconds), "--resolution", self.resolution, "--json"),
        ]
        cost, output = measure(command, folder=folder)
        self.note(f"whole job: {name}" if name == "pictures off" else f"whole job: illustrated, {name}", cost)
        return Path(json.loads(output)["output_dir"])

    def renderings(self, home: Path, package: Path) -> Iterator[tuple[str, Callable[[], list[str]]]]:
        """Yield each way of drawing the same material, and what prepares it and returns its command."""
        record = self.record
        assert record is not None
        narration, material = home / "narration.wav", home / "material.json"
        store = FolderArtifacts(home / "cold" / ".reelwright" / "artifacts")
        shutil.copy(store.local_path(record.narration.audio), narration)
        material.write_text(json.dumps(material_of(record, narration)))
        ours = [sys.executable, "-m", "tests.bench.ours_render", str(package), str(narration)]
        kept = [str(home / "ours.mp4"), "--pictures", str(home / "pictures")]

        def one_changed() -> list[str]:
            clips = home / "clips"
            clips.mkdir()
            measure([*ours, *kept, "--clips", str(clips)])
            (clips / f"{_middling(record)}.mp4").unlink()
            return [*ours, *kept, "--clips", str(clips)]

        yield "illustrated, cold", lambda: [*ours, *kept]
        yield "illustrated, warm", lambda: [*ours, *kept]
        yield "illustrated, one scene changed", one_changed
        yield "pictures off", lambda: [*ours, str(home / "plain.mp4"), "--plain"]
        for name, peer in (("ffmpeg filtergraph", "peer_ffmpeg.py"), ("MoviePy", "peer_moviepy.py")):
            command = [self.options.peers, str(HERE / peer), str(material), str(home / f"{peer}.mp4")]
            yield name, lambda command=command: command

    def note(self, name: str, cost: Cost) -> None:
        self.costs.setdefault(name, []).append(cost)
        print(
            f"{self.resolution} {name}: {cost.cpu_seconds:.1f} CPU s, {cost.wall_seconds:.1f} s",
            file=sys.stderr,
            flush=True,
        )


def main() -> None:
    options = _options()
    with TemporaryDirectory() as folder:
        benches = [Bench(options, resolution, Path(folder)) for resolution in options.resolutions]
        for number in range(options.rounds):
            for bench in benches:
                bench.round(number)
    results = [summary(bench) for bench in benches]
    print(json.dumps(results) if options.json else "\n\n".join(map(table, results)))


def _with_pictures_of(other: Path, folder: Path) -> Path:
    """Return a new folder that has only what another one rasterised."""
    shutil.copytree(other / ".reelwright/cache/pictures", folder / ".reelwright/cache/pictures")
    return folder


def _without_pictures(folder: Path) -> Path:
    folder.mkdir()
    _configure(folder, "video.pictures.enabled", "false")
    return folder


def switch_off_rarest(folder: Path, record: ProductionRecord) -> Path:
    """Switch off a word's picture that as few scenes as possible show, beside something else if there is."""
    _configure(folder, "video.pictures.overrides", json.dumps({_rarest(record): "none"}))
    return folder


def _configure(folder: Path, key: str, value: str) -> None:
    measure([CLI, "config", "set", key, value, "--reason", "a measurement"], folder=folder)


def _rarest(record: ProductionRecord) -> str:
    """Return the word whose picture is shown in the fewest scenes, from the reasons in the record."""
    shown: dict[str, set[str]] = {}
    heroes: set[str] = set()
    for step in record.production.steps:
        for decision in step.decisions:
            found = FOUND_BY.search(decision.reason)
            if decision.subject.startswith("pictures of scene") and found:
                shown.setdefault(found[1], set()).add(decision.subject)
                if "(hero)" in decision.chosen:
                    heroes.add(found[1])
    return min(shown, key=lambda word: (len(shown[word]), word in heroes, word))


def redrawn(folder: Path, first: Path) -> str:
    """Return how many scenes of the second production in a folder were drawn."""
    (package,) = (path for path in (folder / "out").iterdir() if path != first)
    record = read_record(package / "production.json")
    decisions = [decision for step in record.production.steps for decision in step.decisions]
    cached = sum(decision.chosen == "scene cache" for decision in decisions)
    return f"{len(record.script.scenes) - cached} of {len(record.script.scenes)}"


def _middling(record: ProductionRecord) -> int:
    """Return the scene of middling length."""
    spans = record.narration.scenes
    order = sorted(range(len(spans)), key=lambda index: spans[index].end_seconds - spans[index].start_seconds)
    return order[len(order) // 2]


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


def summary(bench: Bench) -> dict[str, Any]:
    assert bench.record is not None
    cut = bench.record.cut
    per_second = {
        name: statistics.median(cost.cpu_seconds for cost in runs) / cut.duration_seconds
        for name, runs in bench.costs.items()
    }
    return {
        "video_seconds": cut.duration_seconds,
        "size": f"{cut.width}x{cut.height} at {cut.fps} fps",
        "rounds": bench.options.rounds,
        "scenes_drawn_again": bench.redrawn,
        "rows": {
            name: {
                "cpu_seconds_per_video_second": round(per_second[name], 3),
                "ratio": round(per_second[name] / per_second[REFERENCE], 2),
                "wall_seconds": round(statistics.median(cost.wall_seconds for cost in runs), 1),
                "peak_megabytes": round(max(cost.peak_megabytes for cost in runs)),
            }
            for name, runs in bench.costs.items()
        },
    }


def table(results: dict[str, Any]) -> str:
    rounds = f"median of {results['rounds']} rounds" if results["rounds"] > 1 else "one round"
    lines = [
        f"{results['video_seconds']:.1f} s of video, {results['size']}, {rounds}",
        f"one scene changed: the whole job drew {results['scenes_drawn_again']} scenes, rendering alone 1",
        f"{'':42}{'CPU s / video s':>16}{'ratio':>8}{'wall s':>9}{'peak MB':>9}",
    ]
    for name, row in results["rows"].items():
        share, ratio, wall, peak = row.values()
        lines.append(f"{name:42}{share:>16.3f}{ratio:>8.2f}{wall:>9.1f}{peak:>9}")
    return "\n".join(lines)


def _headline(visual: Any) -> str:
    for name in ("title", "text", "heading", "label"):
        text = getattr(visual, name, "")
        if text:
            return str(text)
    return " · ".join(getattr(visual, "items", ()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", required=True, metavar="PYTHON")
    parser.add_argument("--brief", type=Path, default=BRIEF)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--resolutions", nargs="+", default=["720p", "1080p"], metavar="RESOLUTION")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
