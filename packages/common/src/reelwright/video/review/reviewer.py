"""The reviewer: it plays the finished file once, from end to end, and asks every check what it saw."""

import os

from reelwright.production.schema import Review
from reelwright.video.review.drawn import DrawnScene, drawn_scenes
from reelwright.video.review.pieces import watched_in_pieces
from reelwright.video.review.places import place_checks
from reelwright.video.review.structure import structure_checks
from reelwright.video.review.watching import Watches, watched_through
from reelwright.video.schema import ReviewRequest

__all__ = ["PyAvReviewer"]


class PyAvReviewer:
    """A CutReviewer on the FFmpeg libraries; its measure of loudness is not the one used for mastering.

    A whole file is looked at in pieces, ``jobs`` at a time in threads (0 means one for every processor), and
    one in which anything is odd from end to end: the verdict is the same to the letter.
    """

    def __init__(self, jobs: int = 0) -> None:
        self._jobs = jobs or os.cpu_count() or 1

    def review(self, request: ReviewRequest) -> Review:
        """Return every check with what was found; CutUnreadable if no demuxer makes sense of the file."""
        scenes = drawn_scenes(request)
        watches = watched_in_pieces(request, scenes, self._jobs) or watched_through(request, scenes)
        return _told(request, scenes, watches)


def _told(request: ReviewRequest, scenes: tuple[DrawnScene, ...], watches: Watches) -> Review:
    return Review(
        checks=(
            *structure_checks(request, watches.facts),
            *watches.damage.checks(),
            *watches.picture.checks(),
            *watches.motion.checks(),
            *watches.contrast.checks(),
            *place_checks(scenes),
            *watches.likeness.checks(),
            *watches.sound.checks(),
            *watches.captions.checks(),
        )
    )
