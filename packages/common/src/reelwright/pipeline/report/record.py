"""The decision record, ``production.json``: one production with all that it made."""

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from reelwright.cost.manager import total_cost
from reelwright.cost.schema import GenerationCost
from reelwright.errors import InvalidInput
from reelwright.production.schema import Cut, Decision, Narration, Production, Publication, Review, Script
from reelwright.storage.files import write_whole
from reelwright.upload.outcomes import OutcomePoint

__all__ = [
    "MOCK",
    "SCHEMA_VERSION",
    "ProductionRecord",
    "build_record",
    "mocked",
    "read_record",
    "record_json",
    "write_record",
]

SCHEMA_VERSION = 1
MOCK = "mock "
"""What the subjects of decisions begin with by which engines of ours stood in for paid models."""


class ProductionRecord(BaseModel):
    """What ``production.json`` holds. ``schema_version`` grows when a reader must change."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal[1] = 1
    production: Production
    script: Script
    narration: Narration
    cut: Cut
    review: Review
    publications: tuple[Publication, ...] = ()
    outcomes: tuple[OutcomePoint, ...] = ()
    """What platforms told last of publications, when the record was written."""
    cost: GenerationCost


def build_record(  # noqa: PLR0917 (what a production made, in step order)
    production: Production,
    script: Script,
    cut: Cut,
    review: Review,
    narration: Narration,
    publications: tuple[Publication, ...] = (),
    outcomes: tuple[OutcomePoint, ...] = (),
) -> dict[str, Any]:
    """Return the record as plain data, ready for JSON."""
    record = ProductionRecord(
        production=production,
        script=script,
        narration=narration,
        cut=cut,
        review=review,
        publications=publications,
        outcomes=outcomes,
        cost=total_cost(production.charges),
    )
    return record.model_dump(mode="json")


def mocked(production: Production) -> tuple[Decision, ...]:
    """Return where engines of ours stood in for paid models because a budget said so, and why."""
    decisions = (decision for step in production.steps for decision in step.decisions)
    return tuple(decision for decision in decisions if decision.subject.startswith(MOCK))


def write_record(path: Path, record: dict[str, Any]) -> None:
    """Write the record as JSON, whole or not at all; StorageFull or StorageUnwritable."""
    write_whole(path, record_json(record))


def record_json(record: dict[str, Any]) -> bytes:
    """Return the record as the file holds it."""
    return f"{json.dumps(record, indent=2, ensure_ascii=False)}\n".encode()


def read_record(path: Path) -> ProductionRecord:
    """Return the record in the file; InvalidInput when it is missing, damaged or of another version."""
    try:
        return ProductionRecord.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise InvalidInput(
            f"{path} is not a production record that this version reads.",
            next_step=f"Records have schema_version {SCHEMA_VERSION}; make a damaged one again.",
            context={"file": path, "detail": _first_line(error)},
        ) from error


def _first_line(error: OSError | ValidationError) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
