"""The section that says what a production was configured with."""

import pytest

from reelwright.config.schema import ConfigurationRecord, Layer, OverriddenSetting, SourceRecord
from reelwright.pipeline.report.configuration import section
from tests.unit.pipeline.report.samples import HOSTILE_TEXTS
from tests.unit.pipeline.report.test_markup import Reader

REMEMBERED = SourceRecord(
    layer=Layer.RUNTIME,
    source="appconfig:runtime",
    version="12",
    state="remembered",
    age_seconds=7300,
    reason="it did not answer within 300 ms",
)
ABSENT = SourceRecord(layer=Layer.SSM, source="ssm:/x/", version="", state="absent", age_seconds=0)


def record(
    value: object = 30, sources: tuple[SourceRecord, ...] = (REMEMBERED, ABSENT)
) -> ConfigurationRecord:
    setting = OverriddenSetting.model_validate(
        {"key": "video.fps", "value": value, "layer": "runtime", "version": "12"}
    )
    return ConfigurationRecord(fingerprint="ab" * 32, generation=4, sources=sources, overridden=(setting,))


def test_it_says_what_is_not_at_its_default_and_how_fresh_each_source_was() -> None:
    text = Reader(section(record()) or "").text
    for known in (
        "video.fps",
        "30",
        "said by runtime, version 12",
        "appconfig:runtime",
        "remembered, said 2 h before, version 12",
        "it did not answer within 300 ms",
        "Generation 4, fingerprint abababababab",
    ):
        assert known in text, known
    assert "absent, said" not in text


def test_defaults_are_said_to_be_defaults() -> None:
    plain = ConfigurationRecord(fingerprint="f" * 64, generation=1, sources=(), overridden=())
    assert "Every setting is at its default." in Reader(section(plain) or "").text


def test_a_production_of_an_earlier_version_has_no_section() -> None:
    assert section(None) is None


@pytest.mark.parametrize("state", ["stale", "remembered", "bundled", "fresh", "absent"])
def test_sources_that_did_not_answer_are_shown_open(state: str) -> None:
    page = section(record(sources=(REMEMBERED.model_copy(update={"state": state}),))) or ""
    assert ("<details open>" in page) is (state in {"stale", "remembered", "bundled"})


@pytest.mark.parametrize("hostile", HOSTILE_TEXTS)
def test_values_are_text(hostile: str) -> None:
    page = section(record({"x": hostile})) or ""
    assert "script" not in {name for name, _ in Reader(page).elements}
    assert "img" not in {name for name, _ in Reader(page).elements}
