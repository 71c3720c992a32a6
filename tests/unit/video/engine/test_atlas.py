"""Maps that are kept on disk look as if they had been drawn."""

from pathlib import Path

import pytest

from reelwright.places import find_place
from reelwright.video.engine import atlas
from reelwright.video.engine.atlas import Camera, Journey, MapColours, MapGround, colours_for, framed
from reelwright.video.engine.palette import PALETTES
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.pictures.shelf import RasterShelf
from reelwright.video.pictures.world import World
from reelwright.video.schema import frame_size
from tests.unit.video.engine.test_visuals import WORLD

KEPT = World(WORLD.countries, "squares")
SIZE = frame_size("16:9", "480p")
COLOURS = colours_for(PALETTES["lagoon"].dark)


def seen(
    shelf: RasterShelf, colours: MapColours = COLOURS, lit: str = "Kenya", world: World = KEPT
) -> list[bytes]:
    """Return what is seen on the way to Nairobi."""
    window = framed([find_place("Nairobi")], Box(100, 60, 754, 380), SIZE)  # type: ignore[list-item]
    camera = Camera(window, SIZE, (427.0, 220.0))
    journey = Journey.planned(camera.farthest, 0.2, 1.5, until=6.0, drifts=True)
    ground = MapGround(world, camera, journey, colours, [lit], shelf)
    frame = Frame.blank(*SIZE)
    found = []
    for t in (0.4, 1.0, 1.6, 4.0):
        ground.draw(frame, t)
        found.append(frame.y.tobytes() + frame.u.tobytes() + frame.v.tobytes())
    return found


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    drawn: list[object] = []
    draw = atlas._drawn
    monkeypatch.setattr(atlas, "_drawn", lambda svg, size: (drawn.append(size), draw(svg, size))[1])
    return drawn


def test_a_map_from_the_disk_is_the_same_to_the_byte(tmp_path: Path, drawings: list[object]) -> None:
    plain = seen(RasterShelf(None))
    cold = seen(RasterShelf(tmp_path))
    drawings.clear()
    assert seen(RasterShelf(tmp_path)) == cold == plain
    assert drawings == []


def test_what_looks_different_is_kept_by_itself(tmp_path: Path, drawings: list[object]) -> None:
    shelf = RasterShelf(tmp_path)
    before = seen(shelf)
    other = COLOURS._replace(land=COLOURS.lit)
    for changed in ({"lit": "Somalia"}, {"colours": other}, {"world": World(WORLD.countries[:2], "fewer")}):
        drawings.clear()
        assert seen(shelf, **changed) != before  # type: ignore[arg-type]
        assert drawings


@pytest.mark.parametrize("damage", [b"", b"\x89PNG", b"anything"])
def test_a_damaged_map_is_drawn_anew(tmp_path: Path, damage: bytes, drawings: list[object]) -> None:
    before = seen(RasterShelf(tmp_path))
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:-30] if damage == b"anything" else damage)
    drawings.clear()
    assert seen(RasterShelf(tmp_path)) == before
    assert drawings
