"""What a production was told by each flag when it began, and what that did to it."""

from pydantic import Field, JsonValue

from reelwright.production.visuals import Frozen

__all__ = ["FlagRecord"]


class FlagRecord(Frozen):
    """One flag: its answer to this production, where that came from, and what followed."""

    flag: str
    enabled: bool
    variant: str | None = None
    """None for a flag without variants."""
    attributes: dict[str, JsonValue] = Field(default={})
    reason: str
    """Why the answer is what it is, as OpenFeature names reasons."""
    version: str
    """Of the flag document; empty if there was none."""
    origin: str
    """Where the document came from, and what was wrong with better places."""
    effect: str = ""
    """What it did; empty where it left things as they were, and where only steps ask for it."""
