"""What the adapters of writing models share: bearer keys, answers in JSON, token counts, lists of models."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reelwright.cost.schema import Usage
from reelwright.models.addresses import join
from reelwright.models.http import HttpAnswer, HttpClient
from reelwright.models.outcomes import Dialect, ask, failed, request_id_of
from reelwright.models.ports import Call
from reelwright.models.schema import ContentRequest, Model

__all__ = ["BearerApi", "listed", "object_in", "output_limit", "standing_of", "token_usage"]

_FALLBACK_OUTPUT_TOKENS = 8_000
"""For catalogue entries that do not say how much their model may write."""


@dataclass(frozen=True, slots=True)
class BearerApi:
    """An API with JSON on both sides and the key as a bearer token."""

    http: HttpClient
    dialect: Dialect
    url: str
    """The vendor's own address, for calls without endpoints."""
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, call: Call, *path: str, query: Mapping[str, str | int] | None = None) -> HttpAnswer:
        """Return the answer of success; ProviderFailed otherwise."""
        return ask(call, self.dialect, self.url, self._sender(call, "GET", path, query, None))

    def post(self, call: Call, *path: str, json: Mapping[str, Any]) -> HttpAnswer:
        """Return the answer of success; ProviderFailed otherwise."""
        return ask(call, self.dialect, self.url, self._sender(call, "POST", path, None, json))

    def _sender(
        self,
        call: Call,
        method: str,
        path: Sequence[str],
        query: Mapping[str, str | int] | None,
        json: Mapping[str, Any] | None,
    ) -> Callable[[str, str], HttpAnswer]:
        def send(base: str, key: str) -> HttpAnswer:
            headers = {**self.headers, "Authorization": f"Bearer {key}"}
            url = join(base, *path, query=query)
            return self.http.send(method, url, headers=headers, json=json, deadline=call.deadline)

        return send


def object_in(answer: HttpAnswer, dialect: Dialect) -> dict[str, Any]:
    """Return the JSON object of an answer of success.

    AnswerRejected if it is none: something was carried out, and nobody knows what it costs.
    """
    found = answer.json_object()
    if found is None:
        raise failed(
            "rejected",
            dialect,
            "answered with something that is no JSON.",
            accepted="maybe",
            request_id=request_id_of(answer, dialect),
        )
    return found


def token_usage(counts: Mapping[str, object]) -> tuple[Usage, ...]:
    """Return counts by unit as usage; those of nothing are left out.

    The units are ``input_tokens`` (read anew), ``cache_read_tokens``, ``cache_write_tokens`` and
    ``output_tokens``; each token is in one of them.
    """
    return tuple(
        Usage(unit=unit, quantity=count)
        for unit, count in counts.items()
        if isinstance(count, int) and not isinstance(count, bool) and count > 0
    )


def output_limit(model: Model, request: ContentRequest) -> int:
    """Return the most tokens that the answer may have: what is asked, or all that the model can."""
    most = model.content.max_output_tokens if model.content else _FALLBACK_OUTPUT_TOKENS
    return min(request.max_output_tokens or most, most)


def listed(answer: HttpAnswer, dialect: Dialect) -> dict[str, dict[str, Any]]:
    """Return the entries of a list of models by their ids; ProviderFailed if it is no such list."""
    entries = object_in(answer, dialect).get("data")
    if not isinstance(entries, list):
        raise failed("rejected", dialect, "gave no list of models.")
    found = (entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str))
    return {entry["id"]: entry for entry in found}


def standing_of(
    model: Model, offered: Mapping[str, dict[str, Any]], objection: Callable[[Mapping[str, Any]], str]
) -> str:
    """Return what is wrong with a model as a vendor's list has it; nothing if nothing is.

    An id without a date also stands for the entries of that id with one.
    """
    vendor_id = model.vendor_id
    dated = [entry for name, entry in offered.items() if name.startswith(f"{vendor_id}-20")]
    entry = offered.get(vendor_id) or (dated[-1] if dated else None)
    return f"{vendor_id} is not offered to this account" if entry is None else objection(entry)
