"""Cut in, verdict out."""

from pydantic import BaseModel

from reelwright.pipeline.context import StepContext
from reelwright.pipeline.declaration import Done
from reelwright.pipeline.errors import ReviewFailed
from reelwright.production.schema import Check, Clip, Cut, Narration, Review

__all__ = ["ReviewInput", "review"]


class ReviewInput(BaseModel):
    """The file, what it was made of, and what it should be."""

    narration: Narration
    clips: tuple[Clip, ...]
    cut: Cut


def review(context: StepContext, task: ReviewInput) -> Done[Review]:
    """Look at the finished file; ReviewFailed if it is not what it should be.

    What the settings tolerate is a warning in the record: a word that is hard to read for a moment is no
    reason to throw away what was paid for.
    """
    verdict = context.managers.video.review(task.narration, task.cut, task.clips)
    failed = [check for check in verdict.checks if not check.passed]
    tolerated = context.settings.review.tolerated
    if any(check.name not in tolerated for check in failed):
        raise ReviewFailed(
            f"The finished file failed review: {'; '.join(_describe(check) for check in failed)}.",
            next_step="Nothing was published. Change what the message names and make the video again.",
            context={"checks": ", ".join(check.name for check in failed)},
        )
    return Done(verdict, warnings=tuple(f"The review found: {_describe(check)}." for check in failed))


def _describe(check: Check) -> str:
    where = "" if check.at_seconds is None else f" at {check.at_seconds:.2f} s"
    return f"{check.name}{where} is {check.found}, allowed {check.allowed}"
