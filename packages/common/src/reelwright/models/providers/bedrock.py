"""Writing with any language model of Bedrock, through its Converse operation.

Actions needed: bedrock:InvokeModel, on the models and on the inference profiles that lead to them.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from reelwright.cost.schema import Usage
from reelwright.models.errors import AnswerRejected, ProviderFailed, RequestInvalid, RequestRefused
from reelwright.models.ports import Call
from reelwright.models.providers.bedrock_calls import AwsCalls
from reelwright.models.providers.json_schema import instructions_for
from reelwright.models.schema import ContentCapabilities, ContentRequest, ContentResponse, Model

__all__ = ["FAILED_STOPS", "BedrockProvider", "converse_request"]

_DONE: Final = "end_turn"
_HIGHEST_TEMPERATURE: Final = 1.0
_NOT_IN_METADATA: Final = re.compile(r"[^a-zA-Z0-9\s:_@$#=/+,.-]")
_METADATA_CHARS: Final = 256
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9_-]+")
_NAME_CHARS: Final = 64

FAILED_STOPS: Final[Mapping[str, tuple[type[ProviderFailed], str]]] = {
    "max_tokens": (AnswerRejected, "it is cut off at the limit of its length"),
    "stop_sequence": (AnswerRejected, "it stopped at a sequence that nobody asked for"),
    "tool_use": (AnswerRejected, "it asks for a tool, and there is none"),
    "malformed_model_output": (AnswerRejected, "the model's output is malformed"),
    "malformed_tool_use": (AnswerRejected, "the model called a tool wrongly"),
    "guardrail_intervened": (RequestRefused, "a guardrail of the account stopped it"),
    "content_filtered": (RequestRefused, "the content filter stopped it"),
    "refusal": (RequestRefused, "the model refused to write it"),
    "model_context_window_exceeded": (RequestInvalid, "prompt and answer do not fit into the model"),
}
"""Stop reasons that come with HTTP 200 and are no success; all of them are billed. ``refusal`` is
Claude's own word, which botocore's model does not list."""

_UNITS: Final = (
    ("input_tokens", "inputTokens"),
    ("output_tokens", "outputTokens"),
    ("cache_read_tokens", "cacheReadInputTokens"),
    ("cache_write_tokens", "cacheWriteInputTokens"),
)
"""Bedrock counts tokens that it read from or wrote to its cache beside the input, not in it."""


class BedrockProvider:
    """A ContentProvider: one request, one attempt, in the model's region or the environment's own."""

    def __init__(self, aws: AwsCalls) -> None:
        self._aws = aws

    def write(self, model: Model, request: ContentRequest, call: Call) -> ContentResponse:
        """Return the model's text; ProviderFailed with what was used if it is cut off, filtered or empty."""
        answer = self._aws.ask(
            "bedrock-runtime",
            "converse",
            converse_request(model, request),
            region=model.region,
            deadline=call.deadline,
            buying="answer",
            subject=f"a request to {model.name}",
            endpoints=call.access.endpoints,
        )
        request_id = str(answer.get("ResponseMetadata", {}).get("RequestId", ""))
        return _response(model, answer, request_id)


def converse_request(model: Model, request: ContentRequest) -> dict[str, Any]:
    """Return the parameters of Converse for a request, with nothing in it that the model refuses."""
    system, user, schema = instructions_for(model, request)
    capabilities = model.content or ContentCapabilities()
    parameters: dict[str, Any] = {
        "modelId": model.vendor_id,
        "messages": [{"role": "user", "content": [{"text": user or _as_data(request)}]}],
        "inferenceConfig": _inference(capabilities, request),
    }
    if system:
        parameters["system"] = [{"text": system}]
    if schema is not None:
        parameters["outputConfig"] = {"textFormat": _text_format(request.task, schema)}
    if production := _NOT_IN_METADATA.sub("", request.production_id)[:_METADATA_CHARS]:
        parameters["requestMetadata"] = {"production": production}
    return parameters


def _inference(capabilities: ContentCapabilities, request: ContentRequest) -> dict[str, Any]:
    wanted = request.max_output_tokens or capabilities.max_output_tokens
    config: dict[str, Any] = {"maxTokens": min(wanted, capabilities.max_output_tokens)}
    if capabilities.temperature and request.temperature is not None:
        config["temperature"] = min(request.temperature, _HIGHEST_TEMPERATURE)
    return config


def _text_format(task: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    name = _NOT_IN_NAMES.sub("_", task)[:_NAME_CHARS] or "answer"
    return {"type": "json_schema", "structure": {"jsonSchema": {"schema": json.dumps(schema), "name": name}}}


def _as_data(request: ContentRequest) -> str:
    """Return the facts of a request that has no user's turn; Converse takes none without one."""
    return json.dumps(request.variables, default=str)


def _response(model: Model, answer: Mapping[str, Any], request_id: str) -> ContentResponse:
    text, stop, usage = _text_of(answer), str(answer.get("stopReason", "")), _usage(answer)
    if not usage:
        raise AnswerRejected(
            f"The answer of {model.name} through Bedrock cannot be read.",
            next_step="Try again; a proxy on the way may answer in Bedrock's place.",
            accepted="maybe",
            request_id=request_id,
        )
    kind, why = FAILED_STOPS.get(stop, (AnswerRejected, f"it stopped with {stop!r}"))
    if stop == _DONE and text.strip():
        return ContentResponse(text=text, usage=usage)
    if stop == _DONE:
        kind, why = AnswerRejected, "it is empty"
    raise kind(
        f"The answer of {model.name} through Bedrock cannot be used: {why}.",
        next_step="Another model is asked; change the prompt or the length if it goes on.",
        accepted="yes",
        usage=usage,
        request_id=request_id,
    )


def _text_of(answer: Mapping[str, Any]) -> str:
    blocks = answer.get("output", {}).get("message", {}).get("content", [])
    return "".join(block.get("text", "") for block in blocks)


def _usage(answer: Mapping[str, Any]) -> tuple[Usage, ...]:
    counted = answer.get("usage", {})
    if "inputTokens" not in counted or "outputTokens" not in counted:
        return ()
    return tuple(
        Usage(unit=unit, quantity=counted[name]) for unit, name in _UNITS if counted.get(name) is not None
    )
