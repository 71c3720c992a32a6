"""One call under way: what was tried, what it cost, and why each candidate was left."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from reelwright.cost.schema import Charge, Service
from reelwright.errors import ReelwrightError
from reelwright.models.schema import Attempt, Model, RejectedCandidate, Route
from reelwright.resilience.deadline import Deadline

__all__ = ["Objection", "Paid", "Repairing", "Session"]

Objection = Callable[[Any, Any], str]
"""Takes request and response and says why the response cannot be used, or nothing."""


@runtime_checkable
class Repairing(Protocol):
    """An objection that knows what to ask the same model next."""

    def __call__(self, request: Any, response: Any) -> str:
        """Say why the response cannot be used, or nothing."""
        ...

    def repaired(self, request: Any, response: Any, why: str) -> Any:
        """Return the request with what was wrong with the response; its key stays the same."""
        ...


@dataclass(frozen=True, slots=True)
class Paid:
    """One attempt at a paid model: its charge, and its number among the attempts at that model."""

    model: Model
    charge: Charge
    number: int


@dataclass(slots=True)
class Session:
    """One call under way: what was tried, what it cost, and why each candidate was left."""

    service: Service
    request: Any
    route: Route
    deadline: Deadline
    objection: Objection | None
    started: float
    attempts: list[Attempt] = field(default_factory=list)
    charges: dict[str, Charge] = field(default_factory=dict)
    errors: list[ReelwrightError] = field(default_factory=list)
    passed_over: list[RejectedCandidate] = field(default_factory=list)
    asked_again: Any = None
    """What the candidate in hand is asked after an answer that could not be used; None asks the same."""
    left: set[str] = field(default_factory=set)
    """Models that had their chance in this call, in whichever process."""

    def leave(self, model: str, reason: str) -> None:
        """Pass over a model for the rest of the call."""
        if model not in self.left:
            self.left.add(model)
            said = f"it {reason}" if reason[:1].islower() else reason
            self.passed_over.append(RejectedCandidate(model=model, reason=said, because="health"))

    def next_number(self, model: Model) -> int:
        """Return the number of the next attempt at a model, over all processes that worked on the call."""
        if not self.charges and not self.attempts:
            return 1
        prefix = f"{self.request.idempotency_key}/{model.name}/"
        used = [int(key.removeprefix(prefix)) for key in self.charges if key.startswith(prefix)]
        tried = [attempt.number for attempt in self.attempts if attempt.model == model.name]
        return max([0, *used, *tried]) + 1

    def spent(self) -> int:
        """Return what the call has cost so far, counting what nobody knows, in micro-dollars."""
        amounts = {"settled": lambda c: c.settled_micro_usd, "unknown": lambda c: c.reserved_micro_usd}
        return sum(amounts[c.state](c) for c in self.charges.values() if c.state in amounts)

    def keep(self, charge: Charge) -> Charge:
        """Remember a charge in its newest state."""
        self.charges[charge.key] = charge
        return charge
