"""What a scene shows, in one line of words."""

from reelwright.production.schema import (
    ChartVisual,
    ClosingVisual,
    ComparisonVisual,
    FlowVisual,
    ListVisual,
    MapVisual,
    NumberVisual,
    QuoteVisual,
    Side,
    StatementVisual,
    TimelineVisual,
    TitleVisual,
    Visual,
)

__all__ = ["on_screen"]


def on_screen(visual: Visual) -> str:
    """Return the words and values of a visual, its heading first."""
    return ": ".join(part for part in _parts(visual) if part)


def _parts(visual: Visual) -> tuple[str, str]:
    match visual:
        case TitleVisual(title=title, kicker=kicker):
            return kicker, title
        case StatementVisual(text=text):
            return "", text
        case QuoteVisual(text=text, attribution=attribution):
            return attribution, f"“{text}”"
        case NumberVisual(label=label):
            return f"{visual.prefix}{visual.value:.{visual.decimals}f}{visual.suffix}", label
        case MapVisual(places=places, label=label):
            return ", ".join(places), label
        case _:
            return "" if isinstance(visual, ClosingVisual) else visual.heading, "; ".join(_rows(visual))


def _rows(
    visual: ListVisual | ChartVisual | ComparisonVisual | TimelineVisual | FlowVisual | ClosingVisual,
) -> tuple[str, ...]:
    match visual:
        case ListVisual(items=items):
            return items
        case ChartVisual(unit=unit, data=data):
            return tuple(f"{datum.label} {datum.value:g} {unit}".rstrip() for datum in data)
        case ComparisonVisual(left=left, right=right):
            return _side(left), _side(right)
        case TimelineVisual(moments=moments):
            return tuple(f"{moment.when} {moment.label}" for moment in moments)
        case FlowVisual(steps=steps):
            return steps
        case ClosingVisual(text=text, points=points):
            return text, *points


def _side(side: Side) -> str:
    return f"{side.label} ({side.detail})" if side.detail else side.label
