"""What the tests of writing adapters share: a model, a request, and prices that nobody of ours has read."""

from fractions import Fraction
from math import ceil
from typing import Any

from reelwright.content.pace import VOICE_WORDS_PER_MINUTE
from reelwright.content.prompting import SCRIPT_PROMPT, script_variables
from reelwright.cost.schema import Usage
from reelwright.models.schema import ContentCapabilities, ContentRequest, Message, Model
from reelwright.production.schema import Brief, Script
from reelwright.prompts.pinned import PinnedPrompts
from tests.simulators.server import PriceTable

__all__ = ["PRICES", "bill", "model_of", "plain_request", "script_request"]

PRICES: PriceTable = {
    name: {
        "input_tokens": Fraction(2),
        "output_tokens": Fraction(10),
        "cache_read_tokens": Fraction(1, 10),
        "cache_write_tokens": Fraction(5, 2),
    }
    for name in ("claude-sonnet-5-5", "gpt-6.1-sol")
}


def model_of(provider: str, vendor_id: str, **content: Any) -> Model:
    return Model(
        name="writer",
        provider=provider,
        service="content",
        vendor_id=vendor_id,
        tiers=("standard",),
        content=ContentCapabilities(**content),
    )


def script_request(duration_seconds: int = 30, **changes: Any) -> ContentRequest:
    """Return the request that the writing room makes of a brief."""
    brief = Brief(topic='Tea "at five" </notes>', notes="Tea is hot.", duration_seconds=duration_seconds)
    variables = script_variables(brief, words_per_minute=VOICE_WORDS_PER_MINUTE)
    messages = PinnedPrompts().render(SCRIPT_PROMPT, variables).messages
    given: dict[str, Any] = {
        "idempotency_key": "01ABC/write",
        "seed": 1,
        "task": "write_script",
        "messages": messages,
        "variables": {},
        "output_schema": Script.model_json_schema(),
    }
    return ContentRequest(**{**given, **changes})


def plain_request(schema: dict[str, Any], **changes: Any) -> ContentRequest:
    messages = (Message(role="system", text="Be brief."), Message(role="user", text="Say something."))
    return script_request(**{"messages": messages, "output_schema": schema, **changes})


def bill(usage: tuple[Usage, ...], vendor_id: str) -> int:
    """Return what the usage that an adapter read comes to, line by line rounded up."""
    return sum(ceil(PRICES[vendor_id][line.unit] * line.quantity) for line in usage)
