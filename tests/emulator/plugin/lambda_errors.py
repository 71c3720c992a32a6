"""A raised exception leaves a function under its class name, and leaves the function alive.

MiniStack calls every exception ``Runtime.HandlerError``, so Retry and Catch on named errors never match, and
starts the function anew afterwards. Lambda reports errorMessage, errorType and stackTrace and goes on.
"""

from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from tests.emulator.plugin.patching import around

_SAYS = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'
_SHALL_SAY = (
    '{"status": "ok", "raised": {"errorMessage": str(e), "errorType": type(e).__name__, '
    '"stackTrace": traceback.format_tb(e.__traceback__)}, "trace": traceback.format_exc()}'
)


class Raised(str):
    """The message of an exception, which remembers what it belongs to on its way through the emulator."""

    __slots__ = ("report",)
    report: dict[str, Any]


def apply() -> None:
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if _SAYS not in script:
        raise RuntimeError(
            "MiniStack's worker for Python functions is not the one that this was written for."
        )
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(_SAYS, _SHALL_SAY)
    around(lambda_runtime.Worker, "invoke", _invoke)
    around(lambda_svc, "_execute_function_warm", _execute)


def _invoke(invoke: Callable[..., dict[str, Any]], *args: Any, **keywords: Any) -> dict[str, Any]:
    """Turn the worker's report into an error only here, for the emulator kills workers that report one."""
    response = invoke(*args, **keywords)
    report = response.pop("raised", None)
    if report is None:
        return response
    message = Raised(report["errorMessage"])
    message.report = report
    return {**response, "status": "error", "error": message}


def _execute(execute: Callable[..., dict[str, Any]], *args: Any) -> dict[str, Any]:
    result = execute(*args)
    body = result.get("body")
    message = body.get("errorMessage") if isinstance(body, dict) else None
    return {**result, "body": message.report} if isinstance(message, Raised) else result
