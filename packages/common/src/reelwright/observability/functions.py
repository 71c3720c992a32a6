"""How an error leaves a function: under its own name, as data, and without secrets."""

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from reelwright.errors import ReelwrightError
from reelwright.observability.redaction import redact, scrub

__all__ = ["leaving_typed"]

Answer = TypeVar("Answer")

_log = logging.getLogger(__name__)


def leaving_typed(handler: Callable[[Any, Any], Answer]) -> Callable[[Any, Any], Answer]:
    """Decorate a function's handler, so that Lambda and Step Functions get errors that they may repeat.

    What the handler raises is logged, redacted and with its traceback. What is raised in its place has the
    same class name, for the state machine to catch, and as message the JSON of the error: ``code``,
    ``message``, ``next_step``, ``context``.
    """

    @wraps(handler)
    def handle(event: Any, context: Any) -> Answer:
        try:
            return handler(event, context)
        except Exception as error:  # noqa: BLE001 (whatever it is, it must not leave as it is)
            _log.exception("The function failed.")
            leaving = _leaving(error)
        raise leaving  # outside of the handler above: the original is not even its context

    return handle


def _leaving(error: Exception) -> Exception:
    if isinstance(error, ReelwrightError):
        data = redact(error.as_dict())
    else:
        said = scrub(f"{type(error).__name__}: {error}")
        data = {"code": "unexpected", "message": said, "next_step": "", "context": {}}
    named: type[Exception] = type(type(error).__name__, (Exception,), {})
    return named(json.dumps(data))
