"""The review of a finished file: one file per family of checks, and the reviewer that runs them all."""

from reelwright.video.review.reviewer import PyAvReviewer

__all__ = ["PyAvReviewer"]
