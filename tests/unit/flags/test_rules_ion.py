"""Everything that is accepted as a rule is Amazon Ion, for Amazon's own parser too."""

import re
import tomllib
from pathlib import Path
from random import Random

import pytest
from amazon.ion import simpleion

from reelwright.flags.rules import compile_rule
from tests.fuzz.generator import rule as random_rule
from tests.fuzz.generator import written

TABLE = tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))
RULES = sorted({row[0] for rows in TABLE.values() for row in rows})
MONTH = re.compile(r"""(?<!["'\d])\b\d{4}-\d{2}\b(?![-T"'])""")
"""AppConfig documents 2024-01, which Ion writes 2024-01T."""
COUNT = 3_000


def parts(text: str) -> int:
    """How many values Amazon's parser reads in a rule's text; it raises if the text is no Ion."""
    return len(simpleion.loads(MONTH.sub(lambda month: f"{month[0]}T", text), single_value=False))


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_ion(rule: str) -> None:
    assert parts(rule) == 1


def test_rules_at_random_are_ion() -> None:
    random = Random(5)
    for _ in range(COUNT):
        text = written(random_rule(random), random)
        compile_rule(text)
        assert parts(text) == 1, text
