"""What a process shares among all its calls to models, and what is outside of it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from reelwright.clock import Clock
from reelwright.models.errors import ProviderStopped
from reelwright.models.ports import Access, HealthRecord
from reelwright.resilience.bulkhead import Bulkhead
from reelwright.resilience.retry import RetryBudget

__all__ = ["Outside"]


@dataclass(frozen=True, slots=True)
class Outside:
    """What a process shares among all its calls."""

    health: HealthRecord
    retry_budget: RetryBudget
    bulkhead_for: Callable[[str], Bulkhead]
    access_for: Callable[[str], Access]
    clock: Clock
    rng: Random
    switched_off: Callable[[str], str]
    """Why an operator has stopped a provider just now, or nothing."""

    def check_switch(self, provider: str) -> None:
        """Raise ProviderStopped if an operator has stopped a provider since the route was built.

        To be asked last before a request leaves: money is set aside and places are waited for before that.
        """
        why = self.switched_off(provider)
        if why:
            raise ProviderStopped(
                f"{provider} is {why}.",
                next_step="Resume the production when it is put back: nothing is lost.",
                context={"provider": provider},
            )
