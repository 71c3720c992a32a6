"""A made-up video of every kind of scene, with word times, for looking at and for measuring."""

from reelwright.environment.schema import Aspect
from reelwright.production.schema import (
    ChartVisual,
    ClosingVisual,
    Datum,
    ListVisual,
    NumberVisual,
    QuoteVisual,
    StatementVisual,
    TitleVisual,
    Visual,
    Word,
)
from reelwright.video.schema import SceneGraphics

__all__ = ["OTHER_SCENES", "TIDES", "spoken", "video"]

TIDES: tuple[tuple[Visual, str], ...] = (
    (
        TitleVisual(title="Why the sea rises twice a day", kicker="Ocean science"),
        "Why does the sea rise twice a day? The answer hangs in the sky.",
    ),
    (
        StatementVisual(text="The Moon pulls the ocean into two bulges", emphasis="two bulges"),
        "The Moon pulls the ocean into two bulges, one on each side of the Earth.",
    ),
    (
        StatementVisual(text="The Earth turns beneath them", emphasis="turns"),
        "And the Earth turns beneath them, carrying every coast through both.",
    ),
    (
        NumberVisual(value=16, suffix="metres", label="the highest tide on Earth, in the Bay of Fundy"),
        "The highest tide on Earth, in the Bay of Fundy, climbs 16 metres.",
    ),
    (
        ListVisual(
            heading="Three things set the height",
            items=("The Moon's distance", "The Sun's direction", "The shape of the coast"),
        ),
        "Three things set the height: the Moon's distance, the Sun's direction and the shape of the coast.",
    ),
    (
        ChartVisual(
            heading="Mean tidal range",
            unit="metres",
            data=(
                Datum(label="Bay of Fundy", value=11.7),
                Datum(label="Bristol", value=9.6),
                Datum(label="Mont-Saint-Michel", value=8.5),
                Datum(label="Boston", value=2.9),
                Datum(label="Naples", value=0.3),
            ),
        ),
        "Bay of Fundy leads with 11.7 metres, then Bristol and Mont-Saint-Michel. Naples sees nothing.",
    ),
    (
        QuoteVisual(
            text="The sea, once it casts its spell, holds one in its net of wonder forever.",
            attribution="Jacques Cousteau",
        ),
        "The sea, once it casts its spell, holds one in its net of wonder forever.",
    ),
    (
        ClosingVisual(
            text="Look up before you look out",
            points=("The Moon pulls", "Two bulges", "The Earth turns"),
        ),
        "So look up before you look out. The Moon is moving the water at your feet.",
    ),
)
"""Eight scenes: every kind, in the order of a video."""

OTHER_SCENES: tuple[tuple[Visual, str], ...] = (
    (
        TitleVisual(title="Better coffee at home"),
        "Better coffee at home starts with fresh beans and clean water.",
    ),
    (
        NumberVisual(value=98, suffix="%", label="of a cup of coffee is water"),
        "Fully 98 % of a cup of coffee is water, so the water matters.",
    ),
    (
        ListVisual(
            heading="Before you pour",
            items=(
                "Weigh the beans",
                "Grind just before brewing",
                "Rinse the paper filter",
                "Warm the cup",
                "Start a timer",
            ),
        ),
        "Weigh the beans. Grind just before brewing. Rinse the paper filter. Warm the cup. Start a timer.",
    ),
    (
        ChartVisual(
            heading="Caffeine over the day",
            unit="mg in the blood",
            shape="line",
            data=(
                Datum(label="8 h", value=12),
                Datum(label="10 h", value=96),
                Datum(label="12 h", value=74),
                Datum(label="14 h", value=120),
                Datum(label="16 h", value=81),
                Datum(label="18 h", value=52),
            ),
        ),
        "At 8 h there is little. By 10 h it peaks. A second cup lifts it at 14 h. Then it fades.",
    ),
    (
        StatementVisual(
            text="Water that is too hot makes the cup bitter; water that is too cold leaves it thin and sour"
        ),
        "Water that is too hot makes the cup bitter; water that is too cold leaves it thin and sour.",
    ),
    (
        NumberVisual(
            value=2250000000, prefix="", suffix=" cups", label="are drunk every day around the world"
        ),
        "More than two billion cups are drunk every day around the world.",
    ),
    (
        QuoteVisual(
            text="I have measured out my life with coffee spoons.",
            attribution="T. S. Eliot, The Love Song of J. Alfred Prufrock",
        ),
        "I have measured out my life with coffee spoons.",
    ),
    (
        ClosingVisual(
            text="Weigh, grind, pour, wait",
            points=("Fresh beans", "93 degrees", "60 grams a litre", "Four minutes"),
        ),
        "Weigh, grind, pour, wait. Your next cup will be better.",
    ),
)
"""Eight more, chosen to be awkward: a gauge, five points, a line, a long statement, a huge figure."""


def spoken(text: str, index: int, start: float = 0.25) -> tuple[Word, ...]:
    """Return words with times as a calm voice would have them."""
    words: list[Word] = []
    for written in text.split():
        end = start + 0.10 + 0.05 * len(written)
        words.append(Word(text=written, start_seconds=start, end_seconds=end, scene_index=index))
        start = end + (0.4 if written[-1] in ".?!" else 0.2 if written[-1] in ",;:" else 0.04)
    return tuple(words)


def video(
    scenes: tuple[tuple[Visual, str], ...],
    aspect: Aspect,
    style: str = "auto",
    seed: int = 0,
    *,
    captions: bool = True,
) -> list[tuple[SceneGraphics, float]]:
    """Return the scenes as an engine gets them, each with its length in seconds."""
    said = [spoken(text, index) for index, (_, text) in enumerate(scenes)]
    lengths = [words[-1].end_seconds + 0.6 for words in said]
    return [
        (
            SceneGraphics(
                visual=visual,
                words=said[index],
                aspect=aspect,
                style=style,
                theme_seed=seed,
                captions=captions,
                scene_index=index,
                scene_count=len(scenes),
            ),
            lengths[index],
        )
        for index, (visual, _) in enumerate(scenes)
    ]
