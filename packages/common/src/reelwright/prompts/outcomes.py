"""What became of prompts: one outcome for every time that a step of a production said one to a model.

An outcome is kept under the name of its step, so a step that is counted again, by a retry, a late copy or
another process, is still one. It is put down when a production ends, and again when it is gone on with: what
tells more replaces what tells less, so a step that failed at first and was answered later was answered.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Final, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reelwright.environment.prompting import PromptFileName
from reelwright.errors import Permanent
from reelwright.prompts.labels import VersionId

__all__ = [
    "OutcomeStore",
    "OutcomesUnavailable",
    "PromptOutcome",
    "PromptResult",
    "in_order",
    "parse_outcome",
    "quality_score",
]

PromptResult = Literal["accepted", "fell_back", "rejected", "unanswered"]
"""The first model that was asked gave what was kept; another one did; none gave anything that could be kept;
none answered at all, or none could be asked, which says nothing of the prompt."""

_LENGTH_OFF: Final = 0.5
"""The share of the asked time by which a video misses it that is worth nothing; such scripts are refused."""


class OutcomesUnavailable(Permanent):
    """What became of prompts can be neither read nor written."""

    code = "outcomes_unavailable"


class PromptOutcome(BaseModel):
    """What came of a prompt in one step of one production."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: Annotated[str, Field(min_length=1, max_length=200)]
    """Names the step: production, step and number among its prompts."""
    prompt: PromptFileName
    version: VersionId
    variant: str
    label: str = ""
    source: str = ""
    """Who gave the text, as ``RenderedPrompt`` says it."""
    model: str = ""
    """Who answered; empty if nobody did."""
    result: PromptResult
    objections: Annotated[int, Field(ge=0)] = 0
    """Answers that could not be used, of this model and of others before it."""
    micro_usd: Annotated[int, Field(ge=0)] = 0
    """Charged for all attempts."""
    seconds: Annotated[float, Field(ge=0)] = 0.0
    """Time that the step worked."""
    score: Annotated[float, Field(ge=0, le=1)] | None = None
    """See ``quality_score``: 0 for a video that failed its review, None for what did not come to one."""
    at: datetime

    @property
    def stage(self) -> int:
        """How much is told: 0 that nothing came of it, 1 that a model answered, 2 how good the video was."""
        if self.score is not None:
            return 2
        return 1 if self.result in {"accepted", "fell_back"} else 0


class OutcomeStore(Protocol):
    """Keeps outcomes, each once."""

    def put(self, outcome: PromptOutcome) -> bool:
        """Keep an outcome and return whether it counts.

        One that tells no more than what is kept under its key is dropped. StorageUnavailable and
        StorageUnwritable as any store; OutcomesUnavailable.
        """
        ...

    def of(self, prompt: str, *, latest: int | None = None) -> tuple[PromptOutcome, ...]:
        """Return the outcomes of a prompt's file, all or so many of the latest, the oldest first.

        Keys begin with the ids of productions, which sort by time; the latest are those with the last keys.
        Errors as ``put``.
        """
        ...


def in_order(outcomes: Iterable[PromptOutcome]) -> tuple[PromptOutcome, ...]:
    """Return outcomes, the oldest first."""
    return tuple(sorted(outcomes, key=lambda one: (one.at, one.key)))


def parse_outcome(text: str, *, where: str) -> PromptOutcome:
    """Return a kept outcome; OutcomesUnavailable, naming ``where``, for anything else."""
    try:
        return PromptOutcome.model_validate_json(text)
    except ValidationError as error:
        raise OutcomesUnavailable(
            f"{where} holds an outcome of a prompt that cannot be read.",
            next_step="It may be of a newer version of this program: use that one.",
            context={"place": where},
        ) from error


def quality_score(
    *, checks: Mapping[str, bool], asked_seconds: float, seconds: float, objections: int
) -> float:
    """Return how good what came of a prompt was, from 0 to 1: the mean of three shares.

    Of the review's checks that the video passed; of the asked time that it keeps to (1 for exactly, 0 for
    half of it too much or too little); and of the answers that could be used (1 if the first one could).
    """
    passed = sum(checks.values()) / len(checks) if checks else 1.0
    off = abs(seconds - asked_seconds) / asked_seconds
    kept_to = max(0.0, 1 - off / _LENGTH_OFF)
    return round((passed + kept_to + 1 / (1 + objections)) / 3, 4)
