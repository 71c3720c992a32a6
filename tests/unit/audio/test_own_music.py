"""Music of somebody's own: taken in every usual form, refused by name otherwise, and laid under the voice."""

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from reelwright.audio import own_music
from reelwright.audio.engine.music.own_bed import OwnBed
from reelwright.audio.engine.soundtrack import EmbeddedSoundtrack
from reelwright.audio.errors import MusicUnusable
from reelwright.audio.music_keeping import check_music, keep_music
from reelwright.audio.own_music import hear
from reelwright.audio.schema import SoundtrackRequest
from reelwright.production.music import BriefMusic
from reelwright.production.schema import Brief, Span
from reelwright.storage.memory import MemoryArtifacts
from tests.unit.audio.samples import AUDIO, talk, write_wav

pytestmark = pytest.mark.render
RATE = 48_000
CODECS = {"mp3": "libmp3lame", "m4a": "aac", "ogg": "libopus", "flac": "flac", "wav": "pcm_f32le"}


def tone(seconds: float, level: float = 0.2, rate: int = RATE) -> NDArray[np.float32]:
    time = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * 330 * time)).astype(np.float32)


def written(path: Path, samples: NDArray[np.float32], rate: int = RATE, layout: str = "stereo") -> Path:
    """Write a piece in the form that its name asks for."""
    with av.open(str(path), "w") as media:
        stream: Any = media.add_stream(CODECS[path.suffix[1:]], rate=rate, layout=layout)
        planes = np.repeat(samples[None], 2 if layout == "stereo" else 1, axis=0)
        frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=layout)
        frame.sample_rate, frame.pts = rate, 0
        resampler = av.AudioResampler(format=stream.format, layout=layout, rate=rate, frame_size=1024)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            media.mux(stream.encode(part))
        media.mux(stream.encode(None))
    return path


def refusal(path: Path) -> str:
    with pytest.raises(MusicUnusable) as caught:
        hear(path)
    assert path.name in caught.value.message
    assert caught.value.next_step
    return caught.value.message


@pytest.mark.parametrize("form", [*CODECS])
def test_every_usual_form_is_taken(tmp_path: Path, form: str) -> None:
    found = hear(written(tmp_path / f"song.{form}", tone(4)))
    assert found.seconds == pytest.approx(4, abs=0.1)
    assert found.loudness_lufs == pytest.approx(-14.5, abs=1)


def test_odd_rates_and_one_channel_are_taken(tmp_path: Path) -> None:
    assert hear(written(tmp_path / "a.wav", tone(4, rate=11_025), 11_025, "mono")).seconds == pytest.approx(4)


def test_floats_that_are_no_numbers_are_silence(tmp_path: Path) -> None:
    samples = tone(4)
    samples[100:200], samples[300] = np.nan, np.inf
    assert np.isfinite(hear(written(tmp_path / "a.wav", samples)).loudness_lufs)


def test_what_cannot_lie_under_a_voice_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "1.0 s, and 3 s are the least" in refusal(written(tmp_path / "short.wav", tone(1)))
    assert "silent" in refusal(written(tmp_path / "silent.wav", tone(4, 0)))
    whole = written(tmp_path / "whole.flac", tone(6)).read_bytes()
    (tmp_path / "cut.flac").write_bytes(whole[: len(whole) // 2])
    assert "cut.flac" in refusal(tmp_path / "cut.flac")
    (tmp_path / "noise.mp3").write_bytes(b"not a song at all" * 200)
    assert "cannot be decoded" in refusal(tmp_path / "noise.mp3")
    (tmp_path / "list.m3u8").write_text(f"#EXTM3U\n#EXTINF:4,\n{tmp_path}/whole.flac\n", encoding="utf-8")
    assert "cannot be decoded" in refusal(tmp_path / "list.m3u8")
    (tmp_path / "empty.ogg").write_bytes(b"")
    assert "cannot be decoded" in refusal(tmp_path / "empty.ogg")
    monkeypatch.setattr(own_music, "_MOST_SECONDS", 5.0)
    assert "longer than" in refusal(tmp_path / "whole.flac")


def test_a_short_piece_is_repeated_without_a_gap_and_ends_softly(tmp_path: Path) -> None:
    hiss = np.random.default_rng(1).normal(0, 0.1, 5 * RATE).astype(np.float32)
    bed = OwnBed(written(tmp_path / "a.wav", hiss), 17.0, tmp_path / "scratch")
    blocks = [bed.block(first, min(10_007, 17 * RATE - first)) for first in range(0, 17 * RATE, 10_007)]
    whole = np.concatenate(blocks, axis=1)
    level = np.sqrt((whole[:, : 16 * RATE].reshape(2, -1, 4_800) ** 2).mean(axis=(0, 2)))
    assert (whole.shape, bed.rounds) == ((2, 17 * RATE), 5)
    assert level[15:135].min() > 0.8 * level[15:135].max()
    assert np.abs(whole[:, :48]).max() < 0.01
    assert np.abs(whole[:, -48:]).max() < 0.01
    assert np.array_equal(bed.block(100_000, 5_000), whole[:, 100_000:105_000])


def test_a_long_piece_is_cut_where_the_video_ends(tmp_path: Path) -> None:
    bed = OwnBed(written(tmp_path / "a.wav", tone(30)), 6.0, tmp_path / "scratch")
    assert bed.rounds == 1
    assert (tmp_path / "scratch").stat().st_size == 6 * RATE * 4
    assert np.abs(bed.block(6 * RATE - 48, 48)).max() < 0.01


@pytest.mark.parametrize("level", [0.9, 0.02])
def test_loud_or_soft_it_lies_under_the_voice_at_the_loudness_of_the_house(
    tmp_path: Path, level: float
) -> None:
    speech = (Span(start_seconds=0.3, end_seconds=3.0), Span(start_seconds=7.0, end_seconds=8.0))
    samples = talk(8.0)
    samples[round(3.0 * 22_050) : round(7.0 * 22_050)] = 0
    request = SoundtrackRequest(
        narration=write_wav(tmp_path / "speech.wav", samples),
        speech=speech,
        duration_seconds=8.0,
        music=True,
        own_music=written(tmp_path / "song.ogg", tone(4, level)),
        seed=1,
        settings=AUDIO,
        work_dir=tmp_path,
    )
    track = EmbeddedSoundtrack().make(request)
    assert track.loudness_lufs == pytest.approx(-14, abs=0.2)
    assert track.music_rounds == 3
    with av.open(str(track.audio)) as media:
        sound = np.concatenate([frame.to_ndarray() for frame in media.decode(audio=0)], axis=1)
    pause, spoken = sound[:, 4 * RATE : 6 * RATE], sound[:, RATE : 2 * RATE]
    below_db = 10 * np.log10((pause**2).mean() / (spoken**2).mean())
    assert -22 < below_db < -6


def test_it_is_copied_once_and_found_again_by_its_hash(tmp_path: Path) -> None:
    artifacts = MemoryArtifacts(tmp_path / "store")
    song = written(tmp_path / "song.mp3", tone(4))
    kept = keep_music(Brief(topic="T", music=BriefMusic(file=str(song), credit="A, CC BY 4.0")), artifacts)
    assert kept.music is not None
    assert (kept.music.name, kept.music.file, kept.music.credit) == ("song.mp3", "song.mp3", "A, CC BY 4.0")
    song.unlink()
    assert check_music(kept, artifacts) == kept == keep_music(kept, artifacts)


def test_a_function_reads_no_file(tmp_path: Path) -> None:
    song = written(tmp_path / "song.mp3", tone(4))
    with pytest.raises(MusicUnusable, match="not in the store"):
        check_music(Brief(topic="T", music=BriefMusic(file=str(song))), MemoryArtifacts(tmp_path / "store"))


@pytest.mark.parametrize("name", ["missing.mp3", "."])
def test_what_is_no_file_is_refused_by_name(tmp_path: Path, name: str) -> None:
    brief = Brief(topic="T", music=BriefMusic(file=str(tmp_path / name)))
    with pytest.raises(MusicUnusable):
        keep_music(brief, MemoryArtifacts(tmp_path / "store"))
