"""Speech and footage that a vendor delivers, bills, and nobody can use."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from reelwright.clock import VirtualClock
from reelwright.cost.schema import format_usd
from reelwright.production.schema import Production
from tests.e2e.vendors.workroom import brief_about, studio_at
from tests.simulators import polly
from tests.simulators.footage import FootageSimulator
from tests.simulators.house import House
from tests.simulators.media import make_clip
from tests.simulators.polly import PollySimulator
from tests.simulators.server import Answer, Received

pytestmark = pytest.mark.render


class Mute(PollySimulator):
    """Delivers silence, as long as the speech would be."""

    def _synthesize(self, body: dict[str, Any]) -> Answer:
        good = super()._synthesize(body)
        if good.status != 200 or body["OutputFormat"] == "json":
            return good
        rate = int(body["SampleRate"])
        return replace(good, body=polly._encoded(bytes(2 * rate * 10), rate))


def spoilt(vendor: FootageSimulator, folder: Path, *, seconds: float, dark: bool, times: int) -> None:
    """Have the vendor deliver other files than it should, so many times."""
    clip = folder / f"{type(vendor).__name__}.mp4"
    width, height = vendor.file_size(1280, 720)
    make_clip(clip, width=width, height=height, fps=24, seconds=seconds, prompt="another")
    spoilt_file = blackened(clip) if dark else clip.read_bytes()
    delivered, left = vendor._file, [times]

    def deliver(request: Received) -> Answer:
        good = delivered(request)
        if good.status != 200 or left[0] <= 0:
            return good
        left[0] -= 1
        return replace(good, body=spoilt_file)

    vendor._file = deliver  # type: ignore[method-assign]  # only what it delivers is wrong


def blackened(clip: Path) -> bytes:
    """Return a clip of the same form in which nothing can be seen."""
    out = io.BytesIO()
    with av.open(str(clip)) as source, av.open(out, "w", format="mp4") as target:
        track = source.streams.video[0]
        stream = target.add_stream("libx264", rate=track.average_rate)
        stream.width, stream.height, stream.pix_fmt = track.width, track.height, "yuv420p"
        for frame in source.decode(track):
            dark = av.VideoFrame.from_ndarray(
                np.full((track.height, track.width), 0, np.uint8), format="gray"
            )
            dark.pts, dark.time_base = frame.pts, frame.time_base
            target.mux(stream.encode(dark.reformat(format="yuv420p")))
        target.mux(stream.encode())
    return out.getvalue()


def failed(production: Production, subject: str) -> list[str]:
    """Return what the record says of failed attempts."""
    return [
        f"{rejected.name}: {rejected.reason}"
        for step in production.steps
        for decision in step.decisions
        if decision.subject == subject
        for rejected in decision.rejected
        if ", attempt " in rejected.name
    ]


def test_what_cannot_be_used_is_billed_and_told_and_the_next_is_asked(tmp_path: Path) -> None:
    with House(makers={"polly": Mute}) as house:
        spoilt(house.runway, tmp_path, seconds=10, dark=True, times=99)
        spoilt(house.luma, tmp_path, seconds=1, dark=False, times=1)
        settings = {
            "MODELS__AUDIO__MODELS": ["polly-neural", "elevenlabs-multilingual-v2"],
            "MODELS__VIDEO__MODELS": ["runway-gen4-5", "luma-ray-3-2"],
            "PRODUCTION__JOBS": 1,
            **{f"BUDGETS__PER_DAY_{name}_USD": "100.00" for name in ("WARN", "ACTION", "BLOCK")},
        }
        with studio_at(tmp_path, house, VirtualClock(datetime.now(UTC)), **settings) as studio:
            made = studio.make(brief_about("Why honey keeps"))
        assert made.step("narrate").decisions[0].chosen == "elevenlabs-multilingual-v2"
        silent = failed(made, "audio model")
        assert len(silent) == 2
        assert all(text.startswith("polly-neural, attempt ") and "silen" in text for text in silent), silent
        shots = failed(made, "video model")
        assert all("the footage is black from end to end" in text for text in shots if "runway" in text), (
            shots
        )
        assert sum("the footage lasts 1.000 s" in text for text in shots) == 1, shots
        assert all("It cost $" in text for text in [*silent, *shots])

        in_vain = sum(line.micro_usd for line in made.charges if line.failed)
        assert in_vain == house.polly.bill_micro_usd + house.runway.bill_micro_usd + _first(house.luma)
        assert sum(line.micro_usd for line in made.charges) == house.bill_micro_usd, format_usd(in_vain)


def _first(vendor: FootageSimulator) -> int:
    return vendor.accepted[0].micro_usd
