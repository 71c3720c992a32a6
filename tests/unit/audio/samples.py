"""Speech, sound and requests that the audio tests share."""

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reelwright.audio.engine.voice import EmbeddedVoice
from reelwright.environment.schema import AudioSettings
from reelwright.models.schema import SpeechRequest, SpeechResponse

AUDIO = AudioSettings(
    voice="joe",
    words_per_minute=167,
    loudness_lufs=-14.0,
    true_peak_dbtp=-1.0,
    music_gain_db=-14.0,
    duck_db=-7.0,
)
PASSAGES = (
    "Twice a day, the sea climbs the beach. Nobody pushes it: the Moon does.",
    "In 1969, 1,500 people paid $1.5 million for a ride — 🎉 — to see why.",
    "Next time you walk along the shore, look up.",
)


def request(folder: Path, passages: Sequence[str] = PASSAGES, **changes: object) -> SpeechRequest:
    fields: dict[str, object] = {
        "idempotency_key": "key",
        "seed": 1,
        "passages": tuple(passages),
        "voice": "joe",
        "work_dir": folder,
    }
    return SpeechRequest.model_validate(fields | changes)


def speak(folder: Path, passages: Sequence[str] = PASSAGES, **changes: object) -> SpeechResponse:
    return EmbeddedVoice().speak("embedded-voice", request(folder, passages, **changes))


def read_wav(path: Path) -> tuple[int, NDArray[np.float64]]:
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return file.getframerate(), samples.astype(np.float64) / 32_768


def write_wav(path: Path, samples: NDArray[np.float64], rate: int = 22_050) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.round(np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return path


def talk(seconds: float, rate: int = 22_050, level: float = 0.3) -> NDArray[np.float64]:
    """Something with the loudness contour of speech: bursts of a harmonic buzz with short gaps."""
    time = np.arange(round(seconds * rate)) / rate
    buzz = sum(np.sin(2 * np.pi * 110 * n * time + n) / n for n in range(1, 30))
    syllables = np.clip(np.sin(2 * np.pi * 2.3 * time) + 0.6, 0, 1) * (
        0.6 + 0.4 * np.sin(2 * np.pi * 0.31 * time)
    )
    return np.asarray(level * buzz * syllables)
