"""States inside a Map stand in an execution's history, and a Distributed Map is bounded by its input.

MiniStack writes down only the tasks of items, so neither a Choice nor a Wait can be seen; and it knows of
``MaxConcurrency`` and ``ToleratedFailurePercentage`` only as numbers, not as paths into the input.
"""

import json
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import stepfunctions

from tests.emulator.plugin.patching import around

_KINDS = ("Choice", "Pass", "Task", "Wait")
_BOUNDS = ("MaxConcurrency", "ToleratedFailurePercentage")
_item_of: ContextVar[dict[str, Any] | None] = ContextVar("item_of", default=None)
"""The execution whose item this thread works on."""


def apply() -> None:
    around(stepfunctions, "_run_sub_machine", _run)
    around(stepfunctions, "_run_distributed_map", _run_distributed)
    for kind in _KINDS:
        around(stepfunctions, f"_execute_{kind.lower()}", _entering(kind))


def _run(run: Callable[..., Any], states: Any, start: Any, given: Any, execution: Any, *more: Any) -> Any:
    token = _item_of.set(execution)
    try:
        return run(states, start, given, execution, *more)
    finally:
        _item_of.reset(token)


def _entering(kind: str) -> Callable[..., Any]:
    def execute(execute: Callable[..., Any], state: Any, given: Any, *more: Any) -> Any:
        execution = _item_of.get()
        if execution is not None:
            details = {"name": more[-1]["State"]["Name"], "input": json.dumps(given)}
            stepfunctions._add_event(execution, f"{kind}StateEntered", {"stateEnteredEventDetails": details})
        return execute(state, given, *more)

    return execute


def _run_distributed(run: Callable[..., Any], state: dict[str, Any], *more: Any) -> Any:
    effective = more[1]
    said = {
        name: stepfunctions._resolve_path(state[f"{name}Path"], effective)
        for name in _BOUNDS
        if f"{name}Path" in state
    }
    return run({**state, **said}, *more)
