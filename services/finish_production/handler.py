"""Called when all steps are done: writes the report and the record, and completes the production."""

from collections.abc import Mapping
from typing import Any

from reelwright.pipeline.functions import ProductionRequest
from reelwright.pipeline.serving import Invocation, functions_of, typed_errors

__all__ = ["handler"]


@typed_errors
def handler(event: Mapping[str, Any], context: Invocation) -> dict[str, Any]:
    """Return the id of the completed production."""
    request = ProductionRequest.model_validate(event)
    with functions_of(context) as functions:
        return functions.finish(request)
