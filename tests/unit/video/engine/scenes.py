"""Scenes to draw in tests."""

from typing import Any

from reelwright.production.schema import (
    ChartVisual,
    ClosingVisual,
    ComparisonVisual,
    Datum,
    FlowVisual,
    ListVisual,
    MapVisual,
    Moment,
    NumberVisual,
    QuoteVisual,
    Side,
    StatementVisual,
    TimelineVisual,
    TitleVisual,
    Visual,
    Word,
)
from reelwright.video.engine.planes import Frame
from reelwright.video.engine.scene import Scene
from reelwright.video.schema import SceneGraphics, frame_size

VISUALS: dict[str, Visual] = {
    "title": TitleVisual(title="Why the sea rises twice a day", kicker="Ocean science"),
    "statement": StatementVisual(text="The Moon pulls the ocean into two bulges", emphasis="two bulges"),
    "list": ListVisual(
        heading="What sets the height", items=("The Moon", "The Sun", "The shape of the coast")
    ),
    "number": NumberVisual(value=16, suffix="metres", label="the highest tide on Earth"),
    "share": NumberVisual(value=98, suffix="%", label="of a cup of coffee is water"),
    "bars": ChartVisual(
        heading="Mean tidal range",
        unit="metres",
        data=(
            Datum(label="Fundy", value=11.7),
            Datum(label="Bristol", value=9.6),
            Datum(label="Naples", value=0.3),
        ),
    ),
    "line": ChartVisual(
        heading="Caffeine over the day",
        unit="mg",
        shape="line",
        data=tuple(
            Datum(label=f"{hour} h", value=value) for hour, value in ((8, 12), (10, 96), (12, 74), (14, 120))
        ),
    ),
    "quote": QuoteVisual(
        text="The sea holds one in its net of wonder forever.", attribution="Jacques Cousteau"
    ),
    "comparison": ComparisonVisual(
        left=Side(label="Spring tides", detail="rise highest"), right=Side(label="Neap tides")
    ),
    "timeline": TimelineVisual(
        heading="Tides in the books",
        moments=(
            Moment(when="330 BC", year=-330, label="Pytheas sees the tides of Britain"),
            Moment(when="1687", year=1687, label="Newton explains them"),
        ),
    ),
    "map": MapVisual(places=("the Bay of Fundy",), label="The highest tides on Earth"),
    "flow": FlowVisual(steps=("The Moon pulls", "The water rises", "The shore floods")),
    "closing": ClosingVisual(text="Look up before you look out", points=("The Moon pulls", "Two bulges")),
}
SPEECH = "The Moon pulls the ocean into two bulges, one on each side of the Earth."
ASPECTS = ("16:9", "9:16", "1:1")
LATE = 7.0
SECONDS = 8.0


def spoken(text: str, start: float = 0.4, each: float = 0.3) -> tuple[Word, ...]:
    return tuple(
        Word(
            text=word,
            start_seconds=start + each * place,
            end_seconds=start + each * place + 0.25,
            scene_index=0,
        )
        for place, word in enumerate(text.split())
    )


def graphics(visual: Visual | str = "title", **changes: Any) -> SceneGraphics:
    known = {
        "visual": VISUALS[visual] if isinstance(visual, str) else visual,
        "words": (),
        "aspect": "16:9",
        "style": "auto",
        "theme_seed": 0,
        "captions": False,
        "scene_index": 0,
        "scene_count": 1,
    }
    return SceneGraphics(**{**known, **changes})


def still(scene: SceneGraphics, t: float, seconds: float = SECONDS) -> Frame:
    width, height = frame_size(scene.aspect, "480p")
    frame = Frame.blank(width, height)
    Scene(scene, width, height, seconds).draw(frame, t)
    return frame
