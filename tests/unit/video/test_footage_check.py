from pathlib import Path

import numpy as np
import pytest

from reelwright.models.schema import ShotRequest, ShotResponse
from reelwright.video.footage_check import objection_to_footage
from tests.unit.video.media import Luma, write_clip, write_sound
from tests.unit.video.test_fitting import shot


def objection(clip: Path, request: ShotRequest) -> str:
    return objection_to_footage(request, ShotResponse(media=clip, frames=request.frames, usage=()))


def clip(folder: Path, seconds: float = 2.5, picture: Luma = lambda _: None, **options: object) -> Path:
    return write_clip(folder / "clip.mp4", seconds, picture, **{"size": (640, 360), **options})  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(640, 360), (688, 384), (320, 180), (1280, 720)])
@pytest.mark.parametrize("fps", [24, 30])
def test_good_footage_meets_no_objection(tmp_path: Path, size: tuple[int, int], fps: int) -> None:
    assert objection(clip(tmp_path, size=size, fps=fps), shot(tmp_path)) == ""


def test_one_frame_may_be_missing_and_no_more(tmp_path: Path) -> None:
    assert objection(clip(tmp_path, 59 / 24), shot(tmp_path)) == ""
    found = objection(clip(tmp_path, 58 / 24), shot(tmp_path))
    assert found == "the footage lasts 2.417 s; at least 2.458 s are needed"


@pytest.mark.parametrize(("size", "fits"), [((650, 360), True), ((660, 360), False), ((360, 640), False)])
def test_the_shape_may_differ_by_two_percent(tmp_path: Path, size: tuple[int, int], fits: bool) -> None:  # noqa: FBT001 (a case)
    found = objection(clip(tmp_path, size=size), shot(tmp_path))
    assert (found == "") is fits
    assert fits or ("1.778 is needed, give or take 2%" in found and f"{size[0]}x{size[1]}" in found)


def test_half_the_size_is_enough_and_less_is_not(tmp_path: Path) -> None:
    found = objection(clip(tmp_path, size=(304, 170)), shot(tmp_path))
    assert found == "the footage is 304x170; at least 320x180 is needed"


def test_nothing_but_black_is_no_footage(tmp_path: Path) -> None:
    dark = np.full((360, 640), 16, np.uint8)
    assert "black from end to end" in objection(clip(tmp_path, picture=lambda _: dark), shot(tmp_path))
    found = objection(clip(tmp_path, picture=lambda time: dark if time < 1 else None), shot(tmp_path))
    assert found == ""


def test_a_still_picture_is_no_footage(tmp_path: Path) -> None:
    still = np.tile(np.linspace(30, 200, 640).astype(np.uint8), (360, 1))
    assert "frozen from end to end" in objection(clip(tmp_path, picture=lambda _: still), shot(tmp_path))
    found = objection(clip(tmp_path, picture=lambda time: still if time < 2 else None), shot(tmp_path))
    assert found == ""


def test_a_single_frame_is_not_called_frozen(tmp_path: Path) -> None:
    assert objection(clip(tmp_path, 1 / 24), shot(tmp_path, frames=1)) == ""


def test_sound_alone_is_no_footage(tmp_path: Path) -> None:
    assert "no picture" in objection(write_sound(tmp_path / "sound.mp4", 3), shot(tmp_path))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_a_file_that_breaks_off_is_found_out(tmp_path: Path, share: float) -> None:
    data = clip(tmp_path, movflags="+faststart").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(data[: int(len(data) * share)])
    assert "cannot be played" in objection(tmp_path / "cut.mp4", shot(tmp_path))


def test_a_file_with_its_index_in_front_that_breaks_off_is_found_out(tmp_path: Path) -> None:
    from tests.simulators.media import make_clip  # noqa: PLC0415 (its files begin with their index)

    make_clip(tmp_path / "whole.mp4", width=640, height=360, fps=24, seconds=3, prompt="x")
    data = (tmp_path / "whole.mp4").read_bytes()
    for share in (0.4, 0.7, 0.97):
        (tmp_path / "cut.mp4").write_bytes(data[: int(len(data) * share)])
        assert objection(tmp_path / "cut.mp4", shot(tmp_path)) != ""


def test_damage_in_the_middle_is_found_out(tmp_path: Path) -> None:
    path = clip(tmp_path)
    data = bytearray(path.read_bytes())
    middle = data.index(b"mdat") + 4 + len(data) // 3
    data[middle : middle + 2000] = bytes(2000)
    path.write_bytes(data)
    assert "cannot be played" in objection(path, shot(tmp_path))


def test_another_container_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "list.mp4").write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n")
    assert "cannot be played" in objection(tmp_path / "list.mp4", shot(tmp_path))
