"""One line about what a platform told of a publication: the same on the page and in the terminal."""

from reelwright.upload.outcomes import OutcomePoint

__all__ = ["outcome_line"]

_UNKNOWN = "—"


def outcome_line(point: OutcomePoint) -> str:
    """Return when it was asked, and what it told: what is missing is a dash, never 0."""
    when = f"{point.collected_at:%Y-%m-%d %H:%M} UTC"
    if not point.found:
        return f"{when}: the platform does not find it"
    told = point.outcome
    counts = (("views", told.views), ("likes", told.likes), ("comments", told.comments))
    parts = [f"{_count(value)} {name}" for name, value in (*counts, ("shares", told.shares))]
    watched = f"watched {_seconds(told.watched_seconds)}, {_seconds(told.average_watched_seconds)} a view"
    return f"{when}: {', '.join((*parts, watched))}" + (f" ({told.untold})" if told.untold else "")


def _count(value: int | None) -> str:
    return _UNKNOWN if value is None else f"{value:,}"


def _seconds(value: float | None) -> str:
    return _UNKNOWN if value is None else f"{value:,.0f} s"
