"""Everything that is accepted as a rule is Amazon Ion, for Amazon's own parser too."""

import re
import tomllib
from pathlib import Path

import pytest

ion = pytest.importorskip("amazon.ion.simpleion", reason="amazon.ion, the oracle, is not installed")

TABLE = tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))
RULES = sorted({row[0] for rows in TABLE.values() for row in rows})
MONTH = re.compile(r"\b\d{4}-\d{2}\b(?![-T])")
"""AppConfig documents 2024-01, which Ion writes 2024-01T."""


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_ion(rule: str) -> None:
    assert len(ion.loads(MONTH.sub(lambda month: f"{month[0]}T", rule), single_value=False)) == 1
