"""Odd media: a clip like ours comes of them, or they are refused by name."""

from pathlib import Path

import av
import numpy as np
import pytest

from reelwright.video.decoding import Limits, reading
from reelwright.video.engine.encoder import ClipFormat
from reelwright.video.errors import MediaRefused
from reelwright.video.normalising import inspect, normalise
from reelwright.video.probe import ONLY_MP4
from tests.odd_media.clips import CLIPS, FILM
from tests.odd_media.filming import write
from tests.odd_media.outcome import CLIP, outcome_of


@pytest.mark.parametrize("name", CLIPS)
def test_odd_media_are_normalised_or_refused_by_name(tmp_path: Path, name: str) -> None:
    odd = CLIPS[name]
    odd.make(tmp_path / odd.file)
    found = outcome_of(tmp_path / odd.file, odd)
    assert found.wrong == "", found


def test_of_footage_only_mp4_is_opened(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", FILM)
    with pytest.raises(MediaRefused) as caught, reading(path, ONLY_MP4):
        pass
    assert caught.value.why == "not_a_video"


def test_what_turns_in_the_header_stands_upright_to_the_eye(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", FILM.but(turned=90, size=(360, 640)))
    found = inspect(path)
    assert (found.width, found.height) == (640, 360)


def test_bright_lights_of_hdr_do_not_come_out_grey(tmp_path: Path) -> None:
    def white(name: str) -> float:
        odd = CLIPS[name]
        odd.make(tmp_path / odd.file)
        normalise(tmp_path / odd.file, CLIP, tmp_path / "out.mp4")
        with av.open(str(tmp_path / "out.mp4")) as media:
            return float(np.percentile(next(media.decode(video=0)).to_ndarray(format="gray"), 99))

    assert white("HDR, PQ") > white("10 bits") + 10


def test_reading_stops_at_the_limits(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", FILM)
    for limits, why in (
        (Limits(frames=35), "too_much"),
        (Limits(pixels_decoded=640 * 360 * 35), "too_much"),
        (Limits(seconds=1.4), "too_long"),
        (Limits(pixels=640 * 360 - 1), "too_large"),
    ):
        with pytest.raises(MediaRefused) as caught:
            inspect(path, limits=limits)
        assert caught.value.why == why
    assert inspect(path, limits=Limits(frames=36, pixels=640 * 360, seconds=1.5)).frames == 36


def test_only_as_much_is_decoded_as_a_clip_needs(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", FILM.but(seconds=10))
    short = ClipFormat(640, 360, 24, 24)
    assert normalise(path, short, tmp_path / "out.mp4", limits=Limits(frames=30)) == ()


def test_equal_media_make_equal_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", FILM.but(turned=180))
    made = []
    for name in ("one.mp4", "two.mp4"):
        normalise(path, CLIP, tmp_path / name)
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]


def test_short_media_begin_again_where_that_is_asked(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", FILM.but(seconds=0.5))
    long = ClipFormat(640, 360, 24, 30)
    assert normalise(path, long, tmp_path / "out.mp4", again=True) == ("it is played 3 times over",)
    with av.open(str(tmp_path / "out.mp4")) as media:
        seen = [frame.to_ndarray(format="gray")[180:250].astype(int) for frame in media.decode(video=0)]
    assert all(np.abs(seen[n] - seen[n + 12]).mean() < 2 for n in range(18))
    assert np.abs(seen[11] - seen[12]).mean() > 4
    one = write(tmp_path / "one.mp4", FILM.but(times=(0.0,)))
    assert normalise(one, long, tmp_path / "still.mp4", again=True) == ("the last picture stays for 1.2 s",)
