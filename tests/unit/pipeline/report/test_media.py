"""Pictures for the page, from real files."""

import base64
import io
import sys
from pathlib import Path

import pytest
from PIL import Image

from reelwright.pipeline.report.media import data_uri, poster_uri, scene_stills
from tests.unit.pipeline.report.samples import SCENE_COLOURS, Sample


def opened(uri: str) -> Image.Image:
    head, data = uri.split(",", 1)
    assert head == "data:image/jpeg;base64"
    return Image.open(io.BytesIO(base64.b64decode(data)))


def test_each_scene_is_shown_by_a_frame_of_its_own(sample: Sample) -> None:
    stills = scene_stills(sample.video, sample.narration.scenes)
    assert len(stills) == len(sample.narration.scenes)
    for still, colour in zip(stills, SCENE_COLOURS, strict=True):
        picture = opened(still or "")
        assert picture.size == (240, 135)
        shown = picture.getpixel((225, 60))
        assert all(abs(a - b) < 30 for a, b in zip(shown, colour, strict=True)), (shown, colour)


def test_what_cannot_be_decoded_gives_no_stills(sample: Sample, tmp_path: Path) -> None:
    (tmp_path / "video.mp4").write_bytes(b"not a video")
    assert scene_stills(tmp_path / "video.mp4", sample.narration.scenes) == (None,) * 7
    assert scene_stills(tmp_path / "missing.mp4", sample.narration.scenes) == (None,) * 7


def test_a_scene_past_the_end_has_no_still(sample: Sample) -> None:
    late = sample.narration.scenes[-1].model_copy(update={"start_seconds": 900.0, "end_seconds": 910.0})
    stills = scene_stills(sample.video, (sample.narration.scenes[0], late))
    assert [still is None for still in stills] == [False, True]


def test_the_poster_is_small(tmp_path: Path) -> None:
    Image.effect_noise((1920, 1080), 60).convert("RGB").save(tmp_path / "thumbnail.png")
    assert opened(poster_uri(tmp_path / "thumbnail.png")).size == (960, 540)


def test_without_pictures_installed_the_page_still_has_its_poster(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    monkeypatch.setitem(sys.modules, "av", None)
    assert poster_uri(sample.thumbnail) == data_uri(sample.thumbnail.read_bytes(), "image/png")
    assert scene_stills(sample.video, sample.narration.scenes) == (None,) * 7
