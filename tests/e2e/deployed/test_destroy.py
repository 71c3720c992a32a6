"""What `cdk destroy` leaves behind: nothing, once an operator has emptied the buckets."""

import pytest

from tests.e2e.deployed.stack import Stack
from tests.emulator.cdk import CdkError

PROBE = "/probe-"
"""What functions are called that try what they may not."""


def test_functions_were_allowed_all_that_they_tried(stack: Stack) -> None:
    assert [line for line in stack.emulator.denials() if PROBE not in line] == []


def test_destroy_stops_at_buckets_that_hold_something_and_leaves_nothing_once_they_are_empty(
    stack: Stack,
) -> None:
    with pytest.raises(CdkError, match="BucketNotEmpty"):
        stack.cdk.destroy()
    stack.empty_buckets()
    stack.seconds["destroy"] = stack.cdk.destroy().seconds
    assert [left for left in stack.watch.left_behind() if "prod" not in left] == []
