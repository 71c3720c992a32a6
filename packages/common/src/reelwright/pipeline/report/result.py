"""What making a video answers with: the same object for the command line and for a service."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from reelwright.cost.manager import total_cost
from reelwright.cost.schema import CostLine
from reelwright.errors import InvalidInput
from reelwright.pipeline.report.record import mocked, read_record
from reelwright.production.schema import Production, ProductionStatus, StepStatus

__all__ = ["RECORD", "REPORT", "GenerationResult", "StepSummary", "generation_result"]

_VIDEO = "video.mp4"
_THUMBNAIL = "thumbnail.png"
_CAPTIONS = "captions.srt"
REPORT = "report.html"
RECORD = "production.json"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StepSummary(_Frozen):
    """One step: how it ended and the seconds spent working on it."""

    name: str
    status: StepStatus
    seconds: float


class GenerationResult(_Frozen):
    """One generation. Files are None until the production is completed; money has six decimals."""

    production_id: str
    status: ProductionStatus
    output_dir: str
    video: str | None
    thumbnail: str | None
    captions: str | None
    """The SRT file; the same captions as WebVTT are beside it."""
    report: str | None
    duration_seconds: float | None
    warnings: tuple[str, ...]
    generation_cost_usd: str
    cost_breakdown: tuple[CostLine, ...]
    unknown_usd: str = "0.000000"
    """The part of the cost whose outcome nobody knows yet."""
    failed_usd: str = "0.000000"
    """The part that was billed for attempts that came to nothing."""
    mock: bool = False
    """Whether engines of ours stood in for paid models, because a budget said so."""
    steps: tuple[StepSummary, ...]


def generation_result(production: Production, package_dir: Path) -> GenerationResult:
    """Return the answer for a production whose package is, or would be, in ``package_dir``."""
    cost = total_cost(production.charges)
    finished = package_dir if production.status == "completed" else None
    return GenerationResult(
        production_id=production.id,
        status=production.status,
        output_dir=str(package_dir),
        video=_made(finished, _VIDEO),
        thumbnail=_made(finished, _THUMBNAIL),
        captions=_made(finished, _CAPTIONS),
        report=_made(finished, REPORT),
        duration_seconds=_recorded_duration(finished),
        warnings=production.warnings,
        generation_cost_usd=cost.generation_cost_usd,
        cost_breakdown=cost.cost_breakdown,
        unknown_usd=cost.unknown_usd,
        failed_usd=cost.failed_usd,
        mock=bool(mocked(production)),
        steps=tuple(
            StepSummary(name=step.name, status=step.status, seconds=round(step.seconds, 3))
            for step in production.steps
        ),
    )


def _made(folder: Path | None, name: str) -> str | None:
    return str(folder / name) if folder and (folder / name).is_file() else None


def _recorded_duration(folder: Path | None) -> float | None:
    """Return the length of the finished video; None when its record cannot be read any more."""
    try:
        return read_record(folder / RECORD).cut.duration_seconds if folder else None
    except InvalidInput:
        return None
