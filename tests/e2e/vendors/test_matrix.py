"""The matrix of vendors, of which a few are made here: most vendors, both shapes, and one that errs."""

from pathlib import Path

import pytest

from tests.e2e.vendors.combination import ASPECTS, AUDIO, CONTENT, VIDEO, Combination, Row
from tests.e2e.vendors.combination_made import made
from tests.e2e.vendors.matrix import combinations, plants, table

pytestmark = pytest.mark.render


def test_every_combination_is_there_once() -> None:
    found = list(combinations())
    assert len(set(found)) == len(found) == len(CONTENT) * len(AUDIO) * len(VIDEO) * len(ASPECTS)
    assert {each.aspect for each in combinations(["runway", "9:16"])} == {"9:16"}
    assert {(each.video, each.aspect) for each in plants()} == {(v, a) for v in VIDEO[:2] for a in ASPECTS}


def test_the_table_shows_what_passed_and_what_did_not() -> None:
    rows = [Row(each, (), 1_250_000, 3.21) for each in combinations(["claude", "polly-neural", "16:9"])]
    rows[0] = Row(rows[0].combination, ("review: motion",), 0, 1.0)
    told = table(rows).splitlines()
    assert told[0] == "| | " + " | ".join(f"{video} 16:9" for video in VIDEO) + " |"
    assert told[2] == (
        "| claude-sonnet-5-5, polly-neural | FAILED $0.000000 1.0 s | pass $1.250000 3.2 s | "
        "pass $1.250000 3.2 s |"
    )


@pytest.mark.parametrize(
    "combination",
    [
        Combination(CONTENT[0], AUDIO[2], VIDEO[0], "9:16").planted(),
        Combination(CONTENT[2], AUDIO[1], VIDEO[1], "16:9"),
    ],
    ids=str,
)
def test_a_video_is_made_by_whom_was_named_and_shows_what_was_ordered(
    tmp_path: Path, combination: Combination
) -> None:
    row = made(tmp_path, combination)
    assert row.faults == ()
    assert row.micro_usd > 0
