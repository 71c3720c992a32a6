"""A provider's access for tests: addresses and keys that are simply given."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from reelwright.clock import Clock, SystemClock
from reelwright.models.errors import ProviderMisconfigured
from reelwright.models.ports import Call
from reelwright.resilience.deadline import Deadline
from reelwright.secrets.errors import AuthenticationFailed

__all__ = ["KEY", "SimulatedAccess", "call_to"]

Result = TypeVar("Result")

KEY = "sk-canary-0123456789abcdef-do-not-show"
"""The key of every test: it must be found nowhere but at the simulated vendor."""


class SimulatedAccess:
    """Endpoints and keys. The second key is what a second read of the secret gives, and so on."""

    def __init__(self, *endpoints: str, keys: Sequence[str] = (KEY,)) -> None:
        self.endpoints: tuple[str, ...] = endpoints
        self.keys = tuple(keys)
        self.reads = 0
        """How often a key was handed out."""

    def with_key(self, call: Callable[[str], Result]) -> Result:
        """Call with the first key, and once more with the second if there is one."""
        for key in self.keys[:2]:
            self.reads += 1
            try:
                return call(key)
            except AuthenticationFailed as error:
                refused = error
        if not self.keys:
            raise ProviderMisconfigured("There is no key.", next_step="Set one.")
        raise ProviderMisconfigured("The key was refused.", next_step="Set another.") from refused


def call_to(
    *endpoints: str,
    keys: Sequence[str] = (KEY,),
    seconds: float = 10.0,
    token: str = "call-1",  # noqa: S107 (the name of a call, no secret)
    clock: Clock | None = None,
) -> Call:
    """Return a call to these addresses with so much time."""
    deadline = Deadline.after(seconds, clock or SystemClock())
    return Call(token=token, deadline=deadline, access=SimulatedAccess(*endpoints, keys=keys))
