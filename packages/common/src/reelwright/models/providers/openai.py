"""OpenAI's Responses API: writes, and tells which models there are.

Nothing is stored with the vendor, and the tier of service is the default one, since the others have other
prices. Sources: OpenAI's SDK 3.54 (types of requests, answers and errors); developers.openai.com
guides/error-codes.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reelwright.cost.schema import Usage
from reelwright.models.errors import ProviderFailed
from reelwright.models.http import HttpClient
from reelwright.models.outcomes import Dialect, Rule, Spoken, failed, request_id_of, rule_for
from reelwright.models.ports import Call
from reelwright.models.providers.json_schema import instructions_for
from reelwright.models.providers.text_answers import (
    BearerApi,
    listed,
    object_in,
    output_limit,
    standing_of,
    token_usage,
)
from reelwright.models.schema import ContentRequest, ContentResponse, Failure, Model

__all__ = ["OPENAI_DIALECT", "OPENAI_URL", "OpenAIProvider"]

OPENAI_URL = "https://api.openai.com"

OPENAI_DIALECT = Dialect(
    vendor="openai",
    codes=(("error", "code"), ("error", "type")),
    messages=(("error", "message"),),
    request_id="x-request-id",
    rules=(
        # One request above the limit of a minute comes as 429; it is as large after the minute.
        Rule("callers_fault", statuses=(429,), message="request too large"),
        # These come as 429 too, and waiting does not help.
        Rule(
            "exhausted",
            codes=(
                "insufficient_quota",
                "credit_balance_exhausted",
                "billing_hard_limit_reached",
                "billing_not_active",
            ),
        ),
        Rule("throttled", codes=("rate_limit_exceeded", "slow_down")),
        Rule(
            "refused",
            codes=(
                "invalid_prompt",
                "bio_policy",
                "misalignment_policy_violation",
                "image_content_policy_violation",
                "content_policy_violation",
                "content_filter",
            ),
        ),
        Rule("retired", codes=("model_not_found", "model_deprecated")),
        Rule("misconfigured", statuses=(404,), next_step="Check providers.openai.endpoints."),
        Rule("misconfigured", codes=("data_residency_mismatch", "invalid_api_key")),
        Rule("unavailable", codes=("server_error", "server_is_overloaded")),
    ),
)

_INCOMPLETE: Mapping[str, tuple[Failure, str]] = {
    "content_filter": ("refused", "stopped: its filter does not let the answer pass"),
    "max_output_tokens": ("rejected", "had not finished when the limit of output was reached"),
}
"""Why an answer ended early; what was written until then is billed."""


class OpenAIProvider:
    """Writes with OpenAI's models, one request a call. Safe to share between threads."""

    def __init__(self, http: HttpClient) -> None:
        self._api = BearerApi(http, OPENAI_DIALECT, OPENAI_URL)

    def write(self, model: Model, request: ContentRequest, call: Call) -> ContentResponse:
        """Return the text of the answer; ProviderFailed otherwise, with what it cost all the same."""
        answer = self._api.post(call, "v1", "responses", json=_body(model, request))
        return _response(object_in(answer, OPENAI_DIALECT), request_id_of(answer, OPENAI_DIALECT))

    def probe(self, models: Sequence[Model], call: Call) -> tuple[tuple[str, str], ...]:
        """Ask for the list of models, which is free, and say of each of ours what is wrong with it."""
        offered = listed(self._api.get(call, "v1", "models"), OPENAI_DIALECT)
        return tuple((model.name, standing_of(model, offered, _objection)) for model in models)


def _body(model: Model, request: ContentRequest) -> dict[str, Any]:
    system, user, schema = instructions_for(model, request)
    body: dict[str, Any] = {
        "model": model.vendor_id,
        "input": user,
        "max_output_tokens": output_limit(model, request),
        "store": False,
        "service_tier": "default",
    }
    if system:
        body["instructions"] = system
    if schema is not None:
        body["text"] = {
            "format": {"type": "json_schema", "name": _name(request.task), "schema": schema, "strict": True}
        }
    if request.temperature is not None and model.content and model.content.temperature:
        body["temperature"] = request.temperature
    return body


def _name(task: str) -> str:
    """Return the task as the vendor takes names: letters, digits, underscores and dashes, 64 at most."""
    kept = (
        character if character.isascii() and (character.isalnum() or character in "_-") else "_"
        for character in task
    )
    return "".join(kept)[:64] or "answer"


def _response(response: Mapping[str, Any], request_id: str) -> ContentResponse:
    usage = _usage(response.get("usage"))
    text, refusal = _joined(response, "output_text", "text"), _joined(response, "refusal", "refusal")
    if response.get("status") == "completed" and text and usage and not refusal:
        return ContentResponse(text=text, usage=usage)
    if response.get("status") == "failed":
        raise _own_failure(response.get("error"), usage, request_id)
    failure, what = _ending(response, refusal)
    raise _failed(failure, f"{what}.", usage, request_id)


def _ending(response: Mapping[str, Any], refusal: str) -> tuple[Failure, str]:
    details = response.get("incomplete_details")
    reason = str(details.get("reason")) if isinstance(details, dict) else ""
    if refusal:
        return "refused", "refused to write this"
    return _INCOMPLETE.get(reason, ("rejected", "gave an answer without text, usage or a known end"))


def _own_failure(error: object, usage: tuple[Usage, ...], request_id: str) -> ProviderFailed:
    """Return the failure that a response of status 200 reports of itself."""
    found = error if isinstance(error, dict) else {}
    code = str(found.get("code") or found.get("type") or "")
    rule = rule_for(OPENAI_DIALECT, Spoken((code,), str(found.get("message", "")), is_vendors=True))
    failure: Failure = rule.failure if rule else "callers_fault"
    what = f"failed ({code or 'without a code'})."
    if not usage:
        return failed(failure, OPENAI_DIALECT, what, request_id=request_id)
    return _failed(failure, what, usage, request_id)


def _failed(failure: Failure, what: str, usage: tuple[Usage, ...], request_id: str) -> ProviderFailed:
    return failed(
        failure,
        OPENAI_DIALECT,
        what,
        accepted="yes" if usage else "maybe",
        usage=usage,
        request_id=request_id,
    )


def _joined(response: Mapping[str, Any], kind: str, key: str) -> str:
    parts = (part.get(key) for part in _parts(response) if part.get("type") == kind)
    return "".join(part for part in parts if isinstance(part, str))


def _parts(response: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    output = response.get("output")
    for item in output if isinstance(output, list) else ():
        content = item.get("content") if isinstance(item, dict) and item.get("type") == "message" else None
        yield from (part for part in content or () if isinstance(part, dict))


def _usage(usage: object) -> tuple[Usage, ...]:
    """Return what was used. The vendor's input has the cached tokens in it; ours has each token once."""
    found = usage if isinstance(usage, dict) else {}
    details = found.get("input_tokens_details")
    cached = _count(details, "cached_tokens")
    written = _count(details, "cache_write_tokens")
    return token_usage(
        {
            "input_tokens": max(0, _count(found, "input_tokens") - cached - written),
            "cache_read_tokens": cached,
            "cache_write_tokens": written,
            "output_tokens": found.get("output_tokens"),
        }
    )


def _count(counts: object, key: str) -> int:
    count = counts.get(key) if isinstance(counts, dict) else None
    return max(0, count) if isinstance(count, int) else 0


def _objection(entry: Mapping[str, Any]) -> str:
    shutdown = entry.get("shutdown_date")
    return f"its provider shuts it down on {shutdown}" if shutdown else ""
