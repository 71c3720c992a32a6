"""One line in the log for every attempt that failed: what, where, why, and what to do."""

import logging

from reelwright.errors import ReelwrightError

__all__ = ["log_failure"]

_LOG = logging.getLogger(__name__)


def log_failure(error: ReelwrightError, *, model: str, provider: str, attempt: int, seconds: float) -> None:
    """Log one failed attempt at a model, numbered from 1, that took so many seconds.

    Written by ``observability.logger.JsonLines`` the line also holds what is bound (production, step and the
    step's own attempt), ``error`` with its chain of causes, and the traceback; all of it redacted.
    """
    said = {
        "provider": provider,
        "model": model,
        "model_attempt": attempt,
        "seconds": round(seconds, 3),
        "failure": getattr(error, "failure", error.code),
        "accepted": getattr(error, "accepted", ""),
        "provider_request_id": getattr(error, "request_id", ""),
        "retry_after_seconds": getattr(error, "retry_after_seconds", None),
        "next_step": error.next_step,
    }
    _LOG.warning("Attempt %d at %s failed: %s", attempt, model, error.message, extra=said, exc_info=error)
