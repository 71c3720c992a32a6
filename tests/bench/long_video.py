"""What a video of ten minutes takes: memory of all processes, CPU seconds, two cores against one, one change.

::

    python -m tests.bench.long_video [--seconds 600] [--resolution 720p] [--brief FILE] [--json]
        [--rows two one changed]

two, one
    The whole job, ``reelwright make`` from the brief to the package, with nothing on the disk: by two workers
    on two cores, and by one on one core. Their walls give the speed-up, which means little while others use
    the machine; CPU seconds are told beside it.
changed
    The same again with one picture switched off: the scenes that showed it are drawn again, nothing else.

Memory is what all processes hold together, shared pages counted once (PSS), looked at twice a second. Without
``--brief`` the notes of all sample briefs are told one after the other.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from reelwright.pipeline.report.record import ProductionRecord, read_record
from tests.bench.video_speed import CLI, redrawn, switch_off_rarest

__all__ = ["Run", "main"]

_SAMPLES: Final = Path("examples/briefs")
_LOOK_SECONDS: Final = 0.5


@dataclass(slots=True)
class Run:
    """What one run took."""

    name: str
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_megabytes: float = 0.0
    peak_by: str = ""
    """Which step was at work when most was held."""
    video_seconds: float = 0.0
    steps: dict[str, float] = field(default_factory=dict)
    record_kilobytes: int = 0
    report_kilobytes: int = 0
    drawn: str = ""

    def as_row(self) -> dict[str, Any]:
        """Return it as it is told."""
        return {
            "name": self.name,
            "wall_seconds": round(self.wall_seconds, 1),
            "cpu_seconds": round(self.cpu_seconds, 1),
            "cpu_seconds_per_video_second": round(self.cpu_seconds / self.video_seconds, 3),
            "peak_megabytes": round(self.peak_megabytes),
            "peak_in": self.peak_by,
            "video_seconds": round(self.video_seconds, 1),
            "steps": self.steps,
            "record_kilobytes": self.record_kilobytes,
            "report_kilobytes": self.report_kilobytes,
            "scenes_drawn": self.drawn,
        }


def main() -> None:
    """Measure, and print a table or one JSON object."""
    options = _options()
    with TemporaryDirectory() as folder:
        room = Path(folder)
        brief = options.brief.resolve() if options.brief else _all_samples(room / "brief.md")
        runs = [run.as_row() for run in _runs(options, room, brief)]
    told = {"cores": os.cpu_count(), "rows": runs, **_speed_up(runs)}
    sys.stdout.write(json.dumps(told) + "\n" if options.json else _table(told))


def _runs(options: argparse.Namespace, room: Path, brief: Path) -> Iterator[Run]:
    command = [CLI, "make", "--brief", str(brief), "--duration", str(options.seconds), "--json"]
    command += ["--resolution", options.resolution]
    two = room / "two"
    if {"two", "changed"} & set(options.rows):
        first = _measured("two", [*command, "--jobs", "2"], two)
        yield first
    if "changed" in options.rows:
        before = _package(two)
        switch_off_rarest(two, read_record(before / "production.json"))
        run = _measured("changed", [*command, "--jobs", "2"], two)
        run.drawn = redrawn(two, before)
        yield run
    if "one" in options.rows:
        yield _measured("one", [*command, "--jobs", "1"], room / "one", cores=1)


def _measured(name: str, command: list[str], folder: Path, *, cores: int = 0) -> Run:
    folder.mkdir(exist_ok=True)
    run, started = Run(name), time.monotonic()
    told = folder / "told.txt"
    with told.open("w") as errors, (folder / "out.json").open("w+") as output:
        pinned = ["taskset", "-c", "0"] if cores == 1 else []
        process = subprocess.Popen([*pinned, *command], cwd=folder, stdout=output, stderr=errors)
        watch = _Watch(process.pid, told, run)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.end()
        run.wall_seconds = time.monotonic() - started
        if process.returncode:
            raise RuntimeError(f"{name} failed with {process.returncode}: {told.read_text()[-2000:]}")
        output.seek(0)
        package = Path(json.load(output)["output_dir"])
    run.cpu_seconds = usage.ru_utime + usage.ru_stime
    _note_package(run, package)
    return run


def _note_package(run: Run, package: Path) -> None:
    record: ProductionRecord = read_record(package / "production.json")
    run.video_seconds = record.cut.duration_seconds
    run.steps = {step.name: step.seconds for step in record.production.steps}
    run.record_kilobytes = (package / "production.json").stat().st_size // 1000
    run.report_kilobytes = (package / "report.html").stat().st_size // 1000
    run.drawn = f"{len(record.script.scenes)} of {len(record.script.scenes)}"


class _Watch:
    """Looks at what a process and all its children hold, until it is told to end."""

    def __init__(self, pid: int, told: Path, run: Run) -> None:
        self._pid, self._told, self._run = pid, told, run
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            held = sum(map(_held_megabytes, _tree(self._pid)))
            if held > self._run.peak_megabytes:
                self._run.peak_megabytes, self._run.peak_by = held, self._step()

    def _step(self) -> str:
        with suppress(OSError, IndexError):
            return self._told.read_text().splitlines()[-1].partition("]")[2].partition(":")[0].strip()
        return ""


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        with suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def _held_megabytes(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _package(folder: Path) -> Path:
    (package,) = (folder / "out").iterdir()
    return package


def _all_samples(out: Path) -> Path:
    """Write a brief that tells everything that the samples tell."""
    notes = [file.read_text("utf-8").split("---", 2)[2].strip() for file in sorted(_SAMPLES.glob("*.md"))]
    out.write_text("\n\n".join(("---\ntopic: Six things worth ten minutes\n---", *notes)), "utf-8")
    return out


def _speed_up(runs: list[dict[str, Any]]) -> dict[str, Any]:
    walls = {run["name"]: run["wall_seconds"] for run in runs}
    return {"speed_up": round(walls["one"] / walls["two"], 2)} if {"one", "two"} <= set(walls) else {}


def _table(told: dict[str, Any]) -> str:
    lines = [f"{'':9}{'wall s':>8}{'CPU s':>8}{'CPU/video s':>13}{'peak MB':>9}  in"]
    for row in told["rows"]:
        wall, cpu, share = (
            row[key] for key in ("wall_seconds", "cpu_seconds", "cpu_seconds_per_video_second")
        )
        lines.append(
            f"{row['name']:9}{wall:>8}{cpu:>8}{share:>13}{row['peak_megabytes']:>9}  {row['peak_in']}; "
            f"{row['video_seconds']} s of video, {row['scenes_drawn']} scenes drawn, record "
            f"{row['record_kilobytes']} kB, report {row['report_kilobytes']} kB"
        )
        lines.append(" " * 9 + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in row["steps"].items()))
    if "speed_up" in told:
        lines.append(f"two cores against one: {told['speed_up']} times as fast")
    return "\n".join(lines) + "\n"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--resolution", default="720p")
    parser.add_argument("--brief", type=Path)
    parser.add_argument("--rows", nargs="+", default=["two", "changed", "one"], metavar="ROW")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
