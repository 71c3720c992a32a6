"""`reelwright batch`: many briefs, one after another; a bad one does not stop the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reelwright.cli.commands import Verb
from reelwright.cli.exits import ExitCode
from reelwright.cli.making import PATH, result_of, setting_options, studio_for
from reelwright.cli.output import answer, error_lines, note
from reelwright.cli.progress import new_watcher
from reelwright.cli.session import watched
from reelwright.errors import ReelwrightError

if TYPE_CHECKING:
    from reelwright.pipeline.ports import Maker
    from reelwright.pipeline.report.result import GenerationResult

__all__ = ["batch"]


@dataclass(frozen=True, slots=True)
class _Item:
    """What became of one file."""

    file: Path
    result: "GenerationResult | None" = None
    error: ReelwrightError | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "brief": str(self.file),
            "result": self.result.model_dump(mode="json") if self.result else None,
            "error": self.error.as_dict() if self.error else None,
        }

    def as_line(self) -> str:
        if self.result:
            return f"done    {self.file}: {self.result.video or self.result.output_dir}"
        return f"failed  {self.file}: [{self.error.code if self.error else ''}] {self.error}"


@click.command(cls=Verb)
@click.argument("files", nargs=-1, required=True, type=PATH)
@setting_options
@click.pass_context
def batch(context: click.Context, /, files: tuple[Path, ...], **options: Any) -> None:
    """Make a video of every brief in FILES, one after another.

    --jobs says how many scenes of a video are made at a time. Exits 1 if any of them failed.
    """
    with studio_for(options) as studio:
        items = [
            _make_one(studio, file, f"{number}/{len(files)}") for number, file in enumerate(files, start=1)
        ]
    answer(_summary(items), "\n".join(item.as_line() for item in items))
    if any(item.error for item in items):
        context.exit(ExitCode.FAILED)


def _make_one(studio: "Maker", file: Path, place: str) -> _Item:
    from reelwright.content.brief_file import read_brief  # noqa: PLC0415 (heavy)

    note(f"{place}: {file}")
    watcher = new_watcher()
    try:
        brief = read_brief(file)
        production = watched(lambda: studio.make(brief, on_progress=watcher), watcher)
        return _Item(file, result=result_of(studio, production))
    except ReelwrightError as error:
        if error.code == "stopped":
            raise
        note(error_lines(error))
        return _Item(file, error=error)


def _summary(items: Sequence[_Item]) -> dict[str, Any]:
    failed = sum(item.error is not None for item in items)
    return {
        "status": "failed" if failed else "completed",
        "completed": len(items) - failed,
        "failed": failed,
        "items": [item.as_dict() for item in items],
    }
