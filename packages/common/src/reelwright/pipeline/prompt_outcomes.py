"""What an ended production has to tell of the prompts that its steps said to models.

A production counts when it completes, before its record says so, and when it fails: what is counted twice is
counted once, and whoever dies in between counts again. A step for which no model was asked but an engine of
ours, or that stopped before, says nothing of a prompt; an engine that stood in for models that gave nothing
says that they did not.
"""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from reelwright.cost.manager import OURS
from reelwright.environment.deployment import Deployment
from reelwright.models.catalogue import load_catalogue
from reelwright.models.schema import Model
from reelwright.production.prompts import PromptRecord
from reelwright.production.schema import Narration, Production, Review, StepRecord
from reelwright.prompts.outcomes import OutcomeStore, PromptOutcome, quality_score
from reelwright.prompts.performance import PromptPerformance, performance_of

__all__ = ["PromptCounter", "cloud_counter", "how_prompts_did", "local_counter", "outcomes_of"]

_LOG = logging.getLogger(__name__)
_LOOKED_BACK = 500
"""The latest uses of a prompt that a report takes into account: in DynamoDB about a third of a megabyte."""
_OBJECTION: Final = "rejected: "
"""How the record begins to say why an answer was not taken; see ``production.choices``."""
_REJECTED: Final = frozenset({"answer_rejected", "script_rejected"})
_UNANSWERED: Final = frozenset(
    {
        *("route_failed", "provider_unavailable", "provider_timed_out", "provider_throttled"),
        *("provider_exhausted", "provider_misconfigured", "request_refused", "outcome_unknown"),
    }
)
_REVIEW_FAILED: Final = "review_failed"
"""The error of a video that must not be published, whose score is 0."""


class PromptCounter:
    """Keeps what became of the prompts of productions that end."""

    def __init__(
        self, store: OutcomeStore, catalogue: Callable[[], Collection[Model]] = load_catalogue
    ) -> None:
        """Count into ``store``; ``catalogue`` tells which models are ours, and is asked when it matters."""
        self._store = store
        self._catalogue = catalogue

    def __call__(self, production: Production, values: Mapping[str, Any]) -> None:
        """Count a production, with what its steps produced if it completed.

        Never raises: a video is not lost for want of a statistic. A log tells of it.
        """
        if not production.prompts:
            return
        try:
            ours = frozenset(model.name for model in self._catalogue() if model.provider == OURS)
            for outcome in outcomes_of(production, values, ours):
                self._store.put(outcome)
        except Exception:  # noqa: BLE001 (as said above)
            _LOG.exception("What became of the prompts of %s cannot be kept.", production.id)

    def so_far(self, production: Production) -> tuple[PromptPerformance, ...]:
        """Return how the prompts of a production did before it; nothing if that cannot be read."""
        try:
            return how_prompts_did(self._store, production)
        except Exception:  # noqa: BLE001 (a report is not lost for want of a statistic either)
            _LOG.exception("How the prompts of %s did cannot be read.", production.id)
            return ()


def local_counter(root: Path, catalogue: tuple[Model, ...] | None) -> PromptCounter:
    """Return what counts on one machine: in a file beside its other ones."""
    from reelwright.prompts.local import SqliteOutcomes  # noqa: PLC0415 (on a machine only)

    return PromptCounter(SqliteOutcomes(root / "prompts.db"), _known(catalogue))


def cloud_counter(deployment: Deployment, client: Any, catalogue: tuple[Model, ...] | None) -> PromptCounter:
    """Return what counts in a deployed environment: in the table of its productions."""
    from reelwright.prompts.aws_outcomes import DynamoOutcomes  # noqa: PLC0415 (loads botocore, on AWS only)

    return PromptCounter(DynamoOutcomes(client, deployment.productions_table), _known(catalogue))


def how_prompts_did(store: OutcomeStore, production: Production) -> tuple[PromptPerformance, ...]:
    """Return how the prompts of a production did lately, by version and variant."""
    files = dict.fromkeys(record.file for record in production.prompts)
    return performance_of(one for file in files for one in store.of(file, latest=_LOOKED_BACK))


def outcomes_of(
    production: Production, values: Mapping[str, Any], ours: Collection[str]
) -> Iterator[PromptOutcome]:
    """Yield what became of each prompt; ``ours`` are the models to which prompts are not said."""
    for number, record in enumerate(production.prompts):
        step = production.step(record.step)
        told = _of_done(step, ours) if step.status == "done" else _of_failed(step, ours)
        if told is None:
            continue
        yield PromptOutcome.model_validate(
            {
                "key": f"{production.id}/{record.step}/{number}",
                **_names(record),
                "at": step.finished_at or production.finished_at or production.created_at,
                **told,
                "score": _score(production, values, told["objections"]) if "model" in told else None,
            }
        )


def _known(catalogue: tuple[Model, ...] | None) -> Callable[[], Collection[Model]]:
    return load_catalogue if catalogue is None else lambda: catalogue


def _names(record: PromptRecord) -> dict[str, Any]:
    return {
        "prompt": record.file,
        "version": record.version,
        "variant": record.variant,
        "label": record.label,
        "source": record.source,
    }


def _of_done(step: StepRecord, ours: Collection[str]) -> dict[str, Any] | None:
    choice = next((each for each in step.decisions if each.subject == "model"), None)
    if choice is None:
        return None
    failed = [(name, each.reason) for each in choice.rejected if (name := _asked(each.name))]
    failed = [(name, reason) for name, reason in failed if name not in ours]
    objections = sum(reason.startswith(_OBJECTION) for _, reason in failed)
    if choice.chosen in ours:
        if not failed:
            return None
        kept: dict[str, Any] = {"result": "rejected" if objections else "unanswered"}
    else:
        first = all(name == choice.chosen for name, _ in failed)
        kept = {"model": choice.chosen, "result": "accepted" if first else "fell_back"}
    return kept | {
        "objections": objections,
        "micro_usd": sum(charge.micro_usd for charge in step.charges),
        "seconds": step.seconds,
    }


def _asked(name: str) -> str:
    """Return the model of a failed attempt; empty for one that was passed over."""
    model, comma, _ = name.partition(", attempt ")
    return model if comma else ""


def _of_failed(step: StepRecord, ours: Collection[str]) -> dict[str, Any] | None:
    error: Mapping[str, Any] = step.error or {}
    code, context = str(error.get("code", "")), error.get("context") or {}
    if context.get("model") in ours:
        return None
    objections = _count(context.get("rejected")) if code == "route_failed" else int(code in _REJECTED)
    if not objections and code not in _UNANSWERED:
        return None
    return {"result": "rejected" if objections else "unanswered", "objections": objections}


def _count(said: object) -> int:
    return int(said) if isinstance(said, str) and said.isdigit() else 0


def _score(production: Production, values: Mapping[str, Any], objections: int) -> float | None:
    if any((step.error or {}).get("code") == _REVIEW_FAILED for step in production.steps):
        return 0.0
    review, narration = values.get("review"), values.get("narration")
    if not isinstance(review, Review) or not isinstance(narration, Narration):
        return None
    return quality_score(
        checks={check.name: check.passed for check in review.checks},
        asked_seconds=production.brief.duration_seconds,
        seconds=narration.duration_seconds,
        objections=objections,
    )
