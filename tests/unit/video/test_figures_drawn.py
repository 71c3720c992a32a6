"""What layouts draw of sentences with figures, read off their geometry: never wrong, and as published."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from reelwright.production.schema import NumberVisual
from reelwright.video.engine.atlas import Camera
from reelwright.video.engine.layouts.timeline import TimeScale
from reelwright.video.engine.scale import Scale
from reelwright.video.pictures.pack import PicturePack
from tests.matching import reading
from tests.matching.__main__ import PAGE
from tests.matching.figures import EXAMS, judge, rows_of, verdicts_of, with_tables
from tests.matching.showing import Sentence, show

PACK = PicturePack.installed()
pytestmark = pytest.mark.skipif(PACK is None, reason="the pack of pictures is not installed")


def published() -> list[tuple[str, str, str]]:
    """Return layout, verdict and sentence of every row of the page."""
    lines = re.findall(r"^\| (?!layout)(.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [told(line) for line in lines]


def told(row: str) -> tuple[str, str, str]:
    layout, _, verdict, sentence = row.strip("| ").split(" | ")
    return layout, verdict.partition(":")[0], sentence


@pytest.mark.parametrize("exam", EXAMS, ids=lambda exam: exam.stem)
def test_all_that_is_drawn_is_right_and_as_published(exam: Path) -> None:
    verdicts = list(verdicts_of(exam, PACK))
    assert [one for one in verdicts if one.verdict == "wrong"] == []
    rows = [told(row) for row in rows_of(verdicts)]
    assert [row for row in rows if row not in published()] == []


def test_the_page_holds_every_sentence_and_its_sums_are_those_of_its_rows() -> None:
    rows = published()
    assert len(rows) == 60
    sums = re.findall(
        r"^(\d+) sentences: (\d+) right, (\d+) fewer, (\d+) wrong\.$", PAGE.read_text("utf-8"), re.MULTILINE
    )
    assert [int(total) for total, *_ in sums] == [40, 20]
    for at, verdict in enumerate(("right", "fewer", "wrong"), 1):
        assert sum(int(one[at]) for one in sums) == sum(row[1] == verdict for row in rows)


def verdict_of(sentence: Sentence) -> str:
    return judge(show(sentence, PACK), PACK).verdict


BARS = Sentence("Tokyo has 37 million people, Delhi 33 million and Shanghai 29 million.", (37, 33, 29))
SHARE = Sentence("Water covers 71 percent of the planet.", (71,))
MOMENTS = Sentence(
    "The canal opened in 1869, was closed in 1967 and opened again in 1975.", (), (1869, 1967, 1975)
)
PLACES = Sentence("Paris lies further north than Montreal.", (), (), ("Paris", "Montreal"))


@pytest.mark.parametrize("sentence", [BARS, SHARE, MOMENTS, PLACES], ids=["bars", "ring", "moments", "pins"])
def test_a_wrong_scale_is_found(sentence: Sentence, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdict_of(sentence) == "right"

    def bent(scale: Scale, value: float) -> float:
        return ((value - scale.low) / (scale.high - scale.low)) ** 0.8

    def doubled(visual: NumberVisual) -> float:
        return visual.value / 80

    def even(years: list[int], least: float) -> TimeScale:
        return TimeScale(tuple(at / (len(years) - 1) for at in range(len(years))), true=least < 1)

    def aside(camera: Camera, longitude: float, latitude: float, factor: float = 1.0) -> tuple[float, float]:
        x, y = plain(camera, longitude, latitude, factor)
        return x + 6, y

    plain = Camera.at
    monkeypatch.setattr(Scale, "share", bent)
    monkeypatch.setattr(reading, "share_of", doubled)
    monkeypatch.setattr(import_module(TimeScale.__module__), "time_scale", even)
    monkeypatch.setattr(Camera, "at", aside)
    assert verdict_of(sentence) == "wrong"


def test_tables_are_put_between_their_marks() -> None:
    page = "a\n<!-- exam 1 -->\nold\n<!-- end of exam 1 -->\nb"
    assert with_tables(page, ["new"]) == page.replace("old", "new")
