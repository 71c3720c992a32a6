"""The error tree. Every error a user can meet is one of these.

::

    ReelwrightError
    ├── Retryable          a dependency failed in a way that may pass: try again later
    ├── Permanent          it failed and will fail again: something must change first
    ├── BudgetExceeded     a limit on money said no; nothing was spent
    ├── GuardrailRefused   a policy, flag or safety rule said no
    └── InvalidInput       what was asked for cannot be done as asked; also a ValueError

Each carries a stable ``code``, a ``context`` without secrets, and ``next_step``: what the
reader should do now. The cause travels as ``__cause__`` (``raise … from error``).
"""

from collections.abc import Mapping
from typing import ClassVar

__all__ = [
    "BudgetExceeded",
    "GuardrailRefused",
    "InvalidInput",
    "Permanent",
    "ReelwrightError",
    "Retryable",
]

_CONTEXT_VALUE_CHARS = 300


class ReelwrightError(Exception):
    """Root of every error raised on purpose. ``str()`` gives the message and the next step."""

    code: ClassVar[str] = "error"

    def __init__(
        self, message: str, *, next_step: str = "", context: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.context: dict[str, str] = {key: _short(value) for key, value in (context or {}).items()}

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}".rstrip()

    def as_dict(self) -> dict[str, object]:
        """Return the error as plain data, for ``--json``, logs and the production's record."""
        return {
            "code": self.code,
            "message": self.message,
            "next_step": self.next_step,
            "context": dict(self.context),
        }


class Retryable(ReelwrightError):
    """A dependency failed in a way that may pass. ``retry_after_seconds`` when it said so."""

    code = "retryable"

    def __init__(
        self,
        message: str,
        *,
        next_step: str = "",
        context: Mapping[str, object] | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message, next_step=next_step, context=context)
        self.retry_after_seconds = retry_after_seconds


class Permanent(ReelwrightError):
    """It failed and will fail again until something changes."""

    code = "permanent"


class BudgetExceeded(ReelwrightError):
    """A money limit refused the work before anything was spent."""

    code = "budget_exceeded"


class GuardrailRefused(ReelwrightError):
    """A policy, flag or safety rule refused the work."""

    code = "guardrail_refused"


class InvalidInput(ReelwrightError, ValueError):
    """The request cannot be carried out as given; the message names the field and what is allowed."""

    code = "invalid_input"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _CONTEXT_VALUE_CHARS else text[: _CONTEXT_VALUE_CHARS - 1] + "…"
