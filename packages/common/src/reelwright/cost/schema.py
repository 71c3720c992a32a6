"""Money and what it was spent on. Inside it is integer micro-dollars; text at the edge."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Charge", "CostLine", "GenerationCost", "MicroUsd", "Service", "format_usd"]

MicroUsd = Annotated[int, Field(ge=0)]
"""Millionths of a US dollar."""

Service = Literal["content", "video", "audio"]

_MICRO_PER_USD = 1_000_000


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Charge(_Frozen):
    """One cost entry: what was used of which model, and what it came to."""

    service: Service
    provider: str
    model: str
    unit: str
    """What is counted, such as ``characters`` or ``video_seconds``."""
    quantity: Annotated[int, Field(ge=0)]
    micro_usd: MicroUsd


class CostLine(_Frozen):
    """All charges of one service, model and unit."""

    service: Service
    model: str
    unit: str
    quantity: int
    cost_usd: str


class GenerationCost(_Frozen):
    """What a video cost, with its breakdown. Amounts are text with six decimals."""

    generation_cost_usd: str
    cost_breakdown: tuple[CostLine, ...]


def format_usd(micro_usd: int) -> str:
    """Return micro-dollars as dollars with six decimals: ``1_250_000`` is ``"1.250000"``."""
    sign = "-" if micro_usd < 0 else ""
    whole, fraction = divmod(abs(micro_usd), _MICRO_PER_USD)
    return f"{sign}{whole}.{fraction:06d}"
