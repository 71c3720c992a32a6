"""The checks on scenes that are drawn, over real files with planted defects."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelwright.video.engine.actors import Growing, Rising, patch, word_sprite
from reelwright.video.engine.colour import Rgb
from reelwright.video.engine.face import face
from reelwright.video.engine.palette import PALETTES
from reelwright.video.engine.pictured import Floating
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.pictures.sprites import PictureSprites
from reelwright.video.review.ink import Gauge, Planes, worst_contrast
from tests.unit.video.drawn import DRAWN, SECONDS, SIZES, Film, Planted, film, in_order
from tests.unit.video.engine.pictured_scenes import SCENES, drawing, pictured
from tests.unit.video.engine.scenes import VISUALS, graphics, spoken

WIDTH, HEIGHT = SIZES["16:9"]
WORDS = spoken("The Moon pulls the ocean into two bulges.")
DARK = graphics("statement", words=WORDS, captions=True, style="forest")
LIGHT = DARK.model_copy(update={"theme_seed": len(PALETTES)})
"""The same in the light shade: white is not to be read on it."""
WHITE = Rgb(255, 255, 255)


class Whenever:
    """An actor that is there for a while."""

    def __init__(self, actor: object, start: float, end: float) -> None:
        self._actor, self._span = actor, (start, end)

    def draw(self, frame: Frame, t: float) -> None:
        if self._span[0] <= t < self._span[1]:
            self._actor.draw(frame, t)


def word(text: str, x: int, baseline: int, colour: Rgb, *, at: float = 0.5, size: int = 30) -> Rising:
    own = face("heavy", size)
    window = Box(x - size, baseline - round(1.05 * size), WIDTH, baseline + round(0.34 * size))
    return Rising(word_sprite(own, text, colour), x, baseline, window, at)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Film:
    return film(tmp_path_factory.mktemp("good"), in_order([DARK, LIGHT]))


def test_good_scenes_pass_and_the_checks_say_what_they_found(good: Film) -> None:
    checks = good.checks()

    assert [check for check in checks.values() if not check.passed] == []
    assert "not measured" not in " ".join(checks[name].found for name in DRAWN)
    assert "large text" in checks["text_contrast"].found
    assert checks["text_contrast"].allowed == "at least 4.5:1, large text 3.0:1"


def test_what_no_trace_tells_of_is_named_and_not_passed_in_silence(good: Film) -> None:
    checks = good.without_trace(2).checks()

    for name in DRAWN:
        assert checks[name].passed
        assert checks[name].found.endswith(
            "not measured: scene 2 has no text trace, as footage of other makers"
        )
    assert "large text" in checks["text_contrast"].found


def test_a_file_of_which_nothing_is_known_is_not_judged(good: Film, tmp_path: Path) -> None:
    known = good.review()
    unknown = replace(good, scenes=tuple(scene.model_copy(update={"trace": None}) for scene in good.scenes))
    broken = tmp_path / "broken.trace"
    broken.write_bytes(b"no trace")
    torn = replace(good, scenes=tuple(scene.model_copy(update={"trace": broken}) for scene in good.scenes))

    for other in (unknown, torn):
        checks = other.checks()
        assert list(checks) == [check.name for check in known.checks]
        assert checks["text_contrast"].found.startswith("not measured: scenes 1, 2 have no text trace")


# Contrast


def test_text_without_contrast_is_found_with_scene_text_second_and_values(tmp_path: Path) -> None:
    pale = PALETTES["forest"].light.glow
    faint = word("unseen", 60, 60, Rgb(*(part - 40 for part in pale)), at=1.0, size=18)
    failures = film(tmp_path, _after(DARK, Planted(LIGHT, (faint,)))).failures()

    check = failures["text_contrast"]
    assert set(failures) <= {"text_contrast", "text_safe_area"}
    assert "scene 2, headline “unseen”" in check.found
    assert check.at_seconds is not None
    assert SECONDS + 1.0 <= check.at_seconds <= 2 * SECONDS
    assert ":1 of 4.5:1" in check.found


def test_a_marker_that_comes_late_behind_its_word_is_found(tmp_path: Path) -> None:
    """White on cream for a few frames: what the first strokes of our markers left behind them."""
    accent = PALETTES["forest"].light.accent
    box, text = Box(50, 38, 260, 78), word("twice a day", 60, 68, WHITE, at=1.0, size=28)
    late = (Growing(box, accent, 1.0, seconds=0.3, radius=6), text)
    timely = (Growing(box, accent, 0.8, seconds=0.3, radius=6), text)
    (tmp_path / "late").mkdir()
    (tmp_path / "timely").mkdir()

    found = film(tmp_path / "late", [Planted(LIGHT, late)]).checks()["text_contrast"]
    assert not found.passed
    assert "“twice a day”" in found.found
    assert found.at_seconds == pytest.approx(1.2, abs=0.15)
    fine = film(tmp_path / "timely", [Planted(LIGHT, timely)]).checks()["text_contrast"]
    assert "“twice a day”" not in fine.found


def test_a_picture_that_passes_behind_a_word_is_found(tmp_path: Path) -> None:
    text = word("clear", 60, 126, WHITE)
    passing = Whenever(_still(patch(Box(0, 0, 60, 60), 0, Rgb(235, 235, 225)), 80, 80), 2.0, 2.4)
    check = film(tmp_path, [Planted(DARK, (passing, text))]).checks()["text_contrast"]

    assert not check.passed
    assert "“clear”" in check.found
    assert 2.0 <= (check.at_seconds or 0) < 2.4


def test_what_is_laid_over_a_word_is_found(tmp_path: Path) -> None:
    over = Whenever(_still(patch(Box(0, 0, 200, 80), 0, Rgb(20, 20, 30)), 50, 70), 2.0, 9.0)
    check = film(tmp_path, [Planted(DARK, (word("gone", 60, 126, WHITE), over))]).checks()["text_contrast"]

    assert not check.passed
    assert "“gone”" in check.found


def test_text_that_is_wiped_away_is_no_fault(tmp_path: Path) -> None:
    first, second = in_order([DARK, LIGHT])
    text = (word("staying to the end", 60, 60, WHITE),)

    assert "text_contrast" not in film(tmp_path, [Planted(first, text), second]).failures()


# Places


def test_text_outside_the_safe_area_is_found(tmp_path: Path) -> None:
    check = film(tmp_path, [Planted(DARK, (word("far out", 4, 60, WHITE),))]).failures()["text_safe_area"]

    assert "scene 1, headline “far out”" in check.found
    assert "pixels outside" in check.found
    assert check.at_seconds == pytest.approx(0.6, abs=0.3)


def test_a_picture_over_a_caption_is_found(tmp_path: Path) -> None:
    with Image.open(drawing(tmp_path, "moon")) as image:
        sprites = PictureSprites(image.resize((90, 90)))
    low = Floating(sprites, (WIDTH // 2, round(0.87 * HEIGHT)), 1.0, drift=3)
    check = film(tmp_path, [Planted(DARK, (low,))]).failures()["caption_overlap"]

    assert "scene 1, a picture" in check.found
    assert check.at_seconds == pytest.approx(1.1, abs=0.3)


def test_text_under_a_caption_is_found(tmp_path: Path) -> None:
    low = word("under", WIDTH // 2 - 30, round(0.88 * HEIGHT), WHITE)

    assert "“under”" in film(tmp_path, [Planted(DARK, (low,))]).failures()["caption_overlap"].found


# Neighbours and motion


def test_neighbours_that_look_alike_are_named(tmp_path: Path) -> None:
    check = film(tmp_path, [DARK, DARK]).failures().get("scenes_alike")

    assert check is not None
    assert "scene 2, statement, like scene 1" in check.found
    assert check.at_seconds == pytest.approx(SECONDS)


def test_a_second_without_motion_is_found(tmp_path: Path) -> None:
    def frozen(t: float) -> float:
        return 1.9 if 1.9 <= t < 3.1 else t

    check = film(tmp_path, [Planted(DARK, moment=frozen)]).failures()["motion"]

    assert check.at_seconds == pytest.approx(2.0)
    assert "scene 1" in check.found


# All layouts


@pytest.mark.parametrize("aspect", list(SIZES))
def test_good_videos_of_every_layout_pass(tmp_path: Path, aspect: str) -> None:
    plain = [graphics(name, words=WORDS, aspect=aspect, captions=True) for name in VISUALS]
    shown = [
        pictured(name, tmp_path, words=WORDS, aspect=aspect, captions=True)
        for name in SCENES
        if name != "list"
    ]

    assert film(tmp_path, in_order([*plain, *shown]), seconds=3.0).failures() == {}


# The measure itself


@pytest.mark.parametrize(("ink", "ground", "ratio"), [(235, 16, 21.0), (16, 235, 21.0), (126, 126, 1.0)])
def test_contrast_is_that_of_wcag(ink: int, ground: int, ratio: float) -> None:
    coverage = np.zeros((20, 40), np.float32)
    coverage[4:16, 4:36:4] = 1.0
    coverage[4:16, 5:36:4] = 0.5
    luma = np.full((100, 100), ground, np.float32)
    luma[20:40, 20:60] += coverage * (ink - ground)
    grey = np.full((50, 50), 128, np.uint8)
    gauge = Gauge.at(coverage, (20, 20), (100, 100))

    assert gauge is not None
    assert worst_contrast(gauge, Planes(luma.astype(np.uint8), grey, grey)) == pytest.approx(ratio, rel=0.03)


def _after(before: object, planted: Planted) -> list[Planted]:
    first, second = in_order([before, planted.graphics])  # type: ignore[list-item]
    # The light shade alternates with the dark one by the scene's number: the seed decides.
    return [Planted(first), replace(planted, graphics=second.model_copy(update={"theme_seed": 0}))]


class _Still:
    def __init__(self, sprite: object, x: int, y: int) -> None:
        self._sprite, self._at = sprite, (x, y)

    def draw(self, frame: Frame, t: float) -> None:
        self._sprite.draw(frame, *self._at)


def _still(sprite: object, x: int, y: int) -> _Still:
    return _Still(sprite, x, y)
