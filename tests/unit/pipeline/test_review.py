"""What a finished file is sent back for, and what is only told."""

from dataclasses import replace
from pathlib import Path

import pytest

from reelwright.environment.loader import load_environment
from reelwright.environment.schema import Settings
from reelwright.pipeline.errors import ReviewFailed
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.studio import Studio
from reelwright.production.schema import Brief, Check, Production, Review
from reelwright.video.schema import ReviewRequest
from tests.simulation.settings import snapshot_of


class Finding:
    """A reviewer that finds one thing wrong."""

    def __init__(self, name: str) -> None:
        self._check = Check(name=name, passed=False, found="2.8:1", allowed="3.0:1", at_seconds=4.0)

    def review(self, request: ReviewRequest) -> Review:
        return Review(checks=(self._check,))


def made(parts: Parts, folder: Path, found: str, settings: Settings | None = None) -> Production:
    parts = replace(parts, reviewer=Finding(found))
    settings = settings or load_environment("local").settings
    studio = Studio("local", lambda: snapshot_of(settings), parts, out_dir=folder / "out")
    return studio.make(Brief(topic="Tides", duration_seconds=20))


@pytest.mark.parametrize(
    "name", ["text_contrast", "text_safe_area", "caption_overlap", "scenes_alike", "motion"]
)
def test_a_flaw_in_its_looks_is_told_and_the_video_kept(parts: Parts, tmp_path: Path, name: str) -> None:
    production = made(parts, tmp_path, name)
    assert production.status == "completed"
    assert production.step("review").warnings == (
        f"The review found: {name} at 4.00 s is 2.8:1, allowed 3.0:1.",
    )


def test_what_does_not_play_is_sent_back(parts: Parts, tmp_path: Path) -> None:
    with pytest.raises(ReviewFailed, match=r"silence at 4\.00 s"):
        made(parts, tmp_path, "silence")


def test_who_tolerates_nothing_gets_nothing_that_looks_wrong(parts: Parts, tmp_path: Path) -> None:
    settings = load_environment("local").settings
    strict = settings.review.model_copy(update={"tolerated": ()})
    with pytest.raises(ReviewFailed, match="text_contrast"):
        made(parts, tmp_path, "text_contrast", settings.model_copy(update={"review": strict}))
