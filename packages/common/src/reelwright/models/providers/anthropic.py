"""Anthropic's Messages API, as of 2026-10-21: writes, and tells which models there are.

No request has a temperature: since that date the API refuses any (as it does ``top_p`` and ``top_k``). The
tier of service is always the standard one, since the others have other prices.
Sources: Anthropic's SDK 2.12 (types of requests, answers and errors); platform.claude.com/docs/en/api/errors.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from reelwright.cost.schema import Usage
from reelwright.models.http import HttpClient
from reelwright.models.outcomes import Dialect, Rule, failed, request_id_of
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

__all__ = ["ANTHROPIC_DIALECT", "ANTHROPIC_URL", "AnthropicProvider"]

ANTHROPIC_URL = "https://api.anthropic.com"

_VERSION = "2023-06-01"
"""Of the header; the dated releases of the API do not change it."""

_MOST_LISTED = 1_000
"""Models on one page, the most that the vendor gives."""

ANTHROPIC_DIALECT = Dialect(
    vendor="anthropic",
    codes=(("error", "details", "error_code"), ("error", "type")),
    messages=(("error", "message"),),
    request_id="request-id",
    rules=(
        Rule(
            "exhausted",
            codes=(
                "billing_error",
                "contract_spend_limit_reached",
                "enforced_spend_limit_reached",
                "linked_organization_spend_limit_reached",
                "linked_organization_billing_unavailable",
            ),
        ),
        # A limit of one's own, and credit that is used up, come as 400 and say so in words only.
        Rule("exhausted", statuses=(400,), message=r"credit balance|usage limits?\b|spend(ing)? limit"),
        Rule("misconfigured", codes=("organization_on_hold", "permission_error", "authentication_error")),
        Rule("refused", statuses=(400,), message="content filtering policy"),
        Rule("retired", statuses=(404,), message=r"\bmodel\b"),
        Rule("misconfigured", statuses=(404,), next_step="Check providers.anthropic.endpoints."),
        Rule("timed_out", codes=("timeout_error",)),
    ),
)

_STOPS: Mapping[str, tuple[Failure, str]] = {
    "refusal": ("refused", "refused to write this"),
    "max_tokens": ("rejected", "had not finished when the limit of output was reached"),
    "model_context_window_exceeded": ("callers_fault", "ran out of its context window"),
    "pause_turn": ("rejected", "paused instead of finishing"),
    "tool_use": ("rejected", "called for a tool that it was not given"),
}
"""What the reasons to stop mean, other than to be done. What was written until then is billed."""

_DONE = ("end_turn", "stop_sequence")


class AnthropicProvider:
    """Writes with Claude, one request a call. Safe to share between threads."""

    def __init__(self, http: HttpClient) -> None:
        self._api = BearerApi(http, ANTHROPIC_DIALECT, ANTHROPIC_URL, {"anthropic-version": _VERSION})

    def write(self, model: Model, request: ContentRequest, call: Call) -> ContentResponse:
        """Return the text of the answer; ProviderFailed otherwise, with what it cost all the same."""
        answer = self._api.post(call, "v1", "messages", json=_body(model, request))
        return _response(object_in(answer, ANTHROPIC_DIALECT), request_id_of(answer, ANTHROPIC_DIALECT))

    def probe(self, models: Sequence[Model], call: Call) -> tuple[tuple[str, str], ...]:
        """Ask for the list of models, which is free, and say of each of ours what is wrong with it."""
        answer = self._api.get(call, "v1", "models", query={"limit": _MOST_LISTED})
        offered = listed(answer, ANTHROPIC_DIALECT)
        return tuple((model.name, standing_of(model, offered, _objection)) for model in models)


def _body(model: Model, request: ContentRequest) -> dict[str, Any]:
    system, user, schema = instructions_for(model, request)
    body: dict[str, Any] = {
        "model": model.vendor_id,
        "max_tokens": output_limit(model, request),
        "messages": [{"role": "user", "content": user}],
        "service_tier": "standard_only",
    }
    if system:
        body["system"] = system
    if schema is not None:
        body["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
    return body


def _response(message: Mapping[str, Any], request_id: str) -> ContentResponse:
    usage = _usage(message.get("usage"))
    stop = str(message.get("stop_reason"))
    text = _text(message.get("content"))
    if stop in _DONE and text and usage:
        return ContentResponse(text=text, usage=usage)
    failure, what = _STOPS.get(stop, ("rejected", "gave an answer without text, usage or a known end"))
    raise failed(
        failure,
        ANTHROPIC_DIALECT,
        f"{what}{_why(message.get('stop_details'))}.",
        accepted="yes" if usage else "maybe",
        usage=usage,
        request_id=request_id,
    )


def _text(content: object) -> str:
    blocks = content if isinstance(content, list) else []
    texts = [block.get("text") for block in blocks if isinstance(block, dict) and block.get("type") == "text"]
    return "".join(text for text in texts if isinstance(text, str))


def _usage(usage: object) -> tuple[Usage, ...]:
    """Return what was used. The vendor counts every token once: cached ones are no part of the input."""
    found = usage if isinstance(usage, dict) else {}
    return token_usage(
        {
            "input_tokens": found.get("input_tokens"),
            "cache_read_tokens": found.get("cache_read_input_tokens"),
            "cache_write_tokens": found.get("cache_creation_input_tokens"),
            "output_tokens": found.get("output_tokens"),
        }
    )


def _why(details: object) -> str:
    """Return the policy that a refusal names. Its explanation may quote the request, and stays out."""
    category = details.get("category") if isinstance(details, dict) else None
    return f" ({category})" if isinstance(category, str) else ""


def _objection(entry: Mapping[str, Any]) -> str:
    lifecycle, retires = entry.get("lifecycle"), entry.get("retires_at")
    if lifecycle == "retired":
        return "retired by its provider"
    if lifecycle == "deprecated":
        return f"deprecated; its provider retires it on {str(retires)[:10]}" if retires else "deprecated"
    return ""
