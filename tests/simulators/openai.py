"""OpenAI's Responses API over loopback: as strict as its SDK's types, and billed by tables of its own."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming

from tests.simulators.server import Answer, Cut, Fault, Faults, PriceTable, Received, Simulator, json_answer
from tests.simulators.validation import mismatches
from tests.simulators.writing import answer_to, words_in

__all__ = ["OPENAI_ERRORS", "OpenAISimulator", "openai_error"]

OPENAI_ERRORS: Mapping[Fault, tuple[int, str, str, str]] = {
    "throttled": (429, "requests", "rate_limit_exceeded", "Rate limit reached for requests"),
    "overloaded": (503, "service_unavailable_error", "server_is_overloaded", "The engine is overloaded."),
    "server_error": (500, "server_error", "server_error", "The server had an error."),
    "unauthorised": (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided: {key}"),
    "exhausted": (429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota"),
    "invalid_request": (400, "invalid_request_error", "unsupported_value", "Unsupported value: 'input'"),
    "retired": (404, "invalid_request_error", "model_not_found", "The model `gpt-4` does not exist"),
}
"""Status, type, code and message of the answers that are no success. Like the vendor's own, the one about
a key repeats it."""


class OpenAISimulator(Simulator):
    """Writes what the request's schema asks for; ``models`` are those that it knows, none means any."""

    def __init__(
        self,
        *,
        keys: Sequence[str] = (),
        prices: PriceTable | None = None,
        faults: Faults | None = None,
        models: Sequence[str] = (),
        shutdown_dates: Mapping[str, str] | None = None,
        cached_tokens: int = 0,
    ) -> None:
        super().__init__(keys=keys, prices=prices, faults=faults)
        self.models = tuple(models)
        self.shutdown_dates = dict(shutdown_dates or {})
        self.cached_tokens = cached_tokens
        """Read from the cache, and as many written to it, with each request."""

    def answer(self, request: Received) -> Answer:
        """Write, or list the models."""
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or (self.keys and key not in self.keys):
            return openai_error(401, "invalid_request_error", "invalid_api_key", f"Incorrect API key: {key}")
        if (request.method, request.path) == ("GET", "/v1/models"):
            return self._listed()
        if (request.method, request.path) != ("POST", "/v1/responses"):
            return openai_error(404, "invalid_request_error", None, "Invalid URL")
        return self._written(request)

    def failing(self, fault: Fault, request: Received) -> Answer | Cut:
        """Fail as OpenAI does."""
        if fault in OPENAI_ERRORS:
            status, kind, code, message = OPENAI_ERRORS[fault]
            key = request.headers.get("authorization", "").removeprefix("Bearer ")
            headers = {"retry_after_ms": "1500"} if fault == "throttled" else {}
            return openai_error(status, kind, code, message.format(key=key), **headers)
        if fault == "refusal":
            return self._written(request, refusal="I cannot help with that.")
        if fault == "truncated":
            return self._written(request, incomplete="max_output_tokens", share=0.5)
        if fault == "duplicate_id":
            return self._written(request, number=1)
        return super().failing(fault, request)

    def _listed(self) -> Answer:
        data = [
            {
                "id": name,
                "object": "model",
                "created": 1_780_000_000,
                "owned_by": "openai",
                "shutdown_date": self.shutdown_dates.get(name),
            }
            for name in self.models
        ]
        return json_answer({"object": "list", "data": data}, x_request_id="req_list")

    def _written(
        self,
        request: Received,
        *,
        refusal: str = "",
        incomplete: str = "",
        share: float = 1.0,
        number: int | None = None,
    ) -> Answer:
        body = request.json
        if refused := self._checked(body):
            return refused
        prompt = f"{body.get('instructions', '')}\n{body['input']}"
        text = refusal or answer_to(prompt, _schema(body))
        text = text[: int(len(text) * share)]
        usage = self._usage(prompt, text)
        identity = f"resp_{number or len(self.accepted) + 1:04d}"
        self.take_on(identity, body["model"], _units(usage))
        part: dict[str, Any] = {"type": "output_text", "text": text, "annotations": []}
        if refusal:
            part = {"type": "refusal", "refusal": refusal}
        response = {
            "id": identity,
            "object": "response",
            "status": "incomplete" if incomplete else "completed",
            "incomplete_details": {"reason": incomplete} if incomplete else None,
            "error": None,
            "model": body["model"],
            "output": [
                {"type": "reasoning", "id": "rs_1", "summary": []},
                {"type": "message", "id": "msg_1", "role": "assistant", "content": [part]},
            ],
            "usage": usage,
        }
        return json_answer(response, x_request_id=f"req_{identity}")

    def _checked(self, body: Any) -> Answer | None:
        problems = mismatches(body, ResponseCreateParamsNonStreaming)
        problems += [f"schema: {problem}" for problem in _schema_problems(_schema(body) or {})]
        problems += [] if body.get("store") is False else ["body.store: the answer would be kept"]
        if problems:
            self.object(*problems)
            return openai_error(400, "invalid_request_error", "invalid_value", problems[0])
        if self.models and body["model"] not in self.models:
            message = f"The model `{body['model']}` does not exist or you do not have access to it."
            return openai_error(404, "invalid_request_error", "model_not_found", message)
        return None

    def _usage(self, prompt: str, text: str) -> dict[str, Any]:
        read = words_in(prompt) + 2 * self.cached_tokens
        written = words_in(text)
        return {
            "input_tokens": read,
            "input_tokens_details": {
                "cached_tokens": self.cached_tokens,
                "cache_write_tokens": self.cached_tokens,
            },
            "output_tokens": written,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": read + written,
        }


def openai_error(status: int, kind: str, code: str | None, message: str, **headers: str) -> Answer:
    """Return an error in OpenAI's form."""
    error = {"type": kind, "code": code, "message": message, "param": None}
    return json_answer({"error": error}, status, **{"x_request_id": f"req_{code}", **headers})


def _schema(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    form = body.get("text", {}).get("format")
    return form["schema"] if form else None


def _units(usage: Mapping[str, Any]) -> dict[str, int]:
    details = usage["input_tokens_details"]
    cached, written = details["cached_tokens"], details["cache_write_tokens"]
    return {
        "input_tokens": usage["input_tokens"] - cached - written,
        "output_tokens": usage["output_tokens"],
        "cache_read_tokens": cached,
        "cache_write_tokens": written,
    }


_UNSUPPORTED = {"allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas"}
_UNSUPPORTED |= {"default", "discriminator", "patternProperties", "minLength", "maxLength"}


def _schema_problems(schema: Mapping[str, Any]) -> Iterable[str]:
    """Say what strict mode does not take."""
    yield from (f"{key} is not permitted" for key in schema if key in _UNSUPPORTED)
    if "$ref" in schema and len(schema) > 1:
        yield "$ref cannot have keywords beside it"
    if schema.get("type") == "object":
        if schema.get("additionalProperties") is not False:
            yield "additionalProperties must be false"
        if sorted(schema.get("required", ())) != sorted(schema.get("properties", {})):
            yield "required must have every property"
    nested = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    nested += [*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else [])]
    for one in nested:
        yield from _schema_problems(one)
