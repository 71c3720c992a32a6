"""What became of a batch: as data, and as files beside its packages."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from reelwright.pipeline.batch.schema import Batch, BatchItem, Outcome
from reelwright.storage.files import write_whole

__all__ = ["FAILURES", "error_of", "failures_csv", "report_dir", "status_of", "write_report"]

FAILURES: Final = "failures.csv"
_COLUMNS: Final = ("number", "source", "columns", "code", "message", "next_step", "production_id")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def status_of(item: BatchItem, outcome: Outcome | None) -> str:
    """Return what became of an item: ``done``, ``failed``, ``faulty`` or, if nothing yet, ``waiting``."""
    if item.error is not None:
        return "faulty"
    return "waiting" if outcome is None else outcome.status


def error_of(item: BatchItem, outcome: Outcome | None) -> Mapping[str, Any] | None:
    """Return why an item was not made, or could not be."""
    if item.error is not None:
        return item.error
    return None if outcome is None else outcome.error


def report_dir(batch: Batch) -> Path:
    """Return the folder of a batch's report, beside the packages."""
    return Path(batch.out_dir) / batch.id


def write_report(
    batch: Batch, summary: Mapping[str, Any], items: Sequence[BatchItem], outcomes: Mapping[int, Outcome]
) -> Path:
    """Write ``batch.json`` and ``failures.csv``, each whole or not at all, and return their folder."""
    folder = report_dir(batch)
    write_whole(folder / "batch.json", json.dumps(summary, indent=1).encode())
    write_whole(folder / FAILURES, failures_csv(items, outcomes).encode())
    return folder


def failures_csv(items: Sequence[BatchItem], outcomes: Mapping[int, Outcome]) -> str:
    """Return a table of what failed, one row for each item, which no spreadsheet takes for formulas."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    for item in items:
        error = error_of(item, outcomes.get(item.number))
        if error is not None:
            table.writerow([_plain(cell) for cell in _cells(item, error)])
    return text.getvalue()


def _cells(item: BatchItem, error: Mapping[str, Any]) -> tuple[object, ...]:
    said = error.get("context", {})
    columns = said.get("columns") or said.get("fields") or ""
    begun = "" if item.error is not None else item.production_id
    return (item.number, item.source, columns, error["code"], error["message"], error["next_step"], begun)


def _plain(cell: object) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
