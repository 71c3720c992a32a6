"""Requests, answers and errors as lines of JSON, between the pool and its workers."""

import json

from reelwright.errors import (
    BudgetExceeded,
    GuardrailRefused,
    InvalidInput,
    Permanent,
    ReelwrightError,
    Retryable,
)
from reelwright.models.schema import ShotRequest, ShotResponse
from reelwright.video.errors import TextUndrawable
from reelwright.video.schema import SceneGraphics

__all__ = ["read_answer", "read_request", "write_error", "write_request", "write_response"]

_KINDS: dict[str, type[ReelwrightError]] = {
    kind.code: kind
    for kind in (Retryable, Permanent, BudgetExceeded, GuardrailRefused, InvalidInput, TextUndrawable)
}


def write_request(request: ShotRequest) -> bytes:
    """Return a request as one line without its end."""
    return request.model_dump_json().encode()


def read_request(line: bytes) -> ShotRequest:
    """Return the request on a line; pydantic's errors when it is none."""
    data = json.loads(line)
    return ShotRequest(**{**data, "graphics": SceneGraphics.model_validate(data["graphics"])})


def write_response(response: ShotResponse) -> bytes:
    """Return a response as one line without its end."""
    return json.dumps({"done": response.model_dump(mode="json")}).encode()


def write_error(error: ReelwrightError) -> bytes:
    """Return an error as one line without its end."""
    return json.dumps({"error": error.as_dict()}).encode()


def read_answer(line: bytes) -> ShotResponse:
    """Return the response on an answer's line, or raise the error on it."""
    data = json.loads(line)
    if "done" in data:
        return ShotResponse.model_validate(data["done"])
    told = data["error"]
    kind = _KINDS.get(told["code"], Permanent)
    raise kind(told["message"], next_step=told["next_step"], context=told["context"])
