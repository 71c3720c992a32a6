"""A moment by which work must be done, handed down from caller to callee."""

from dataclasses import dataclass

from reelwright.clock import Clock
from reelwright.errors import Retryable

__all__ = ["Deadline", "DeadlineExceeded"]


class DeadlineExceeded(Retryable):
    """The time that the caller gave is over."""

    code = "deadline_exceeded"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on a clock's monotonic time."""

    clock: Clock
    at: float

    @classmethod
    def after(cls, seconds: float, clock: Clock) -> "Deadline":
        """Return the moment so many seconds from now."""
        return cls(clock, clock.monotonic() + seconds)

    def remaining_seconds(self) -> float:
        """Return the seconds left, never below zero."""
        return max(0.0, self.at - self.clock.monotonic())

    def check(self, what: str) -> None:
        """Raise DeadlineExceeded, naming what is late, once the time is over."""
        if self.clock.monotonic() >= self.at:
            raise DeadlineExceeded(
                f"There was no time left for {what}.", next_step="Try again, or give the call more time."
            )

    def no_later_than(self, seconds: float) -> "Deadline":
        """Return the earlier of this moment and so many seconds from now."""
        return Deadline(self.clock, min(self.at, self.clock.monotonic() + seconds))
