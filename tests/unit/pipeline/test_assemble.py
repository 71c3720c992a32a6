"""What the record says of thumbnails, and that every design is kept."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reelwright.environment.loader import load_environment
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.studio import Studio
from reelwright.production.schema import Brief, Cut
from reelwright.video.schema import ThumbnailDraft, ThumbnailRequest
from tests.simulation.engines import draft_of, file_of
from tests.simulation.settings import snapshot_of


class ThreeDesigns:
    """Writes three files and says how good they are."""

    def make(self, request: ThumbnailRequest) -> tuple[ThumbnailDraft, ...]:
        return tuple(self._draft(request, number) for number in range(3))

    def _draft(self, request: ThumbnailRequest, number: int) -> ThumbnailDraft:
        path = file_of(request.out.with_name(f"design_{number}.png"), str(number))
        changes = {"path": path, "composition": f"design {number}", "score": 90 - number, "picture": "moon"}
        return draft_of(request, "High tide").model_copy(update=changes)


@pytest.fixture
def finished(parts: Parts, tmp_path: Path) -> tuple[Any, list[Cut]]:
    cuts: list[Cut] = []

    def finish(production: object, values: dict[str, Any]) -> None:  # noqa: ARG001 (as it is called)
        cuts.append(values["cut"])

    found: Callable[[], Any] = lambda: snapshot_of(load_environment("local").settings)  # noqa: E731 (one line)
    told = replace(parts, thumbnails=ThreeDesigns(), finish=finish)
    studio = Studio("local", found, told, out_dir=tmp_path / "out")
    return studio.make(Brief(topic="Tides", duration_seconds=20)), cuts


def test_all_designs_are_kept_and_the_record_names_the_best_and_why(finished: tuple[Any, list[Cut]]) -> None:
    production, (cut,) = finished
    assert [design.composition for design in cut.thumbnails] == ["design 0", "design 1", "design 2"]
    assert cut.thumbnail == cut.thumbnails[0].image
    assert len({design.image.sha256 for design in cut.thumbnails}) == 3
    (decision,) = (it for it in production.step("assemble").decisions if it.subject == "thumbnail")
    assert decision.chosen == "design 0: “High tide”, showing moon"
    assert decision.reason == "the best score of 3 designs; 90.0 of 100: alone"
    assert [(it.name[:8], it.reason) for it in decision.rejected] == [
        ("design 1", "89.0 of 100: alone"),
        ("design 2", "88.0 of 100: alone"),
    ]
