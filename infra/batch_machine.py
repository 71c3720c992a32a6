"""The state machine that makes many productions: a Distributed Map over the rows of a file in the bucket.

A pure function, as ``infra.state_machine`` is. An item's execution is started and waited for by Step
Functions; what is to be done, and what became of it, a function says. An item ends with next to nothing, for
a Map may answer 256 KB only: outcomes stand in the table, and the report in the bucket.
"""

from typing import Any, Final

from infra.state_machine import invoke

__all__ = ["CONCURRENCY_PATH", "STARTING_ERRORS", "TOLERANCE_PATH", "batch_machine"]

_State = dict[str, Any]

CONCURRENCY_PATH: Final = "$.at_a_time"
TOLERANCE_PATH: Final = "$.tolerated_failure_percentage"
STARTING_ERRORS: Final = (
    "StepFunctions.ExecutionLimitExceededException",
    "StepFunctions.AWSStepFunctionsException",
    "StepFunctions.SdkClientException",
)
"""Of starting an execution: it may be tried again, for one of the same name is begun once."""
_WEEK: Final = 7 * 86_400


def batch_machine() -> _State:
    """Return the whole document: every row an item, then the report, whatever ended the rows."""
    stopped = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "ReportStopped"}]
    batch = {"batch_id.$": "$.batch_id"}
    over = {"Variable": "$.status", "StringEquals": "stopped", "Next": "Stopped"}
    return {
        "Comment": "Makes the productions of a batch. Generated from infra.batch_machine.",
        "StartAt": "Each",
        "TimeoutSeconds": _WEEK,
        "States": {
            "Each": _each() | {"ResultPath": None, "Catch": stopped, "Next": "Report"},
            "Report": invoke("FinishBatch", batch) | {"OutputPath": "$.Payload", "Next": "Judge"},
            "ReportStopped": invoke("FinishBatch", batch | {"error.$": "$.error"})
            | {"OutputPath": "$.Payload", "Next": "Judge"},
            "Judge": {"Type": "Choice", "Choices": [over], "Default": "Finished"},
            "Finished": {"Type": "Pass", "End": True},
            "Stopped": {
                "Type": "Fail",
                "Error": "BatchStopped",
                "CausePath": "$.report",
            },
        },
    }


def _each() -> _State:
    return {
        "Type": "Map",
        "Label": "Items",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSONL"},
            "Parameters": {"Bucket": "${ArtifactsBucket}", "Key.$": "$.rows"},
        },
        "ItemSelector": {
            "batch_id.$": "$.batch_id",
            "row.$": "$$.Map.Item.Value",
            "execution": "",
            "started": None,
        },
        "MaxConcurrencyPath": CONCURRENCY_PATH,
        "ToleratedFailurePercentagePath": TOLERANCE_PATH,
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Look",
            "States": _item(),
        },
    }


def _item() -> dict[str, _State]:
    names = ("batch_id", "row", "execution", "started")
    looked = invoke("AdvanceBatchItem", {f"{name}.$": f"$.{name}" for name in names})
    ways = {"start": "Start", "running": "Wait", "failed": "Failed"}
    choices = [{"Variable": "$.state", "StringEquals": it, "Next": state} for it, state in ways.items()]
    return {
        "Look": looked | {"OutputPath": "$.Payload", "Next": "Choose"},
        "Choose": {"Type": "Choice", "Choices": choices, "Default": "Done"},
        "Start": _start(),
        "Wait": {"Type": "Wait", "SecondsPath": "$.check_after_seconds", "Next": "Look"},
        "Done": {"Type": "Pass", "Result": {}, "End": True},
        "Failed": {"Type": "Fail", "Error": "ItemFailed", "Cause": "The report of the batch says why."},
    }


def _start() -> _State:
    """Return the state that starts a production and waits for its end, good or bad."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::states:startExecution.sync:2",
        "Parameters": {
            "StateMachineArn": "${ProductionsMachine}",
            "Name.$": "$.execution",
            "Input.$": "$.input",
        },
        "ResultSelector": {"Error": "", "Cause": ""},
        "ResultPath": "$.started",
        "Retry": [
            {
                "ErrorEquals": list(STARTING_ERRORS),
                "IntervalSeconds": 5,
                "BackoffRate": 2,
                "MaxAttempts": 8,
                "MaxDelaySeconds": 300,
                "JitterStrategy": "FULL",
            }
        ],
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.started", "Next": "Look"}],
        "Next": "Look",
    }
