"""What became of one odd clip, and whether that is right."""

from dataclasses import dataclass
from pathlib import Path

from reelwright.video.engine.encoder import ClipFormat
from reelwright.video.errors import MediaRefused
from reelwright.video.normalising import inspect, normalise
from reelwright.video.probe import probe
from tests.odd_media.clips import Odd
from tests.odd_media.filming import PROMPT
from tests.simulators.media import prompt_hash, read_burned

CLIP = ClipFormat(640, 360, 24, 30)


@dataclass(frozen=True, slots=True)
class Outcome:
    """``normalised``, or the name of the rule; ``wrong`` says what is not as it should be."""

    name: str
    told: str
    wrong: str = ""


def outcome_of(path: Path, odd: Odd) -> Outcome:
    """Inspect and normalise a clip."""
    out = path.parent / "normalised.mp4"
    try:
        found = inspect(path)
        done = normalise(path, CLIP, out)
    except MediaRefused as error:
        left = [each.name for each in path.parent.iterdir() if each.name != odd.file]
        wrong = "" if error.why == odd.refused else f"should be {odd.refused or 'normalised'}"
        return Outcome(error.why, error.message, f"left {left}" if left else wrong)
    told = ", ".join(dict.fromkeys((*found.traits, *done)))
    size = f"{found.width}x{found.height} {found.codec} {found.seconds:.2f} s"
    return Outcome("normalised", f"{size} {told}", _wrong(out, odd, told))


def _wrong(out: Path, odd: Odd, told: str) -> str:
    if odd.refused:
        return f"should be {odd.refused}"
    (track,) = probe(out).video
    shape: tuple[object, ...] = (
        track.codec,
        track.pixel_format,
        track.width,
        track.height,
        track.rate,
        track.frames,
    )
    if shape != ("h264", "yuv420p", CLIP.width, CLIP.height, CLIP.fps, CLIP.frames):
        return f"is {shape}"
    if odd.marked and read_burned(out) != prompt_hash(PROMPT):
        return "shows something else"
    return "" if odd.trait in told else f"{odd.trait} is not told"
