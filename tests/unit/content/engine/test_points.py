"""The points of the last picture stand alone: whole clauses, none that speaks of something said before."""

from reelwright.content.engine.clauses import first_verb, tokens_of
from reelwright.production.schema import ClosingVisual
from tests.unit.content.writing import NOTES, script

LEANING = """\
Lamps glow in the dark. The small lamps glow green in the dark. The other ones glow red.

At last you bake. First you knead.

Older lamps have been found since. Lamps are not only pretty.

Two wars followed. The queen's lamp hangs in Bern.
"""


def _points(notes: str) -> tuple[str, ...]:
    closing = script(notes, topic="Lamps").scenes[-1].visual
    assert isinstance(closing, ClosingVisual)
    return closing.points


def test_a_point_does_not_lean_on_what_was_said_before() -> None:
    points = _points(LEANING)
    assert points
    assert set(points) <= {
        "Lamps glow in the dark",
        "The small lamps glow green in the dark",
        "The queen's lamp hangs in Bern",
    }


def test_points_are_clauses() -> None:
    points = _points(NOTES)
    assert points
    assert all(first_verb(tokens_of(point)) is not None for point in points)
