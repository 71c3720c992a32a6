"""The published verdicts: of every sentence, and counted as they stand."""

import tomllib
from collections import Counter
from pathlib import Path

from tests.matching.__main__ import UNSEEN

VERDICTS = Path(__file__).parents[2] / "docs" / "explanation" / "matching.md"


def test_every_sentence_has_a_verdict_and_the_sums_are_those_of_the_table() -> None:
    text = VERDICTS.read_text(encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.count("|") == 5]
    told = [row for row in rows if not row[-1].endswith(("sentence", "---"))]
    verdicts = {row[-1]: row[-2].strip() for row in told}
    topics = tomllib.loads(UNSEEN.read_text(encoding="utf-8"))["topics"]

    assert set(verdicts) == {sentence for topic in topics for sentence in topic["sentences"]}
    assert len(verdicts) == 100
    count = Counter(verdicts.values())
    assert f"{count['sensible']} sensible, {count['wrong']} wrong, {count['abstained']} abstained" in text
