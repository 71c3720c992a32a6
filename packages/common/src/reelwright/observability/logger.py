"""Logs as lines of JSON that name what was being worked on, and hold no secret."""

import json
import logging
import traceback
from typing import Any, Final, TextIO

from reelwright.clock import Clock, SystemClock
from reelwright.errors import ReelwrightError
from reelwright.observability.correlation import bound
from reelwright.observability.redaction import redact, scrub

__all__ = ["JsonLines", "configure_logging"]

_OF_EVERY_RECORD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_CAUSES = 5


class JsonLines(logging.Handler):
    """Writes each record as one line of JSON, redacted; what cannot be written is dropped, never raised.

    Keys: ``time`` (UTC, ISO 8601), ``level``, ``logger``, ``message``, ``environment``; what is bound;
    whatever came as ``extra``; for an exception ``error`` (with its ``cause``) and ``traceback``.
    """

    def __init__(self, environment: str, stream: TextIO, clock: Clock | None = None) -> None:
        super().__init__()
        self._environment = environment
        self._stream = stream
        self._clock = clock or SystemClock()

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record."""
        try:
            line = json.dumps(self._line(record), ensure_ascii=True, default=str)
            self._stream.write(line + "\n")
            self._stream.flush()
        except Exception:  # noqa: BLE001 (a log must not stop the work, and its failure may repeat a secret)
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the library's name)
        """Say nothing: the library's own report repeats the arguments, which are not redacted."""

    def _line(self, record: logging.LogRecord) -> dict[str, Any]:
        extra = {name: each for name, each in vars(record).items() if name not in _OF_EVERY_RECORD}
        said = {
            "time": self._clock.now().isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            "environment": self._environment,
        }
        redacted: dict[str, Any] = redact({**extra, **bound(), **said})
        return redacted | _error_of(record)


def configure_logging(
    environment: str, stream: TextIO, *, clock: Clock | None = None, level: int = logging.INFO
) -> None:
    """Send all logs of this process, ours and the libraries', to the stream as redacted lines of JSON.

    Takes the place of whatever handled them before, so it may be called again. Libraries are heard from
    WARNING on: their lower levels repeat requests whole.
    """
    root = logging.getLogger()
    for handler in [*root.handlers]:
        root.removeHandler(handler)
    root.addHandler(JsonLines(environment, stream, clock))
    root.setLevel(logging.WARNING)
    logging.getLogger("reelwright").setLevel(level)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 (a wrong placeholder costs the arguments, not the message)
        return str(record.msg)


def _error_of(record: logging.LogRecord) -> dict[str, Any]:
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return {}
    return {
        "error": _described(error, _CAUSES),
        "traceback": scrub("".join(traceback.format_exception(error))),
    }


def _described(error: BaseException, causes: int) -> dict[str, Any]:
    typed = error.as_dict() if isinstance(error, ReelwrightError) else {"message": str(error)}
    described: dict[str, Any] = redact({"type": type(error).__name__, **typed})
    if error.__cause__ and causes:
        described["cause"] = _described(error.__cause__, causes - 1)
    return described
