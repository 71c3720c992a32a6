"""Anthropic's Messages API over loopback: as strict as its SDK's types, and billed by tables of its own."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from anthropic.types.message_create_params import MessageCreateParamsNonStreaming

from tests.simulators.server import Answer, Cut, Fault, Faults, PriceTable, Received, Simulator, json_answer
from tests.simulators.validation import mismatches
from tests.simulators.writing import answer_to, words_in

__all__ = ["ANTHROPIC_ERRORS", "AnthropicSimulator", "anthropic_error"]

ANTHROPIC_ERRORS: Mapping[Fault, tuple[int, str, str, str]] = {
    "throttled": (429, "rate_limit_error", "This request would exceed your rate limit.", ""),
    "overloaded": (529, "overloaded_error", "Overloaded", ""),
    "server_error": (500, "api_error", "Internal server error", ""),
    "unauthorised": (401, "authentication_error", "invalid x-api-key", ""),
    "exhausted": (429, "rate_limit_error", "The threshold is crossed.", "enforced_spend_limit_reached"),
    "invalid_request": (400, "invalid_request_error", "max_tokens: must be at most 64000", ""),
    "retired": (404, "not_found_error", "model: claude-2.1", ""),
}
"""Status, type, message and code of the answers that are no success."""

_SAMPLING = ("temperature", "top_p", "top_k")


class AnthropicSimulator(Simulator):
    """Writes what the request's schema asks for; ``models`` are those that it knows, none means any."""

    def __init__(
        self,
        *,
        keys: Sequence[str] = (),
        prices: PriceTable | None = None,
        faults: Faults | None = None,
        models: Sequence[str] = (),
        lifecycles: Mapping[str, str] | None = None,
        cached_tokens: int = 0,
    ) -> None:
        super().__init__(keys=keys, prices=prices, faults=faults)
        self.models = tuple(models)
        self.lifecycles = dict(lifecycles or {})
        self.cached_tokens = cached_tokens
        """Read from the cache, and as many written to it, with each request."""

    def answer(self, request: Received) -> Answer:
        """Write, or list the models."""
        if refused := self._refused(request):
            return refused
        if (request.method, request.path) == ("GET", "/v1/models"):
            return self._listed()
        if (request.method, request.path) != ("POST", "/v1/messages"):
            return anthropic_error(404, "not_found_error", "Not found")
        return self._written(request)

    def failing(self, fault: Fault, request: Received) -> Answer | Cut:
        """Fail as Anthropic does."""
        if fault in ANTHROPIC_ERRORS:
            status, kind, message, code = ANTHROPIC_ERRORS[fault]
            headers = {"retry_after": "7"} if fault == "throttled" else {}
            return anthropic_error(status, kind, message, code, **headers)
        if fault == "refusal":
            return self._written(request, stop="refusal", text="I cannot")
        if fault == "truncated":
            return self._written(request, stop="max_tokens", share=0.5)
        if fault == "duplicate_id":
            return self._written(request, number=1)
        return super().failing(fault, request)

    def _refused(self, request: Received) -> Answer | None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or (self.keys and key not in self.keys):
            return anthropic_error(401, "authentication_error", "invalid bearer token")
        if "anthropic-version" not in request.headers:
            return anthropic_error(400, "invalid_request_error", "anthropic-version: header is required")
        return None

    def _listed(self) -> Answer:
        data = [
            {
                "id": name,
                "type": "model",
                "display_name": name,
                "created_at": "2026-08-01T00:00:00Z",
                "lifecycle": self.lifecycles.get(name, "active"),
                "retires_at": "2026-12-31T00:00:00Z" if name in self.lifecycles else None,
            }
            for name in self.models
        ]
        return json_answer({"data": data, "has_more": False}, request_id="req_list")

    def _written(
        self,
        request: Received,
        *,
        stop: str = "end_turn",
        text: str = "",
        share: float = 1.0,
        number: int | None = None,
    ) -> Answer:
        body = request.json
        if refused := self._checked(body):
            return refused
        prompt = f"{body.get('system', '')}\n{body['messages'][0]['content']}"
        whole = text or answer_to(prompt, _schema(body))
        whole = whole[: int(len(whole) * share)]
        usage = self._usage(prompt, whole)
        identity = f"msg_{number or len(self.accepted) + 1:04d}"
        self.take_on(identity, body["model"], _units(usage))
        details = {"type": "refusal", "category": "cyber", "explanation": "because"}
        message = {
            "id": identity,
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": [{"type": "text", "text": whole}],
            "stop_reason": stop,
            "stop_sequence": None,
            "stop_details": details if stop == "refusal" else None,
            "usage": usage,
        }
        return json_answer(message, request_id=f"req_{identity}")

    def _checked(self, body: Any) -> Answer | None:
        problems = mismatches(body, MessageCreateParamsNonStreaming)
        problems += [f"body.{name}: refused since 2026-10-21" for name in _SAMPLING if name in body]
        problems += [f"schema: {problem}" for problem in _schema_problems(_schema(body) or {})]
        if problems:
            self.object(*problems)
            return anthropic_error(400, "invalid_request_error", problems[0])
        if self.models and body["model"] not in self.models:
            return anthropic_error(404, "not_found_error", f"model: {body['model']}")
        return None

    def _usage(self, prompt: str, text: str) -> dict[str, Any]:
        return {
            "input_tokens": words_in(prompt),
            "output_tokens": words_in(text),
            "cache_read_input_tokens": self.cached_tokens,
            "cache_creation_input_tokens": self.cached_tokens,
            "service_tier": "standard",
        }


def anthropic_error(status: int, kind: str, message: str, code: str = "", **headers: str) -> Answer:
    """Return an error in Anthropic's form."""
    error: dict[str, Any] = {"type": kind, "message": message}
    if code:
        error["details"] = {"error_code": code}
    headers = {"request_id": f"req_{kind}", **headers}
    return json_answer({"type": "error", "error": error, "request_id": f"req_{kind}"}, status, **headers)


def _schema(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    form = body.get("output_config", {}).get("format")
    return form["schema"] if form else None


def _units(usage: Mapping[str, Any]) -> dict[str, int]:
    return {
        "input_tokens": usage["input_tokens"],
        "output_tokens": usage["output_tokens"],
        "cache_read_tokens": usage["cache_read_input_tokens"],
        "cache_write_tokens": usage["cache_creation_input_tokens"],
    }


_SAID = {"type", "properties", "required", "additionalProperties", "items", "anyOf", "allOf", "enum", "const"}
_SAID |= {"$ref", "$defs", "description", "title", "format"}


def _schema_problems(schema: Mapping[str, Any]) -> Iterable[str]:
    """Say what structured outputs do not take: what the SDK's own transformation would have taken away."""
    yield from (f"{key} is not supported" for key in schema if key not in _SAID)
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        yield "additionalProperties must be false"
    nested = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    nested += [one for key in ("anyOf", "allOf") for one in schema.get(key, ())]
    nested += [schema["items"]] if "items" in schema else []
    for one in nested:
        yield from _schema_problems(one)
