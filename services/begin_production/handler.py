"""Called first in an execution: begins a production, or finds the one to resume."""

from collections.abc import Mapping
from typing import Any

from reelwright.pipeline.functions import BeginRequest
from reelwright.pipeline.serving import Invocation, functions_of, typed_errors

__all__ = ["handler"]


@typed_errors
def handler(event: Mapping[str, Any], context: Invocation) -> dict[str, Any]:
    """Return the id that the rest of the execution is about."""
    request = BeginRequest.model_validate(event)
    with functions_of(context) as functions:
        return functions.begin(request)
