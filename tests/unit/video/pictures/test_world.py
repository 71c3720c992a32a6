import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.places import Place, find_place
from reelwright.video.pictures.world import Window, World, window_around

SQUARE = [(0, 0), (0, 10), (10, 10), (10, 0), (0, 0)]
HOLE = [(4, 4), (6, 4), (6, 6), (4, 6), (4, 4)]
ACROSS = [(170, 50), (170, 60), (180, 60), (-170, 60), (-170, 50), (180, 50), (170, 50)]
SOUTH = [(-180, -70), (-90, -65), (0, -70), (90, -65), (180, -70)]


def topology(*polygons: tuple[str, list[list[list[int]]]], arcs: list[Any], **more: Any) -> World:
    geometries = [
        {"type": "MultiPolygon", "arcs": [rings], "id": str(at), "properties": {"name": name}}
        for at, (name, rings) in enumerate(polygons)
    ]
    whole = {"type": "Topology", "arcs": arcs, "objects": {"countries": {"geometries": geometries}}} | more
    return World.read(json.dumps(whole).encode())


def area(ring: Any) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


def place(name: str, latitude: float, longitude: float, width: float = 10) -> Place:
    return Place(name, "city", latitude, longitude, width)


def test_arcs_are_joined_forwards_and_backwards() -> None:
    world = topology(("Square", [[0, ~1]]), arcs=[SQUARE[:3], [(0, 0), (10, 0), (10, 10)]])
    (ring,) = world.countries[0].rings
    assert sorted(map(tuple, ring[:-1].tolist())) == sorted(map(tuple, SQUARE[:-1]))
    assert ring[0].tolist() == ring[-1].tolist()
    assert area(ring) == 100


def test_quantised_arcs_are_sums_on_a_grid() -> None:
    steps = [(0, 0), (0, 10), (10, 0), (0, -10), (-10, 0)]
    world = topology(
        ("Square", [[0]]), arcs=[steps], transform={"scale": [0.5, 2.0], "translate": [-100.0, 7.0]}
    )
    (ring,) = world.countries[0].rings
    assert (ring.min(axis=0).tolist(), ring.max(axis=0).tolist()) == ([-100, 7], [-95, 27])


def test_outer_rings_and_holes_run_against_each_other_and_a_hole_is_outside() -> None:
    world = topology(("Square", [[0], [1]]), arcs=[SQUARE, HOLE])
    outer, hole = world.countries[0].rings
    assert (area(outer), area(hole)) == (100, -4)
    found = world.at(1, 1)
    assert found is not None
    assert found.name == "Square"
    assert world.at(5, 5) is None
    assert world.at(11, 5) is None


def test_a_ring_across_the_date_line_is_whole_from_both_sides() -> None:
    world = topology(("Far", [[0]]), arcs=[ACROSS])
    assert abs(area(world.countries[0].rings[0])) == 200
    assert world.at(175, 55)
    assert world.at(-175, 55)
    assert not world.at(0, 55)
    for west in (160.0, -200.0):
        (country,) = world.visible(Window(west, 40, west + 40, 70))
        (ring,) = country.rings
        assert ring[:, 0].min() == west + 10
        assert ring[:, 0].max() == west + 30


def test_a_ring_around_a_pole_reaches_it() -> None:
    world = topology(("South", [[0]]), arcs=[SOUTH])
    (ring,) = world.countries[0].rings
    assert ring[:, 1].min() == -90
    assert world.at(12, -80)
    assert not world.at(12, -60)


def test_only_what_reaches_into_the_window_is_visible() -> None:
    world = topology(("Square", [[0]]), ("Far", [[1]]), arcs=[SQUARE, ACROSS])
    assert [country.name for country in world.visible(Window(-5, -5, 5, 5))] == ["Square"]
    assert [country.name for country in world.visible(Window(20, -5, 30, 5))] == []
    assert {country.name for country in world.visible(Window(-180, -90, 180, 90))} == {"Square", "Far"}


def test_a_place_stands_in_the_middle_of_its_own_window() -> None:
    for name in ("Reykjavik", "Fiji", "South Pole", "Singapore", "Europe"):
        found = find_place(name)
        assert found is not None
        window = window_around([found], 16 / 9)
        assert -90 <= window.south < window.north <= 90
        x, y = window.place(found, 1600, 900)
        assert x == pytest.approx(800)
        assert 0 <= y <= 900


def test_neighbours_across_the_date_line_are_shown_together() -> None:
    window = window_around([place("a", -18, 178), place("b", -14, -172)], 1.0)
    assert window.east - window.west < 30
    assert window.place(place("b", -14, -172), 100, 100)[0] > window.place(place("a", -18, 178), 100, 100)[0]


def test_a_map_needs_a_place() -> None:
    with pytest.raises(ValueError, match="needs a place"):
        window_around([], 1.0)


coordinates = st.tuples(st.floats(-90, 90), st.floats(-180, 180), st.floats(2, 360))


@given(st.lists(coordinates, min_size=1, max_size=3), st.sampled_from([16 / 9, 9 / 16, 1.0]))
def test_every_place_is_inside_and_a_circle_stays_one(
    found: list[tuple[float, float, float]], aspect: float
) -> None:
    places = [place("p", latitude, longitude, width) for latitude, longitude, width in found]
    window = window_around(places, aspect)
    width, height = 900 * aspect, 900.0
    assert window.east - window.west <= 360.001
    assert (window.north - window.south > 180) or -90.001 <= window.south < window.north <= 90.001
    whole_turn = window.east - window.west > 359
    for each in places:
        x, y = window.place(each, width, height)
        assert whole_turn or -1 <= x <= width + 1
        assert -1 <= y <= height + 1
    across = width / (window.east - window.west) / window.flattening
    down = height / (window.north - window.south)
    assert whole_turn or across == pytest.approx(down, rel=0.05)


def test_lines_of_latitude_stay_level() -> None:
    window = Window(0, 0, 20, 10)
    shown = window.project(np.array([[0.0, 10.0], [20.0, 10.0], [10.0, 5.0]]), 200, 100)
    assert shown.tolist() == [[0, 0], [200, 0], [100, 50]]


def test_outlines_are_the_same_after_packing() -> None:
    world = topology(("Square", [[0], [1]]), ("Land", [[0, 2]]), arcs=[SQUARE, ACROSS, HOLE])
    again = World.unpacked(world.packed())
    assert again.digest == world.digest != ""
    assert [(it.name, it.code) for it in again.countries] == [("Square", "0"), ("Land", "1")]
    for one, other in zip(world.countries, again.countries, strict=True):
        assert [ring.tolist() for ring in one.rings] == [ring.tolist() for ring in other.rings]


def test_packed_outlines_that_are_damaged_are_refused() -> None:
    packed = topology(("Square", [[0]]), arcs=[SQUARE]).packed()
    for damaged in (b"", b"5", packed[:-1], packed[:-9] + b"\1" + packed[-8:], b"\0" * len(packed)):
        with pytest.raises(ValueError, match="not whole"):
            World.unpacked(damaged)
