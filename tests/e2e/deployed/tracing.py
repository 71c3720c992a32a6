"""What an execution went through, as its history tells: every state with its time, those of items too."""

from datetime import datetime
from typing import Any

from tests.e2e.deployed.stack import Stack

_ENTERED = "StateEntered"


def states_of(stack: Stack, execution: str) -> list[tuple[float, str, str]]:
    """Return seconds since the start, kind and name of each state, in the order of time."""
    pages = stack.client("stepfunctions").get_paginator("get_execution_history")
    events: list[dict[str, Any]] = pages.paginate(executionArn=execution).build_full_result()["events"]
    start: datetime = events[0]["timestamp"]
    return [
        (
            (event["timestamp"] - start).total_seconds(),
            event["type"].removesuffix(_ENTERED),
            event["stateEnteredEventDetails"]["name"],
        )
        for event in events
        if event["type"].endswith(_ENTERED)
    ]


def trace(stack: Stack, execution: str) -> list[str]:
    """Return the same as lines for people."""
    return [f"{at:7.1f} s  {kind:<7} {name}" for at, kind, name in states_of(stack, execution)]
