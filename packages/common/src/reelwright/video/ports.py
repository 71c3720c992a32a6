"""What the work needs of a cutting room."""

from typing import Protocol

from reelwright.production.schema import Review
from reelwright.video.schema import AssembledCut, AssemblyRequest, ReviewRequest, ThumbnailRequest

__all__ = ["CutAssembler", "CutReviewer", "ThumbnailMaker"]


class ThumbnailMaker(Protocol):
    """Designs the still."""

    def make(self, request: ThumbnailRequest) -> None:
        """Write the PNG."""
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
