"""Verdicts on recordings: good ones of the embedded voice and of bursts, and one of every way to be bad."""

import math
import wave
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.audio.quality import check_speech, objection_to_speech
from reelwright.models.alignment import align
from reelwright.models.schema import SpeechResponse, SpokenWord
from tests.simulators.speech_audio import speechlike
from tests.unit.audio.samples import PASSAGES, read_wav, request, speak, write_wav

Samples = NDArray[np.float64]
RATE = 22_050


@cache
def spoken() -> SpeechResponse:
    return speak(Path(mkdtemp(prefix="reelwright-quality-")))


def spoilt(
    folder: Path, spoil: Callable[[Samples], Samples], rate: int = RATE, **changes: object
) -> SpeechResponse:
    """Return the good recording with its samples changed, and its stated length with them."""
    _, samples = read_wav(spoken().audio)
    bad = spoil(samples)
    audio = write_wav(folder / "bad.wav", bad, rate)
    return spoken().model_copy(update={"audio": audio, "duration_seconds": len(bad) / rate, **changes})


def faults(response: SpeechResponse) -> set[str]:
    return {verdict.what for verdict in check_speech(response, PASSAGES) if not verdict.fits}


def words_within(seconds: float) -> tuple[SpokenWord, ...]:
    """Return the words of the good recording, with times cut off at an end."""
    return tuple(
        word.model_copy(
            update={
                "start_seconds": min(word.start_seconds, seconds),
                "end_seconds": min(word.end_seconds, seconds),
            }
        )
        for word in spoken().words
    )


def scaled(factor: float) -> tuple[SpokenWord, ...]:
    return tuple(
        word.model_copy(
            update={"start_seconds": word.start_seconds * factor, "end_seconds": word.end_seconds * factor}
        )
        for word in spoken().words
    )


def noise(samples: Samples) -> Samples:
    return 0.1 * np.random.default_rng(3).standard_normal(len(samples))


def with_hole(samples: Samples) -> Samples:
    middle = len(samples) // 2
    return np.concatenate([samples[:middle], np.zeros(4 * RATE), samples[middle:]])


@pytest.mark.parametrize("target", [None, 14.0, 24.0])
def test_the_embedded_voice_is_good_at_any_pace(tmp_path: Path, target: float | None) -> None:
    answer = speak(tmp_path, target_seconds=target)
    assert faults(answer) == set()
    assert objection_to_speech(request(tmp_path), answer) == ""


@pytest.mark.parametrize(
    "passages",
    [
        ("Hi.",),
        ("Yes.", "No.", "Why?"),
        ("Psst! Shh! Brr! Zzz.",),
        ("NASA, the FBI and 3 others.", "It cost $1,234,567.89 in 1969."),
        ("In the year 1066, 1,066 men of 1066 BC counted to 1066.",),
        ("Use CSS, HTML, SQL, XML, JSON, HTTP, TCP/IP, and AWS S3.",),
    ],
)
def test_odd_texts_are_good_too(tmp_path: Path, passages: tuple[str, ...]) -> None:
    assert objection_to_speech(request(tmp_path, passages), speak(tmp_path, passages)) == ""


@pytest.mark.parametrize("rate", [16_000, 24_000])
@pytest.mark.parametrize("pace", [0.9, 1.0, 1.25])
def test_bursts_like_speech_are_good(tmp_path: Path, rate: int, pace: float) -> None:
    words = " ".join(PASSAGES).split()
    pcm, times = speechlike(words, rate, pace=pace)
    samples = np.frombuffer(pcm, "<i2") / 32_768
    counts = np.cumsum([0, *(len(passage.split()) for passage in PASSAGES)]).tolist()
    answer = SpeechResponse(
        audio=write_wav(tmp_path / "good.wav", samples, rate),
        duration_seconds=len(samples) / rate,
        words=tuple(
            SpokenWord(text=word, start_seconds=start, end_seconds=end, passage_index=0)
            for word, (start, end) in zip(words, times, strict=True)
        ),
        passage_starts_seconds=tuple(times[at][0] for at in counts[:-1]),
        voice="burst",
        usage=(),
    )
    assert faults(answer) == set()


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (np.zeros_like, {"sound"}),
        (noise, {"variation"}),
        (lambda samples: 0.2 * np.sin(np.arange(len(samples)) * 0.05), {"variation"}),
        (lambda samples: np.clip(samples * 40, -1, 1), {"clipped", "loudness"}),
        (lambda samples: samples * 0.003, {"loudness"}),
        (lambda samples: samples + 0.1, {"offset"}),
        (with_hole, {"longest pause"}),
        (lambda samples: np.concatenate([np.zeros(2 * RATE), samples]), {"silence before"}),
        (lambda samples: np.concatenate([samples, np.zeros(3 * RATE)]), {"silence behind"}),
    ],
    ids=["silence", "noise", "hum", "clipped", "faint", "offset", "hole", "late", "long tail"],
)
def test_bad_sound_is_named(tmp_path: Path, spoil: Callable[[Samples], Samples], named: set[str]) -> None:
    assert named <= faults(spoilt(tmp_path, spoil))


def test_half_of_the_words_missing_is_named(tmp_path: Path) -> None:
    half = spoken().duration_seconds / 2
    answer = spoilt(tmp_path, lambda samples: samples[: len(samples) // 2], words=words_within(half))
    assert "pace of passage 3" in faults(answer)


def test_half_of_the_words_missing_is_named_though_their_times_are_spread_over_the_rest(
    tmp_path: Path,
) -> None:
    """As an aligner would do that takes the recording for whole."""
    passage = (" ".join(PASSAGES) + " ") * 3
    whole = speak(tmp_path, (passage,))
    rate, samples = read_wav(whole.audio)
    half = samples[: len(samples) // 2]
    times = align(half, rate, [word.text for word in whole.words])
    words = tuple(
        word.model_copy(update={"start_seconds": start, "end_seconds": end})
        for word, (start, end) in zip(whole.words, times, strict=True)
    )
    update = {"audio": write_wav(tmp_path / "half.wav", half, rate), "duration_seconds": len(half) / rate}
    answer = whole.model_copy(update=update | {"words": words})
    assert "pace" in {verdict.what for verdict in check_speech(answer, (passage,)) if not verdict.fits}


def test_one_passage_missing_in_the_middle_is_named(tmp_path: Path) -> None:
    starts = [round(start * RATE) for start in spoken().passage_starts_seconds]

    def without_second(samples: Samples) -> Samples:
        quiet = samples.copy()
        quiet[starts[1] + RATE : starts[2]] = 0
        return quiet

    assert "pace of passage 2" in faults(spoilt(tmp_path, without_second))


def test_eight_times_too_fast_is_named(tmp_path: Path) -> None:
    starts = tuple(start / 8 for start in spoken().passage_starts_seconds)
    answer = spoilt(
        tmp_path, lambda samples: samples[::8].copy(), words=scaled(1 / 8), passage_starts_seconds=starts
    )
    assert "pace" in faults(answer)


def test_a_sound_cut_off_within_the_last_word_is_named(tmp_path: Path) -> None:
    last = spoken().words[-1]
    middle = (last.start_seconds + last.end_seconds) / 2
    answer = spoilt(tmp_path, lambda samples: samples[: round(middle * RATE)], words=words_within(middle))
    assert "fall at the end" in faults(answer)


def test_a_last_word_that_is_silent_is_named(tmp_path: Path) -> None:
    last = spoken().words[-1]

    def without_last(samples: Samples) -> Samples:
        quiet = samples.copy()
        quiet[round(last.start_seconds * RATE) :] = 0
        return quiet

    assert "words without sound" in faults(spoilt(tmp_path, without_last))


@pytest.mark.parametrize("duration", [1.0, math.nan, math.inf])
def test_a_length_that_is_not_so_is_named(duration: float) -> None:
    assert faults(spoken().model_copy(update={"duration_seconds": duration})) == {"length"}


@pytest.mark.parametrize("moment", [-1.0, 1e6, math.nan])
def test_words_outside_the_sound_are_named(moment: float) -> None:
    word = SpokenWord(text="x", start_seconds=moment, end_seconds=moment, passage_index=0)
    assert faults(spoken().model_copy(update={"words": (*spoken().words, word)})) == {"word times"}


@pytest.mark.parametrize(
    ("channels", "width", "rate", "count"),
    [(2, 2, RATE, 999), (1, 1, RATE, 999), (1, 2, 8_000, 999), (1, 2, 96_000, 999), (1, 2, RATE, 0)],
)
def test_the_wrong_kind_of_file_is_named(
    tmp_path: Path, channels: int, width: int, rate: int, count: int
) -> None:
    path = tmp_path / "odd.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(bytes(count * channels * width))
    assert faults(spoken().model_copy(update={"audio": path})) == {"file"}


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"ID3\x04 an MP3", b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0"]
)
def test_what_is_no_recording_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "none.wav"
    path.write_bytes(content)
    assert faults(spoken().model_copy(update={"audio": path})) == {"file"}
    assert faults(spoken().model_copy(update={"audio": tmp_path / "absent.wav"})) == {"file"}


def test_an_objection_says_what_was_found_and_what_is_allowed(tmp_path: Path) -> None:
    answer = spoilt(tmp_path, noise)
    objection = objection_to_speech(request(tmp_path), answer)
    assert "variation: 1" in objection
    assert "allowed is at least 6 dB" in objection
    assert "loudness" not in objection


def test_what_cannot_be_heard_by_a_machine_passes() -> None:
    """The wrong words of the right length are good sound: the module says that it cannot know."""
    other = ("Thrice a week, the man walks the street. Nobody sees him: the dog does.", *PASSAGES[1:])
    assert all(verdict.fits for verdict in check_speech(spoken(), other))
