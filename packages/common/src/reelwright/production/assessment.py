"""What is thought of a script: a score with its parts, and what stands in it that somebody should look at."""

from typing import Annotated, Literal

from pydantic import Field

from reelwright.production.visuals import Frozen

__all__ = ["Finding", "FindingKind", "QualityPart", "ScriptAssessment"]

FindingKind = Literal["unsupported", "claim", "disclaimer", "moderation"]
"""Not in the notes; a claim that the strategy bans; a disclaimer that is not spoken; a rule of moderation."""


class Finding(Frozen):
    """Something in a script that somebody should look at."""

    kind: FindingKind
    scene: Annotated[int, Field(ge=1)] | None = None
    """The number of the scene, from 1; None for what stands around the video."""
    what: str
    """The words, or what is wrong with them."""


class QualityPart(Frozen):
    """One thing that makes a script good, from 0 to 1."""

    name: str
    score: Annotated[float, Field(ge=0, le=1)]
    weight: Annotated[int, Field(ge=1)]
    found: str
    """What the score says in words."""


class ScriptAssessment(Frozen):
    """How good a script is, by which strategy, and which of the drafts it was."""

    score: Annotated[int, Field(ge=0, le=100)]
    parts: tuple[QualityPart, ...]
    strategy: str
    """The category whose strategy the script was written by and held to."""
    findings: tuple[Finding, ...] = ()
    draft: Annotated[int, Field(ge=1)] = 1
    """Which of the drafts it was, from 1: the best of those that were written."""
