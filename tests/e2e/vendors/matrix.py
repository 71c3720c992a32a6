"""One brief through every combination of vendors: ``python -m tests.e2e.vendors.matrix``.

For each writer, voice and camera, and for both shapes of picture, one video is made by the command line with
nothing but that vendor's model, at simulators. It passes if it is completed without a mock, if its review
passes, if each scene shows the footage that was ordered for it (its burned-in hash), if vendors had nothing
against the requests, and if the bill of the vendors is what the record says. About ten seconds for each.
"""

import argparse
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import av

from reelwright.cost.schema import format_usd
from tests.e2e.vendors.place import Place
from tests.simulators.house import House
from tests.simulators.media import prompt_hash, read_burned

__all__ = ["ASPECTS", "AUDIO", "CONTENT", "VIDEO", "Combination", "Row", "combinations", "made"]

CONTENT: Final = ("claude-sonnet-5-5", "gpt-6-2-sol", "embedded-writer")
AUDIO: Final = ("polly-generative", "elevenlabs-multilingual-v2", "embedded-voice")
VIDEO: Final = ("runway-gen4-5", "luma-ray-3-2", "embedded-motion-graphics")
ASPECTS: Final = ("16:9", "9:16")
_DRAWN: Final = "embedded-motion-graphics"


@dataclass(frozen=True)
class Combination:
    """Who writes, who speaks, who shoots, and in which shape."""

    content: str
    audio: str
    video: str
    aspect: str

    @property
    def settings(self) -> dict[str, object]:
        """What leaves each service one model."""
        named = {"CONTENT": self.content, "AUDIO": self.audio, "VIDEO": self.video}
        return {f"MODELS__{service}__MODELS": [model] for service, model in named.items()}


@dataclass(frozen=True)
class Row:
    """What became of one combination."""

    combination: Combination
    faults: tuple[str, ...]
    micro_usd: int
    seconds: float

    def __str__(self) -> str:
        made_of, verdict = self.combination, "; ".join(self.faults) or "pass"
        return (
            f"{made_of.content:<18} {made_of.audio:<27} {made_of.video:<25} {made_of.aspect:<5} "
            f"${format_usd(self.micro_usd):>9} {self.seconds:6.1f} s  {verdict}"
        )


def main() -> int:
    """Print one row after another; the number of those that failed is the exit code."""
    options = _options()
    failed = 0
    asked = list(combinations(options.only))[:: options.every]
    for number, combination in enumerate(asked, 1):
        with tempfile.TemporaryDirectory() as folder:
            row = made(Path(folder), combination)
        failed += bool(row.faults)
        sys.stdout.write(f"{number:>3}/{len(asked)} {row}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{len(asked) - failed} of {len(asked)} passed.\n")
    return min(failed, 100)


def combinations(only: Sequence[str] = ()) -> Iterator[Combination]:
    """Yield every combination that has all the words of ``only`` in its names."""
    for values in itertools.product(CONTENT, AUDIO, VIDEO, ASPECTS):
        if all(any(word in value for value in values) for word in only):
            yield Combination(*values)


def made(folder: Path, combination: Combination) -> Row:
    """Make one video in an empty folder, and look at it."""
    started = time.monotonic()
    with House() as house:
        place = Place(folder, house, combination.settings)
        done = place.run(*place.making("Why honey keeps"), "--aspect", combination.aspect)
        if done.returncode:
            faults: tuple[str, ...] = (f"exit {done.returncode}: {done.stdout.strip()[-300:]}",)
        else:
            faults = tuple(_faults(json.loads(done.stdout), combination, house))
        return Row(combination, faults, house.bill_micro_usd, time.monotonic() - started)


def _faults(answer: dict[str, Any], combination: Combination, house: House) -> Iterator[str]:
    package = Path(answer["output_dir"])
    record = json.loads((package / "production.json").read_text(encoding="utf-8"))
    if answer["status"] != "completed" or answer["mock"]:
        yield f"{answer['status']}, mock: {answer['mock']}"
    yield from (f"review: {check['name']}" for check in record["review"]["checks"] if not check["passed"])
    yield from (f"objection: {objection}" for objection in house.objections)
    if answer["generation_cost_usd"] != format_usd(house.bill_micro_usd):
        yield f"the record says ${answer['generation_cost_usd']}"
    yield from _others(record, combination)
    wide = record["cut"]["width"] > record["cut"]["height"]
    if wide is not (combination.aspect == "16:9"):
        yield f"it is {record['cut']['width']}x{record['cut']['height']}"
    if combination.video != _DRAWN:
        yield from _wrong_scenes(package / "video.mp4", record)


def _others(record: dict[str, Any], combination: Combination) -> Iterator[str]:
    """Yield who else than was named made a part of it."""
    named = {
        "model": combination.content,
        "audio model": combination.audio,
        "video model": combination.video,
    }
    for step in record["production"]["steps"]:
        for decision in step["decisions"]:
            if decision["chosen"] != named.get(decision["subject"], decision["chosen"]):
                yield f"{decision['subject']}: {decision['chosen']}"


def _wrong_scenes(video: Path, record: dict[str, Any]) -> Iterator[str]:
    scenes, spans = record["script"]["scenes"], record["narration"]["scenes"]
    for number, (scene, span) in enumerate(zip(scenes, spans, strict=True), 1):
        shown = _burned_at(video, (span["start_seconds"] + span["end_seconds"]) / 2)
        if shown != prompt_hash(scene["visual_prompt"]):
            yield f"scene {number} shows {shown}"


def _burned_at(video: Path, seconds: float) -> int | None:
    with tempfile.TemporaryDirectory() as folder, av.open(str(video)) as media:
        picture = next(frame for frame in media.decode(video=0) if (frame.time or 0.0) >= seconds)
        file = Path(folder) / "frame.png"
        picture.to_image().save(file)
        return read_burned(file)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", nargs="*", default=[], help="words that names must have, such as runway 9:16"
    )
    parser.add_argument("--every", type=int, default=1, help="make every so many of the combinations only")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
