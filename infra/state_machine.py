"""The state machine that makes productions, generated from the declaration of the pipeline.

A pure function: the same declaration gives the same document. Function ARNs are placeholders such as
``${WriteScript}``, which CloudFormation fills in. The state is the production's id and what a step has
to run; results are stored by the functions.
"""

from collections.abc import Sequence
from typing import Any

from infra.functions import FUNCTIONS, camel
from reelwright.pipeline.declaration import Step

__all__ = ["BUSY", "LAMBDA_ERRORS", "invoke", "state_machine"]

_State = dict[str, Any]

LAMBDA_ERRORS = (
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
)
"""Lambda's own errors: the only ones tried again here. The work has retries of its own."""
BUSY = "ProductionBusy"
"""Another worker holds the production and is about to give it back."""

_PRODUCTION = {"production_id.$": "$.production_id"}
_DAY = 86_400
_GRACE_SECONDS = 60
"""More than the function has, so that its own timeout is what is seen."""


def state_machine(pipeline: Sequence[Step], *, concurrency: int) -> _State:
    """Return the whole document: begin, every step in order, finish; and what happens when one fails."""
    states = {"Begin": _begin(_open_name(pipeline[0]))}
    for step, after in zip(pipeline, [*map(_open_name, pipeline[1:]), "Finish"], strict=True):
        states |= _step_states(step, after, concurrency)
    return {
        "Comment": "Makes one production. Generated from reelwright.pipeline.declaration.",
        "StartAt": "Begin",
        "TimeoutSeconds": _DAY,
        "States": states | _ends(),
    }


def _begin(after: str) -> _State:
    payload = {"execution.$": "$$.Execution.Name", "input.$": "$"}
    # Until there is a production, or while it is another execution's, there is nothing to mark as failed.
    refused = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Failed"}]
    return invoke("BeginProduction", payload) | {"OutputPath": "$.Payload", "Catch": refused, "Next": after}


def _step_states(step: Step, after: str, concurrency: int) -> dict[str, _State]:
    payload = _PRODUCTION | {"step": step.name}
    opened = invoke("OpenStep", payload, busy=True)
    return {
        _open_name(step): opened
        | {"OutputPath": "$.Payload", "Catch": _caught(), "Next": f"Each_{step.name}"},
        f"Each_{step.name}": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "ItemSelector": payload | {"index.$": "$$.Map.Item.Value"},
            "MaxConcurrency": concurrency,
            "ItemProcessor": _item_processor(step),
            "ResultPath": None,
            "Catch": _caught(),
            "Next": after,
        },
    }


def _item_processor(step: Step) -> _State:
    run, check, wait, done = (f"{verb}_{step.name}" for verb in ("Run", "Check", "Wait", "Done"))
    payload = _PRODUCTION | {"step.$": "$.step", "index.$": "$.index"}
    pending = {"Variable": "$.state", "StringEquals": "pending", "Next": wait}
    invoked = invoke(camel(step.name), payload)
    return {
        "ProcessorConfig": {"Mode": "INLINE"},
        "StartAt": run,
        "States": {
            run: invoked | {"OutputPath": "$.Payload", "Next": check},
            check: {"Type": "Choice", "Choices": [pending], "Default": done},
            wait: {"Type": "Wait", "SecondsPath": "$.check_after_seconds", "Next": run},
            done: {"Type": "Succeed"},
        },
    }


def _ends() -> dict[str, _State]:
    failure = _PRODUCTION | {"error.$": "$.error"}
    anyhow = [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Failed"}]
    finish = invoke("FinishProduction", _PRODUCTION, busy=True)
    return {
        "Finish": finish | {"ResultPath": "$.finished", "Catch": _caught(), "Next": "Finished"},
        "Finished": {"Type": "Pass", "OutputPath": "$.finished.Payload", "End": True},
        "Fail": invoke("FailProduction", failure) | {"ResultPath": None, "Catch": anyhow, "Next": "Failed"},
        "Failed": {"Type": "Fail", "ErrorPath": "$.error.Error", "CausePath": "$.error.Cause"},
    }


def invoke(function: str, payload: _State, *, busy: bool = False) -> _State:
    """Return a state that invokes a function of the stack and waits for its answer."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": f"${{{function}}}", "Payload": payload},
        "TimeoutSeconds": FUNCTIONS[function].timeout_seconds + _GRACE_SECONDS,
        "Retry": [_retry(LAMBDA_ERRORS, 2, 6, 60), *([_retry((BUSY,), 5, 8, 60)] if busy else [])],
    }


def _retry(errors: Sequence[str], interval: int, attempts: int, longest: int) -> _State:
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": interval,
        "BackoffRate": 2,
        "MaxAttempts": attempts,
        "MaxDelaySeconds": longest,
        "JitterStrategy": "FULL",
    }


def _caught() -> list[_State]:
    return [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Fail"}]


def _open_name(step: Step) -> str:
    return f"Open_{step.name}"
