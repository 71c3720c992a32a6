from datetime import date, timedelta
from decimal import Decimal

import pytest

from reelwright.cost.errors import PriceExpired, PricesInvalid, PriceUnknown
from reelwright.cost.price_book import PriceBook, parse_prices
from reelwright.environment.schema import PriceOverride

READ = date(2026, 11, 25)
ENTRY = """
[[prices]]
model = "a"
usd = { characters = "4.00", input_tokens = "0.035" }
per = 1_000_000
source = "a page"
as_of = 2026-11-25
valid_until = 2027-02-28
"""


def test_an_entry_is_one_price_for_each_region_and_unit() -> None:
    prices = parse_prices(ENTRY.replace("usd =", 'regions = ["us", "eu"]\nusd ='))
    assert [(p.region, p.unit, p.micro_usd, p.per) for p in prices] == [
        ("us", "characters", 4_000_000, 1_000_000),
        ("us", "input_tokens", 35_000, 1_000_000),
        ("eu", "characters", 4_000_000, 1_000_000),
        ("eu", "input_tokens", 35_000, 1_000_000),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"4.00"', "4.00", "float"),
        ('"4.00"', '"-4.00"', "plain number"),
        ('"4.00"', '"0.0000001"', "decimal"),
        ('source = "a page"\n', "", "source"),
        ("valid_until = 2027-02-28\n", "", "valid_until"),
        ("per = 1_000_000", "per = 0", "per"),
        ('model = "a"', 'model = "a.b"', "pattern"),
        ("[[prices]]", "[[prices", "cannot be read"),
        ("per =", 'currency = "EUR"\nper =', "USD"),
    ],
)
def test_a_file_that_is_no_price_book_is_refused_with_the_reason(old: str, new: str, said: str) -> None:
    with pytest.raises(PricesInvalid, match=said):
        parse_prices(ENTRY.replace(old, new))


def test_two_prices_for_the_same_are_refused() -> None:
    with pytest.raises(PricesInvalid, match="a has two prices for characters"):
        PriceBook(parse_prices(ENTRY + ENTRY), READ)


def test_the_exact_region_beats_everywhere() -> None:
    own = ENTRY.replace("usd =", 'regions = ["us"]\nusd =').replace("4.00", "5.00")
    book = PriceBook(parse_prices(ENTRY + own), READ)
    assert [book.price("a", "characters", region).micro_usd for region in ("us", "eu", "")] == [
        5_000_000,
        4_000_000,
        4_000_000,
    ]


def test_a_price_counts_through_its_last_day_and_not_after() -> None:
    prices = parse_prices(ENTRY)
    assert PriceBook(prices, date(2027, 2, 28)).price("a", "characters").micro_usd == 4_000_000
    with pytest.raises(PriceExpired, match="until 2027-02-28 only") as caught:
        PriceBook(prices, date(2027, 3, 1)).price("a", "characters")
    assert "config set catalog.prices.a.characters" in caught.value.next_step


def test_an_unknown_price_is_an_error_that_says_what_to_do() -> None:
    book = PriceBook(parse_prices(ENTRY), READ)
    for model, unit in (("a", "credits"), ("b", "characters")):
        with pytest.raises(PriceUnknown, match=f"No price is known for {unit} of {model} in eu"):
            book.price(model, unit, "eu")


def test_prices_that_end_soon_can_be_asked_for() -> None:
    prices = parse_prices(ENTRY)
    ends = {
        days: len(PriceBook(prices, date(2027, 2, 28) - timedelta(days)).expiring(30))
        for days in (-1, 0, 29, 30)
    }
    assert ends == {-1: 2, 0: 2, 29: 2, 30: 0}


def test_the_version_is_the_content_and_not_the_day_or_the_order() -> None:
    prices = parse_prices(ENTRY)
    versions = {PriceBook(prices, READ).version, PriceBook(prices[::-1], date(2030, 1, 1)).version}
    assert len(versions) == 1
    assert PriceBook(parse_prices(ENTRY.replace("4.00", "4.01")), READ).version not in versions


def test_an_operators_price_beats_the_shipped_one_in_every_region() -> None:
    said = {"bedrock-claude-sonnet-5-5": {"input_tokens": PriceOverride(usd=Decimal("1.50"), per=1_000_000)}}
    book = PriceBook.bundled(on=READ, overrides=said)
    found = [
        book.price("bedrock-claude-sonnet-5-5", "input_tokens", region) for region in ("global", "us", "")
    ]
    assert {price.micro_usd for price in found} == {1_500_000}
    assert found[0].source == "set by an operator"
    assert (found[0].as_of, found[0].valid_until) == (READ, READ + timedelta(365))
    assert book.price("bedrock-claude-sonnet-5-5", "output_tokens", "global").micro_usd == 10_000_000
    assert book.version != PriceBook.bundled(on=READ).version


def test_an_operators_price_can_be_dated_and_can_expire() -> None:
    said = PriceOverride(usd=Decimal(1), as_of="2026-01-01", valid_until="2026-11-24")
    book = PriceBook.bundled(on=READ, overrides={"new-model": {"credits": said}})
    with pytest.raises(PriceExpired):
        book.price("new-model", "credits")


@pytest.mark.parametrize("field", ["as_of", "valid_until"])
def test_an_operators_day_that_is_none_is_named_by_its_key(field: str) -> None:
    said = PriceOverride.model_validate({"usd": Decimal(1), field: "tomorrow"})
    with pytest.raises(PricesInvalid, match=rf"catalog\.prices\.a\.characters\.{field} is no day"):
        PriceBook.bundled(on=READ, overrides={"a": {"characters": said}})


FREE = ("bedrock-guardrail", "output_tokens")
"""It writes nothing; whoever estimates a text asks for both directions."""


def test_every_shipped_price_is_dated_and_says_where_it_comes_from() -> None:
    for price in PriceBook.bundled(on=READ).prices:
        assert price.as_of < price.valid_until <= price.as_of + timedelta(400), price
        assert price.micro_usd > 0 or (price.model, price.unit) == FREE, price


def test_what_nobody_has_verified_is_believed_for_a_quarter_only() -> None:
    unverified = [p for p in PriceBook.bundled(on=READ).prices if p.source.startswith(("[MEM]", "[3P]"))]
    assert {price.model for price in unverified} == {
        "bedrock-guardrail",
        "gpt-6-2-astra",
        "luma-ray-3-2",
        "luma-ray2-bedrock",
        "nova-reel",
        "nova-reel-v1-1",
    }
    assert all(price.valid_until - price.as_of <= timedelta(100) for price in unverified)


def test_geographic_profiles_of_bedrock_cost_ten_percent_more() -> None:
    book = PriceBook.bundled(on=READ)
    globally = [price for price in book.prices if price.region == "global"]
    assert len(globally) == 4 * 4 + 3
    for price in globally:
        elsewhere = book.price(price.model, price.unit, "eu")
        assert elsewhere.micro_usd * 10 == price.micro_usd * 11, price
