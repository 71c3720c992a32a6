"""The decision record comes back as it was written, or not at all."""

import json
from pathlib import Path

import pytest

from reelwright.errors import InvalidInput
from reelwright.pipeline.report.record import SCHEMA_VERSION, build_record, read_record, write_record
from reelwright.storage.errors import StorageUnwritable
from tests.unit.pipeline.report.samples import Sample


def record_of(sample: Sample) -> dict[str, object]:
    return build_record(
        sample.production, sample.script, sample.cut, sample.review, sample.narration, sample.publications
    )


def test_it_comes_back_whole(sample: Sample, tmp_path: Path) -> None:
    file = tmp_path / "production.json"
    write_record(file, record_of(sample))
    read = read_record(file)
    assert read.schema_version == SCHEMA_VERSION
    assert (read.production, read.script, read.narration) == (
        sample.production,
        sample.script,
        sample.narration,
    )
    assert (read.cut, read.review, read.publications) == (sample.cut, sample.review, sample.publications)
    assert read.cost.generation_cost_usd == "0.000000"
    assert [line.service for line in read.cost.cost_breakdown] == ["audio", "content", "video"]
    assert [each.name for each in tmp_path.iterdir()] == ["production.json"]


def test_it_is_plain_json_that_people_can_read(sample: Sample, tmp_path: Path) -> None:
    file = tmp_path / "production.json"
    write_record(file, record_of(sample))
    text = file.read_text(encoding="utf-8")
    assert json.loads(text)["production"]["id"] == sample.production.id
    assert text.splitlines()[1] == '  "schema_version": 1,'


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (lambda text: text[: len(text) // 2], "EOF"),
        (lambda text: text.replace('"schema_version": 1', '"schema_version": 2'), "schema_version"),
        (lambda text: text.replace('"script":', '"skript":', 1), "script"),
        (lambda _: "", "EOF"),
        (lambda _: "[]", "object"),
    ],
)
def test_a_damaged_one_is_refused(sample: Sample, tmp_path: Path, damage: object, named: str) -> None:
    file = tmp_path / "production.json"
    write_record(file, record_of(sample))
    file.write_text(damage(file.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_record(file)
    assert named in caught.value.context["detail"]
    assert str(file) in caught.value.message


def test_a_missing_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_record(tmp_path / "production.json")
    assert caught.value.context["detail"] == "No such file or directory"


def test_a_folder_in_the_way_is_told(sample: Sample, tmp_path: Path) -> None:
    (tmp_path / "production.json").mkdir()
    with pytest.raises(StorageUnwritable):
        write_record(tmp_path / "production.json", record_of(sample))
    assert [each.name for each in tmp_path.iterdir()] == ["production.json"]
