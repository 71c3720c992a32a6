"""The last act of a production: its record and its report, put beside the published files."""

from pathlib import Path
from typing import Any

from reelwright.pipeline.report.record import build_record, write_record
from reelwright.pipeline.report.render import render_report
from reelwright.production.schema import Production
from reelwright.storage.files import write_whole, writing_to
from reelwright.storage.ports import ArtifactStore

__all__ = ["write_account"]


def write_account(production: Production, values: dict[str, Any], artifacts: ArtifactStore) -> None:
    """Write ``report.html``, then ``production.json``, into the package folder.

    The record comes last: where it stands, the package is complete. Each is whole or not there.
    """
    folder = Path(production.output_dir)
    parts = (values["script"], values["cut"], values["review"], values["narration"], values["publications"])
    page = render_report(
        production,
        *parts,
        video=artifacts.local_path(values["cut"].video),
        thumbnail=artifacts.local_path(values["cut"].thumbnail),
    )
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / "report.html", page)
        write_record(folder / "production.json", build_record(production, *parts))
