"""What `cdk destroy` leaves behind: nothing, once an operator has emptied the buckets."""

import pytest

from tests.e2e.deployed.stack import Stack
from tests.emulator.cdk import CdkError


def test_functions_were_allowed_all_that_they_tried(stack: Stack) -> None:
    assert stack.emulator.denials() == []


def test_destroy_stops_at_buckets_that_hold_something_and_leaves_nothing_once_they_are_empty(
    stack: Stack,
) -> None:
    with pytest.raises(CdkError, match="BucketNotEmpty"):
        stack.cdk.destroy()
    stack.empty_buckets()
    stack.seconds["destroy"] = stack.cdk.destroy().seconds
    assert stack.watch.left_behind() == []
