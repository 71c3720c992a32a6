"""Making a video in a process of its own, killing it where we like, and going on.

``python -m tests.e2e.killing`` kills in every step and between all steps and prints what came of each.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

STEPS = ("write script", "narrate", "shoot", "assemble", "review", "publish")
FILES = ("video.mp4", "thumbnail.png", "captions.srt", "captions.vtt", "script.json")
BRIEF = Path(__file__).resolve().parents[2] / "examples" / "briefs" / "why-the-sea-rises-twice-a-day.md"
JOBS = 2
MAKE = (
    *("make", "--brief", str(BRIEF), "--duration", "12", "--resolution", "480p"),
    *("--jobs", str(JOBS), "--json"),
)
DELAYS_SECONDS = {"narrate": 0.6, "shoot": 0.8, "assemble": 0.15, "review": 0.1, "publish": 0.008}
"""How far into a step to strike; writing the script is over at once."""


@dataclass(frozen=True, slots=True)
class Made:
    """A finished production: the hashes of its files, and how often each step's function ran."""

    files: dict[str, str]
    attempts: dict[str, int]


def command(*words: str) -> list[str]:
    return [
        sys.executable,
        "-c",
        "import sys; from reelwright.cli.main import main; sys.exit(main())",
        *words,
    ]


def make(folder: Path) -> Made:
    """Make the video without being disturbed."""
    answer = subprocess.run(command(*MAKE), cwd=folder, capture_output=True, text=True, check=True)
    return read(Path(json.loads(answer.stdout)["output_dir"]))


def make_and_kill(folder: Path, step: str, state: str) -> None:
    """Start making the video and kill -9 the process when it says that ``step`` is in ``state``."""
    process = subprocess.Popen(
        command(*MAKE), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    with process.stderr:
        for line in process.stderr:
            if f"] {step}" in line and f": {state}," in line:
                time.sleep(DELAYS_SECONDS.get(step, 0.0) if state == "started" else 0.0)
                break
        os.kill(process.pid, signal.SIGKILL)
        process.wait()


def resume(folder: Path) -> Made:
    """Go on with the only production there is."""
    answer = subprocess.run(
        command("productions", "resume", production_id(folder), "--json"),
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return read(Path(json.loads(answer.stdout)["output_dir"]))


def in_hand(folder: Path) -> dict[str, int]:
    """Return how many runs of each step had begun and not ended when the process was killed."""
    words = ("productions", "show", production_id(folder), "--json")
    answer = subprocess.run(command(*words), cwd=folder, capture_output=True, text=True, check=True)
    steps = json.loads(answer.stdout)["production"]["steps"]
    return {
        step["name"]: step["attempts"] - step["items_done"] for step in steps if step["status"] == "running"
    }


def production_id(folder: Path) -> str:
    answer = subprocess.run(
        command("productions", "list", "--json"), cwd=folder, capture_output=True, text=True, check=True
    )
    productions = json.loads(answer.stdout)["productions"]
    assert len(productions) == 1
    return str(productions[0].get("production_id") or productions[0]["id"])


def read(package: Path) -> Made:
    record: dict[str, Any] = json.loads((package / "production.json").read_text())
    hashes = {name: hashlib.sha256((package / name).read_bytes()).hexdigest() for name in FILES}
    return Made(hashes, {step["name"]: step["attempts"] for step in record["production"]["steps"]})


def repeated(undisturbed: Made, resumed: Made) -> dict[str, int]:
    """Return the runs that the kill cost, by step."""
    return {
        name: resumed.attempts[name] - count
        for name, count in undisturbed.attempts.items()
        if resumed.attempts[name] != count
    }


def main() -> int:
    worst = 0
    with TemporaryDirectory() as folder:
        undisturbed = make(_new(folder, "undisturbed"))
        print(f"undisturbed: {undisturbed.attempts}")
        for step in STEPS:
            for state in ("started", "done"):
                place = _new(folder, f"{step} {state}")
                make_and_kill(place, step, state)
                resumed = resume(place)
                same = resumed.files == undisturbed.files
                where = "in" if state == "started" else "after"
                again = repeated(undisturbed, resumed) or "none"
                print(f"killed {where:5} {step:13} same files: {same}   run again: {again}")
                worst |= not same
    return worst


def _new(folder: str, name: str) -> Path:
    path = Path(folder, name.replace(" ", "-"))
    path.mkdir()
    return path


if __name__ == "__main__":
    sys.exit(main())
