"""Make the videos of every brief here, and a sheet of sixteen pictures of each, for looking at.

``python -m tests.gallery --out sheets --aspect 9:16 octopus salt`` makes two of them, upright.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.contact_sheet import from_file, sheet

__all__ = ["main"]

BRIEFS = Path(__file__).with_name("briefs")
ASPECTS = ("16:9", "9:16", "1:1")
_TOLD = (
    "text_contrast",
    "text_safe_area",
    "caption_overlap",
    "caption_timing",
    "motion",
    "loudness",
    "true_peak",
)
_COLUMNS = {"16:9": 4, "9:16": 8, "1:1": 6}


def main() -> None:
    """Make what the arguments ask for; each video is made as a user would make it."""
    asked = _arguments()
    asked.out.mkdir(parents=True, exist_ok=True)
    for brief in _briefs(asked.topics):
        for aspect in asked.aspect or ASPECTS:
            made = produce(brief, aspect, asked.out, asked.resolution)
            picture = asked.out / f"{brief.stem}-{aspect.replace(':', 'x')}.png"
            sheet(list(from_file(made / "video.mp4")), _COLUMNS[aspect]).save(picture)
            sys.stdout.write(f"{picture}\n")
            sys.stdout.flush()
            for line in (*scenes_of(made), *measures_of(made)):
                sys.stdout.write(f"  {line}\n")


def produce(brief: Path, aspect: str, out: Path, resolution: str) -> Path:
    """Return the folder of the finished package."""
    program = str(Path(sys.executable).with_name("reelwright"))
    command = [program, "make", "--brief", str(brief), "--aspect", aspect, "--resolution", resolution]
    command += ["--out", str(out / "made"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{brief}: {done.stderr[-2000:]}")
    return Path(json.loads(done.stdout)["output_dir"])


def scenes_of(package: Path) -> Iterator[str]:
    """Yield a line for every scene: how it was composed, with which pictures, and why."""
    record = json.loads((package / "production.json").read_text(encoding="utf-8"))["production"]
    for step in record["steps"]:
        for decision in step["decisions"]:
            if decision["subject"].startswith(("layout of scene", "pictures of scene")):
                yield f"{decision['subject']}: {decision['chosen']} ({decision['reason']})"


def measures_of(package: Path) -> Iterator[str]:
    """Yield what the review found in the finished file: text, captions and sound, at their worst."""
    record = json.loads((package / "production.json").read_text(encoding="utf-8"))
    for check in record["review"]["checks"]:
        if check["name"] in _TOLD:
            yield f"{check['name']}: {check['found']} (allowed {check['allowed']})"


def _briefs(names: list[str]) -> list[Path]:
    return [path for path in sorted(BRIEFS.glob("*.md")) if not names or path.stem in names]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topics", nargs="*", help="names of briefs; all without")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--aspect", choices=ASPECTS, action="append")
    parser.add_argument("--resolution", default="720p")
    return parser.parse_args()


if __name__ == "__main__":
    main()
