from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.cost.errors import PriceExpired, PriceUnknown
from reelwright.cost.manager import (
    Billed,
    bill,
    calculate_generation_cost,
    charge_lines,
    line_micro_usd,
    total_cost,
)
from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import ChargeLine, ModelUsage, Price, format_usd

TODAY = date(2026, 11, 25)
CHARGES = st.lists(
    st.builds(
        ChargeLine,
        service=st.sampled_from(["content", "video", "audio"]),
        provider=st.just("p"),
        model=st.sampled_from(["a", "b"]),
        unit=st.sampled_from(["characters", "tokens"]),
        quantity=st.integers(0, 10**9),
        micro_usd=st.integers(0, 10**12),
        state=st.sampled_from(["settled", "unknown"]),
    )
)
PRICES = st.builds(
    Price,
    model=st.just("a"),
    unit=st.just("characters"),
    micro_usd=st.integers(0, 10**9),
    per=st.sampled_from([1, 3, 1000, 1_000_000]),
    source=st.just("s"),
    as_of=st.just(TODAY),
    valid_until=st.just(TODAY),
)


def a_price(unit: str = "characters", **fields: object) -> Price:
    said = {"model": "a", "unit": unit, "micro_usd": 4_000_000, "per": 1_000_000, "source": "s"}
    return Price.model_validate({**said, "as_of": TODAY, "valid_until": TODAY, **fields})


def a_book(*prices: Price) -> PriceBook:
    return PriceBook(prices, TODAY)


def a_usage(quantity: int, unit: str = "characters", **fields: object) -> ModelUsage:
    said = {"service": "audio", "provider": "p", "model": "a", "unit": unit, "quantity": quantity}
    return ModelUsage.model_validate({**said, **fields})


def usd(text: str) -> Fraction:
    return Fraction(Decimal(text))


def test_dollars_are_written_with_six_decimals() -> None:
    assert [format_usd(value) for value in (0, 1, 1_250_000, 172_000_000, -5)] == [
        "0.000000",
        "0.000001",
        "1.250000",
        "172.000000",
        "-0.000005",
    ]


@given(CHARGES)
def test_the_breakdown_adds_up_to_the_total_and_loses_nothing(charges: list[ChargeLine]) -> None:
    cost = total_cost(charges)
    total = Decimal(cost.generation_cost_usd)
    assert total == sum(Decimal(charge.micro_usd) for charge in charges) / 1_000_000
    assert sum((Decimal(line.cost_usd) for line in cost.cost_breakdown), Decimal()) == total
    assert sum(line.quantity for line in cost.cost_breakdown) == sum(charge.quantity for charge in charges)
    lines = [(line.service, line.model, line.unit) for line in cost.cost_breakdown]
    assert len(lines) == len(set(lines))
    unknown = sum(charge.micro_usd for charge in charges if charge.state == "unknown")
    assert Decimal(cost.unknown_usd) * 1_000_000 == unknown


@given(CHARGES, st.randoms(use_true_random=False))
def test_the_order_of_a_bill_does_not_matter(charges: list[ChargeLine], rng: object) -> None:
    shuffled = list(charges)
    rng.shuffle(shuffled)
    assert total_cost(shuffled) == total_cost(charges)


@given(PRICES, st.integers(0, 10**9))
def test_a_line_is_the_exact_amount_rounded_up_once(price: Price, quantity: int) -> None:
    assert line_micro_usd(quantity, price) == ceil(Fraction(quantity * price.micro_usd, price.per))


@given(PRICES, st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_splitting_a_usage_never_makes_it_cheaper(price: Price, parts: Sequence[int]) -> None:
    book = a_book(price)
    split = calculate_generation_cost([a_usage(part) for part in parts], book)
    whole = calculate_generation_cost([a_usage(sum(parts))], book)
    assert usd(split.generation_cost_usd) >= usd(whole.generation_cost_usd)
    assert usd(split.generation_cost_usd) - usd(whole.generation_cost_usd) < Fraction(len(parts), 10**6)


def test_a_fraction_of_a_micro_dollar_is_charged_as_a_whole_one() -> None:
    book = a_book(a_price(micro_usd=1, per=1_000_000))
    assert charge_lines([a_usage(1)], book)[0].micro_usd == 1


def test_what_the_provider_reports_beats_the_book() -> None:
    (line,) = charge_lines([a_usage(1_000_000, reported_micro_usd=7)], a_book(a_price()))
    assert (line.micro_usd, line.price) == (7, "reported by p")
    assert charge_lines([a_usage(5, reported_micro_usd=0)], a_book())[0].micro_usd == 0


def test_a_line_says_where_its_amount_comes_from() -> None:
    (line,) = charge_lines([a_usage(1_000_000)], a_book(a_price()))
    assert line.price == "$4.000000 per 1,000,000 characters as of 2026-11-25"


@pytest.mark.parametrize("how", [charge_lines, calculate_generation_cost])
def test_what_has_no_price_is_never_free(how: object) -> None:
    with pytest.raises(PriceUnknown, match="No price is known for characters of a"):
        how([a_usage(1)], a_book())
    expired = a_book(a_price(valid_until=date(2026, 11, 24)))
    with pytest.raises(PriceExpired, match="until 2026-11-24 only"):
        how([a_usage(1)], expired)


def test_a_stated_ceiling_stands_in_for_prices_once_for_the_whole_call() -> None:
    usages = [a_usage(5, "input_tokens"), a_usage(6, "output_tokens"), a_usage(10)]
    lines = charge_lines(usages, a_book(a_price()), ceiling_micro_usd=1_000_000)
    assert [line.micro_usd for line in lines] == [1_000_000, 0, 40]
    assert lines[0].price == "ceiling: No price is known for input_tokens of a."
    assert lines[1].price.startswith("ceiling: ")


def test_engines_of_ours_need_no_price_and_nothing_used_costs_nothing() -> None:
    ours = a_usage(10**6, provider="embedded", model="embedded-voice")
    assert calculate_generation_cost([ours], a_book()).generation_cost_usd == "0.000000"
    assert charge_lines([a_usage(0)], a_book())[0].price == "nothing used"


def test_a_bill_of_one_model_has_the_lines_of_a_bill_of_many() -> None:
    book = a_book(a_price())
    used = [a_usage(3), a_usage(0), a_usage(5, reported_micro_usd=7), a_usage(2, unit="unpriced")]
    of = Billed(used[0].service, used[0].provider, used[0].model, used[0].region)
    assert bill(used, of, book, ceiling_micro_usd=11) == charge_lines(used, book, ceiling_micro_usd=11)
    with pytest.raises(PriceUnknown):
        bill(used, of, book)
