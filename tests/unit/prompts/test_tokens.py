import tomllib
from pathlib import Path
from typing import Any

import pytest

from reelwright.prompts.tokens import estimate_tokens

SAMPLES = Path(__file__).parents[2] / "bench" / "token_samples.toml"


@pytest.mark.parametrize(
    "sample", tomllib.loads(SAMPLES.read_text(encoding="utf-8"))["samples"], ids=lambda one: one["language"]
)
def test_the_estimate_is_as_near_as_it_says(sample: dict[str, Any]) -> None:
    assert estimate_tokens(sample["text"]) == pytest.approx(sample["counted"], rel=0.30)


def test_nothing_is_no_token_and_anything_at_least_one() -> None:
    assert [estimate_tokens(text) for text in ("", "a", "é", "字")] == [0, 1, 1, 1]
