"""Money and what it was spent on. Inside it is integer micro-dollars; text at the edge."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Charge",
    "ChargeLine",
    "ChargeState",
    "CostLine",
    "GenerationCost",
    "MicroUsd",
    "ModelUsage",
    "Price",
    "Service",
    "Totals",
    "Unless",
    "Usage",
    "format_usd",
]

MicroUsd = Annotated[int, Field(ge=0)]
"""Millionths of a US dollar."""

Service = Literal["content", "video", "audio"]

ChargeState = Literal["reserved", "settled", "released", "unknown"]
"""``reserved``: the money is set aside. ``settled``: it was spent, and the amount is known. ``released``:
nothing was spent. ``unknown``: it may have been spent; it counts as if it were until somebody finds out."""

_MICRO_PER_USD = 1_000_000

Unless = Literal["", "unknown", "intended", "under way"]
"""What a charge may have become that is not to be given back then."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Usage(_Frozen):
    """What a provider says one call used, in the unit it is priced by."""

    unit: str
    """Such as ``input_tokens``, ``characters``, ``video_seconds_720p`` or ``credits``."""
    quantity: Annotated[int, Field(ge=0)]
    reported_micro_usd: MicroUsd | None = None
    """What the provider itself says it costs; it beats the price book."""


class ModelUsage(Usage):
    """A usage, and of which model."""

    service: Service
    provider: str
    model: str
    region: str = ""
    """Where it ran, if prices depend on it."""


class Price(_Frozen):
    """What one unit of a model costs in a region, who says so, and for how long that is believed."""

    model: str
    """A catalogue name."""
    unit: str
    region: str = "*"
    """``*`` is everywhere that has no price of its own."""
    currency: Literal["USD"] = "USD"
    micro_usd: MicroUsd
    """For ``per`` units."""
    per: Annotated[int, Field(ge=1)] = 1
    source: Annotated[str, Field(min_length=1)]
    as_of: date
    valid_until: date
    """The last day on which it counts."""


class ChargeLine(_Frozen):
    """One line of a bill: what was used of which model, and what it came to."""

    service: Service
    provider: str
    model: str
    unit: str
    """What is counted, such as ``characters`` or ``video_seconds_720p``."""
    quantity: Annotated[int, Field(ge=0)]
    micro_usd: MicroUsd
    price: str = ""
    """Where the amount comes from, as ``$2 per 1,000,000 as of 2026-11-20`` or ``reported by runway``."""
    state: Literal["settled", "unknown"] = "settled"
    """``unknown``: reserved for a call whose outcome nobody knows."""
    failed: bool = False
    """Whether it was billed for an attempt that came to nothing, such as an answer that was refused."""


class Charge(_Frozen):
    """One cost entry of the ledger. ``key`` names what it is for; the same key is the same charge."""

    key: str
    budgets: tuple[str, ...]
    """All that it counts against."""
    state: ChargeState
    reserved_micro_usd: MicroUsd
    settled_micro_usd: MicroUsd = 0
    intended: bool = False
    """Whether the request may have left: from here on its money is never released by time alone."""
    lapsed: bool = False
    """Whether time alone brought it into this state, and nobody's word did."""
    reference: str = ""
    """The provider's own name for the work, once it said one."""
    lines: tuple[ChargeLine, ...] = ()
    """What was used, once it is settled."""
    subject: dict[str, str] = {}
    """What it is for: environment, production_id, step, service, provider, model, attempt."""
    created_at: datetime
    updated_at: datetime
    expires_at: datetime
    """When a reservation lapses: to unknown if it was intended, else to released.

    Of an unknown charge: until when a request by it may be under way, for somebody repeats one.
    """


class Totals(_Frozen):
    """What counts against one budget."""

    budget: str
    limit: MicroUsd | None = None
    """None is no limit."""
    reserved: MicroUsd = 0
    settled: MicroUsd = 0
    unknown: MicroUsd = 0

    @property
    def committed(self) -> int:
        """Spent, or possibly spent, or set aside."""
        return self.reserved + self.settled + self.unknown

    @property
    def available(self) -> int | None:
        """What may still be reserved; None without a limit, and never below zero."""
        return None if self.limit is None else max(0, self.limit - self.committed)


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
    unknown_usd: str = "0.000000"
    """The part of the total whose outcome nobody knows yet."""
    failed_usd: str = "0.000000"
    """The part that was billed for attempts that came to nothing."""


def format_usd(micro_usd: int) -> str:
    """Return micro-dollars as dollars with six decimals: ``1_250_000`` is ``"1.250000"``."""
    sign = "-" if micro_usd < 0 else ""
    whole, fraction = divmod(abs(micro_usd), _MICRO_PER_USD)
    return f"{sign}{whole}.{fraction:06d}"
