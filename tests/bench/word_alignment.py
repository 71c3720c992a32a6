"""How far word times that are found in the sound are from the truth, on real speech and on bursts.

The truth is the embedded voice's own record of its phonemes, and what the simulated voice put where. The
figures of the aligner were chosen on the first kind of texts; the second was never looked at before. Run from
the top of a checkout:

    python tests/bench/word_alignment.py
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.models.alignment import align
from tests.bench.word_timing import NARRATIONS
from tests.simulators.speech_audio import speechlike
from tests.unit.audio.samples import read_wav, speak
from tests.unit.models.test_alignment import UNSEEN

RATE = 16_000


def by_voice(texts: Sequence[Sequence[str]]) -> Iterator[float]:
    """Yield by how many seconds the start of each word is off, in speech of the embedded voice."""
    for passages in texts:
        with tempfile.TemporaryDirectory() as folder:
            answer = speak(Path(folder), passages)
            rate, samples = read_wav(answer.audio)
        times = align(samples, rate, [word.text for word in answer.words])
        yield from (start - word.start_seconds for (start, _), word in zip(times, answer.words, strict=True))


def by_bursts(texts: Sequence[Sequence[str]]) -> Iterator[float]:
    """Yield the same for the simulated voice."""
    for passages in texts:
        words = " ".join(passages).split()
        pcm, true = speechlike(words, RATE)
        samples: NDArray[np.int16] = np.frombuffer(pcm, "<i2")
        for (start, _), (actual, _) in zip(align(samples, RATE, words), true, strict=True):
            yield start - actual


def main() -> None:
    known = list(NARRATIONS.values())
    for name, offsets in (
        ("voice, texts the figures were chosen on", by_voice(known)),
        ("voice, texts not seen before", by_voice(UNSEEN)),
        ("bursts", by_bursts([*known, *UNSEEN])),
    ):
        off = np.array(list(offsets)) * 1000
        middle, most = np.percentile(np.abs(off), [50, 95])
        said = f"median {middle:.0f} ms, 95% {most:.0f} ms, bias {off.mean():+.0f} ms"
        sys.stdout.write(f"{name}: {len(off)} words, {said}\n")


if __name__ == "__main__":
    main()
