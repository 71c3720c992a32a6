"""Settings of scripts: what they must be worth, and how often a better one is asked for."""

from typing import Annotated

from pydantic import Field, StringConstraints

from reelwright.environment.basics import Several, Strict

__all__ = ["Keyword", "WritingSettings"]

Keyword = Annotated[str, StringConstraints(pattern=r"^[^<>,\n]{2,40}$", strip_whitespace=True)]
"""A word or a few that a video is to be found by."""


class WritingSettings(Strict):
    """What scripts are held to."""

    repair: bool = True
    """Tell a model what is wrong with an answer that is no script when the same one is asked again."""
    min_quality: Annotated[int, Field(ge=0, le=100)] = 60
    """The score, of 100, below which a better script is asked for of a model that speaks."""
    rewrites: Annotated[int, Field(ge=0, le=5)] = 1
    """How often a better script is asked for at most, with what the last one lacked, as budgets allow."""
    keywords: Annotated[Several[Keyword], Field(max_length=20)] = ()
    """Words that each video of this environment is to be found by: they are tags, and count in its score."""
