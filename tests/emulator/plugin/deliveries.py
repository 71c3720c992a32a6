"""Events reach functions as asynchronous invocations: tried again twice, then a dead letter.

MiniStack calls the function once and forgets the event when that fails.
"""

import json
from typing import Any

from ministack.services import eventbridge, lambda_svc

from tests.emulator.plugin.scale import MINUTE_SECONDS


def apply() -> None:
    lambda_svc._LAMBDA_ASYNC_RETRY_BASE_SECONDS = MINUTE_SECONDS
    lambda_svc._LAMBDA_ASYNC_RETRY_MAX_SECONDS = 2 * MINUTE_SECONDS
    eventbridge._dispatch_to_lambda = deliver


def deliver(arn: str, payload: str) -> None:
    """Hand an event to a function, in the background."""
    func, config, name = lambda_svc._get_func_record_for_ref(arn)
    if not func:
        eventbridge.logger.warning("an event is lost: there is no function %s", name)
        return
    event: Any = json.loads(payload)
    lambda_svc.invoke_async_with_retry(lambda_svc._execution_record_for_config(func, config), event)
