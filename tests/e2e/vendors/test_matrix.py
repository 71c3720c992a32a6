"""The matrix of vendors, of which one diagonal is made here: every vendor, and both shapes."""

from pathlib import Path

import pytest

from tests.e2e.vendors.matrix import AUDIO, CONTENT, VIDEO, Combination, combinations, made

pytestmark = pytest.mark.render


def test_every_combination_is_there_once() -> None:
    found = list(combinations())
    assert len(set(found)) == len(found) == len(CONTENT) * len(AUDIO) * len(VIDEO) * 2
    assert {each.aspect for each in combinations(["runway", "9:16"])} == {"9:16"}


@pytest.mark.parametrize(
    "combination",
    [
        Combination(CONTENT[0], AUDIO[1], VIDEO[0], "9:16"),
        Combination(CONTENT[1], AUDIO[0], VIDEO[1], "16:9"),
    ],
    ids=str,
)
def test_a_video_is_made_by_whom_was_named_and_shows_what_was_ordered(
    tmp_path: Path, combination: Combination
) -> None:
    row = made(tmp_path, combination)
    assert row.faults == ()
    assert row.micro_usd > 0
