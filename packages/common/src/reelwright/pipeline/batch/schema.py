"""A batch: what is to be made, and what became of each of its items."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from reelwright.environment.schema import EnvironmentName
from reelwright.production.schema import Brief, Frozen

__all__ = ["Batch", "BatchItem", "Outcome", "OutcomeStatus"]

OutcomeStatus = Literal["done", "failed"]

_Number = Annotated[int, Field(ge=1)]


class BatchItem(Frozen):
    """One production of a batch, planned before any is begun: a brief that can be made, or what is wrong."""

    number: _Number
    """Its place in the batch, from 1."""
    source: str
    """Where it was asked for: a file, or a file and its row."""
    production_id: str
    """Given when it is planned, so that nobody begins it twice."""
    brief: Brief | None = None
    """None if it cannot be made."""
    seed: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    settings: dict[str, JsonValue] = Field(default={})
    """A partial tree of settings that lies over the environment's for this item."""
    error: dict[str, JsonValue] | None = None
    """Why it cannot be made, as errors are told."""


class Batch(Frozen):
    """Many productions that are asked for at once, and may share a budget."""

    id: str
    environment: EnvironmentName
    out_dir: str
    """The folder that receives the packages and the report."""
    budget_usd: str | None = None
    """Most that all of them may cost together; None is what the settings say."""
    here: bool = False
    """Whether productions of a deployed environment are made on this machine."""
    created_at: datetime


class Outcome(Frozen):
    """What became of one item."""

    number: _Number
    status: OutcomeStatus
    error: dict[str, JsonValue] | None = None
    at: datetime
