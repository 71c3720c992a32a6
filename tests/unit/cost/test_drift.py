"""Token prices against another collection of them, so that a wrong one does not stay."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from genai_prices import Usage, calc_price

from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import Price
from reelwright.models.catalogue import load_catalogue
from reelwright.models.schema import Model

READ = datetime(2026, 11, 25, tzinfo=UTC)
TOLERANCE = Decimal("0.01")
PROVIDERS = {"anthropic": "anthropic", "openai": "openai", "bedrock": "aws"}
UNKNOWN_TO_IT = {"gpt-6-2-sol", "gpt-6-2-astra"}
"""Released on 2026-11-17, after its last version."""
TOKENS = 1_000
"""Few enough for the price of short prompts."""


def theirs(model: Model, unit: str, region: str) -> Decimal | None:
    """What it says a million tokens cost; None if it does not know the model."""
    counts = {
        "input_tokens": {"input_tokens": TOKENS},
        "output_tokens": {"output_tokens": TOKENS},
        "cache_read_tokens": {"input_tokens": TOKENS, "cache_read_tokens": TOKENS},
        "cache_write_tokens": {"input_tokens": TOKENS, "cache_write_tokens": TOKENS},
    }[unit]
    name = model.vendor_id if region != "*" else model.vendor_id.replace("global.", "us.")
    try:
        found = calc_price(
            Usage(**counts),
            model_ref=name,
            provider_id=PROVIDERS[model.provider],
            genai_request_timestamp=READ,
        )
    except LookupError:
        return None
    return found.total_price * 1_000_000 / TOKENS


def drifted(book: PriceBook) -> Iterator[str]:
    """Every token price of the book that is further away than the tolerance, or unknown there."""
    for model in load_catalogue():
        if model.service == "content" and not model.free:
            yield from (
                f"{model.name} {price.unit} {said}"
                for price in book.prices_of(model.name)
                if (said := against(model, price))
            )


def against(model: Model, price: Price) -> str:
    """What is wrong with one price, or nothing."""
    other = theirs(model, price.unit, price.region)
    ours = Decimal(price.micro_usd) / 1_000_000 * 1_000_000 / price.per
    if other is None:
        return "is unknown there"
    return "" if abs(ours - other) <= TOLERANCE * other else f"is {ours} here and {other} there"


def test_token_prices_agree_with_genai_prices_but_for_the_models_that_it_does_not_know() -> None:
    found = list(drifted(PriceBook.bundled(on=READ.date())))
    unknown = {line.split()[0] for line in found if line.endswith("is unknown there")}
    assert unknown == UNKNOWN_TO_IT
    assert [line for line in found if line.split()[0] not in UNKNOWN_TO_IT] == []


def test_no_prompt_is_long_enough_for_a_dearer_price() -> None:
    for model in load_catalogue():
        if model.content is None or model.name in UNKNOWN_TO_IT:
            continue
        most = Usage(input_tokens=model.content.max_input_tokens)
        said = calc_price(
            most,
            model_ref=model.vendor_id,
            provider_id=PROVIDERS[model.provider],
            genai_request_timestamp=READ,
        )
        a_token = theirs(model, "input_tokens", "global")
        assert said.total_price == a_token * model.content.max_input_tokens / 1_000_000, model.name


def test_enough_is_compared() -> None:
    book = PriceBook.bundled(on=READ.date())
    compared = [
        price
        for model in load_catalogue()
        if model.service == "content" and not model.free and model.name not in UNKNOWN_TO_IT
        for price in book.prices_of(model.name)
    ]
    assert len(compared) >= 90


@pytest.mark.parametrize("name", ["claude-sonnet-5-5", "gpt-6-luna", "nova-lite", "bedrock-claude-haiku-5-5"])
@pytest.mark.parametrize("unit", ["input_tokens", "output_tokens"])
def test_a_planted_wrong_price_is_found(name: str, unit: str) -> None:
    book = PriceBook.bundled(on=READ.date())
    wrong = tuple(
        price.model_copy(update={"micro_usd": price.micro_usd * 103 // 100})
        if (price.model, price.unit) == (name, unit)
        else price
        for price in book.prices
    )
    found = [line for line in drifted(PriceBook(wrong, book.on)) if line.startswith(f"{name} {unit} is ")]
    assert len(found) == sum((price.model, price.unit) == (name, unit) for price in book.prices)
