"""Comparisons, flows, timelines, maps and riding markers: what they draw is what they were given."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.environment.schema import Aspect
from reelwright.places import Place, find_place
from reelwright.production.schema import (
    ChartVisual,
    ComparisonVisual,
    Datum,
    FlowVisual,
    MapVisual,
    Moment,
    Side,
    TimelineVisual,
    Visual,
    Word,
)
from reelwright.video.engine.actors import Actor
from reelwright.video.engine.atlas import Camera, Journey, MapGround, colours_for, framed
from reelwright.video.engine.colour import contrast, to_yuv
from reelwright.video.engine.layouts import LAYOUTS
from reelwright.video.engine.layouts import map as map_layout
from reelwright.video.engine.layouts.comparison import halves
from reelwright.video.engine.layouts.flow import flow_cells
from reelwright.video.engine.layouts.line import rider_size
from reelwright.video.engine.layouts.map import map_in, plan_map
from reelwright.video.engine.layouts.timeline import seats_across, seats_down, time_scale
from reelwright.video.engine.naming import AreaMap, free_spot
from reelwright.video.engine.palette import PALETTES
from reelwright.video.engine.pictures import NO_PICTURES, ScenePicture, ScenePictures
from reelwright.video.engine.plan import plan_scene
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.stage import Stage
from reelwright.video.pictures.world import Country, Window, World
from reelwright.video.schema import PictureUse, frame_size
from tests.unit.video.engine.conftest import TextSpy
from tests.unit.video.engine.scenes import ASPECTS, LATE, SECONDS, VISUALS, spoken
from tests.unit.video.engine.test_scenes import HARSH, overlapping

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">'
    '<rect width="10" height="10" fill="#00FF00"/></svg>'
)


def square(name: str, west: float, south: float, size: float) -> Country:
    east, north = west + size, south + size
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return Country(name, "", (np.array(corners, float),))


WORLD = World([square("Kenya", 32, -6, 11), square("Somalia", 43, -6, 14), square("Ethiopia", 32, 5, 11)])
"""Squares where three countries are."""


def setting_for(
    kind: str,
    aspect: Aspect,
    *,
    index: int = 0,
    words: tuple[Word, ...] = (),
    pictures: ScenePictures = NO_PICTURES,
) -> Setting:
    plan = plan_scene(kind, index, 0, "auto")
    return Setting(Stage(*frame_size(aspect, "480p"), captions=True), plan, words, SECONDS, pictures)


def pictures(*items: int, hero: bool = False) -> ScenePictures:
    known = {"name": "green", "digest": "0", "source": "pack", "score": 1.0, "why": "a test"}
    uses = [PictureUse(role="item", item=item, **known) for item in items]
    uses += [PictureUse(role="hero", **known)] if hero else []
    return ScenePictures(tuple(ScenePicture(use, SVG) for use in uses))


def drawn(actors: list[Actor], setting: Setting, t: float = LATE) -> Frame:
    frame = Frame.blank(setting.stage.width, setting.stage.height)
    for actor in actors:
        actor.draw(frame, t)
    return frame


def is_green(frame: Frame) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return (frame.u < 70) & (frame.v < 70)


@pytest.fixture
def own_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw maps of the world of this file, whether or not a pack is installed."""
    monkeypatch.setattr(map_layout.PicturePack, "installed", classmethod(lambda _: object()))
    monkeypatch.setattr(map_layout, "world_of", lambda *_: WORLD)


MAPS = (
    MapVisual(places=("Kenya",)),
    MapVisual(places=("Nairobi",), label="Where the coffee is sold"),
    MapVisual(places=("Nairobi", "Mogadishu", "Addis Ababa"), label="Three capitals"),
)


@pytest.mark.usefixtures("own_world")
@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("visual", MAPS, ids=("country", "city", "cities"))
def test_names_on_a_map_stay_in_the_safe_area_and_apart(
    visual: MapVisual, aspect: Aspect, text_spy: TextSpy
) -> None:
    setting = setting_for("map", aspect)
    drawn(LAYOUTS["map"](visual, setting), setting)
    area = setting.stage.content.grown(3)
    assert len(text_spy.seen) >= len(visual.places)
    assert all(spied.box.clipped(area) == spied.box for spied in text_spy.seen)
    assert overlapping(text_spy) < 10


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("pictured", [False, True])
@pytest.mark.parametrize("kind", ["comparison", "timeline", "flow", "line"])
def test_text_and_pictures_keep_apart(kind: str, pictured: bool, aspect: Aspect, text_spy: TextSpy) -> None:  # noqa: FBT001 (a table)
    visual = VISUALS[kind]
    given = pictures(0, 1, 2, hero=True) if pictured else NO_PICTURES
    setting = setting_for(visual.kind, aspect, pictures=given)
    text_spy.hide = True
    frame = drawn(LAYOUTS[visual.kind](visual, setting), setting)
    area = setting.stage.content.grown(3)
    assert all(spied.box.clipped(area) == spied.box for spied in text_spy.seen)
    assert overlapping(text_spy) < 30
    green = is_green(frame)
    assert green.any() == pictured
    for spied in text_spy.seen:
        box = spied.box
        assert not green[box.top // 2 : box.bottom // 2, box.left // 2 : box.right // 2].any()


@pytest.mark.parametrize("aspect", ASPECTS)
def test_pictures_stay_over_the_captions(aspect: Aspect) -> None:
    for kind in ("comparison", "timeline", "flow", "line"):
        visual = VISUALS[kind]
        setting = setting_for(visual.kind, aspect, pictures=pictures(0, 1, 2, hero=True))
        actors = LAYOUTS[visual.kind](visual, setting)
        for t in (2.0, 4.3, LATE):
            rows, _ = np.nonzero(is_green(drawn(actors, setting, t)))
            assert rows.size or t < LATE
            assert 2 * rows.max(initial=0) <= setting.stage.content.bottom + setting.px(8), kind


@pytest.mark.usefixtures("own_world")
@pytest.mark.parametrize("text", HARSH)
@pytest.mark.parametrize("aspect", ASPECTS)
def test_strangers_text_stays_inside(text: str, aspect: Aspect, text_spy: TextSpy) -> None:
    visuals: tuple[Visual, ...] = (
        ComparisonVisual(heading=text, left=Side(label=text, detail=text), right=Side(label=text)),
        TimelineVisual(heading=text, moments=tuple(Moment(when=text, year=1, label=text) for _ in range(6))),
        TimelineVisual(moments=tuple(Moment(when=text, year=year, label=text) for year in (-9999, 0, 1))),
        FlowVisual(heading=text, steps=(text,) * 4),
        MapVisual(places=("Nairobi",), label=text),
    )
    for index, visual in enumerate(visuals):
        text_spy.seen.clear()
        setting = setting_for(visual.kind, aspect, index=index, pictures=pictures(0, 2, hero=True))
        drawn(LAYOUTS[visual.kind](visual, setting), setting)
        inside = setting.stage.content.grown(8)
        assert all(spied.box.clipped(inside) == spied.box for spied in text_spy.seen), visual.kind


@pytest.mark.usefixtures("own_world")
@pytest.mark.parametrize("kind", ["comparison", "timeline", "flow", "map", "line"])
def test_the_same_scene_is_drawn_to_the_same_bytes(kind: str) -> None:
    visual = MAPS[2] if kind == "map" else VISUALS[kind]
    frames = []
    for _ in range(2):
        setting = setting_for(visual.kind, "16:9", pictures=pictures(0, 1, hero=True))
        actors = LAYOUTS[visual.kind](visual, setting)
        frames.append([drawn(actors, setting, t) for t in (3.1, 0.4, 1.3, 3.1)])
    for first, second in zip(*frames, strict=True):
        assert all(np.array_equal(getattr(first, plane), getattr(second, plane)) for plane in "yuv")
    assert np.array_equal(frames[0][0].y, frames[0][3].y)


def test_a_divider_slides_in_when_the_second_thing_is_spoken_of() -> None:
    visual = ComparisonVisual(left=Side(label="Spring tides"), right=Side(label="Neap tides"))
    words = spoken("Spring tides are much the higher ones while neap tides are low", each=0.45)
    setting = setting_for("comparison", "16:9", words=words)
    actors = LAYOUTS["comparison"](visual, setting)
    _, edge = halves(setting, headed=False)
    light = to_yuv(setting.plan.palette.light.card).y
    before, after = (drawn(actors, setting, t).y[4, edge.left] for t in (words[7].start_seconds - 0.7, LATE))
    assert before == 16
    assert abs(int(after) - light) <= 2


@pytest.mark.parametrize("aspect", ASPECTS)
def test_both_halves_of_a_comparison_are_of_a_size(aspect: Aspect) -> None:
    setting = setting_for("comparison", aspect)
    (first, second), edge = halves(setting, headed=False)
    assert abs(first.width - second.width) <= 4
    assert abs(first.height - second.height) <= 4
    assert first.clipped(edge).width * first.clipped(edge).height == 0
    assert second.clipped(edge).width * second.clipped(edge).height == 0


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("count", [2, 3, 4])
def test_steps_of_a_flow_stand_in_order_and_apart_with_arrows_between(aspect: Aspect, count: int) -> None:
    setting = setting_for("flow", aspect)
    cells = flow_cells(setting, setting.stage.content, ["A step of some words"] * count)
    boxes = [box for cell in cells for box in (cell.plate, cell.text)] + [cell.arrow for cell in cells[1:]]
    area = setting.stage.content.grown(2)
    assert all(box.clipped(area) == box and box.width > 10 and box.height > 10 for box in boxes)
    for number, box in enumerate(boxes):
        assert not any(touch(box, other) for other in boxes[number + 1 :])
    for before, after in pairwise(cells):
        assert before.plate.width == after.plate.width
        assert before.plate.middle < after.arrow.middle < after.plate.middle or (
            before.plate.middle[1] < after.arrow.middle[1] < after.plate.middle[1]
        )


def touch(first: Box, second: Box) -> bool:
    shared = first.clipped(second)
    return shared.width > 0 and shared.height > 0


def test_steps_light_up_as_they_are_spoken() -> None:
    words = spoken("First the Moon pulls and very much later the water rises", each=0.5)
    visual = FlowVisual(steps=("Moon pulls", "Water rises"))
    setting = setting_for("flow", "16:9", words=words)
    actors = LAYOUTS["flow"](visual, setting)
    cells = flow_cells(setting, setting.stage.content, visual.steps)
    x, y = cells[1].plate.left + 12, cells[1].plate.top + 30
    light = to_yuv(setting.plan.palette.light.card).y
    early, late = (int(drawn(actors, setting, t).y[y, x]) for t in (words[8].start_seconds - 0.3, LATE))
    assert early < light - 40
    assert abs(late - light) <= 2


@pytest.mark.parametrize("least", [0.05, 0.2])
@pytest.mark.parametrize(
    "years", [(1900, 1950, 2000), (-44, 1789), (1957, 1961, 1965, 1968, 1969, 1972), (5, 5, 5), (1, 2, 2999)]
)
def test_moments_lie_to_scale_or_say_that_they_do_not(years: tuple[int, ...], least: float) -> None:
    scale = time_scale(years, least)
    span = years[-1] - years[0]
    gaps = [after - before for before, after in pairwise(scale.shares)]
    assert scale.shares[0] == 0
    assert scale.shares[-1] == pytest.approx(1)
    assert min(gaps) >= min(least, 1 / len(gaps)) - 1e-9
    if scale.true:
        assert scale.shares == pytest.approx([(year - years[0]) / span for year in years])
    else:
        lengths = [after - before for before, after in pairwise(years)]
        assert not span or min(lengths) / span < least
        assert [gaps[at] for at in np.argsort(lengths, kind="stable")] == pytest.approx(sorted(gaps))


@pytest.mark.parametrize("aspect", ASPECTS)
def test_posts_of_a_timeline_stand_where_their_years_are(aspect: Aspect) -> None:
    years = (1900, 1940, 2000)
    setting = setting_for("timeline", aspect)
    seated, axis = (seats_across, 0) if aspect == "16:9" else (seats_down, 1)
    seats, scale = seated(setting, years, setting.stage.content)
    posts = [seat.post[axis] for seat in seats]
    assert scale.true
    shares = [(post - posts[0]) / (posts[-1] - posts[0]) for post in posts]
    assert shares == pytest.approx([0, 0.4, 1], abs=0.01)
    visual = TimelineVisual(moments=tuple(Moment(when=str(it), year=it, label="It was") for it in years))
    frame = drawn(LAYOUTS["timeline"](visual, setting), setting)
    accent = to_yuv(setting.shade.accent).y
    ring = setting.px(30) // 2 - 3
    for x, y in (seat.post for seat in seats):
        assert abs(int(frame.y[y, x - ring]) - accent) < 12


def test_a_line_of_time_that_is_not_to_scale_is_dashed() -> None:
    setting = setting_for("timeline", "16:9")
    stretches = []
    for years in ((1900, 1950, 2000), (1, 1999, 2000)):
        visual = TimelineVisual(
            moments=tuple(Moment(when="then", year=year, label="It was") for year in years)
        )
        seats, _ = seats_across(setting, years, setting.stage.content)
        frame = drawn(LAYOUTS["timeline"](visual, setting), setting)
        (left, y), (right, _) = seats[0].post, seats[1].post
        row = np.abs(frame.y[y, left + 14 : right - 14].astype(int) - to_yuv(setting.shade.accent).y) < 12
        stretches.append(int(np.count_nonzero(np.diff(row.astype(int)))))
    assert stretches[0] == 0
    assert stretches[1] > 8


def test_a_year_is_counted_up_and_ends_at_itself(text_spy: TextSpy) -> None:
    visual = TimelineVisual(
        moments=(Moment(when="1957", year=1957, label="a"), Moment(when="1969", year=1969, label="b"))
    )
    setting = setting_for("timeline", "16:9", words=spoken("Nineteen fifty seven 1957 then 1969 came"))
    drawn(LAYOUTS["timeline"](visual, setting), setting)
    assert len(text_spy.seen) >= 4 + 1 + 1 + 1


@pytest.mark.parametrize("aspect", ASPECTS)
def test_the_fewer_moments_there_are_the_larger_their_type_is(aspect: Aspect) -> None:
    def inked(count: int) -> float:
        moments = tuple(
            Moment(when=f"{1900 + 20 * at}", year=1900 + 20 * at, label="It") for at in range(count)
        )
        setting = setting_for("timeline", aspect)
        frame = drawn(LAYOUTS["timeline"](TimelineVisual(moments=moments), setting), setting)
        seats, _ = (seats_across if aspect == "16:9" else seats_down)(
            setting, [moment.year for moment in moments], setting.stage.content
        )
        box = seats[0].when
        assert setting.stage.content.left <= box.left
        rows = frame.y[box.top : box.bottom, box.left : box.right].astype(int)
        return float(np.count_nonzero(np.ptp(rows, axis=1) > 60))

    two, three, five = (inked(count) for count in (2, 3, 5))
    assert two > three > five > 0


@given(st.integers(2, 6), st.sampled_from(ASPECTS), st.data())
def test_moments_of_a_line_have_rooms_inside_the_area_that_do_not_overlap(
    count: int, aspect: Aspect, data: st.DataObject
) -> None:
    years = sorted(data.draw(st.sets(st.integers(-500, 2020), min_size=count, max_size=count)))
    setting = setting_for("timeline", aspect)
    area = setting.stage.content
    seated = seats_across if aspect == "16:9" else seats_down
    seats, _ = seated(setting, years, area)
    for box in (part for seat in seats for part in (seat.when, seat.told)):
        assert area.left <= box.left < box.right <= area.right
        assert area.top <= box.top <= box.bottom <= area.bottom
    for one, other in pairwise(seats):
        if aspect == "16:9":
            assert one.when.right <= other.when.left or one.above != other.above
        else:
            assert one.told.bottom <= other.told.top + 1


@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize(
    "names", [("Nairobi",), ("Suva",), ("Tokyo", "Lima", "Paris"), ("Reykjavik", "Oslo")]
)
def test_a_pin_stands_at_its_projected_place_inside_the_safe_area(
    names: tuple[str, ...], aspect: Aspect
) -> None:
    setting = setting_for("map", aspect)
    known = [place for name in names if (place := find_place(name)) is not None]
    plan = plan_map(MapVisual(places=names, label="So much to see there"), known, setting)
    window, size = plan.camera.window, plan.camera.size
    assert window.east - window.west <= 361
    for place, located in zip(known, plan.places, strict=True):
        turns = (place.longitude + turn for turn in (-360, 0, 360))
        x = min(
            ((turn - window.west) / (window.east - window.west) * size[0] for turn in turns),
            key=lambda found: abs(found - located.x),
        )
        y = (window.north - place.latitude) / (window.north - window.south) * size[1]
        assert (located.x, located.y) == pytest.approx((x, y), abs=0.5)
        area = setting.stage.content
        assert area.left <= located.x <= area.right
        assert area.top <= located.y <= area.bottom
        assert plan.card is None or not touch(plan.card, Box(round(x), round(y), round(x) + 1, round(y) + 1))


def test_a_pin_is_drawn_with_its_tip_at_the_place() -> None:
    setting = setting_for("map", "16:9")
    plan = plan_map(MAPS[1], [find_place("Nairobi")], setting)  # type: ignore[list-item]
    frame = drawn(map_in(WORLD, plan, setting), setting)
    x, y = round(plan.places[0].x), round(plan.places[0].y)
    accent = to_yuv(setting.plan.palette.light.accent)
    head = frame.y[y - setting.px(54) : y, x - 3 : x + 4].astype(int)
    assert (np.abs(head - accent.y) < 6).sum() > 60


def test_every_place_of_the_ground_is_where_the_last_view_has_it() -> None:
    places = [find_place("Nairobi")]
    size = frame_size("16:9", "480p")
    window = framed(places, Box(100, 60, 754, 380), size)  # type: ignore[arg-type]
    camera = Camera(window, size, (427.0, 220.0))
    shade = PALETTES["lagoon"].dark
    colours = colours_for(shade)
    journey = Journey.planned(camera.farthest, 0.2, 1.5, until=6.0, drifts=False)
    ground = MapGround(WORLD, camera, journey, colours, ["Kenya"])
    for t in (1.5, 3.0):
        frame = Frame.blank(*size)
        ground.draw(frame, t)
        for longitude, latitude, colour in ((36.0, -1.0, colours.lit), (45.0, -1.0, colours.land)):
            x, y = (round(part) for part in camera.at(longitude, latitude))
            if 0 <= x < size[0] and 0 <= y < size[1]:
                assert abs(int(frame.y[y, x]) - to_yuv(colour).y) <= 3
        edge = round(camera.at(43.0, 0.0)[0])
        row = frame.y[round(camera.at(36.0, -1.0)[1])].astype(int)
        assert abs(int(row[edge - 6]) - to_yuv(colours.lit).y) <= 3
        assert abs(int(row[edge + 6]) - to_yuv(colours.land).y) <= 3


def test_a_view_from_afar_holds_the_still_point() -> None:
    camera = Camera(Window(30, -10, 50, 5), (800, 600), (500.0, 200.0))
    longitude, latitude = 30 + 20 * 500 / 800, 5 - 15 * 200 / 600
    for factor in (1.0, 1.7, 2.6):
        assert camera.at(longitude, latitude, factor) == pytest.approx((500, 200))
        view = camera.view(factor)
        assert view.project(np.array([longitude, latitude]), 800, 600).tolist() == pytest.approx([500, 200])
        assert view.east - view.west == pytest.approx(20 * factor)


def test_a_journey_only_ever_goes_nearer() -> None:
    journey = Journey.planned(2.6, 0.5, 2.0, until=8.0, drifts=True)
    factors = [journey.factor(t / 10) for t in range(80)]
    assert factors == sorted(factors, reverse=True)
    assert factors[0] == pytest.approx(2.6)
    assert factors[20] == pytest.approx(1.0)
    assert factors[-1] == pytest.approx(journey.nearest)


@pytest.mark.parametrize("palette", PALETTES)
def test_names_read_on_every_colour_of_a_map(palette: str) -> None:
    for shade in (PALETTES[palette].dark, PALETTES[palette].light):
        colours = colours_for(shade)
        for ground in (colours.sea, colours.land, colours.grid):
            assert contrast(colours.ink, ground) >= 4.5
        assert contrast(shade.soft, colours.sea) >= 4.5
        assert contrast(colours.on_lit, colours.lit) >= 4.5
        assert abs(to_yuv(colours.lit).y - to_yuv(colours.land).y) >= 12


def test_a_name_finds_room_only_wholly_inside_its_country() -> None:
    country = Country("A", "", (np.array([(40, 40), (40, 200), (300, 200), (300, 40), (40, 40)], float),))
    areas = AreaMap.of([(country, country.rings)], (400, 240))
    middle = areas.room(1, 100, 40)
    assert middle is not None
    assert 90 <= middle[0] <= 250
    assert 60 <= middle[1] <= 180
    assert areas.room(1, 280, 40) is None
    areas.cover([Box(40, 40, 300, 170)])
    assert areas.room(1, 100, 40) is None


def test_a_free_spot_is_inside_and_clear() -> None:
    area = Box(0, 0, 100, 100)
    spot = free_spot([Box(-10, 10, 30, 30), Box(60, 60, 90, 90)], area, [Box(0, 0, 40, 40)])
    assert spot == Box(60, 60, 90, 90)
    assert free_spot([Box(-10, 10, 30, 30)], area, []) == Box(0, 10, 40, 30)
    assert free_spot([Box(0, 0, 300, 10)], area, []) is None


@pytest.mark.parametrize("pack", [None, "a pack"], ids=["without a pack", "with a place that nobody knows"])
def test_a_map_that_cannot_be_drawn_is_put_in_words(
    pack: str | None, monkeypatch: pytest.MonkeyPatch, text_spy: TextSpy
) -> None:
    monkeypatch.setattr(map_layout.PicturePack, "installed", classmethod(lambda _: pack))
    visual = MapVisual(places=("Nairobi" if pack is None else "Xanaduria",), label="Far away from here")
    setting = setting_for("map", "16:9")
    drawn(LAYOUTS["map"](visual, setting), setting)
    assert len(text_spy.seen) == 4


def test_a_place_is_named_as_the_text_names_it_without_its_article() -> None:
    setting = setting_for("map", "16:9")
    sea = Place("Bay of Fundy", "sea", 45.0, -66.0, 9.0)
    plan = plan_map(MapVisual(places=("the Bay of Fundy",), label="Bay of Fundy"), [sea], setting)
    assert plan.places[0].name == "Bay of Fundy"
    assert plan.card is None


@pytest.mark.parametrize("aspect", ASPECTS)
def test_a_picture_rides_on_the_line_as_it_is_drawn(aspect: Aspect) -> None:
    data = tuple(Datum(label=label, value=value) for label, value in (("a", 1), ("b", 9), ("c", 4)))
    visual = ChartVisual(heading="", shape="line", data=data)
    setting = setting_for("chart", aspect, pictures=pictures(hero=True))
    actors = LAYOUTS["chart"](visual, setting)
    columns = []
    for t in (1.2, 1.6, LATE):
        rows, found = np.nonzero(is_green(drawn(actors, setting, t)))
        assert rows.size > 0.5 * (rider_size(setting) / 2) ** 2
        columns.append(found.mean())
    assert columns == sorted(columns)


def test_without_a_picture_a_disc_rides() -> None:
    setting = setting_for("chart", "16:9")
    assert rider_size(setting) == 0
    assert not is_green(drawn(LAYOUTS["chart"](VISUALS["line"], setting), setting)).any()
