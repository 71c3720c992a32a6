"""The section that says which prompts were said."""

import pytest

from reelwright.pipeline.report.prompts import section
from reelwright.production.schema import PromptRecord
from tests.unit.pipeline.report.samples import HOSTILE_TEXTS
from tests.unit.pipeline.report.test_markup import Reader

RECORD = PromptRecord(
    step="write_script",
    name="write-script",
    version="8d1f0a2b3c4d",
    variant="question",
    label="staging",
    source="remembered",
    path=("write-script.investing", "write-script"),
    reason="the store of prompts cannot be used; 50% get question",
    warnings=("notes: characters were taken out",),
    tokens_estimate=1234,
)


def test_it_says_which_version_and_variant_was_said_who_said_so_and_why() -> None:
    text = Reader(section((RECORD,)) or "").text
    for known in (
        "Write script",
        "write-script 8d1f0a2b3c4d, variant question",
        "staging, as remembered of the store",
        "looked for write-script.investing, then write-script",
        "the store of prompts cannot be used; 50% get question",
        "about 1,234 tokens",
        "notes: characters were taken out",
    ):
        assert known in text, known


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("store", "staging, as the store says"),
        ("remembered", "staging, as remembered of the store"),
        ("bundled", "the code's own"),
        ("file", "of a file"),
    ],
)
def test_it_says_who_said_so(source: str, told: str) -> None:
    record = RECORD.model_copy(update={"source": source, "path": ("write-script",), "reason": ""})
    text = Reader(section((record,)) or "").text
    assert told in text
    assert "looked for" not in text


def test_a_production_of_an_earlier_version_has_no_section() -> None:
    assert section(()) is None


@pytest.mark.parametrize("hostile", HOSTILE_TEXTS)
def test_hostile_text_stays_text(hostile: str) -> None:
    told = {"step": hostile, "version": hostile, "variant": hostile, "label": hostile, "reason": hostile}
    record = RECORD.model_copy(update={**told, "path": (hostile, hostile), "warnings": (hostile,)})
    page = section((record,)) or ""
    assert {"script", "img", "iframe", "svg"}.isdisjoint(name for name, _ in Reader(page).elements)
