"""Where things may stand: the safe areas of a frame, laid out for each shape of it."""

from dataclasses import dataclass
from typing import Literal

from reelwright.video.engine.planes import Box

__all__ = ["Place", "Shape", "Side", "Stage"]

Shape = Literal["wide", "tall", "square"]
Side = Literal["right", "left", "none"]
"""On which side of the text the ornament stands. In tall and square frames *right* is above, *left* below."""

_SHORT_SIDE = 720
_REFERENCE_MARGINS: dict[Shape, tuple[float, float, float, float]] = {
    "wide": (0.075, 0.10, 0.775, 0.885),
    "tall": (0.085, 0.125, 0.675, 0.78),
    "square": (0.08, 0.085, 0.775, 0.89),
}
"""Shares of the frame: side, top, foot with captions, foot without. Phones cover the lowest fifth of 9:16."""
_CAPTION_FOOT: dict[Shape, float] = {"wide": 0.915, "tall": 0.795, "square": 0.92}


@dataclass(frozen=True, slots=True)
class Place:
    """A round place for an ornament."""

    x: int
    y: int
    radius: int


@dataclass(frozen=True, slots=True)
class Stage:
    """A frame's geometry. ``captions`` says whether room is kept for them."""

    width: int
    height: int
    captions: bool

    @property
    def shape(self) -> Shape:
        """Which of the three layouts the frame takes."""
        ratio = self.width / self.height
        return "wide" if ratio > 1.2 else "tall" if ratio < 0.84 else "square"

    def px(self, design: float) -> int:
        """Return design pixels, those of a frame whose shorter side is 720, as pixels of this frame."""
        return round(design * min(self.width, self.height) / _SHORT_SIDE)

    @property
    def frame(self) -> Box:
        """All of it."""
        return Box(0, 0, self.width, self.height)

    @property
    def content(self) -> Box:
        """The area for everything but captions."""
        side, top, with_captions, without = _REFERENCE_MARGINS[self.shape]
        foot = with_captions if self.captions else without
        left = round(side * self.width)
        return Box(left, round(top * self.height), self.width - left, round(foot * self.height))

    @property
    def caption_foot(self) -> int:
        """The lowest pixel row of the caption pill."""
        return round(_CAPTION_FOOT[self.shape] * self.height)

    @property
    def caption_width(self) -> int:
        """The widest that a caption's text may be."""
        return round(self.width * (0.74 if self.shape == "wide" else 0.80))

    @property
    def ground(self) -> int:
        """The row above which no hill may rise."""
        return self.content.bottom + self.px(8)

    def ornament(self, side: Side) -> Place | None:
        """Return the place of the ornament that leaves :meth:`text` free."""
        if side == "none":
            return None
        area = self.content
        if self.shape == "wide":
            radius = round(self.height * 0.26)
            x = round(self.width * (0.775 if side == "right" else 0.225))
            return Place(x, (area.top + area.bottom) // 2, radius)
        radius = round(self.width * (0.22 if self.shape == "tall" else 0.135))
        inset = radius + self.px(8)
        if side == "right":
            return Place(area.right - inset, area.top + radius, radius)
        return Place(area.left + inset, area.bottom - radius, radius)

    def text(self, side: Side) -> Box:
        """Return the area for text beside or under the ornament."""
        area, place = self.content, self.ornament(side)
        if place is None:
            return area
        gap = self.px({"wide": 56, "tall": 44, "square": 26}[self.shape])
        if self.shape == "wide":
            if side == "right":
                return Box(area.left, area.top, place.x - place.radius - gap, area.bottom)
            return Box(place.x + place.radius + gap, area.top, area.right, area.bottom)
        if side == "right":
            return Box(area.left, place.y + place.radius + gap, area.right, area.bottom)
        return Box(area.left, area.top, area.right, place.y - place.radius - gap)

    @property
    def middle(self) -> Box:
        """Return the area for centred text between the figures of the corners."""
        area = self.content
        inset = self.px({"wide": 84, "tall": 4, "square": 4}[self.shape])
        return Box(area.left + inset, area.top, area.right - inset, area.bottom)
