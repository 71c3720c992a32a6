"""How the record tells what is thought of a script."""

from collections.abc import Iterator, Sequence

from reelwright.content.strategies import Strategy
from reelwright.production.assessment import Finding, ScriptAssessment
from reelwright.production.schema import Decision, Rejection, Script

__all__ = ["judgement_of", "warnings_of"]

_WARNED = frozenset({"claim", "moderation", "unsupported"})
_MOST_WARNINGS = 5


def judgement_of(script: Script, drafts: Sequence[Script], strategy: Strategy) -> Iterator[Decision]:
    """Yield the strategy that a script was written by, its score, and the scores of the other drafts."""
    yield Decision(subject="strategy", chosen=strategy.name, reason=strategy.reason or "the only choice")
    if assessment := script.assessment:
        judged = (each.assessment for each in drafts)
        others = tuple(each for each in judged if each is not None and each != assessment)
        yield Decision(
            subject="quality",
            chosen=f"{assessment.score} of 100",
            reason="; ".join(f"{part.name} {part.score:.0%}: {part.found}" for part in assessment.parts),
            rejected=tuple(map(_passed_over, others)),
        )


def warnings_of(script: Script) -> tuple[str, ...]:
    """Return what in a script somebody should look at; a handful, for all of it stands in the record."""
    found = [finding for finding in _findings(script) if finding.kind in _WARNED]
    told = [_warning(finding) for finding in found[:_MOST_WARNINGS]]
    more = len(found) - len(told)
    return (*told, *([f"{more} more findings stand in the report."] if more else []))


def _findings(script: Script) -> tuple[Finding, ...]:
    return script.assessment.findings if script.assessment else ()


def _warning(finding: Finding) -> str:
    where = (
        f"Scene {finding.scene}"
        if finding.scene
        else "The script"
        if finding.kind != "moderation"
        else "Text"
    )
    return f"{where}: {finding.what}."


def _passed_over(assessment: ScriptAssessment) -> Rejection:
    return Rejection(name=f"draft {assessment.draft}", reason=f"{assessment.score} of 100")
