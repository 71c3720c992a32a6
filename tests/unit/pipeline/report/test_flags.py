"""The section that says what flags answered."""

import pytest

from reelwright.pipeline.report.flags import answer_of, section
from reelwright.production.schema import FlagRecord
from tests.unit.pipeline.report.samples import HOSTILE_TEXTS
from tests.unit.pipeline.report.test_markup import Reader

ORIGIN = "version 7 of flags, deployment 3 COMPLETE"
CAPTIONS = FlagRecord(
    flag="captions",
    enabled=False,
    variant="half",
    reason="SPLIT",
    version="7",
    origin=ORIGIN,
    effect="features.captions = off instead of burned",
)
MUSIC = FlagRecord(
    flag="music",
    enabled=True,
    attributes={"gain": 2, "kind": "calm"},
    reason="STATIC",
    version="",
    origin=ORIGIN,
)


def test_it_says_what_each_flag_answered_why_and_what_that_did() -> None:
    text = Reader(section((CAPTIONS, MUSIC)) or "").text
    for known in (
        "captions",
        "off, variant half",
        "features.captions = off instead of burned",
        "SPLIT, version 7",
        "1 other flag",
        "on, gain = 2, kind = calm",
    ):
        assert known in text, known
    assert text.count(ORIGIN) == 1


def test_flags_that_did_nothing_are_folded_and_said_to_have_done_nothing() -> None:
    page = section((MUSIC, MUSIC)) or ""
    assert "No flag changed anything." in Reader(page).text
    assert "<details>" in page
    assert "2 other flags" in Reader(page).text


def test_where_all_did_something_nothing_is_folded() -> None:
    assert "<details" not in (section((CAPTIONS,)) or "")


def test_a_place_without_flags_has_no_section() -> None:
    assert section(()) is None


@pytest.mark.parametrize("hostile", HOSTILE_TEXTS)
def test_hostile_text_stays_text(hostile: str) -> None:
    record = CAPTIONS.model_copy(
        update={"flag": hostile, "variant": hostile, "origin": hostile, "attributes": {hostile: hostile}}
    )
    page = section((record, MUSIC.model_copy(update={"effect": hostile}))) or ""
    assert {"script", "img", "iframe", "svg"}.isdisjoint(name for name, _ in Reader(page).elements)
    assert answer_of(record).startswith("off, variant ")
