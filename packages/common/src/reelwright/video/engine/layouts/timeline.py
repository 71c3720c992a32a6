"""Moments on a line of time, to scale where they lie far enough apart to be told from each other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from reelwright.production.schema import Moment, TimelineVisual
from reelwright.video.engine.actors import Actor, Badge, Growing, patch, risen, rising_words
from reelwright.video.engine.colour import mix
from reelwright.video.engine.counter import Counter
from reelwright.video.engine.easing import ease_in_out, progress
from reelwright.video.engine.fit import Fitted, TextStyle, drawable, fit
from reelwright.video.engine.layouts.blocks import words_of
from reelwright.video.engine.layouts.parts import heading, item_moments
from reelwright.video.engine.ornaments.moving import dot
from reelwright.video.engine.pictured import Floating
from reelwright.video.engine.planes import Box, Frame
from reelwright.video.engine.setting import Setting
from reelwright.video.engine.sprites import Sprite
from reelwright.video.engine.typeset import place

__all__ = ["Seat", "TimeScale", "seats_across", "seats_down", "time_scale", "timeline"]

_LEG_SECONDS = 0.55
_COUNT_SECONDS = 0.6
_FEW = 3
"""So many moments all stand under the line; more stand over and under it in turn."""
_DASH = 12


@dataclass(frozen=True, slots=True)
class _Room:
    """How large type and pictures are where so many moments share a frame. Design pixels."""

    when: int
    told: int
    reach: int
    """Of a moment's words to both sides of its post on a line across, at most."""
    slot: int
    """Of a moment on a line that goes down, at most."""
    picture: int
    names: float
    """Share of the width that times take beside a line that goes down."""


_MANY = {True: _Room(46, 31, 190, 190, 150, 0.28), False: _Room(42, 34, 190, 190, 110, 0.28)}
_ROOMS = {
    (2, True): _Room(88, 48, 270, 300, 220, 0.28),
    (3, True): _Room(68, 40, 220, 300, 190, 0.28),
    (2, False): _Room(76, 46, 270, 320, 130, 0.32),
    (3, False): _Room(64, 44, 220, 270, 130, 0.3),
}
"""By how many there are and whether the line goes across; of more they are as in _MANY."""
_LINE_HEIGHT = 1.26


def _room(count: int, *, across: bool) -> _Room:
    return _ROOMS.get((count, across), _MANY[across])


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Where the moments lie along the line, as shares of it.

    ``true`` says whether distances on the line are to scale in time. Where that would put two moments
    closer together than they can be read, every distance gets that least room and only the rest is
    shared out by time: order and proportion still show, but the line is drawn in dashes.
    """

    shares: tuple[float, ...]
    true: bool


def time_scale(years: Sequence[int], least: float) -> TimeScale:
    """Return the places of years in order on a line, at least ``least`` (a share of it) apart."""
    span = years[-1] - years[0]
    gaps = [after - before for before, after in pairwise(years)]
    if span and min(gaps) / span >= least:
        return TimeScale(tuple((year - years[0]) / span for year in years), true=True)
    least = min(least, 1 / len(gaps))
    rest = 1 - least * len(gaps)
    shares = [0.0]
    for gap in gaps:
        shares.append(shares[-1] + least + rest * (gap / span if span else 1 / len(gaps)))
    return TimeScale(tuple(min(1.0, share) for share in shares), true=False)


class _Line:
    """The line of time, uncovered from moment to moment, with a marker that rides on its end."""

    def __init__(
        self, setting: Setting, posts: Sequence[tuple[int, int]], times: Sequence[float], *, true: bool
    ) -> None:
        self._posts = posts
        self._times = times
        self._downwards = setting.stage.shape != "wide"
        thick = max(3, setting.px(8))
        self._pieces = _pieces(setting, posts, thick, true=true, downwards=self._downwards)
        self._marker = dot(setting.px(34), setting.shade.accent, 0.45)
        self._core = dot(setting.px(20), setting.shade.accent)

    def draw(self, frame: Frame, t: float) -> None:
        """Draw what has been told."""
        if t < self._times[0]:
            return
        x, y = self._tip(t)
        clip = (
            Box(0, 0, frame.box.right, round(y)) if self._downwards else Box(0, 0, round(x), frame.box.bottom)
        )
        for sprite, left, top in self._pieces:
            sprite.draw(frame, left, top, clip)
        self._marker.draw(frame, x, y)
        self._core.draw(frame, x, y)

    def _tip(self, t: float) -> tuple[float, float]:
        for (start, end), (begin, arrive) in zip(pairwise(self._posts), pairwise(self._times), strict=True):
            if t < arrive:
                leg = min(arrive - begin, 1.2)
                share = ease_in_out(progress(t, arrive - leg, leg))
                return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share
        return float(self._posts[-1][0]), float(self._posts[-1][1])


def timeline(visual: TimelineVisual, setting: Setting) -> list[Actor]:
    """Show the moments on a line that is drawn while they are spoken: across, or down in other frames."""
    head, area = heading(setting, visual.heading, setting.stage.content)
    texts = [f"{moment.when} {moment.label}" for moment in visual.moments]
    times = _arrivals(item_moments(texts, setting))
    seated = seats_across if setting.stage.shape == "wide" else seats_down
    seats, scale = seated(setting, [moment.year for moment in visual.moments], area)
    posts = [seat.post for seat in seats]
    track = _track(setting, posts, times, true=scale.true)
    return [*head.actors, *track, *_composed(setting, visual.moments, seats, times)]


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a moment stands: its post on the line, and the rooms of its time, its words and its picture."""

    post: tuple[int, int]
    when: Box
    told: Box
    picture: Box
    above: bool = False


def seats_across(setting: Setting, years: Sequence[int], area: Box) -> tuple[list[Seat], TimeScale]:
    """Return the seats along a line across: a few below it, more below and above in turn."""
    count = len(years)
    few = count <= _FEW
    slot = area.width / count
    room = _room(count, across=True)
    inset = round(min(slot / 2, setting.px(room.reach))) if few else round(area.width / (count + 1))
    start, length = area.left + inset, area.width - 2 * inset
    scale = time_scale(years, 0.6 * slot / max(1, length))
    y = _line_row(setting, area, few=few)
    posts = [start + round(length * share) for share in scale.shares]
    stem, high = setting.px(28), setting.px(_LINE_HEIGHT * room.when)
    seats = []
    for index, x in enumerate(posts):
        reach = _reach(posts, index, area, setting.px(room.reach), step=1 if few else 2)
        half = max(1, reach - setting.px(12))
        above = not few and index % 2 == 1
        top, bottom = (area.top, y - stem) if above else (y + stem, area.bottom)
        when = Box(x - half, top, x + half, top + high)
        told = Box(x - half, top + high, x + half, bottom)
        picture = Box(x - half, area.top, x + half, y - stem if few else area.top)
        seats.append(Seat((x, y), when, told, picture, above=above))
    return seats, scale


def seats_down(setting: Setting, years: Sequence[int], area: Box) -> tuple[list[Seat], TimeScale]:
    """Return the seats along a line that goes down: times at its left, words at its right."""
    count = len(years)
    room = _room(count, across=False)
    slot = min(area.height / count, setting.px(room.slot))
    length = min(area.height - round(slot), round(slot * 1.25 * (count - 1)))
    start = area.top + (area.height - length) // 2
    scale = time_scale(years, min(1.0, 0.76 * slot / max(1, length)))
    names, beside, half = round(area.width * room.names), setting.px(34), round(slot * 0.37)
    x = area.left + names + beside
    side = min(setting.px(room.picture), round(0.74 * slot)) if _is_pictured(setting, count) else 0
    right = area.right - (side + setting.px(14) if side else 0)
    seats = []
    for share in scale.shares:
        y = start + round(length * share)
        when = Box(area.left, y - half, area.left + names, y + half)
        told = Box(x + beside, y - half, right, y + half)
        seats.append(
            Seat((x, y), when, told, Box(area.right - side, y - side // 2, area.right, y + side // 2))
        )
    return seats, scale


def _is_pictured(setting: Setting, count: int) -> bool:
    return any(setting.pictures.item(index) for index in range(count))


def _line_row(setting: Setting, area: Box, *, few: bool) -> int:
    if not few:
        return area.middle[1]
    return area.top + round(area.height * (0.5 if _is_pictured(setting, _FEW) else 0.32))


def _reach(posts: Sequence[int], index: int, area: Box, most: int, *, step: int) -> int:
    """Return how far a moment's words may go to both sides: halfway to its neighbours on the same side."""
    x = posts[index]
    left = (x - posts[index - step]) / 2 if index >= step else x - area.left
    right = (posts[index + step] - x) / 2 if index + step < len(posts) else area.right - x
    return round(min(left, right, most))


def _composed(
    setting: Setting, moments: Sequence[Moment], seats: Sequence[Seat], times: Sequence[float]
) -> list[Actor]:
    """Return every moment at its seat; all times are of one size, and so is what is told."""
    centred = setting.stage.shape == "wide"
    room = _room(len(moments), across=centred)
    whens = _alike(
        [(moment.when, seat.when) for moment, seat in zip(moments, seats, strict=True)],
        TextStyle("heavy", setting.px(room.when), setting.px(17), max_lines=1 if centred else 2),
    )
    rise = max(0, seats[0].when.height - whens[0].full_height - setting.px(14)) if centred else 0
    rooms = [seat.told if seat.above else _taller(seat.told, rise) for seat in seats]
    tolds = _alike(
        [(moment.label, told) for moment, told in zip(moments, rooms, strict=True)],
        TextStyle("semibold", setting.px(room.told), setting.px(17), leading=1.18, max_lines=4),
    )
    actors: list[Actor] = []
    for index, (seat, at) in enumerate(zip(seats, times, strict=True)):
        when, told = seat.when, rooms[index]
        if seat.above:
            top = told.bottom - tolds[index].full_height
            told = Box(told.left, top, told.right, told.bottom)
            when = Box(when.left, max(when.top, top - when.height), when.right, top)
        actors += _post(setting, seat.post, at)
        actors += _when(setting, whens[index], when, at, _counted(moments, index))
        actors += _told(setting, tolds[index], told, at)
        actors += _picture(setting, index, seat.picture, at, setting.px(room.picture))
    return actors


def _taller(box: Box, by: int) -> Box:
    return Box(box.left, box.top - by, box.right, box.bottom)


def _alike(texts: Sequence[tuple[str, Box]], style: TextStyle) -> list[Fitted]:
    """Return the texts at the size at which all of them fit their boxes."""
    fits = [fit(text, box.width, max(1, box.height), style) for text, box in texts]
    least = min((fitted.face.size for fitted in fits if fitted.lines), default=style.smallest)
    same = replace(style, size=max(least, style.smallest))
    return [fit(text, box.width, max(1, box.height), same) for text, box in texts]


def _when(
    setting: Setting, fitted: Fitted, box: Box, at: float, counted: Callable[[float], str] | None
) -> list[Actor]:
    """Return a time: counted up from the moment before if it is a bare year, else as it is written."""
    centred = setting.stage.shape == "wide"
    placed = place(fitted, box, "centre" if centred else "right", "top" if centred else "middle")
    colour = setting.shade.accent
    if counted is None or len(placed) != 1:
        return [risen(fitted.face, piece, colour, at) for piece in placed]
    piece = placed[0]
    pen, span = (piece.x, piece.baseline), (at, at + _COUNT_SECONDS)
    return [Counter(fitted.face, counted, colour, pen, span, width=piece.width, anchor=0.5)]


def _counted(moments: Sequence[Moment], index: int) -> Callable[[float], str] | None:
    moment = moments[index]
    if drawable(moment.when) != str(moment.year) or moment.year < 0 or not index:
        return None
    before = max(moments[index - 1].year, 10 ** (len(str(moment.year)) - 1))

    def text_at(share: float) -> str:
        return str(moment.year if share >= 1 else round(before + (moment.year - before) * share))

    return text_at


def _told(setting: Setting, fitted: Fitted, box: Box, at: float) -> list[Actor]:
    centred = setting.stage.shape == "wide"
    placed = place(fitted, box, "centre" if centred else "left", "top" if centred else "middle")
    cues = [at + 0.12 + 0.04 * index for index in range(len(words_of(fitted)))]
    return rising_words(fitted.face, placed, lambda _: setting.shade.ink, cues)


def _post(setting: Setting, middle: tuple[int, int], at: float) -> list[Actor]:
    shade = setting.shade
    return [
        Badge(middle, setting.px(30), at, ground=shade.accent),
        Badge(middle, setting.px(14), at + 0.05, ground=shade.card),
    ]


def _track(
    setting: Setting, posts: Sequence[tuple[int, int]], times: Sequence[float], *, true: bool
) -> list[Actor]:
    """Return the whole line, faint, from the start, and what of it has been told."""
    (left, top), (right, bottom) = posts[0], posts[-1]
    half = max(1, setting.px(3))
    box = Box(left - half, top - half, right + half, bottom + half)
    faint = mix(setting.shade.card, setting.shade.ink, 0.28)
    downwards = setting.stage.shape != "wide"
    return [
        Growing(box, faint, 0.15, seconds=0.8, downwards=downwards, radius=half),
        _Line(setting, posts, times, true=true),
    ]


def _pieces(
    setting: Setting, posts: Sequence[tuple[int, int]], thick: int, *, true: bool, downwards: bool
) -> list[tuple[Sprite, int, int]]:
    """One stroke where the line is to scale, dashes where it is not."""
    (left, top), (right, bottom) = posts[0], posts[-1]
    half = thick // 2
    first, last = (top, bottom) if downwards else (left, right)
    dash = last - first if true else setting.px(_DASH)
    step = max(1, dash if true else 2 * dash)
    found: list[tuple[Sprite, int, int]] = []
    for begin in range(first, max(first + 1, last), step):
        long = max(1, min(dash, last - begin))
        box = (
            Box(left - half, begin, left - half + thick, begin + long)
            if downwards
            else Box(begin, top - half, begin + long, top - half + thick)
        )
        found.append((patch(box, thick / 2, setting.shade.accent), box.left, box.top))
    return found


def _picture(setting: Setting, index: int, room: Box, at: float, most: int) -> list[Actor]:
    picture = setting.pictures.item(index)
    size = min(most, room.height - setting.px(12), room.width)
    if picture is None or size < setting.px(44):
        return []
    middle = room.middle[0], room.bottom - size // 2 - setting.px(6)
    return [Floating(picture.sprites(round(size * 0.92)), middle, at, drift=setting.px(5), phase=1.1 * index)]


def _arrivals(moments: Sequence[float]) -> list[float]:
    """When the line reaches each post: as spoken, in order, never in a jump."""
    found = [moments[0]]
    for moment in moments[1:]:
        found.append(max(found[-1] + _LEG_SECONDS, moment))
    return found
