"""What making a video answers with."""

from pathlib import Path

import pytest

from reelwright.cost.schema import ChargeLine
from reelwright.pipeline.report.record import build_record, write_record
from reelwright.pipeline.report.result import generation_result
from tests.unit.pipeline.report.samples import Sample


@pytest.fixture
def package(sample: Sample, tmp_path: Path) -> Path:
    for name in ("video.mp4", "thumbnail.png", "captions.srt", "report.html"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    record = build_record(
        sample.production, sample.script, sample.cut, sample.review, sample.narration, sample.publications
    )
    write_record(tmp_path / "production.json", record)
    return tmp_path


def test_a_completed_production_names_its_files(sample: Sample, package: Path) -> None:
    result = generation_result(sample.production, package)
    assert (result.status, result.output_dir) == ("completed", str(package))
    assert result.video == str(package / "video.mp4")
    assert result.captions == str(package / "captions.srt")
    assert result.duration_seconds == sample.cut.duration_seconds
    assert result.warnings == sample.production.warnings
    assert [step.name for step in result.steps] == [step.name for step in sample.production.steps]


@pytest.mark.parametrize("status", ["running", "failed"])
def test_nothing_unfinished_looks_finished(sample: Sample, package: Path, status: str) -> None:
    result = generation_result(sample.production.model_copy(update={"status": status}), package)
    assert (result.video, result.thumbnail, result.captions, result.report) == (None,) * 4
    assert result.duration_seconds is None


def test_files_that_were_taken_away_are_not_named(sample: Sample, package: Path) -> None:
    (package / "video.mp4").unlink()
    (package / "production.json").write_text("{", encoding="utf-8")
    result = generation_result(sample.production, package)
    assert (result.video, result.duration_seconds) == (None, None)
    assert result.report == str(package / "report.html")


def test_the_cost_is_what_was_charged(sample: Sample, package: Path) -> None:
    charge = ChargeLine(
        service="video", provider="p", model="m", unit="video_seconds", quantity=5, micro_usd=1_250_001
    )
    step = sample.production.steps[2].model_copy(update={"charges": (charge, charge)})
    production = sample.production.model_copy(update={"steps": (step,)})
    result = generation_result(production, package)
    assert result.generation_cost_usd == "2.500002"
    assert [(line.model, line.quantity, line.cost_usd) for line in result.cost_breakdown] == [
        ("m", 10, "2.500002")
    ]
