from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.content.engine.writer import write_script
from reelwright.content.grounding import objections_to_pictures
from reelwright.production.schema import Script
from tests.unit.content.writing import BRIEFS, NOTES, PACE, brief, sample, script

GIVEN = """\
The tower in Paris opened in 1889 and is 330 metres tall. By 44 BC nobody had built one.
Twenty-two lifts and forty steps lead up.
It cost 7.8 million francs, and 2,500,000 rivets hold it. Der Turm wiegt 10.100 Tonnen und 7,3 Lagen.
"""


def objections(visual: dict[str, Any], notes: str = GIVEN) -> list[str]:
    scenes = [scene.model_dump() for scene in script(NOTES, 20).scenes[:1]]
    shown = [{**scenes[0], "visual": {"kind": "title", "title": "x"}}, {**scenes[0], "visual": visual}]
    written = Script.model_validate({**script(NOTES, 20).model_dump(), "scenes": shown})
    return objections_to_pictures(written, brief(notes))


def timeline(*moments: tuple[str, int, str]) -> dict[str, Any]:
    return {
        "kind": "timeline",
        "moments": [dict(zip(("when", "year", "label"), moment, strict=True)) for moment in moments],
    }


@pytest.mark.parametrize(
    "visual",
    [
        {"kind": "number", "value": 330, "label": "metres"},
        {"kind": "number", "value": 7.8, "label": "million francs"},
        {"kind": "number", "value": 7_800_000, "label": "francs"},
        {"kind": "number", "value": 2_500_000, "label": "rivets"},
        {"kind": "number", "value": 10_100, "label": "tonnes"},
        {"kind": "number", "value": 7.3, "label": "Lagen"},
        {"kind": "number", "value": 22, "label": "lifts"},
        {"kind": "number", "value": 40, "label": "steps"},
        {"kind": "number", "value": 3, "label": "things that the notes name in words"},
        timeline(("44 BC", -44, "Nobody had built one"), ("1889", 1889, "It opened")),
        {"kind": "map", "places": ["Paris"]},
        {"kind": "map", "places": ["the tower"]},
        {"kind": "comparison", "left": {"label": "It", "detail": "330 metres"}, "right": {"label": "One"}},
        {"kind": "flow", "steps": ["Build it", "Open it in 1889"]},
    ],
)
def test_what_stands_in_the_notes_may_be_shown(visual: dict[str, Any]) -> None:
    assert objections(visual) == []


@pytest.mark.parametrize(
    ("visual", "shown"),
    [
        ({"kind": "number", "value": 331, "label": "metres"}, "331"),
        ({"kind": "number", "value": 20, "label": "of twenty-two"}, "20"),
        ({"kind": "number", "value": 3.5, "label": "metres"}, "3.5"),
        ({"kind": "number", "value": float("inf"), "label": "metres"}, "inf"),
        (
            {
                "kind": "chart",
                "heading": "x",
                "data": [{"label": "a", "value": 330}, {"label": "b", "value": 99}],
            },
            "99",
        ),
        (timeline(("1889", 1889, "a"), ("1925", 1925, "b")), "1925"),
        (timeline(("44 BC", -44, "a"), ("1889", 1889, "300 men")), "300"),
        ({"kind": "map", "places": ["Paris", "London"]}, "London"),
        ({"kind": "map", "places": ["Paris"], "label": "Since 1700"}, "1700"),
        ({"kind": "comparison", "left": {"label": "It"}, "right": {"label": "b", "detail": "is 41"}}, "41"),
        ({"kind": "flow", "steps": ["a", "Wait 90 minutes"]}, "90"),
    ],
)
def test_what_does_not_is_objected_to(visual: dict[str, Any], shown: str) -> None:
    assert f"scene 2 shows {shown}, which does not stand in the notes" in objections(visual)


@pytest.mark.parametrize("name", sorted(path.stem for path in BRIEFS.glob("*.md")))
def test_our_own_writer_shows_nothing_else(name: str) -> None:
    asked = sample(name)
    written = write_script(asked, words_per_minute=PACE, target_seconds=asked.duration_seconds, seed=1)
    assert objections_to_pictures(written, asked) == []


pieces = st.sampled_from(
    [
        "In 1889",
        "1,200",
        "٣٤٥",
        "12",
        "½",
        "²",
        "7.5 %",
        "the tower opened",
        "is",
        "Paris",
        ".",
        "44 BC",
        "million",
        "sleeps for twenty hours",
        "a cat for thirty-one",
    ]
)


@given(st.lists(pieces, min_size=3, max_size=30).map(" ".join))
def test_nor_does_it_from_scrambled_notes(notes: str) -> None:
    assert objections_to_pictures(script(notes), brief(notes)) == []
