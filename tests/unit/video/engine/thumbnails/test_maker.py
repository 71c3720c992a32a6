"""Designs as they are drawn: three of them, of the asked size, all words inside, and every measure true."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelwright.errors import InvalidInput, Permanent
from reelwright.production.schema import TitleVisual
from reelwright.video.engine.picture import to_rgb
from reelwright.video.engine.thumbnails.maker import CANDIDATES, EmbeddedThumbnail
from reelwright.video.schema import (
    PictureUse,
    ThumbnailDraft,
    ThumbnailFigure,
    ThumbnailRequest,
    ThumbnailSide,
    frame_size,
)
from tests.unit.video.engine.conftest import TextSpy
from tests.unit.video.engine.pictured_scenes import drawing, use
from tests.unit.video.engine.scenes import ASPECTS, graphics, still
from tests.unit.video.engine.test_scenes import HARSH

TITLE = "Why the sea rises twice a day"


def wanted(out: Path, **changes: object) -> ThumbnailRequest:
    known = {
        "title": TITLE, "aspect": "16:9", "style": "auto", "theme_seed": 3,
        "width": 640, "height": 360, "out": out,
    }  # fmt: skip
    return ThumbnailRequest(**{**known, **changes})  # type: ignore[arg-type]


def moon(folder: Path) -> PictureUse:
    return use(drawing(folder, "moon"), "hero")


def rich(folder: Path) -> dict[str, object]:
    """Return a picture, a figure and two sides: everything that a script may give."""
    left, right = (use(drawing(folder, name), "item", at) for at, name in enumerate(("moon", "sun")))
    return {
        "picture": moon(folder),
        "figure": ThumbnailFigure(number="50,000", rest="waves a day"),
        "sides": (ThumbnailSide(label="Moon", picture=left), ThumbnailSide(label="Sun", picture=right)),
    }


def made(folder: Path, **changes: object) -> tuple[ThumbnailDraft, ...]:
    return EmbeddedThumbnail().make(wanted(folder / "t.png", **changes))


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("kind", ["bare", "pictured", "rich"])
def test_three_designs_of_the_asked_size_with_all_words_inside(
    tmp_path: Path, aspect: str, kind: str, text_spy: TextSpy
) -> None:
    width, height = frame_size(aspect, "480p")  # type: ignore[arg-type]
    shown = {"bare": {}, "pictured": {"picture": moon(tmp_path)}, "rich": rich(tmp_path)}[kind]
    drafts = made(tmp_path, aspect=aspect, width=width, height=height, **shown)
    assert len({draft.composition for draft in drafts}) == len(drafts) == CANDIDATES
    assert [draft.score for draft in drafts] == sorted((draft.score for draft in drafts), reverse=True)
    assert drafts[0].path == tmp_path / "t.png"
    for draft in drafts:
        with Image.open(draft.path) as picture:
            assert (picture.format, picture.mode, picture.size) == ("PNG", "RGB", (width, height))
        assert draft.measures.contrast >= 4.5, draft.composition
        assert draft.measures.small_px >= 5, draft.composition
        assert 0 < draft.measures.words <= 5
        assert bool(draft.picture) == bool(draft.measures.relation) == (draft.measures.picture_share > 0)
    assert not text_spy.seen or text_spy.box().left >= 0


def test_the_face_of_the_topic_a_comparison_and_a_figure_each_get_a_design(tmp_path: Path) -> None:
    drafts = {draft.composition: draft for draft in made(tmp_path, **rich(tmp_path))}
    assert set(drafts) == {"huge picture, words on plates", "comparison", "huge figure"}
    assert drafts["huge figure"].words == "50,000 waves a day"
    assert drafts["comparison"].words == "Moon Sun"
    assert drafts["comparison"].picture == "moon.png, sun.png"
    assert drafts["huge picture, words on plates"].words == "Sea rises twice a day"


def test_no_word_is_broken_to_be_large(tmp_path: Path) -> None:
    title = "Why honey bees are disappearing"
    plain = made(tmp_path, title=title, picture=moon(tmp_path))
    assert all(draft.words == title for draft in plain)
    assert min(draft.measures.contrast for draft in plain) >= 4.5


def test_the_same_request_gives_the_same_pictures_and_another_seed_others(tmp_path: Path) -> None:
    found = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        folder = tmp_path / name
        folder.mkdir()
        drafts = EmbeddedThumbnail(tmp_path / "shelf").make(
            wanted(folder / "t.png", theme_seed=seed, picture=moon(tmp_path))
        )
        found.append([(draft.score, draft.path.read_bytes()) for draft in drafts])
    assert found[0] == found[1]
    assert not {picture for _, picture in found[0]} & {picture for _, picture in found[2]}


def test_a_design_is_no_frame_of_the_first_scene(tmp_path: Path) -> None:
    scene = graphics(
        TitleVisual(title=TITLE), theme_seed=3, layout="landscape", pictures=(moon(tmp_path),), ground="land"
    )
    frame = Image.fromarray(to_rgb(still(scene, 6.0))).resize((168, 94))
    for draft in made(tmp_path, picture=moon(tmp_path), ground="land"):
        with Image.open(draft.path) as picture:
            small = np.asarray(picture.resize((168, 94)), np.float32)
        assert np.abs(small - np.asarray(frame, np.float32)).mean() > 12, draft.composition


@pytest.mark.parametrize("title", HARSH)
def test_any_title_gives_designs(tmp_path: Path, title: str) -> None:
    for draft in made(tmp_path, title=title, picture=moon(tmp_path)):
        with Image.open(draft.path) as picture:
            assert np.asarray(picture).std() > 5


def test_a_picture_that_is_not_there_leaves_words(tmp_path: Path) -> None:
    gone = PictureUse(role="hero", name="no such picture", digest="0", source="pack", score=0.9, why="")
    assert all(not draft.picture for draft in made(tmp_path, picture=gone))


def test_absurd_sizes_and_unknown_styles_are_refused(tmp_path: Path) -> None:
    for change in ({"width": 4}, {"height": 99_999}, {"style": "neon"}):
        with pytest.raises(InvalidInput):
            made(tmp_path, **change)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_a_typed_error(tmp_path: Path) -> None:
    with pytest.raises(Permanent, match="could not be written"):
        made(tmp_path / "missing")
