from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelwright.errors import InvalidInput, Permanent
from reelwright.video.engine.thumbnail import EmbeddedThumbnail, few_words
from reelwright.video.schema import ThumbnailRequest, frame_size
from tests.unit.video.engine.conftest import TextSpy
from tests.unit.video.engine.scenes import ASPECTS
from tests.unit.video.engine.test_scenes import HARSH


def wanted(out: Path, **changes: object) -> ThumbnailRequest:
    known = {
        "title": "Why the sea rises twice a day", "aspect": "16:9", "style": "auto", "theme_seed": 3,
        "width": 640, "height": 360, "out": out,
    }  # fmt: skip
    return ThumbnailRequest(**{**known, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("aspect", ASPECTS)
def test_a_still_of_the_asked_size_with_words_inside_it(
    tmp_path: Path, aspect: str, text_spy: TextSpy
) -> None:
    width, height = frame_size(aspect, "480p")  # type: ignore[arg-type]
    EmbeddedThumbnail().make(wanted(tmp_path / "t.png", aspect=aspect, width=width, height=height))
    with Image.open(tmp_path / "t.png") as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGB", (width, height))
    room = text_spy.box()
    assert room.left > 0.03 * 2 * width
    assert room.right < 0.97 * 2 * width
    assert room.height > 0.15 * 2 * height


def test_the_same_request_gives_the_same_picture_and_another_seed_another(tmp_path: Path) -> None:
    pictures = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        EmbeddedThumbnail().make(wanted(tmp_path / name, theme_seed=seed))
        pictures.append((tmp_path / name).read_bytes())
    assert pictures[0] == pictures[1] != pictures[2]


@pytest.mark.parametrize("title", HARSH)
def test_any_title_gives_a_still(tmp_path: Path, title: str) -> None:
    EmbeddedThumbnail().make(wanted(tmp_path / "t.png", title=title))
    with Image.open(tmp_path / "t.png") as picture:
        assert np.asarray(picture).std() > 5


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Tides", "Tides"),
        (
            "How to brew better coffee: a guide for people who are always in a hurry",
            "How to brew better coffee",
        ),
        (
            "A long walk through the old town of Lisbon — and what we ate there",
            "A long walk through the old town of Lisbon",
        ),
        (
            "One: two three four five six seven eight nine ten eleven",
            "One: two three four five six seven eight nine ten eleven",
        ),
    ],
)
def test_long_titles_are_cut_where_a_thought_ends(title: str, words: str) -> None:
    assert few_words(title) == words


def test_absurd_sizes_and_unknown_styles_are_refused(tmp_path: Path) -> None:
    for change in ({"width": 4}, {"height": 99_999}, {"style": "neon"}):
        with pytest.raises(InvalidInput):
            EmbeddedThumbnail().make(wanted(tmp_path / "t.png", **change))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_a_typed_error(tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="could not be written"):
        EmbeddedThumbnail().make(wanted(tmp_path / "missing" / "t.png"))
