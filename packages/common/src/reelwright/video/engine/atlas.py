"""Maps as moving pictures: land and sea in a shade's colours, looked at from nearer and nearer.

The outlines are rasterised as seen from afar and from near, each with room around; a moment of the journey
is a cut from one of them, resized. That costs a few milliseconds a frame, and nothing while the view rests.
"""

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from PIL import Image

from reelwright.places import Place
from reelwright.video.engine.colour import Rgb, contrast, mix
from reelwright.video.engine.easing import ease_in_out, ease_out, progress
from reelwright.video.engine.palette import Shade
from reelwright.video.engine.planes import Box, Frame, Reals
from reelwright.video.pictures.pack import PicturePack, Resolution
from reelwright.video.pictures.raster import NOWHERE
from reelwright.video.pictures.shelf import RasterShelf
from reelwright.video.pictures.world import Country, Points, Window, World, window_around

__all__ = ["Camera", "Journey", "MapColours", "MapGround", "colours_for", "framed", "outlines", "world_of"]

_MAP_FORMAT: Final = 1
_WORLD_FORMAT: Final = 1
"""Raised when the same outlines give other pixels, or are packed otherwise."""
_ROOM: Final = 1.5
"""How much wider than the last view the near drawing is, and how much larger than the frame both are."""
_FARTHEST: Final = 3.0
"""How much wider than the last view the first one is, at most."""
_BEYOND_POLE: Final = 97.0
"""Degrees of latitude that a view may look to: past the pole is nothing but sea."""
_LEAST_ZOOM: Final = 1.15
_DRIFT_A_SECOND: Final = 0.012
_LONGEST_DRIFT: Final = 0.06
_WHOLE_WORLD_DEGREES: Final = 110.0
_LEAST_CONTRAST: Final = 4.9
_WHITE: Final = Rgb(255, 255, 255)
_BLACK: Final = Rgb(0, 0, 0)
_TURN: Final = 360.0
_POLES: Final = 176.0
"""Degrees that a frame shows at most, across and down, if the places let it."""
_AT_POLE: Final = 89.9
_NEARER: Final = 0.5
_FILLED: Final = 0.84
_GRATICULES: Final = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0)
_LINES: Final = 7
"""Meridians across a view, about."""
_BORDER: Final = 2.0
_SHORE: Final = 9.0
_GRAIN: Final = 0.7
"""Pixels between two points of an outline that are both worth drawing."""
_OPEN_AT: Final = 0.05
_OPEN_SECONDS: Final = 0.7


class MapColours(NamedTuple):
    """What a map is painted with. ``ink`` reads on everything but ``lit``, ``on_lit`` on that."""

    sea: Rgb
    shallow: Rgb
    grid: Rgb
    land: Rgb
    border: Rgb
    lit: Rgb
    ink: Rgb
    on_lit: Rgb


@dataclass(frozen=True, slots=True)
class Camera:
    """The last view of a journey: a window of the world in a frame, and the point that stays in its place."""

    window: Window
    size: tuple[int, int]
    still: tuple[float, float]
    """In pixels of the frame: views from farther away hold the same place there."""

    def at(self, longitude: float, latitude: float, factor: float = 1.0) -> tuple[float, float]:
        """Return where a place lies in the frame, seen in a view ``factor`` times as wide as the last."""
        turn = longitude + _TURN * round((self._still_longitude - longitude) / _TURN)
        x, y = self.window.project(np.array([turn, latitude]), *self.size).tolist()
        return self.still[0] + (x - self.still[0]) / factor, self.still[1] + (y - self.still[1]) / factor

    @property
    def _still_longitude(self) -> float:
        window = self.window
        return window.west + (window.east - window.west) * self.still[0] / self.size[0]

    def view(self, factor: float) -> Window:
        """Return the window that a view so many times wider shows."""
        window, (width, height) = self.window, self.size
        across, down = window.east - window.west, window.north - window.south
        longitude = self._still_longitude
        latitude = window.north - down * self.still[1] / height
        west, north = (
            longitude - across * factor * self.still[0] / width,
            latitude + (down * factor * self.still[1] / height),
        )
        return Window(west, north - down * factor, west + across * factor, north)

    @property
    def farthest(self) -> float:
        """How much wider the first view can be before it shows nothing new: 1 where the last shows all."""
        window, (_, height) = self.window, self.size
        down, share = window.north - window.south, self.still[1] / height
        latitude = window.north - down * share
        north = (_BEYOND_POLE - latitude) / max(1e-6, down * share)
        south = (latitude + _BEYOND_POLE) / max(1e-6, down * (1 - share))
        wide = _TURN / (window.east - window.west)
        factor = min(_FARTHEST, north, south, wide)
        return factor if factor >= _LEAST_ZOOM else 1.0


@dataclass(frozen=True, slots=True)
class Journey:
    """How wide the view is at each moment: from afar to the place, and then, slowly, on."""

    farthest: float
    begin: float
    arrival: float
    nearest: float = 1.0
    """Where a slow drift after the arrival ends; 1 for a view that rests."""

    @classmethod
    def planned(
        cls, farthest: float, begin: float, arrival: float, *, until: float, drifts: bool
    ) -> "Journey":
        """Return the journey of a scene that lasts ``until``."""
        drift = min(_LONGEST_DRIFT, max(0.0, until - arrival) * _DRIFT_A_SECOND) if drifts else 0.0
        return cls(farthest, begin, arrival, 1 - drift)

    def factor(self, t: float) -> float:
        """Return how many times wider than the last the view is; in even steps of nearness."""
        share = ease_in_out(progress(t, self.begin, self.arrival - self.begin))
        drift = min(1 - self.nearest, max(0.0, t - self.arrival) * _DRIFT_A_SECOND)
        return float(self.farthest ** (1 - share) * (1 - drift))


class _Raster(NamedTuple):
    """One drawing in the encoder's planes, and how many times wider than the last view it shows."""

    luma: Image.Image
    u: Image.Image
    v: Image.Image
    factor: float

    def written(self) -> bytes:
        """Return the planes as one grey PNG: the colours side by side under the luma."""
        across, down = self.luma.size
        whole = Image.new("L", (across, down + down // 2))
        whole.paste(self.luma, (0, 0))
        whole.paste(self.u, (0, down))
        whole.paste(self.v, (across // 2, down))
        buffer = io.BytesIO()
        whole.save(buffer, "PNG", compress_level=1)
        return buffer.getvalue()

    @classmethod
    def read(cls, png: bytes, factor: float) -> "_Raster":
        """Return the planes of such a PNG; what Pillow raises if it is none."""
        with Image.open(io.BytesIO(png), formats=("PNG",)) as whole:
            whole.load()
            across, down = whole.width, whole.height * 2 // 3
            luma = whole.crop((0, 0, across, down))
            u = whole.crop((0, down, across // 2, whole.height))
            v = whole.crop((across // 2, down, across, whole.height))
        return cls(luma, u, v, factor)


class MapGround:
    """The map as an actor: it covers the whole frame."""

    def __init__(  # noqa: PLR0917 (what is seen depends on all of it)
        self,
        world: World,
        camera: Camera,
        journey: Journey,
        colours: MapColours,
        lit: Iterable[str],
        shelf: RasterShelf = NOWHERE,
    ) -> None:
        self._camera = camera
        self._journey = journey
        near = min(_ROOM, journey.farthest)
        names = frozenset(lit)
        factors = sorted({near, journey.farthest})
        self._rasters = [_kept(shelf, world, camera, factor, colours, names) for factor in factors]
        self._resting: tuple[float, Frame] | None = None
        self._whole: Frame | None = None

    def draw(self, frame: Frame, t: float) -> None:
        """Show the world as it is seen at the moment; it opens from the place to both sides."""
        share = ease_out(progress(t, _OPEN_AT, _OPEN_SECONDS))
        if share >= 1:
            self._show(frame, t)
        elif share > 0:
            x, width = self._camera.still[0], self._camera.size[0]
            opened = Box(round(x * (1 - share)), 0, round(x + (width - x) * share), self._camera.size[1])
            self._whole = self._whole or Frame.blank(*self._camera.size)
            self._show(self._whole, t)
            frame.part(opened).take(self._whole.part(opened))

    def _show(self, frame: Frame, t: float) -> None:
        factor = self._journey.factor(t)
        if self._resting is not None and self._resting[0] == factor:
            frame.take(self._resting[1])
            return
        self._look(frame, factor)
        if factor == self._journey.nearest:
            self._resting = factor, frame.copy()

    def _look(self, frame: Frame, factor: float) -> None:
        raster = next((it for it in self._rasters if it.factor >= factor - 1e-9), self._rasters[-1])
        share = factor / raster.factor
        width, height = self._camera.size
        x, y = self._camera.still
        for plane, image in ((frame.y, raster.luma), (frame.u, raster.u), (frame.v, raster.v)):
            across, down = image.size
            left, top = across * x / width * (1 - share), down * y / height * (1 - share)
            box = (
                max(0.0, left),
                max(0.0, top),
                min(float(across), left + across * share),
                min(float(down), top + down * share),
            )
            size = (plane.shape[1], plane.shape[0])
            plane[:] = np.asarray(image.resize(size, Image.Resampling.BILINEAR, box=box))


def framed(places: Sequence[Place], focus: Box, size: tuple[int, int]) -> Window:
    """Return the window of a whole frame in whose focus the places are shown as by :func:`window_around`.

    Where the frame would go round the world more than once, or past the poles, the places come nearer: as
    near as they still fit into the focus, and a single one to half the width that it is usually shown in.
    """
    inner = window_around(places, focus.width / focus.height)
    wide, high = inner.east - inner.west, inner.north - inner.south
    most = min(1.0, _TURN * focus.width / (wide * size[0]), _POLES * focus.height / (high * size[1]))
    share = min(1.0, max(most, _least_share(places, inner)))
    across, down = share * wide / focus.width, share * high / focus.height
    longitude, latitude = (inner.west + inner.east) / 2, (inner.south + inner.north) / 2
    west = longitude - across * (focus.left + focus.width / 2)
    north = latitude + down * (focus.top + focus.height / 2)
    return Window(west, north - down * size[1], west + across * size[0], north)


def _least_share(places: Sequence[Place], inner: Window) -> float:
    """Return how much smaller a window may be that still shows the places, with some room around them."""
    if len(places) == 1:
        return _NEARER
    found = [inner.place(place, 1.0, 1.0) for place in places]
    spreads = (max(part) - min(part) for part in zip(*found, strict=True))
    return float(max(spreads)) / _FILLED


def colours_for(shade: Shade) -> MapColours:
    """Return a map's colours in a shade: what is spoken of stands out, the sea steps back."""
    if shade.tone == "dark":
        sea = mix(shade.top, shade.bottom, 0.3)
        land = _readable(mix(shade.bottom, _WHITE, 0.2), shade.ink, _BLACK)
        lit = _readable(shade.hero[0], shade.on_accent, _WHITE)
        border = mix(sea, _BLACK, 0.15)
        return MapColours(
            sea, mix(sea, land, 0.35), mix(sea, land, 0.25), land, border, lit, shade.ink, shade.on_accent
        )
    sea = mix(shade.top, shade.bottom, 0.75)
    land = _readable(mix(shade.bottom, shade.ground[1], 0.62), shade.ink, _WHITE)
    lit = _readable(shade.ground[2], shade.ink, _WHITE)
    border = mix(sea, _WHITE, 0.75)
    return MapColours(
        sea, mix(sea, _WHITE, 0.5), mix(sea, land, 0.45), land, border, lit, shade.ink, shade.ink
    )


def _readable(ground: Rgb, ink: Rgb, towards: Rgb) -> Rgb:
    """Return the ground, lightened or darkened until the ink reads on it."""
    share = 0.0
    while contrast(mix(ground, towards, share), ink) < _LEAST_CONTRAST and share < 1:
        share += 0.02
    return mix(ground, towards, share)


@lru_cache(maxsize=4)
def _world(pack: PicturePack, resolution: Resolution, shelf: RasterShelf) -> World:
    data = pack.world(resolution)
    key = ("world", _WORLD_FORMAT, hashlib.sha256(data).hexdigest())
    return shelf.fetch_or(key, World.unpacked, lambda: World.read(data).packed(), "raw")


def world_of(pack: PicturePack, window: Window, shelf: RasterShelf = NOWHERE) -> World:
    """Return the world's outlines, as fine as the window needs them."""
    return _world(pack, "110m" if window.east - window.west > _WHOLE_WORLD_DEGREES else "50m", shelf)


def outlines(
    countries: Sequence[Country], window: Window, size: tuple[int, int]
) -> list[tuple[Country, list[Points]]]:
    """Return the countries' rings in pixels of a picture of the window, without what it cannot show."""
    return [
        (it, [_thinned(window.project(_past_pole(ring), *size), size, _GRAIN) for ring in it.rings])
        for it in countries
    ]


def _thinned(ring: Points, size: tuple[int, int], grain: float) -> Points:
    """Return a ring without points that lie in a row beyond one edge, or within a grain of each other."""
    far = _SHORE * 6
    rest = ring
    for axis, sign, edge in ((0, -1, far), (0, 1, size[0] + far), (1, -1, far), (1, 1, size[1] + far)):
        beyond = sign * rest[:, axis] > edge
        kept = np.ones(len(rest), bool)
        kept[1:-1] = ~(beyond[:-2] & beyond[1:-1] & beyond[2:])
        rest = rest[kept]
    cells = np.rint(rest / grain)
    apart = np.ones(len(rest), bool)
    apart[1:-1] = (cells[1:-1] != cells[:-2]).any(axis=1)
    return rest[apart]


def _kept(  # noqa: PLR0917 (as of a drawing)
    shelf: RasterShelf, world: World, camera: Camera, factor: float, colours: MapColours, lit: frozenset[str]
) -> _Raster:
    """Return the raster of a view as the shelf has it; else draw it."""
    if not world.digest:
        return _rastered(world, camera, factor, colours, lit)
    key = ("map", _MAP_FORMAT, world.digest, camera, factor, colours, sorted(lit))
    return shelf.fetch_or(
        key,
        lambda png: _Raster.read(png, factor),
        lambda: _rastered(world, camera, factor, colours, lit).written(),
    )


def _rastered(
    world: World, camera: Camera, factor: float, colours: MapColours, lit: frozenset[str]
) -> _Raster:
    size = (_even(camera.size[0] * _ROOM), _even(camera.size[1] * _ROOM))
    svg = _drawing(world, camera.view(factor), size, colours, lit, _ROOM / factor * camera.size[1] / 720)
    image = _drawn(svg, size)
    r, g, b = (np.asarray(image.getchannel(name), dtype=np.float32) / 255 for name in "RGB")
    luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
    u, v = 128 + (b - luma) * np.float32(224 / 1.8556), 128 + (r - luma) * np.float32(224 / 1.5748)
    return _Raster(_plane(16 + 219 * luma), _plane(_halved(u)), _plane(_halved(v)), factor)


def _drawing(  # noqa: PLR0917 (a drawing has so many sides)
    world: World,
    window: Window,
    size: tuple[int, int],
    colours: MapColours,
    lit: frozenset[str],
    unit: float,
) -> str:
    """Return the map as SVG; strokes grow with the degree, so that they do not change from view to view."""
    seen = outlines(world.visible(window), window, size)
    shapes = [(country, _path(rings)) for country, rings in seen]
    coarse = (_thinned(ring, size, 4 * _GRAIN) for _, rings in seen for ring in rings)
    width, height = size
    sea = f'<rect width="{width}" height="{height}" fill="{_hex(colours.sea)}"/>'
    grid = _stroke(_graticule(window, size), colours.grid, 1.4 * unit)
    shore = _stroke(_path(coarse), colours.shallow, 2 * _SHORE * unit)
    border = f'stroke-width="{_BORDER * unit:.2f}" stroke-linejoin="round"'
    lands = []
    for is_lit in (False, True):
        fill = colours.lit if is_lit else colours.land
        for polar in (False, True):
            path = "".join(
                path
                for country, path in shapes
                if (country.name in lit) is is_lit and _is_polar(country) is polar
            )
            stroke = fill if polar else colours.border
            lands.append(f'<path d="{path}" fill="{_hex(fill)}" stroke="{_hex(stroke)}"/>' if path else "")
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
    return "".join([head, sea, grid, shore, f"<g {border}>", *lands, "</g></svg>"])


def _is_polar(country: Country) -> bool:
    """Whether a country goes round the pole: where its outline is cut open there is no border."""
    return any(float(np.abs(ring[:, 1]).max()) >= _AT_POLE for ring in country.rings)


def _past_pole(ring: Points) -> Points:
    """Return a ring with what lies at a pole moved out of every view: there is nothing beyond it."""
    latitude = ring[:, 1]
    moved = np.where(np.abs(latitude) >= _AT_POLE, np.copysign(_TURN, latitude), latitude)
    return np.stack((ring[:, 0], moved), axis=-1)


def _stroke(path: str, colour: Rgb, thick: float) -> str:
    look = f'fill="none" stroke="{_hex(colour)}" stroke-width="{thick:.2f}" stroke-linejoin="round"'
    return f'<path d="{path}" {look}/>'


def _drawn(svg: str, size: tuple[int, int]) -> Image.Image:
    import resvg_py  # noqa: PLC0415 (scenes without a map do without it)

    png = resvg_py.svg_to_bytes(svg_string=svg, width=size[0], height=size[1], skip_system_fonts=True)
    with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
        return image.convert("RGB")


def _path(rings: Iterable[Points]) -> str:
    return "".join(f"M{' '.join(f'{x:.1f} {y:.1f}' for x, y in ring.tolist())}Z" for ring in rings)


def _graticule(window: Window, size: tuple[int, int]) -> str:
    wide = window.east - window.west
    step = next((it for it in _GRATICULES if wide / it <= 2 * _LINES), _GRATICULES[-1])
    width, height = size
    meridians = np.arange(np.ceil(window.west / step), window.east / step + 1) * step
    parallels = np.arange(np.ceil(window.south / step), window.north / step + 1) * step
    xs = ((meridians - window.west) * width / wide).tolist()
    ys = ((window.north - parallels) * height / (window.north - window.south)).tolist()
    return "".join([*(f"M{x:.1f} 0V{height}" for x in xs), *(f"M0 {y:.1f}H{width}" for y in ys)])


def _hex(colour: Rgb) -> str:
    return f"#{colour.r:02X}{colour.g:02X}{colour.b:02X}"


def _even(value: float) -> int:
    return round(value / 2) * 2


def _halved(values: Reals) -> Reals:
    halved: Reals = (values[::2, ::2] + values[1::2, ::2] + values[::2, 1::2] + values[1::2, 1::2]) / 4
    return halved


def _plane(values: Reals) -> Image.Image:
    return Image.fromarray(np.rint(values).clip(0, 255).astype(np.uint8))
