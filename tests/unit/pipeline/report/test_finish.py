"""The account beside the video."""

from pathlib import Path

import pytest

from reelwright.pipeline.report import finish
from reelwright.pipeline.report.record import read_record
from reelwright.storage.errors import ArtifactMissing, StorageUnwritable
from reelwright.storage.local import FolderArtifacts
from reelwright.upload.outcomes import OutcomePoint
from reelwright.upload.packages import FolderPackages
from reelwright.upload.schema import PublicationOutcome
from tests.unit.pipeline.report.samples import Sample


@pytest.fixture
def artifacts(sample: Sample, tmp_path: Path) -> FolderArtifacts:
    store = FolderArtifacts(tmp_path / "artifacts")
    store.put_file(sample.video, "video/mp4")
    store.put_file(sample.thumbnail, "image/png")
    return store


def values_of(sample: Sample) -> dict[str, object]:
    return {
        "script": sample.script,
        "narration": sample.narration,
        "cut": sample.cut,
        "review": sample.review,
        "publications": sample.publications,
    }


def test_report_and_record_are_written(sample: Sample, artifacts: FolderArtifacts, tmp_path: Path) -> None:
    production = sample.production.model_copy(update={"output_dir": str(tmp_path / "out" / "p")})
    for _ in range(2):
        finish.write_account(production, values_of(sample), artifacts, FolderPackages())
    folder = tmp_path / "out" / "p"
    assert sorted(file.name for file in folder.iterdir()) == ["production.json", "report.html"]
    assert read_record(folder / "production.json").production == production
    assert sample.production.id in (folder / "report.html").read_text(encoding="utf-8")


def test_what_platforms_told_of_publications_stands_in_both(
    sample: Sample, artifacts: FolderArtifacts, tmp_path: Path
) -> None:
    production = sample.production.model_copy(update={"output_dir": str(tmp_path / "p")})
    (publication,) = sample.publications
    point = OutcomePoint(
        production_id=production.id,
        platform=publication.platform,
        account="main",
        remote_id=publication.remote_id,
        collected_at=publication.published_at,
        outcome=PublicationOutcome(views=1234, untold="<No> scope."),
    )
    finish.write_account(production, values_of(sample) | {"outcomes": (point,)}, artifacts, FolderPackages())
    assert read_record(tmp_path / "p" / "production.json").outcomes == (point,)
    page = (tmp_path / "p" / "report.html").read_text(encoding="utf-8")
    assert "1,234 views, — likes, — comments, — shares, watched —, — a view (&lt;No&gt; scope.)" in page


def test_without_its_video_there_is_no_record(sample: Sample, tmp_path: Path) -> None:
    production = sample.production.model_copy(update={"output_dir": str(tmp_path / "p")})
    with pytest.raises(ArtifactMissing):
        finish.write_account(
            production, values_of(sample), FolderArtifacts(tmp_path / "empty"), FolderPackages()
        )
    assert not (tmp_path / "p").exists()


def test_the_record_comes_last(sample: Sample, artifacts: FolderArtifacts, tmp_path: Path) -> None:
    (tmp_path / "p" / "report.html").mkdir(parents=True)
    production = sample.production.model_copy(update={"output_dir": str(tmp_path / "p")})
    with pytest.raises(StorageUnwritable):
        finish.write_account(production, values_of(sample), artifacts, FolderPackages())
    assert [file.name for file in (tmp_path / "p").iterdir()] == ["report.html"]
