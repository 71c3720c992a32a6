"""Called for each item of a step, and again while it is pending. Every step has a function of its own."""

from collections.abc import Mapping
from typing import Any

from reelwright.pipeline.functions import ItemRequest
from reelwright.pipeline.serving import Invocation, functions_of, typed_errors

__all__ = ["handler"]


@typed_errors
def handler(event: Mapping[str, Any], context: Invocation) -> dict[str, Any]:
    """Return whether the item is done, or when to ask again."""
    request = ItemRequest.model_validate(event)
    with functions_of(context) as functions:
        return functions.run_item(request)
