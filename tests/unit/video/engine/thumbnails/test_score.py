"""Measures of drawn pixels, each against a canvas whose answer is known."""

import pytest

from reelwright.production.thumbnails import ThumbnailMeasures
from reelwright.video.engine.colour import Rgb, contrast
from reelwright.video.engine.planes import Box
from reelwright.video.engine.thumbnails.canvas import Canvas
from reelwright.video.engine.thumbnails.lettering import set_text, write_all
from reelwright.video.engine.thumbnails.score import judge, measure

DARK, MID, WHITE = Rgb(12, 20, 60), Rgb(150, 150, 150), Rgb(255, 255, 255)
GOOD = ThumbnailMeasures(
    contrast=12, picture_share=0.3, words_share=0.25, words=4, small_px=13, calm=1, relation=0.95
)


def written(
    ground: Rgb = DARK, ink: Rgb = WHITE, size: int = 120, *, rays: bool = False
) -> ThumbnailMeasures:
    canvas = Canvas(640, 360)
    canvas.gradient(ground, ground)
    if rays:
        canvas.rays((320, 180), WHITE, 18, 1.0)
    text = set_text("High tide", Box(20, 20, 620, 340), size)
    write_all(canvas, [(text, text.colours(ink, ink))])
    return measure(canvas, "High tide", 0.5)


def test_contrast_is_that_of_the_colours_drawn() -> None:
    assert written().contrast == pytest.approx(contrast(WHITE, DARK), rel=0.02)
    assert written(MID).contrast == pytest.approx(contrast(WHITE, MID), rel=0.02)


def test_a_restless_ground_costs_contrast_and_calm() -> None:
    calm, restless = written(), written(rays=True)
    assert (calm.calm, restless.calm) == (1.0, 0.0)
    assert restless.contrast < 1.5


def test_letters_are_measured_as_they_are_when_reduced() -> None:
    large, small = written(size=120), written(size=40)
    assert large.small_px == pytest.approx(3 * small.small_px, rel=0.15)
    assert 4 < small.small_px < 10


@pytest.mark.parametrize(
    "worse",
    [
        {"contrast": 3.0}, {"picture_share": 0.0, "words_share": 0.1}, {"words": 6}, {"small_px": 5.0},
        {"calm": 0.3}, {"relation": 0.0},
    ],
)  # fmt: skip
def test_every_measure_counts(worse: dict[str, float]) -> None:
    best, found = judge(GOOD), judge(GOOD.model_copy(update=worse))
    assert found.score < best.score - 5
    assert found.why != best.why


def test_points_told_add_up_to_the_score() -> None:
    verdict = judge(GOOD.model_copy(update={"contrast": 6.2, "small_px": 7.7, "calm": 0.41}))
    told = [float(part.rpartition("(")[2].split(" of ")[0]) for part in verdict.why.split("; ")]
    assert sum(told) == pytest.approx(verdict.score, abs=0.4)
