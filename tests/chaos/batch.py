"""Kill a batch until it is done: ``python -m tests.chaos.batch --briefs 50 --kills 4``.

The real command line makes a manifest of which a tenth is faulty, with simulated vendors and a budget, and is
killed with all its processes at random moments. Then a second batch has a budget that cannot last.
"""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from reelwright.cost.schema import format_usd
from reelwright.errors import InvalidInput
from tests.e2e.vendors.place import Place, ended
from tests.simulators.house import House

__all__ = ["SETTINGS", "Killed", "kill_until_done", "main", "write_manifest"]

SETTINGS: dict[str, object] = {
    "MODELS__VIDEO__MODELS": ["embedded-motion-graphics"],
    "MODELS__CONTENT__ON_UNKNOWN": "fall_back",
    "MODELS__AUDIO__ON_UNKNOWN": "fall_back",
}
"""Scripts and voices are paid for. Whoever is killed after an order falls back, and pays again."""

FAULTS: tuple[dict[str, object], ...] = (
    {"duration_seconds": "long"},
    {"video.fps": 25},
    {"video.fpss": 24},
    {"style": "baroque"},
    {"budgets.per_batch_usd": "100"},
    {"topic": ""},
)
_NOTES = "Honey keeps because it holds little water. Bees dry the nectar with their wings. It is sour, too."
_BATCH = re.compile(r"batch_[0-9A-Z]{26}")
_LONGEST = 600.0


@dataclass
class Killed:
    """What became of a batch, and how it got there."""

    summary: dict[str, Any]
    kills: int = 0
    pace: list[str] = field(default_factory=list)
    """How far it was at each death."""


def write_manifest(place: Place, name: str, briefs: int) -> int:
    """Write so many rows, of which every tenth is faulty, and return how many are."""
    rows, faulty = [], 0
    for number in range(briefs):
        row = {"topic": f"Why honey keeps, part {number + 1}", "notes": _NOTES, "duration_seconds": 10}
        row |= {"video.fps": 24, "video.resolution": "480p", "aspect": ("16:9", "9:16", "1:1")[number % 3]}
        if number % 10 == 7:
            row |= FAULTS[faulty % len(FAULTS)]
            faulty += 1
        rows.append(json.dumps(row))
    (place.folder / name).write_text("\n".join(rows), encoding="utf-8")
    return faulty


def kill_until_done(
    place: Place, manifest: str, *, budget: str, kills: int, rng: Random, longest: float = 14.0
) -> Killed:
    """Begin a batch, kill it so often, each time go on with it, and return what became of it."""
    common = ("--productions", "2", "--jobs", "1", "--json")
    words: tuple[str, ...] = ("batch", manifest, "--budget", budget, *common)
    killed = Killed({})
    while True:
        process = place.start(*words)
        if killed.kills == kills:
            done = ended(process)
            killed.summary = json.loads(done.stdout)
            return killed
        told = _killed_after(process, rng.uniform(4.0, longest))
        if told is None:
            raise InvalidInput("The batch was over before it could be killed: ask for more briefs.")
        killed.kills += 1
        killed.pace.append(f"{told.count('are over.')} more over")
        words = ("batch", "--resume", _BATCH.findall(told)[0], *common)


def _killed_after(process: subprocess.Popen[str], seconds: float) -> str | None:
    """Kill a command and all that it started once it works for so long; None if it was over before."""
    assert process.stderr is not None
    first = process.stderr.readline()  # which batch it is
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return first + process.communicate(timeout=_LONGEST)[1]
    return None


def _tell(briefs: int, kills: int, seed: int, folder: Path) -> Iterator[str]:
    with House() as house:
        place = Place(folder, house, SETTINGS)
        faulty = write_manifest(place, "films.jsonl", briefs)
        started = time.monotonic()
        killed = kill_until_done(place, "films.jsonl", budget="5.00", kills=kills, rng=Random(seed))
        yield from _account(place, killed, briefs - faulty)
        yield f"  {time.monotonic() - started:.0f} s with {killed.kills} kills: {'; '.join(killed.pace)}"
        write_manifest(place, "more.jsonl", 6)
        limit = 210_000  # what is set aside for one script, and little more
        words = ("batch", "more.jsonl", "--budget", format_usd(limit), "--productions", "2", "--json")
        done = ended(place.start(*words, MODELS__CONTENT__MODELS=["claude-sonnet-5-5"]))
        yield f"six briefs with ${format_usd(limit)} to spend, and nobody cheaper to ask:"
        yield from _account(place, Killed(json.loads(done.stdout)), None)


def _account(place: Place, killed: Killed, wanted: int | None) -> Iterator[str]:
    said = killed.summary
    states = Counter(item["status"] for item in said["items"])
    codes = Counter(item["error"]["code"] for item in said["items"] if item["error"])
    packages = [item["result"]["video"] for item in said["items"] if item["result"]]
    totals = place.totals(f"batch:{said['batch_id']}")
    yield f"batch of {len(said['items'])}: {dict(states)}, {dict(codes)}"
    yield f"  videos: {sum(Path(place.folder, video).is_file() for video in packages)} of {wanted or 'some'}"
    yield f"  ledger: ${format_usd(totals.committed)} of ${format_usd(totals.limit or 0)} (unknown"
    yield f"    ${format_usd(totals.unknown)}, set aside ${format_usd(totals.reserved)})"
    yield f"  vendors' bill so far, of all batches: ${format_usd(place.house.bill_micro_usd)}"
    refused = [
        it["error"] for it in said["items"] if it["error"] and it["error"]["code"] == "budget_exceeded"
    ]
    yield from (f"  refused: {error['message']}" for error in refused[:1])
    problems = list(_problems(place, said, wanted, totals))
    yield f"  {'FAILED: ' + '; '.join(problems) if problems else 'held'}"


def _problems(place: Place, said: dict[str, Any], wanted: int | None, totals: Any) -> Iterator[str]:
    ids = [item["production_id"] for item in said["items"] if item["production_id"]]
    made = [path.parent.name for path in place.folder.glob("out/*/video.mp4")]
    if wanted is not None and said["completed"] != wanted:
        yield f"{said['completed']} are done, not {wanted}"
    if wanted is not None and sorted(made) != sorted(ids):
        yield f"{len(made)} packages for {len(ids)} items"
    if totals.committed > totals.limit:
        yield "the budget was broken"


def main() -> int:
    """Tell both batches; 1 if something did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.batch", description=__doc__)
    parser.add_argument("--briefs", type=int, default=50)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ |= {"AWS_ACCESS_KEY_ID": "AKIDSIMULATED", "AWS_SECRET_ACCESS_KEY": "simulated"}
    os.environ |= {"AWS_DEFAULT_REGION": "us-east-1"}
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        for line in _tell(options.briefs, options.kills, options.seed, Path(folder)):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
            failed |= "FAILED" in line
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
