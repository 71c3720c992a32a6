from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from reelwright.environment.schema import AudioSettings, ReviewSettings
from reelwright.production.schema import Check, Review, Word
from reelwright.video.assembly import PyAvAssembler
from reelwright.video.captions import Cue, parse_srt, to_srt
from reelwright.video.errors import CutUnreadable
from reelwright.video.review import PyAvReviewer
from reelwright.video.schema import AssemblyRequest, ReviewRequest
from tests.unit.video.media import (
    HEIGHT,
    WIDTH,
    Luma,
    Wave,
    moving,
    remux,
    spoken,
    tone,
    write_clip,
    write_sound,
)

SECONDS = 6.0
INDEX_BYTES = 4500
"""Where the index of so short a file ends, about."""
Bytes = NDArray[np.uint8]
ALL_CHECKS = [
    "tracks",
    "picture_format",
    "sound_format",
    "duration",
    "picture_duration",
    "sound_duration",
    "file_size",
    "decoding",
    "frames",
    "black",
    "frozen",
    "motion",
    "text_contrast",
    "text_safe_area",
    "caption_overlap",
    "scenes_alike",
    "loudness",
    "true_peak",
    "silence",
    "caption_file",
    "caption_order",
    "caption_words",
    "caption_timing",
    "caption_gaps",
    "soft_captions",
]


@dataclass(frozen=True)
class Cut:
    """A finished file and what was spoken in it."""

    video: Path
    srt: Path
    words: tuple[Word, ...]
    size: tuple[int, int] = (WIDTH, HEIGHT)
    seconds: float = SECONDS
    max_megabytes_per_minute: float = 200.0

    def review(self) -> Review:
        return PyAvReviewer().review(
            ReviewRequest(
                video=self.video,
                captions_srt=self.srt,
                duration_seconds=self.seconds,
                width=self.size[0],
                height=self.size[1],
                fps=24,
                words=self.words,
                audio=AudioSettings(
                    voice="joe",
                    words_per_minute=150,
                    loudness_lufs=-14.0,
                    true_peak_dbtp=-1.0,
                    music_gain_db=-22.0,
                    duck_db=-9.0,
                ),
                thresholds=ReviewSettings(
                    loudness_tolerance_lu=0.5,
                    max_black_seconds=0.5,
                    max_frozen_seconds=2.0,
                    max_caption_gap_seconds=4.0,
                    max_megabytes_per_minute=self.max_megabytes_per_minute,
                ),
            )
        )

    def failures(self) -> dict[str, Check]:
        return {check.name: check for check in self.review().checks if not check.passed}


def make_cut(
    folder: Path,
    picture: Luma = lambda _: None,
    wave: Wave | None = None,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    **options: str,
) -> Cut:
    words = spoken(SECONDS - 0.4)
    made = PyAvAssembler().assemble(
        AssemblyRequest(
            clips=(write_clip(folder / "clip.mp4", SECONDS, picture, size=size, **options),),
            soundtrack=write_sound(folder / "sound.m4a", SECONDS, wave),
            words=words,
            title="Tides",
            description="",
            language="en",
            chapters=(),
            work_dir=folder,
        )
    )
    return Cut(video=made.video, srt=made.captions_srt, words=words, size=size)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Cut:
    return make_cut(tmp_path_factory.mktemp("good"))


def with_captions(cut: Cut, folder: Path, change: Callable[[list[Cue]], list[Cue]]) -> Cut:
    """Return the same cut with another caption file beside it."""
    srt = folder / "changed.srt"
    srt.write_bytes(to_srt(change(list(parse_srt(cut.srt.read_bytes().decode())))).encode())
    return replace(cut, srt=srt)


def with_bytes(cut: Cut, folder: Path, change: Callable[[bytearray], bytes | bytearray]) -> Cut:
    """Return the cut with the bytes of its file changed."""
    video = folder / "changed.mp4"
    video.write_bytes(change(bytearray(cut.video.read_bytes())))
    return replace(cut, video=video)


def test_a_good_file_passes_every_check(good: Cut) -> None:
    review = good.review()

    assert [check.name for check in review.checks] == ALL_CHECKS
    assert [check for check in review.checks if not check.passed] == []


@pytest.mark.parametrize("size", [(180, 320), (240, 240)])
def test_every_aspect_is_reviewed_alike(tmp_path: Path, size: tuple[int, int]) -> None:
    assert make_cut(tmp_path, size=size).failures() == {}


def test_reordered_frames_are_no_fault(tmp_path: Path) -> None:
    assert make_cut(tmp_path, preset="veryfast").failures() == {}


# Picture


def test_a_black_stretch_is_found_where_it_is(tmp_path: Path) -> None:
    def picture(at: float) -> Bytes | None:
        return np.full((HEIGHT, WIDTH), 16, np.uint8) if 2 <= at < 3.5 else None

    failures = make_cut(tmp_path, picture).failures()

    assert list(failures) == ["black"]
    assert failures["black"].at_seconds == pytest.approx(2, abs=0.1)
    assert failures["black"].found == "1.50 s at the longest"


def test_a_dark_picture_with_something_on_it_is_not_black(tmp_path: Path) -> None:
    def picture(at: float) -> Bytes:
        dark = np.full((HEIGHT, WIDTH), 20, np.uint8)
        dark[80:100, 20 + int(at * 30) :][:, :60] = 140
        return dark

    assert make_cut(tmp_path, picture).failures() == {}


@pytest.mark.parametrize("key_frame_interval", ["250", "12"])
def test_a_frozen_stretch_is_found_through_key_frames(tmp_path: Path, key_frame_interval: str) -> None:
    cut = make_cut(tmp_path, lambda at: moving(1.0) if 1 <= at < 4 else None, g=key_frame_interval)
    failures = cut.failures()

    assert list(failures) == ["frozen"]
    assert failures["frozen"].at_seconds == pytest.approx(1, abs=0.1)


def test_a_picture_that_drifts_slowly_is_not_frozen(tmp_path: Path) -> None:
    drifting = make_cut(tmp_path, lambda at: moving(at / 50))

    assert drifting.failures() == {}


def test_another_size_than_asked_is_found(good: Cut) -> None:
    failures = replace(good, size=(640, 360)).failures()

    assert list(failures) == ["picture_format"]
    assert failures["picture_format"].found == "h264 yuv420p 320x180 at 24 fps"
    assert failures["picture_format"].allowed == "h264 yuv420p 640x360 at 24 fps"


def test_another_duration_than_asked_is_found(good: Cut) -> None:
    failures = replace(good, seconds=SECONDS + 1).failures()

    assert set(failures) == {"duration", "picture_duration", "sound_duration", "frames"}


def test_frames_out_of_step_are_found_where_they_are(good: Cut, tmp_path: Path) -> None:
    def delay(packet: Any) -> None:
        if packet.stream.type == "video" and packet.pts >= 96 * 512:
            packet.pts += 5 * 512
            packet.dts += 5 * 512

    video = remux(good.video, tmp_path / "late.mp4", ("video", "audio"), delay)
    frames = replace(good, video=video).failures()["frames"]

    assert frames.found == "144 frames, uneven"
    assert frames.at_seconds == pytest.approx(4)


# Sound


def test_sound_too_loud_is_found(tmp_path: Path) -> None:
    failures = make_cut(tmp_path, wave=tone(10 ** (-12 / 20))).failures()

    assert list(failures) == ["loudness"]
    assert float(failures["loudness"].found.split()[0]) == pytest.approx(-12, abs=0.1)


def test_peaks_too_high_are_found(tmp_path: Path) -> None:
    def wave(times: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(times % 1 < 0.002, 4.99, 1.0) * tone()(times)

    assert list(make_cut(tmp_path, wave=wave).failures()) == ["true_peak"]


def test_a_silent_stretch_is_found_where_it_is(tmp_path: Path) -> None:
    def wave(times: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where((times > 1) & (times < 4.5), 0.0, tone()(times))

    failures = make_cut(tmp_path, wave=wave).failures()

    assert failures["silence"].at_seconds == pytest.approx(1, abs=0.2)


def test_a_file_of_silence_fails_on_loudness_too(tmp_path: Path) -> None:
    assert set(make_cut(tmp_path, wave=np.zeros_like).failures()) == {"loudness", "silence"}


# Structure


def test_missing_sound_is_found(good: Cut, tmp_path: Path) -> None:
    video = remux(good.video, tmp_path / "mute.mp4", ("video", "subtitle"))
    failures = replace(good, video=video).failures()

    assert set(failures) >= {"tracks", "sound_format", "sound_duration", "loudness", "true_peak"}
    assert failures["tracks"].found.startswith("1 video, 0 audio")


def test_missing_picture_is_found(good: Cut, tmp_path: Path) -> None:
    video = remux(good.video, tmp_path / "blind.mp4", ("audio",))

    assert set(replace(good, video=video).failures()) >= {"tracks", "picture_format", "frames"}


def test_missing_subtitles_are_found(good: Cut, tmp_path: Path) -> None:
    video = remux(good.video, tmp_path / "plain.mp4", ("video", "audio"))
    failures = replace(good, video=video).failures()

    assert set(failures) == {"tracks", "soft_captions"}
    assert failures["tracks"].found == "1 video, 1 audio, 0 subtitle, 0 other"


def test_a_file_too_big_is_found(good: Cut) -> None:
    assert list(replace(good, max_megabytes_per_minute=0.1).failures()) == ["file_size"]


def test_a_truncated_file_is_found(good: Cut, tmp_path: Path) -> None:
    failures = with_bytes(good, tmp_path, lambda data: data[: len(data) * 6 // 10]).failures()

    assert "frames" in failures
    assert failures["frames"].found != failures["frames"].allowed


def test_damaged_packets_are_found(good: Cut, tmp_path: Path) -> None:
    def damage(data: bytearray) -> bytearray:
        middle = len(data) // 2
        data[middle : middle + 3000] = bytes(3000)
        return data

    failures = with_bytes(good, tmp_path, damage).failures()

    assert "decoding" in failures
    assert failures["decoding"].at_seconds is not None


@given(
    at=st.floats(0, 1, exclude_max=True),
    noise=st.binary(min_size=1, max_size=8),
    index_only=st.booleans(),
    kept=st.sampled_from([1.0, 1.0, 0.5]),
)
@settings(max_examples=40, deadline=None)
def test_any_damage_ends_in_a_review_or_as_unreadable(
    *, good: Cut, at: float, noise: bytes, index_only: bool, kept: float
) -> None:
    data = bytearray(good.video.read_bytes())
    place = int(at * (INDEX_BYTES if index_only else len(data)))
    data[place : place + len(noise)] = noise
    video = good.video.with_name("damaged.mp4")
    video.write_bytes(data[: int(len(data) * kept)])

    try:
        review = replace(good, video=video).review()
    except CutUnreadable:
        return
    assert [check.name for check in review.checks] == ALL_CHECKS


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello, I am a text file\n" * 500,
        b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n",
        b"\x00\x00\x00\x20ftypisom",
    ],
)
def test_what_is_no_video_is_unreadable(good: Cut, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(CutUnreadable, match=r"changed\.mp4"):
        with_bytes(good, tmp_path, lambda _: content).review()


def test_a_file_without_its_index_is_unreadable(good: Cut, tmp_path: Path) -> None:
    with pytest.raises(CutUnreadable):
        with_bytes(good, tmp_path, lambda data: data[:200]).review()


def test_a_missing_file_and_a_folder_are_unreadable(good: Cut, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.mp4", tmp_path):
        with pytest.raises(CutUnreadable):
            replace(good, video=path).review()


# Captions


def shifted(seconds: float) -> Callable[[list[Cue]], list[Cue]]:
    return lambda cues: [
        Cue(max(0.0, cue.start_seconds + seconds), cue.end_seconds + seconds, cue.lines) for cue in cues
    ]


def test_late_captions_are_found(good: Cut, tmp_path: Path) -> None:
    failures = with_captions(good, tmp_path, shifted(0.35)).failures()

    assert set(failures) == {"caption_timing", "soft_captions"}
    assert failures["caption_timing"].found == "0.350 s off at the worst"


def test_early_captions_are_found(good: Cut, tmp_path: Path) -> None:
    assert "caption_timing" in with_captions(good, tmp_path, shifted(-1.0)).failures()


def test_captions_that_outlast_the_video_are_found(good: Cut, tmp_path: Path) -> None:
    failures = with_captions(good, tmp_path, shifted(2.0)).failures()

    assert {"caption_order", "caption_timing"} <= set(failures)


def test_overlapping_captions_are_found(good: Cut, tmp_path: Path) -> None:
    def overlap(cues: list[Cue]) -> list[Cue]:
        return [replace(cues[0], end_seconds=cues[1].start_seconds + 0.1), *cues[1:]]

    failures = with_captions(good, tmp_path, overlap).failures()

    assert set(failures) == {"caption_order", "soft_captions"}
    assert failures["caption_order"].found == "caption 2 is out of place"


def test_a_word_that_was_not_spoken_is_found(good: Cut, tmp_path: Path) -> None:
    def change(cues: list[Cue]) -> list[Cue]:
        return [replace(cues[0], lines=("tide sun sea wave rock sand.",)), *cues[1:]]

    failures = with_captions(good, tmp_path, change).failures()

    assert set(failures) == {"caption_words", "soft_captions"}
    assert failures["caption_words"].found == "word 2 reads 'sun', spoken is 'moon'"


def test_a_gap_while_somebody_speaks_is_found(good: Cut, tmp_path: Path) -> None:
    failures = with_captions(good, tmp_path, lambda _: []).failures()

    assert set(failures) == {"caption_words", "caption_gaps", "soft_captions"}
    assert failures["caption_gaps"].at_seconds == 0


def test_a_gap_in_which_nobody_speaks_is_none(good: Cut, tmp_path: Path) -> None:
    silent = replace(good, words=())

    assert "caption_gaps" not in with_captions(silent, tmp_path, lambda _: []).failures()


@pytest.mark.parametrize("content", [b"hello", b"\xff\xfe\x00", b"1\n00:00 --> 00:01\nx"])
def test_a_caption_file_that_is_none_is_found(good: Cut, tmp_path: Path, content: bytes) -> None:
    srt = tmp_path / "bad.srt"
    srt.write_bytes(content)

    assert list(replace(good, srt=srt).failures()) == ["caption_file"]
    assert list(replace(good, srt=tmp_path / "nowhere.srt").failures()) == ["caption_file"]
