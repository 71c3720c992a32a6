"""The account of a finished production: its record and its report, beside the video."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reelwright.pipeline.report.record import build_record, write_record
from reelwright.pipeline.report.render import render_report
from reelwright.pipeline.report.result import RECORD, REPORT
from reelwright.production.schema import Cut, Narration, Production, Publication, Review, Script
from reelwright.storage.files import write_whole
from reelwright.storage.ports import ArtifactStore

__all__ = ["write_account"]


def write_account(production: Production, values: Mapping[str, Any], artifacts: ArtifactStore) -> None:
    """Write ``report.html``, then ``production.json``, into the production's folder.

    ``values`` holds what the steps produced, by name. Each file appears whole, and the record last:
    where it is, everything else is. StorageFull or StorageUnwritable if the folder refuses.
    """
    script: Script = values["script"]
    cut: Cut = values["cut"]
    review: Review = values["review"]
    narration: Narration = values["narration"]
    publications: tuple[Publication, ...] = values["publications"]
    folder = Path(production.output_dir)
    page = render_report(
        production,
        script,
        cut,
        review,
        narration,
        publications,
        video=artifacts.local_path(cut.video),
        thumbnail=artifacts.local_path(cut.thumbnail),
    )
    write_whole(folder / REPORT, page)
    write_record(folder / RECORD, build_record(production, script, cut, review, narration, publications))
