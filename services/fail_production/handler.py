"""Called when an execution fails: writes on the record where and why."""

from collections.abc import Mapping
from typing import Any

from reelwright.pipeline.functions import FailRequest
from reelwright.pipeline.serving import Invocation, functions_of, typed_errors

__all__ = ["handler"]


@typed_errors
def handler(event: Mapping[str, Any], context: Invocation) -> dict[str, Any]:
    """Return the id; an execution that has no production yet leaves nothing to note."""
    request = FailRequest.model_validate(event)
    with functions_of(context) as functions:
        return functions.fail(request)
