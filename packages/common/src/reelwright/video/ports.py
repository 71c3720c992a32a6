"""What the work needs of a cutting room."""

from typing import Protocol

from reelwright.production.schema import Review
from reelwright.video.schema import (
    AssembledCut,
    AssemblyRequest,
    ReviewRequest,
    ThumbnailDraft,
    ThumbnailRequest,
)

__all__ = ["CutAssembler", "CutReviewer", "ThumbnailMaker"]


class ThumbnailMaker(Protocol):
    """Designs stills."""

    def make(self, request: ThumbnailRequest) -> tuple[ThumbnailDraft, ...]:
        """Write a PNG of each design; return them with their scores, the best, at ``request.out``, first."""
        ...


class CutAssembler(Protocol):
    """Joins clips and sound."""

    def assemble(self, request: AssemblyRequest) -> AssembledCut:
        """Return the files of the cut; a typed error otherwise."""
        ...


class CutReviewer(Protocol):
    """Looks at the finished file."""

    def review(self, request: ReviewRequest) -> Review:
        """Return every check with what was found; only an unreadable file raises."""
        ...
