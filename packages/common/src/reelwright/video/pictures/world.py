"""The countries of the world as outlines, and the part of the world that a map shows."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import cos, radians
from typing import Any, Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from reelwright.places import Place

__all__ = ["Country", "Points", "Window", "World", "window_around"]

Points = NDArray[np.float64]
"""Rows of longitude and latitude in degrees, or of x and y in pixels; a ring ends where it begins."""

_PACKED = np.dtype("<f8")
_TURN = 360.0
_POLE = 90.0
_ROOM = 1.7
"""How much wider a map is than the stretch between its places."""
_ROUNDS = 6
_LEAST_FLATTENING = 0.05


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the world in degrees. ``east`` exceeds 180 where it spans the date line."""

    west: float
    south: float
    east: float
    north: float

    @property
    def flattening(self) -> float:
        """How much shorter a degree of longitude is than one of latitude, in the middle."""
        return _flattening((self.south + self.north) / 2)

    def project(self, points: Points, width: float, height: float) -> Points:
        """Return where the points lie in a picture of the window, in pixels from its top left corner.

        Equirectangular, true to shape in the middle of the window: lines of latitude stay level, and a
        window made by :func:`window_around` for this picture's aspect fills it without distortion.
        """
        shown = np.asarray(points, np.float64)
        x = (shown[..., 0] - self.west) * (width / (self.east - self.west))
        y = (self.north - shown[..., 1]) * (height / (self.north - self.south))
        return np.stack((x, y), axis=-1)

    def place(self, place: Place, width: float, height: float) -> tuple[float, float]:
        """Return where a place lies in a picture of the window, in pixels."""
        middle = (self.west + self.east) / 2
        longitude = _nearest_turn(place.longitude, middle)
        x, y = self.project(np.array([longitude, place.latitude]), width, height)
        return float(x), float(y)


@dataclass(frozen=True, slots=True)
class Country:
    """A country's outlines: outer rings run counter-clockwise, holes clockwise, so any fill rule serves."""

    name: str
    code: str
    """ISO 3166-1 numeric; empty where the data has none."""
    rings: tuple[Points, ...]


class World:
    """All countries of a TopoJSON file such as those of the npm package world-atlas (Natural Earth)."""

    def __init__(self, countries: Sequence[Country], digest: str = "") -> None:
        """``digest`` names the outlines by their content; empty for those that nobody keeps."""
        self.countries = tuple(countries)
        self.digest = digest

    @classmethod
    def read(cls, data: bytes, layer: str = "countries") -> Self:
        """Return the world of a TopoJSON document; KeyError, ValueError or TypeError if it is none."""
        topology = json.loads(data)
        arcs = _decode_arcs(topology)
        geometries = topology["objects"][layer]["geometries"]
        countries = [_country(geometry, arcs) for geometry in geometries]
        return cls(countries, hashlib.sha256(data).hexdigest()[:32])

    def packed(self) -> bytes:
        """Return the outlines as they are, for :meth:`unpacked`: read in a fraction of the time."""
        head = [(it.name, it.code, [len(ring) for ring in it.rings]) for it in self.countries]
        rings = [np.ascontiguousarray(ring, _PACKED) for it in self.countries for ring in it.rings]
        lines = json.dumps([self.digest, head]).encode(), b"".join(ring.tobytes() for ring in rings)
        content = b"\n".join(lines)
        return crc32(content).to_bytes(4, "big") + content

    @classmethod
    def unpacked(cls, data: bytes) -> Self:
        """Return the world of :meth:`packed`; ValueError for anything else."""
        content = data[4:]
        if not content or crc32(content) != int.from_bytes(data[:4], "big"):
            raise ValueError("the outlines are not whole")
        head, _, body = content.partition(b"\n")
        digest, countries = json.loads(head)
        lengths = [length for *_, own in countries for length in own]
        points = np.frombuffer(body, _PACKED).reshape(-1, 2)
        rings = iter(np.split(points, np.cumsum(lengths)[:-1]))
        read = [Country(name, code, tuple(islice(rings, len(own)))) for name, code, own in countries]
        return cls(read, digest)

    def visible(self, window: Window) -> tuple[Country, ...]:
        """Return the countries with those of their rings that reach into the window.

        Rings are moved by whole turns so that they lie where the window looks: across the date line
        a ring may be there twice.
        """
        found = (
            Country(country.name, country.code, tuple(_moved_into(country.rings, window)))
            for country in self.countries
        )
        return tuple(country for country in found if country.rings)

    def at(self, longitude: float, latitude: float) -> Country | None:
        """Return the country at a point, or None at sea."""
        point = Window(longitude, latitude, longitude, latitude)
        for country in self.visible(point):
            if sum(_holds(ring, longitude, latitude) for ring in country.rings) % 2:
                return country
        return None


def window_around(places: Sequence[Place], aspect: float) -> Window:
    """Return the part of the world that shows the places, for a picture so many times wider than high.

    One place is shown as wide as the gazetteer says; several with room around them. A high and narrow
    picture of half the world looks past the poles, where nothing is. ValueError without a place.
    """
    if not places:
        raise ValueError("a map needs a place")
    longitudes = _close_together([place.longitude for place in places])
    latitudes = [place.latitude for place in places]
    wide = max(_ROOM * (max(longitudes) - min(longitudes)), *(place.width for place in places))
    high = _ROOM * (max(latitudes) - min(latitudes))
    level = (min(latitudes) + max(latitudes)) / 2
    height = high
    for _ in range(_ROUNDS):  # away from a pole degrees of longitude are longer, so the window grows
        height = max(high, min(wide, _TURN) * _flattening(level) / aspect)
        level = _between_poles(level, height)
    half = min(height * aspect / _flattening(level), _TURN) / 2
    middle = (min(longitudes) + max(longitudes)) / 2
    return Window(middle - half, level - height / 2, middle + half, level + height / 2)


def _between_poles(level: float, height: float) -> float:
    """Return the latitude nearest to ``level`` around which a window does not look past a pole."""
    spare = max(0.0, _POLE - height / 2)
    return min(max(level, -spare), spare)


def _flattening(latitude: float) -> float:
    return max(_LEAST_FLATTENING, cos(radians(latitude)))


def _close_together(longitudes: Sequence[float]) -> list[float]:
    """Return the longitudes in the turn in which they lie closest: 179 and -178 become 179 and 182."""
    turned = [[_nearest_turn(each, first) for each in longitudes] for first in longitudes]
    return min(turned, key=lambda each: (max(each) - min(each), abs(sum(each))))


def _nearest_turn(longitude: float, middle: float) -> float:
    return longitude + _TURN * round((middle - longitude) / _TURN)


def _decode_arcs(topology: dict[str, Any]) -> list[Points]:
    """Return the arcs in degrees; quantised ones are differences on a grid (TopoJSON 1.0, 2.1.4)."""
    transform = topology.get("transform")
    arcs = [np.asarray(arc, np.float64) for arc in topology["arcs"]]
    if transform is None:
        return arcs
    scale, translate = np.asarray(transform["scale"]), np.asarray(transform["translate"])
    return [np.cumsum(arc, axis=0) * scale + translate for arc in arcs]


def _country(geometry: dict[str, Any], arcs: Sequence[Points]) -> Country:
    kind = geometry["type"]
    found = [geometry["arcs"]] if kind == "Polygon" else geometry["arcs"] if kind == "MultiPolygon" else []
    rings = tuple(_ring(ring, arcs, hole=at > 0) for polygon in found for at, ring in enumerate(polygon))
    return Country(geometry.get("properties", {}).get("name", ""), str(geometry.get("id", "")), rings)


def _ring(indexes: Sequence[int], arcs: Sequence[Points], *, hole: bool) -> Points:
    """Join arcs to a ring without a jump at the date line; one around a pole is closed along it."""
    parts = [arcs[at] if at >= 0 else arcs[~at][::-1] for at in indexes]
    points = np.concatenate([parts[0], *(part[1:] for part in parts[1:])])
    points[:, 0] = np.unwrap(points[:, 0], period=_TURN)
    first, last = points[0], points[-1]
    if abs(last[0] - first[0]) > _TURN / 2:
        pole = np.copysign(_POLE, points[:, 1].mean())
        points = np.vstack((points, [[last[0], pole], [first[0], pole], first]))
    return points[::-1] if (_area(points) < 0) != hole else points


def _area(points: Points) -> float:
    x, y = points[:, 0], points[:, 1]
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2


def _moved_into(rings: Sequence[Points], window: Window) -> Iterator[Points]:
    for ring in rings:
        (west, south), (east, north) = ring.min(axis=0), ring.max(axis=0)
        if south > window.north or north < window.south:
            continue
        first = int(np.ceil((window.west - east) / _TURN))
        last = int(np.floor((window.east - west) / _TURN))
        for turn in range(first, last + 1):
            yield ring + np.array([_TURN * turn, 0.0]) if turn else ring


def _holds(ring: Points, longitude: float, latitude: float) -> bool:
    """Whether a point lies inside, by the parity of the edges to its east."""
    start, end = ring[:-1], ring[1:]
    spans = (start[:, 1] > latitude) != (end[:, 1] > latitude)
    start, end = start[spans], end[spans]
    crossing = start[:, 0] + (latitude - start[:, 1]) / (end[:, 1] - start[:, 1]) * (end[:, 0] - start[:, 0])
    return bool(np.count_nonzero(crossing > longitude) % 2)
