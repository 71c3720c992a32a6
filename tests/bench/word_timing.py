"""How far the word starts we report are from an independent measure, on three narrations.

The measure is a forced alignment by pocketsphinx with the acoustic model in its wheel: it hears the
finished recording and knows the words, and nothing else of ours. An aligner has a bias of its own,
since its windows are 26 ms long; it is measured where a word follows a pause, against the moment at
which the sound's energy rises, and given beside the raw figures. Run from the top of a checkout:

    python tests/bench/word_timing.py [--json]
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from pocketsphinx import Decoder

from reelwright.audio.engine.text.normalise import normalise
from reelwright.audio.engine.voice import EmbeddedVoice
from reelwright.models.schema import SpeechRequest, SpeechResponse, SpokenWord

ALIGNER_RATE = 16_000
FRAMES_PER_SECOND = 100
PAUSE_SECONDS = 0.12
ONSET_DB = -45.0
"""Energy at which a sound has begun, against full scale."""
ENERGY_HOP = 80
"""Samples at the aligner's rate: 5 ms."""

NARRATIONS = {
    "tides": (
        "Twice a day, the sea climbs the beach and slides away again. Nobody pushes it: the Moon does.",
        (
            "The Moon pulls on the ocean, and the water on the near side rises into a bulge. On the far side "
            "there is a second bulge, because the Earth itself is pulled away from the water there."
        ),
        (
            "As the Earth turns, each coast passes through both bulges. That is why most places see two high "
            "tides every 24 hours and 50 minutes."
        ),
    ),
    "coffee": (
        "Coffee began as a wild shrub in the forests of Africa. Today it feeds more than 100 million people.",
        (
            "A farmer picks the red cherries by hand, and each cherry holds two seeds. The seeds are washed, "
            "dried in the sun for 2 weeks, and packed into bags of 60 kg."
        ),
        (
            "Heat does the rest. At 200 °C the sugar turns brown, the oil comes out, and the smell that we "
            "know fills the room. Drink it slowly."
        ),
    ),
    "bridges": (
        "How does a bridge stand for 2,000 years? The answer is older than steel.",
        (
            "In 1885 a young engineer asked the same question, and spent the rest of his life on it. He "
            "found that stone is strong when it is pressed, and weak when it is pulled."
        ),
        (
            "So an arch turns every load into pressure, and sends it down to the ground. Nearly 95% of the "
            "old arches in the country still carry traffic, and some of them carry trains."
        ),
    ),
}


@dataclass(frozen=True)
class Compared:
    """One word: where we say it begins, where the aligner says so, and whether a pause is before it."""

    text: str
    ours: float
    aligned: float
    onset: float | None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    as_json = parser.parse_args().json
    results = {name: summary(compare(passages)) for name, passages in NARRATIONS.items()}
    if as_json:
        print(json.dumps(results, indent=2))
        return 0
    for name, result in results.items():
        print(name)
        for key, value in result.items():
            print(f"  {key:34} {value}")
    return 0


def compare(passages: Sequence[str]) -> list[Compared]:
    """Speak, align and pair the words."""
    with tempfile.TemporaryDirectory() as folder:
        request = SpeechRequest(
            idempotency_key="bench", seed=1, passages=tuple(passages), voice="joe", work_dir=Path(folder)
        )
        response = EmbeddedVoice().speak("embedded", request)
        pcm = decode(response.audio)
        aligned, onsets = align(passages, pcm), onsets_after_pauses(response, pcm)
    return [
        Compared(word.text, word.start_seconds, aligned[index], onsets.get(index))
        for index, word in enumerate(response.words)
        if index in aligned
    ]


def summary(words: Sequence[Compared]) -> dict[str, float | str]:
    """Return the figures of one narration, in milliseconds."""
    errors = np.array([word.ours - word.aligned for word in words]) * 1000
    after_pauses = [word for word in words if word.onset is not None]
    bias = (
        float(np.median([word.aligned - word.onset for word in after_pauses if word.onset is not None]))
        * 1000
    )
    onset_errors = (
        np.array([word.ours - word.onset for word in after_pauses if word.onset is not None]) * 1000
    )
    worst = max(words, key=lambda word: abs(word.ours - word.aligned))
    return {
        "words": len(words),
        **_figures("against the aligner", errors),
        "worst word": worst.text,
        "bias of the aligner": round(bias, 1),
        **_figures("without its bias", errors + bias),
        "words after pauses": len(after_pauses),
        **_figures("against energy", onset_errors),
    }


def align(passages: Sequence[str], pcm: NDArray[np.int16]) -> dict[int, float]:
    """Return the start of each written word as pocketsphinx hears it."""
    spoken = [
        (index, part.lower())
        for index, word in enumerate(word for passage in passages for word in normalise(passage))
        for said in word.spoken
        for part in said.rstrip(",").split("-")
    ]
    decoder = Decoder(lm=None, loglevel="FATAL", samprate=ALIGNER_RATE)
    decoder.set_align_text(" ".join(part for _, part in spoken))
    decoder.start_utt()
    decoder.process_raw(pcm.tobytes(), full_utt=True)
    decoder.end_utt()
    segments = [segment for segment in decoder.seg() if segment.word[0] not in "<["]
    if len(segments) != len(spoken):
        raise SystemExit(f"the aligner found {len(segments)} words of {len(spoken)}")
    starts: dict[int, float] = {}
    for (index, _), segment in zip(spoken, segments, strict=True):
        starts.setdefault(index, segment.start_frame / FRAMES_PER_SECOND)
    return starts


def onsets_after_pauses(response: SpeechResponse, pcm: NDArray[np.int16]) -> dict[int, float]:
    """Return, for words behind a pause, when the energy rises near the place we report."""
    frames = (pcm[: len(pcm) // ENERGY_HOP * ENERGY_HOP].astype(float) / 32_768).reshape(-1, ENERGY_HOP)
    level = 10 * np.log10((frames**2).mean(axis=1) + 1e-12)
    per_second = ALIGNER_RATE / ENERGY_HOP
    found: dict[int, float] = {}
    for index, word in enumerate(response.words):
        if _follows_pause(response.words, index):
            first = max(0, round((word.start_seconds - 0.1) * per_second))
            loud = np.flatnonzero(level[first : first + 50] > ONSET_DB)
            if len(loud):
                found[index] = (first + int(loud[0])) / per_second
    return found


def decode(path: Path) -> NDArray[np.int16]:
    """Return the recording as mono 16-bit samples."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=ALIGNER_RATE)
    with av.open(str(path)) as container:
        frames = [out for frame in container.decode(audio=0) for out in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray().ravel() for frame in [*frames, *resampler.resample(None)]])


def _follows_pause(words: Sequence[SpokenWord], index: int) -> bool:
    before = words[index - 1].end_seconds if index else 0.0
    return words[index].start_seconds - before > PAUSE_SECONDS


def _figures(name: str, errors: NDArray[np.float64]) -> dict[str, float]:
    size = np.abs(errors)
    return {
        f"median {name}": round(float(np.median(size)), 1),
        f"p90 {name}": round(float(np.percentile(size, 90)), 1),
        f"worst {name}": round(float(size.max()), 1),
    }


if __name__ == "__main__":
    sys.exit(main())
