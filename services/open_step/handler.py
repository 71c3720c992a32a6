"""Called before a step: which of its items are still to be run."""

from collections.abc import Mapping
from typing import Any

from reelwright.pipeline.functions import StepRequest
from reelwright.pipeline.serving import Invocation, functions_of, typed_errors

__all__ = ["handler"]


@typed_errors
def handler(event: Mapping[str, Any], context: Invocation) -> dict[str, Any]:
    """Return the indices of the items."""
    request = StepRequest.model_validate(event)
    with functions_of(context) as functions:
        return functions.open_step(request)
