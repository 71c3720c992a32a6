"""Where it is: a map that goes from the region to the place, a pin that drops, names."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from reelwright.places import Place, find_place
from reelwright.production.schema import MapVisual
from reelwright.video.engine.actors import Actor, Appear, patch, risen
from reelwright.video.engine.atlas import (
    Camera,
    Journey,
    MapColours,
    MapGround,
    colours_for,
    framed,
    outlines,
    world_of,
)
from reelwright.video.engine.emphasis import emphasised
from reelwright.video.engine.face import face
from reelwright.video.engine.fit import TextStyle, drawable, fit
from reelwright.video.engine.layouts.blocks import Block, headline, words_of
from reelwright.video.engine.layouts.parts import item_moments
from reelwright.video.engine.layouts.plain import map_in_words
from reelwright.video.engine.naming import AreaMap, free_spot
from reelwright.video.engine.pins import DROP_SECONDS, MapName, Pin, Rings
from reelwright.video.engine.planes import Box
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.timing import normalise
from reelwright.video.engine.typeset import place
from reelwright.video.pictures.pack import PicturePack
from reelwright.video.pictures.world import World

__all__ = ["Located", "map_", "map_in", "plan_map"]

_BEGIN_SECONDS = 0.5
_EARLIEST_ARRIVAL = 2.4
_LATEST_ARRIVAL = 3.2
_GLIDE_SECONDS = 1.0
"""The view still goes nearer for so long after the pin of a single place, which stays where it is."""
_EARLIEST_PIN = 0.9
_STAGGER_SECONDS = 0.2
_NAMES_AFTER_SECONDS = 0.25
_MOST_NAMES = 5
_LEAST_SHARE = 0.012
"""Countries that take less of what is seen are not named."""
_SEAS = (
    "Atlantic Ocean", "Pacific Ocean", "Indian Ocean", "Arctic Ocean", "Southern Ocean", "Mediterranean Sea",
    "North Sea", "Baltic Sea", "Black Sea", "Caspian Sea", "Red Sea", "Arabian Sea", "Bay of Bengal",
    "Caribbean Sea", "Gulf of Mexico", "Hudson Bay", "Sea of Japan", "South China Sea", "East China Sea",
    "Coral Sea", "Tasman Sea", "Bering Sea", "Labrador Sea", "Norwegian Sea",
)  # fmt: skip
_SEA = 0
_MUCH_WIDER = 1.8
"""A name stands on its country only if that is shown so many times wider: it would hide a small one."""
_WHOLE_WORLD = 361.0
"""Degrees: a wider view would show the same place twice."""
_NEAR_ITS_MIDDLE = 0.12
"""How far from a sea's middle its name may stand, of its width: farther out may be another sea."""


@dataclass(frozen=True, slots=True)
class Located:
    """A place of the visual: how the text calls it, where it is in the end, when it is spoken of."""

    name: str
    place: Place
    x: float
    y: float
    at: float


@dataclass(frozen=True, slots=True)
class _Plan:
    camera: Camera
    journey: Journey
    places: tuple[Located, ...]
    label: Block
    card: Box | None


def map_(visual: MapVisual, setting: Setting) -> list[Actor]:
    """Show where the places are; in words without outlines of the world, or where a place is not known."""
    pack = PicturePack.installed()
    found = [find_place(name) for name in visual.places]
    known = [place for place in found if place is not None]
    if pack is None or len(known) < len(found):
        return map_in_words(visual, setting)
    plan = plan_map(visual, known, setting)
    return map_in(world_of(pack, plan.camera.window, setting.shelf), plan, setting)


def plan_map(visual: MapVisual, known: Sequence[Place], setting: Setting) -> _Plan:
    """Return where everything is before any of it is drawn."""
    stage = setting.stage
    size = (stage.width, stage.height)
    beside = stage.shape == "wide"
    label, card = _label(visual, known, setting, beside=beside)
    window = framed(known, _focus(setting, card, beside=beside), size)
    if beside and window.east - window.west > _WHOLE_WORLD:
        beside = False
        label, card = _label(visual, known, setting, beside=beside)
    focus = _focus(setting, card, beside=beside)
    window = framed(known, focus, size)
    moments = item_moments(visual.places, setting)
    single = len(known) == 1
    wished = moments[0] + (_GLIDE_SECONDS if single else 0.1)
    arrival = min(max(wished, _EARLIEST_ARRIVAL), _LATEST_ARRIVAL, 0.6 * setting.duration)
    ready = min(moments[0], arrival) if single else arrival
    middle = float(focus.middle[0]), float(focus.middle[1])
    camera = Camera(window, size, middle)
    if single:
        camera = replace(camera, still=camera.at(known[0].longitude, known[0].latitude))
    begin = min(_BEGIN_SECONDS, 0.2 * setting.duration)
    journey = Journey.planned(camera.farthest, begin, arrival, until=setting.duration, drifts=single)
    places = tuple(
        Located(
            _plain(name),
            place,
            *camera.at(place.longitude, place.latitude),
            max(ready + _STAGGER_SECONDS * index, at, _EARLIEST_PIN),
        )
        for index, (name, place, at) in enumerate(zip(visual.places, known, moments, strict=True))
    )
    return _Plan(camera, journey, places, label, card)


def map_in(world: World, plan: _Plan, setting: Setting) -> list[Actor]:
    """Compose the map of a world: ground, pins, the names of the places, of what is around, the label."""
    colours = colours_for(setting.shade)
    lit = _lit(world, plan.places)
    ground = MapGround(world, plan.camera, plan.journey, colours, lit, setting.shelf)
    pills, boxes = _pills(setting, plan)
    actors: list[Actor] = [ground]
    taken = [*boxes, *([plan.card] if plan.card else [])]
    actors += _names(setting, world, plan, colours, lit, taken)
    actors += _pins(setting, plan)
    return [*actors, *pills, *_card(setting, plan), *plan.label.actors]


def _plain(name: str) -> str:
    words = drawable(name).split()
    return " ".join(words[1:] if len(words) > 1 and words[0].lower() == "the" else words)


def _label(
    visual: MapVisual, known: Sequence[Place], setting: Setting, *, beside: bool
) -> tuple[Block, Box | None]:
    """Place what is said of the places on a card: at the left beside them, or over them."""
    area = setting.stage.content
    said = normalise(visual.label)
    if not said or (
        len(known) == 1 and said in {normalise(known[0].name), normalise(_plain(visual.places[0]))}
    ):
        return Block((), Box(*area.middle, *area.middle)), None
    pad = setting.px(30)
    across = round(area.width * 0.4) if beside else area.width
    high = round(area.height * (0.8 if beside else 0.3))
    style = TextStyle("heavy", setting.px(56 if beside else 50), setting.px(22), leading=1.14, max_lines=6)
    fitted = fit(visual.label, across - 2 * pad, high - 2 * pad, style)
    if not fitted.lines:
        return Block((), Box(*area.middle, *area.middle)), None
    own = (min(across, math.ceil(fitted.width) + 2 * pad), fitted.full_height + 2 * pad)
    top = (area.top + area.bottom - own[1]) // 2 if beside else area.top
    card = Box(area.left, top, area.left + own[0], top + own[1])
    accented = emphasised(words_of(fitted))
    return headline(_lighter(setting), fitted, card.grown(-pad), accented=accented, start=0.25), card


def _lighter(setting: Setting) -> Setting:
    """Return the setting with the light shade: what lies on a map are light plates, whatever the scene's."""
    return replace(setting, plan=replace(setting.plan, shade=setting.plan.palette.light))


def _focus(setting: Setting, card: Box | None, *, beside: bool) -> Box:
    """Return where the places should be: what the card leaves, with room for pins and names."""
    area, gap = setting.stage.content, setting.px(36)
    if card is None:
        rest = area
    elif beside:
        rest = Box(card.right + gap, area.top, area.right, area.bottom)
    else:
        rest = Box(area.left, card.bottom + gap, area.right, area.bottom)
    head, foot = min(setting.px(40), rest.height // 6), min(setting.px(30), rest.height // 8)
    return Box(rest.left, rest.top + head, rest.right, rest.bottom - foot)


def _lit(world: World, places: Sequence[Located]) -> frozenset[str]:
    """Return the countries to light up: those spoken of, and those that a town or a sight lies in."""
    names: set[str] = set()
    for it in places:
        if it.place.kind in {"country", "city", "landmark", "mountain"}:
            country = world.at(it.place.longitude, it.place.latitude)
            if country is not None:
                names.add(country.name)
    return frozenset(names)


def _has_pin(it: Located) -> bool:
    """Whether a place is a point: a country lights up instead."""
    return it.place.kind != "country"


def _pins(setting: Setting, plan: _Plan) -> list[Actor]:
    colour = setting.plan.palette.light.accent
    return [
        actor
        for it in plan.places
        if _has_pin(it)
        for tip in ((round(it.x), round(it.y)),)
        for actor in (Rings(setting, tip, setting.shade.accent, it.at), Pin(setting, tip, colour, it.at))
    ]


def _pills(setting: Setting, plan: _Plan) -> tuple[list[Actor], list[Box]]:
    """Return the names of the places on plates beside their pins, and the room that both take."""
    pins = [_pin_box(setting, it) for it in plan.places if _has_pin(it)]
    taken = [*pins, *([plan.card.grown(setting.px(8))] if plan.card else [])]
    actors: list[Actor] = []
    for it in plan.places:
        height, pad = setting.px(54), setting.px(22)
        style = TextStyle("bold", setting.px(30), setting.px(17), max_lines=1)
        fitted = fit(it.name, min(setting.px(420), setting.stage.content.width - 2 * pad), height, style)
        if not fitted.lines:
            continue
        width = math.ceil(fitted.width) + 2 * pad
        box = free_spot(_around(setting, plan, it, (width, height)), setting.stage.content, taken)
        if box is None:
            continue
        taken.append(box)
        at = it.at + (0.6 * DROP_SECONDS if _has_pin(it) else 0.0)
        light = setting.plan.palette.light
        actors.append(Appear(patch(box, height / 2, light.card), box.left, box.top, at, setting.px(10)))
        inner = Box(box.left + pad, box.top, box.right - pad, box.bottom)
        actors += [
            risen(fitted.face, piece, light.ink, at + 0.1)
            for piece in place(fitted, inner, "centre", "middle")
        ]
    return actors, taken


def _pin_box(setting: Setting, it: Located) -> Box:
    half, high = setting.px(32), setting.px(72)
    return Box(round(it.x) - half, round(it.y) - high, round(it.x) + half, round(it.y) + setting.px(4))


def _around(setting: Setting, plan: _Plan, it: Located, size: tuple[int, int]) -> Iterator[Box]:
    """Yield where a name may stand: under the place, beside its pin, over it."""
    (width, height), window = size, plan.camera.window
    x, y, gap = round(it.x), round(it.y), setting.px(14)
    seen = it.place.width / (window.east - window.west) * plan.camera.size[0]
    if not _has_pin(it) and seen > _MUCH_WIDER * width:
        yield Box(x - width // 2, y - height // 2, x - width // 2 + width, y - height // 2 + height)
    middle = y - setting.px(40) - height // 2
    beside = setting.px(34) + gap
    for left, top in (
        (x - width // 2, y + gap),
        (x + beside, middle),
        (x - beside - width, middle),
        (x - width // 2, y - setting.px(74) - gap - height),
        (x + beside, y + gap),
        (x - beside - width, y + gap),
    ):
        yield Box(left, top, left + width, top + height)


def _names(  # noqa: PLR0917 (what is named depends on all that is there)
    setting: Setting,
    world: World,
    plan: _Plan,
    colours: MapColours,
    lit: frozenset[str],
    taken: Sequence[Box],
) -> list[Actor]:
    """Return the names of countries and seas around the places, where they fit wholly inside."""
    camera, last = plan.camera, plan.journey.nearest
    view = camera.view(last)
    areas = AreaMap.of(outlines(world.visible(view), view, camera.size), camera.size)
    areas.keep_to(setting.stage.content)
    areas.cover(box.grown(setting.px(26)) for box in taken)
    size, said = setting.px(23), {normalise(it.place.name) for it in plan.places}
    at = plan.journey.arrival + _NAMES_AFTER_SECONDS
    found: list[Actor] = []
    for text, number, near, reach in _candidates(camera, areas, last):
        if len(found) == _MOST_NAMES or normalise(text) in said:
            continue
        ink = face("bold", size).ink(text.upper())
        height, width = ink.mask.shape
        margin = setting.px(26)
        middle = areas.room(number, width + margin, height + margin, near)
        if middle is None or not height or (near and math.dist(middle, near) > reach):
            continue
        areas.cover([_box_around(middle, width + 2 * margin, height + 2 * margin)])
        is_lit = number != _SEA and areas.countries[number - 1].name in lit
        colour = colours.on_lit if is_lit else colours.ink if number else setting.shade.soft
        seen = camera, plan.journey
        name = MapName(ink.mask, colour, middle, at + 0.08 * len(found), seen=seen, text=text)
        found.append(name)
    return found


class _Candidate(NamedTuple):
    """Something that might be named: the number of its area, and where the name should be near to."""

    text: str
    number: int
    near: tuple[float, float] | None = None
    reach: float = 0.0


def _candidates(camera: Camera, areas: AreaMap, last: float) -> list[_Candidate]:
    """Return what might be named, the largest country first, a sea after the first two."""
    seen = areas.grid.size
    countries = [
        _Candidate(name, number)
        for cells, number in areas.visible()
        if cells >= _LEAST_SHARE * seen and (name := _written(areas.countries[number - 1].name))
    ]
    seas = []
    for sea in _SEAS:
        known = find_place(sea)
        if known is None:
            continue
        x, y = camera.at(known.longitude, known.latitude, last)
        if 0 <= x < camera.size[0] and 0 <= y < camera.size[1]:
            degree = camera.size[0] / (camera.window.east - camera.window.west)
            seas.append(_Candidate(known.name, _SEA, (x, y), _NEAR_ITS_MIDDLE * known.width * degree))
    return [*countries[:2], *seas[:2], *countries[2:]]


def _written(name: str) -> str:
    """Return a country's name in full; nothing where the data has but a shortened one."""
    known = find_place(name)
    return known.name if known is not None else "" if "." in name else name


def _box_around(middle: tuple[int, int], width: int, height: int) -> Box:
    left, top = middle[0] - width // 2, middle[1] - height // 2
    return Box(left, top, left + width, top + height)


def _card(setting: Setting, plan: _Plan) -> list[Actor]:
    if plan.card is None:
        return []
    card = plan.card
    ground = patch(card, setting.px(24), setting.plan.palette.light.card)
    return [Appear(ground, card.left, card.top, max(0.2, plan.label.first - 0.2), setting.px(18))]
