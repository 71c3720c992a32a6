"""Events reach functions as asynchronous invocations: queued, tried again twice, then a dead letter.

MiniStack calls the function at once and once, and forgets the event when that fails. Here two calls of a
function are under way at a time, for a burst of events would otherwise start as many processes.
"""

import json
import time
from collections import defaultdict
from threading import BoundedSemaphore
from typing import Any

from ministack.core.concurrency import spawn_background
from ministack.services import eventbridge, lambda_svc

AT_A_TIME = 2
TRIES = 3
PAUSE_SECONDS = 1.0
"""Before the second try, and twice that before the third; a minute on AWS."""

_slots: defaultdict[str, BoundedSemaphore] = defaultdict(lambda: BoundedSemaphore(AT_A_TIME))


def apply() -> None:
    eventbridge._dispatch_to_lambda = deliver


def deliver(arn: str, payload: str) -> None:
    """Hand an event to a function, in the background."""
    func, config, name = lambda_svc._get_func_record_for_ref(arn)
    if not func:
        eventbridge.logger.warning("an event is lost: there is no function %s", name)
        return
    record = lambda_svc._execution_record_for_config(func, config)
    spawn_background(_deliver, name, record, json.loads(payload), thread_name="delivery")


def _deliver(name: str, record: dict[str, Any], event: Any) -> None:
    result: dict[str, Any] = {}
    for attempt in range(TRIES):
        time.sleep(attempt * PAUSE_SECONDS)
        with _slots[name]:
            result = lambda_svc._execute_function_with_config_scope(record, event)
        if not result.get("error"):
            return
    dead_letters = (record["config"].get("DeadLetterConfig") or {}).get("TargetArn")
    if dead_letters:
        lambda_svc._route_async_failure(dead_letters, name, event, result)
