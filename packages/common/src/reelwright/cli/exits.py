"""Exit codes, from the error tree, in one place."""

from enum import IntEnum

from reelwright.errors import BudgetExceeded, GuardrailRefused, InvalidInput, ReelwrightError, Retryable
from reelwright.storage.errors import StorageFull

__all__ = ["ExitCode", "Stopped", "exit_code", "exit_code_of"]


class ExitCode(IntEnum):
    """What the process answers with. A signal gives 128 and its number, as shells do."""

    DONE = 0
    """It is done."""
    FAILED = 1
    """It failed, and would again: the error says what to change."""
    BAD_INPUT = 2
    """What was asked for is not right as it stands; nothing was begun."""
    REFUSED = 3
    """A budget, a limit or a guardrail refuses it."""
    UNAVAILABLE = 4
    """Something it needs does not answer, or is busy: try again later."""


class Stopped(Retryable):
    """A signal asked the process to stop; what was begun can be gone on with."""

    code = "stopped"

    def __init__(
        self, signal_number: int, message: str, *, next_step: str = "", production_id: str = ""
    ) -> None:
        context = {"production_id": production_id} if production_id else {}
        super().__init__(message, next_step=next_step, context=context)
        self.signal_number = signal_number


_BY_KIND: tuple[tuple[type[ReelwrightError], ExitCode], ...] = (
    (InvalidInput, ExitCode.BAD_INPUT),
    (BudgetExceeded, ExitCode.REFUSED),
    (GuardrailRefused, ExitCode.REFUSED),
    # May pass like a dependency's failure, but it is this machine's own disk: nothing to wait for.
    (StorageFull, ExitCode.FAILED),
    (Retryable, ExitCode.UNAVAILABLE),
)


def exit_code(error: ReelwrightError) -> int:
    """Return the exit code for an error; the first kind that fits counts."""
    if isinstance(error, Stopped):
        return 128 + error.signal_number
    return exit_code_of(type(error))


def exit_code_of(kind: type[ReelwrightError]) -> ExitCode:
    """Return the exit code for a kind of error that is no signal."""
    return next((code for base, code in _BY_KIND if issubclass(kind, base)), ExitCode.FAILED)
