"""What is seen in a scene, as data: each holds only what stands in the text."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = [
    "ChartVisual",
    "ClosingVisual",
    "ComparisonVisual",
    "Datum",
    "FlowVisual",
    "Frozen",
    "ListVisual",
    "MapVisual",
    "Moment",
    "NumberVisual",
    "QuoteVisual",
    "Side",
    "StatementVisual",
    "TimelineVisual",
    "TitleVisual",
    "Visual",
]


class Frozen(BaseModel):
    """Base of all that is stored: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TitleVisual(Frozen):
    """The opening: the topic as a headline."""

    kind: Literal["title"] = "title"
    title: str
    kicker: str = ""


class StatementVisual(Frozen):
    """One thought; ``emphasis`` is the word or phrase of it that carries the accent colour."""

    kind: Literal["statement"] = "statement"
    text: str
    emphasis: str = ""


class ListVisual(Frozen):
    """Two to six short points, revealed as they are spoken."""

    kind: Literal["list"] = "list"
    heading: str = ""
    items: Annotated[tuple[str, ...], Field(min_length=2, max_length=6)]


class NumberVisual(Frozen):
    """One figure from the notes, counted up. ``value`` keeps the decimals that were written."""

    kind: Literal["number"] = "number"
    value: float
    decimals: Annotated[int, Field(ge=0, le=6)] = 0
    prefix: str = ""
    suffix: str = ""
    label: str


class Datum(Frozen):
    """One bar or point of a chart."""

    label: str
    value: float


class ChartVisual(Frozen):
    """Values from the notes, drawn to scale; a line when the labels are ordered in time."""

    kind: Literal["chart"] = "chart"
    heading: str
    unit: str = ""
    shape: Literal["bar", "line"] = "bar"
    data: Annotated[tuple[Datum, ...], Field(min_length=2, max_length=8)]


class QuoteVisual(Frozen):
    """Somebody's words, with their name."""

    kind: Literal["quote"] = "quote"
    text: str
    attribution: str = ""


class Side(Frozen):
    """One of two things that are set against each other."""

    label: str
    """What it is called, in a few words."""
    detail: str = ""
    """What is said of it; empty where the text says it of the other side only."""


class ComparisonVisual(Frozen):
    """Two things side by side, each with what the text says of it."""

    kind: Literal["comparison"] = "comparison"
    heading: str = ""
    left: Side
    right: Side


class Moment(Frozen):
    """One point in time and what happened then."""

    when: str
    """The time as the text has it: ``1969``, ``the 1960s``, ``44 BC``, ``until 1889``."""
    year: Annotated[int, Field(ge=-20_000, le=2_999)]
    """Its year, for the place on the line: negative before Christ, the first one of a decade or a range."""
    label: str


class TimelineVisual(Frozen):
    """Two to six moments, earliest first."""

    kind: Literal["timeline"] = "timeline"
    heading: str = ""
    moments: Annotated[tuple[Moment, ...], Field(min_length=2, max_length=6)]

    @model_validator(mode="after")
    def _in_order(self) -> "TimelineVisual":
        years = [moment.year for moment in self.moments]
        if years != sorted(years):
            raise ValueError("the moments of a timeline must stand in the order of their years")
        return self


class MapVisual(Frozen):
    """One to three places, by the names that the text uses. Where they are is never a writer's to say."""

    kind: Literal["map"] = "map"
    places: Annotated[tuple[str, ...], Field(min_length=1, max_length=3)]
    label: str = ""


class FlowVisual(Frozen):
    """Two to four steps that lead from one to the next."""

    kind: Literal["flow"] = "flow"
    heading: str = ""
    steps: Annotated[tuple[str, ...], Field(min_length=2, max_length=4)]


class ClosingVisual(Frozen):
    """The last scene: what to do now, and up to four points to remember."""

    kind: Literal["closing"] = "closing"
    text: str
    points: Annotated[tuple[str, ...], Field(max_length=4)] = ()


Visual = Annotated[
    TitleVisual
    | StatementVisual
    | ListVisual
    | NumberVisual
    | ChartVisual
    | QuoteVisual
    | ComparisonVisual
    | TimelineVisual
    | MapVisual
    | FlowVisual
    | ClosingVisual,
    Field(discriminator="kind"),
]
