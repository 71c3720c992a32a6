"""The account of a finished production: its record and its report, beside the video."""

from collections.abc import Mapping, Sequence
from typing import Any

from reelwright.pipeline.report.foreseen import Foreseen
from reelwright.pipeline.report.record import build_record, record_json
from reelwright.pipeline.report.render import render_report
from reelwright.pipeline.report.result import RECORD, REPORT
from reelwright.production.schema import Cut, Narration, Production, Publication, Review, Script
from reelwright.prompts.performance import PromptPerformance
from reelwright.storage.ports import ArtifactStore
from reelwright.upload.outcomes import OutcomePoint
from reelwright.upload.ports import PackageWriter

__all__ = ["write_account"]


def write_account(  # noqa: PLR0917 (all that stands in it)
    production: Production,
    values: Mapping[str, Any],
    artifacts: ArtifactStore,
    packages: PackageWriter,
    foreseen: Foreseen | None = None,
    prompts_so_far: Sequence[PromptPerformance] = (),
) -> None:
    """Write ``report.html``, then ``production.json``, into the production's package.

    ``values`` holds what the steps produced, by name; ``foreseen`` what it was expected to cost,
    ``prompts_so_far`` how its prompts did in productions before it. ``outcomes`` among the values, if it is
    there, is what platforms told of its publications. Each file
    appears whole, and the record last: where it is, everything else is. Raises what the package's place
    refuses with.
    """
    script: Script = values["script"]
    cut: Cut = values["cut"]
    review: Review = values["review"]
    narration: Narration = values["narration"]
    publications: tuple[Publication, ...] = values["publications"]
    outcomes: tuple[OutcomePoint, ...] = values.get("outcomes", ())
    page = render_report(
        production,
        script,
        cut,
        review,
        narration,
        publications,
        video=artifacts.local_path(cut.video),
        thumbnail=artifacts.local_path(cut.thumbnail),
        designs=[artifacts.local_path(design.image) for design in cut.thumbnails],
        foreseen=foreseen,
        prompts_so_far=prompts_so_far,
        outcomes=outcomes,
    )
    packages.write(production, REPORT, page)
    record = build_record(production, script, cut, review, narration, publications, outcomes)
    packages.write(production, RECORD, record_json(record))
