"""The designs on the page."""

from reelwright.pipeline.report.markup import DataUri
from reelwright.pipeline.report.thumbnails import section
from reelwright.production.thumbnails import Thumbnail, ThumbnailMeasures
from reelwright.storage.schema import Artifact
from tests.unit.pipeline.report.test_markup import Reader

MEASURES = ThumbnailMeasures(
    contrast=12, picture_share=0.3, words_share=0.25, words=4, small_px=13, calm=1, relation=0.95
)
ARTIFACT = Artifact(sha256="0" * 64, size_bytes=1, media_type="image/png")


def design(words: str, score: float) -> Thumbnail:
    return Thumbnail(
        composition="huge figure", words=words, image=ARTIFACT, score=score, measures=MEASURES, why="a; b"
    )


def test_every_design_is_shown_with_its_score_and_why_and_the_first_as_kept() -> None:
    page = section([design("One <b>", 91.26), design("Two", 70)], [DataUri("data:1"), DataUri("data:2")])
    assert page is not None
    read = Reader(page)
    assert [of["src"] for name, of in read.elements if name == "img"] == ["data:1", "data:2"]
    assert [of.get("class") for name, of in read.elements if name == "li" and of.get("class")] == ["kept"]
    for told in ("91.3", "70.0", "“One <b>”", "“Two”", "huge figure", "kept"):
        assert told in read.text
    assert "<b>" not in page


def test_without_designs_there_is_no_section() -> None:
    assert section([], []) is None
