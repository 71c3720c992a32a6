"""A logo is seen on any ground: where it would not be there is a plate under it, and nowhere else."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from reelwright.video.engine.card import Card
from reelwright.video.engine.logo import Logo
from reelwright.video.engine.logo_ground import stands_out
from reelwright.video.engine.stage import Stage
from reelwright.video.schema import LogoUse
from tests.unit.video.test_branding import SVG, blank, logo

SIZE = (640, 360)


def of(folder: Path, colour: str) -> LogoUse:
    use = logo(folder, corner="top-right")
    assert use.path is not None
    use.path.write_text(
        SVG.replace("#fff", colour).replace('width="40" height="20"', 'width="12" height="20"', 1), "utf-8"
    )
    return use


def box_of(use: LogoUse, luma: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what is drawn on a ground: where the logo is, and around it."""
    frame = blank(*SIZE)
    frame.y[:] = luma
    Logo(Stage(*SIZE, captions=False), use).draw(frame, 0.0)
    rows, columns = np.nonzero(frame.y != luma)
    return rows, columns


@pytest.mark.parametrize(("colour", "luma", "plated"), [
    ("#ffffff", 20, False), ("#ffffff", 228, True), ("#0b1020", 20, True), ("#0b1020", 228, False),
    ("#ffd34e", 228, True), ("#7a7f88", 118, True),
])  # fmt: skip
def test_a_plate_is_where_a_logo_would_not_be_seen(
    tmp_path: Path, colour: str, luma: int, *, plated: bool
) -> None:
    rows, columns = box_of(of(tmp_path, colour), luma)
    if not plated:
        assert rows.size == 0 or rows.max() - rows.min() < 36
        return
    assert rows.max() - rows.min() >= 45
    assert rows.min() >= 1
    assert columns.max() <= SIZE[0] - 2


def test_a_logo_on_a_plate_stands_out_from_it(tmp_path: Path) -> None:
    for colour, luma in (("#ffffff", 228), ("#0b1020", 20), ("#ffd34e", 228)):
        frame = blank(*SIZE)
        frame.y[:] = luma
        drawn = Logo(Stage(*SIZE, captions=False), of(tmp_path, colour))
        drawn.draw(frame, 0.0)
        rgba, (left, top) = drawn._rgba, drawn._at
        plate = np.full(rgba.shape[:2], frame.y[top - 4, left + rgba.shape[1] // 2], np.uint8)
        assert stands_out(rgba, plate)


def test_a_plate_comes_softly_when_footage_turns_and_stays(tmp_path: Path) -> None:
    drawn = Logo(Stage(*SIZE, captions=False), of(tmp_path, "#ffffff"))
    seen = []
    for number in range(72):
        frame = blank(*SIZE)
        frame.y[:] = 228 if 20 <= number < 50 else 20
        before = frame.y.copy()
        drawn.draw(frame, number / 24)
        left, top = drawn._at
        seen.append(abs(int(frame.y[top - 4, left + 5]) - int(before[top - 4, left + 5])))
    assert max(seen[:24]) == 0
    assert seen[24] < seen[28] < seen[36]
    assert max(abs(after - now) for now, after in pairwise(seen[24:46])) < 70
    assert seen[49] > 100


def test_after_its_scene_has_settled_nothing_is_looked_at(tmp_path: Path) -> None:
    drawn = Logo(Stage(*SIZE, captions=False), of(tmp_path, "#ffffff"), until_seconds=1.0)
    for number in range(60):
        frame = blank(*SIZE)
        frame.y[:] = 228 if number >= 30 else 20
        drawn.draw(frame, number / 24)
    assert drawn._plate is None


def test_a_badge_that_brings_its_ground_needs_none() -> None:
    badge = np.full((40, 40, 4), (20, 24, 40, 255), np.uint8)
    badge[10:30, 14:26, :3] = 255
    assert stands_out(badge, np.full((40, 40), 24, np.uint8))
    assert not stands_out(badge[:, :, :] * np.array([0, 0, 0, 1], np.uint8), np.full((40, 40), 16, np.uint8))


@pytest.mark.parametrize("place", [0, 1])
def test_on_a_card_of_either_tone_a_light_or_a_dark_logo_has_a_plate(tmp_path: Path, place: int) -> None:
    plated = {
        colour: len(Card(SIZE, "", of(tmp_path, colour), place=place, seed=3, style="midnight")._parts) - 1
        for colour in ("#0b1020", "#ffffff")
    }
    assert sorted(plated.values()) == [0, 1]
