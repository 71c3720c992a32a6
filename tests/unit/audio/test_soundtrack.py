"""The soundtrack as it decodes, measured by somebody else's meter."""

from pathlib import Path

import av
import numpy as np
import pyloudnorm
import pytest
from numpy.typing import NDArray

from reelwright.audio.engine.soundtrack import EmbeddedSoundtrack
from reelwright.audio.errors import MasteringFailed, NarrationUnreadable, SilentNarration
from reelwright.audio.schema import Soundtrack, SoundtrackRequest
from reelwright.environment.schema import AudioSettings
from reelwright.production.schema import Span
from reelwright.storage.errors import StorageUnwritable
from tests.unit.audio.samples import AUDIO, talk, write_wav

pytestmark = pytest.mark.render
RATE = 48_000
SPEECH = (Span(start_seconds=0.3, end_seconds=5.0), Span(start_seconds=7.5, end_seconds=10.0))


def narration(folder: Path, seconds: float = 12.0) -> Path:
    samples = talk(seconds)
    time = np.arange(len(samples)) / 22_050
    speaking = np.zeros(len(samples), dtype=bool)
    for span in SPEECH:
        speaking |= (time >= span.start_seconds) & (time < span.end_seconds)
    return write_wav(folder / "speech.wav", samples * speaking)


def make(folder: Path, **changes: object) -> Soundtrack:
    fields: dict[str, object] = {
        "narration": folder / "speech.wav",
        "speech": SPEECH,
        "duration_seconds": 12.0,
        "music": True,
        "seed": 4,
        "settings": AUDIO,
        "work_dir": folder,
    }
    return EmbeddedSoundtrack().make(SoundtrackRequest.model_validate(fields | changes))


def decode(path: Path) -> NDArray[np.float64]:
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.channels, stream.codec_context.name) == (RATE, 2, "aac")
        return np.concatenate([frame.to_ndarray() for frame in container.decode(stream)], axis=1).astype(
            float
        )


def rms_db(samples: NDArray[np.float64]) -> float:
    return float(10 * np.log10((samples**2).mean() + 1e-12))


@pytest.mark.parametrize("music", [True, False])
def test_loudness_and_peak_are_met_on_the_decoded_file(tmp_path: Path, music: bool) -> None:  # noqa: FBT001 (a parameter)
    narration(tmp_path)
    track = make(tmp_path, music=music)
    samples = decode(track.audio)
    theirs = pyloudnorm.Meter(RATE).integrated_loudness(samples.T)
    assert theirs == pytest.approx(-14.0, abs=0.5)
    assert track.loudness_lufs == pytest.approx(theirs, abs=0.15)
    assert track.true_peak_dbtp <= -1.0
    assert 20 * np.log10(np.abs(samples).max()) <= -1.0


@pytest.mark.parametrize(("lufs", "peak"), [(-23.0, -2.0), (-16.0, -1.0), (-14.0, -3.0)])
def test_other_targets_are_met_too(tmp_path: Path, lufs: float, peak: float) -> None:
    narration(tmp_path)
    track = make(tmp_path, settings=AUDIO.model_copy(update={"loudness_lufs": lufs, "true_peak_dbtp": peak}))
    assert pyloudnorm.Meter(RATE).integrated_loudness(decode(track.audio).T) == pytest.approx(lufs, abs=0.5)
    assert track.true_peak_dbtp <= peak


@pytest.mark.parametrize("seconds", [8.0, 12.0, 14.5])
def test_it_is_as_long_as_the_cut(tmp_path: Path, seconds: float) -> None:
    narration(tmp_path)
    track = make(tmp_path, duration_seconds=seconds)
    assert track.duration_seconds == pytest.approx(seconds, abs=0.001)
    assert decode(track.audio).shape[1] / RATE == pytest.approx(seconds, abs=0.05)


def test_the_music_steps_back_while_somebody_speaks(tmp_path: Path) -> None:
    narration(tmp_path)
    with_music, without = (decode(make(tmp_path, music=music).audio) for music in (True, False))
    count = min(with_music.shape[1], without.shape[1])
    bed = with_music[:, :count] - without[:, :count]

    def between(start: float, end: float) -> NDArray[np.float64]:
        return bed[:, int(start * RATE) : int(end * RATE)]

    alone = rms_db(between(5.6, 6.9))
    under = rms_db(with_music[:, int(1.5 * RATE) : int(4.5 * RATE)]) - rms_db(between(1.5, 4.5))
    assert under > 12
    assert alone > rms_db(without[:, int(5.6 * RATE) : int(6.9 * RATE)]) + 40
    assert alone - rms_db(between(1.5, 4.5)) > 3


def test_the_same_request_gives_the_same_file(tmp_path: Path) -> None:
    narration(tmp_path)
    first = make(tmp_path).audio.read_bytes()
    assert make(tmp_path).audio.read_bytes() == first
    assert make(tmp_path, seed=5).audio.read_bytes() != first


def test_nothing_but_the_soundtrack_is_left_behind(tmp_path: Path) -> None:
    narration(tmp_path)
    make(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["soundtrack.m4a", "speech.wav"]


def test_one_second_is_enough(tmp_path: Path) -> None:
    write_wav(tmp_path / "speech.wav", talk(1.0))
    track = make(tmp_path, duration_seconds=1.0, speech=(Span(start_seconds=0, end_seconds=1),))
    assert track.loudness_lufs == pytest.approx(-14.0, abs=0.5)


@pytest.mark.parametrize("music", [True, False])
def test_silence_is_refused(tmp_path: Path, music: bool) -> None:  # noqa: FBT001 (a parameter)
    write_wav(tmp_path / "speech.wav", np.zeros(22_050 * 3))
    with pytest.raises(SilentNarration):
        make(tmp_path, music=music, duration_seconds=3.0)


def test_a_click_in_silence_cannot_be_made_loud(tmp_path: Path) -> None:
    click = np.zeros(22_050 * 3)
    click[22_050 : 22_050 + 40] = 0.9
    write_wav(tmp_path / "speech.wav", click)
    with pytest.raises(MasteringFailed, match="cannot be reached"):
        make(tmp_path, music=False, duration_seconds=3.0)


@pytest.mark.parametrize("content", [b"", b"not a recording at all", None])
def test_what_is_no_recording_is_refused(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "speech.wav").write_bytes(content)
    with pytest.raises(NarrationUnreadable):
        make(tmp_path)


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    narration(tmp_path)
    with pytest.raises(StorageUnwritable):
        make(tmp_path, work_dir=tmp_path / "gone")


def test_settings_beyond_reach_are_refused(tmp_path: Path) -> None:
    narration(tmp_path)
    extreme: AudioSettings = AUDIO.model_copy(update={"loudness_lufs": -5.0, "true_peak_dbtp": -9.0})
    with pytest.raises(MasteringFailed):
        make(tmp_path, settings=extreme)
