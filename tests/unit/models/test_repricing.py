"""The same work at another model: what is counted otherwise there, and what has no price."""

from datetime import date

import pytest

from reelwright.cost.errors import PriceUnknown
from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import ChargeLine, Price
from reelwright.environment.schema import Resolution
from reelwright.models.catalogue import load_catalogue
from reelwright.models.repricing import repriced, repriced_usages, seconds_of

BOOK = PriceBook.bundled(on=date(2026, 11, 25))
MODELS = {model.name: model for model in load_catalogue()}


def line(model: str, unit: str, quantity: int, micro_usd: int = 1) -> ChargeLine:
    found = MODELS[model]
    return ChargeLine(
        service=found.service,
        provider=found.provider,
        model=model,
        unit=unit,
        quantity=quantity,
        micro_usd=micro_usd,
    )


def usages(at: str, *lines: ChargeLine, resolution: Resolution = "720p") -> list[tuple[str, int]]:
    found = repriced_usages(MODELS[at], lines, MODELS[lines[0].model], BOOK, resolution)
    assert {each.model for each in found} == {at}
    return [(each.unit, each.quantity) for each in found]


@pytest.mark.parametrize(
    ("was", "counted", "at", "as_much"),
    [
        ("polly-generative", 500, "polly-neural", 1_000),
        ("polly-neural", 1_000, "polly-generative", 500),
        ("polly-neural", 1_000, "polly-standard", 1_000),
        ("elevenlabs-multilingual-v2", 501, "polly-standard", 1_002),
        ("polly-standard", 1_001, "elevenlabs-multilingual-v2", 501),
    ],
)
def test_word_timings_by_a_second_request_are_paid_twice(
    was: str, counted: int, at: str, as_much: int
) -> None:
    assert usages(at, line(was, "characters", counted)) == [("characters", as_much)]


def test_a_shot_is_as_long_as_the_other_camera_makes_one_and_in_its_unit() -> None:
    shots = (line("runway-gen4-5", "video_seconds", 4), line("runway-gen4-5", "video_seconds", 7))
    assert usages("luma-ray-3-2", *shots) == [("video_seconds_720p", 5), ("video_seconds_720p", 10)]
    assert usages("luma-ray-3-2", *shots, resolution="1080p") == [
        ("video_seconds_1080p", 5),
        ("video_seconds_1080p", 10),
    ]
    assert usages("runway-veo3-1-fast", *shots) == [("video_seconds", 4), ("video_seconds", 8)]
    assert seconds_of(shots) == 7
    assert seconds_of([line("polly-neural", "characters", 9)]) == 0


def test_what_a_cache_held_is_plain_input_where_nobody_sells_it_cheaper() -> None:
    lines = (
        line("claude-sonnet-5-5", "cache_read_tokens", 100),
        line("claude-sonnet-5-5", "output_tokens", 9),
    )
    assert usages("claude-haiku-5-5", *lines) == [("cache_read_tokens", 100), ("output_tokens", 9)]
    bare = PriceBook(
        tuple(price for price in BOOK.prices if price.unit in {"input_tokens", "output_tokens"}), BOOK.on
    )
    found = repriced_usages(MODELS["claude-haiku-5-5"], lines, MODELS["claude-sonnet-5-5"], bare, "720p")
    assert [each.unit for each in found] == ["input_tokens", "output_tokens"]


def test_it_is_priced_by_the_book_of_the_other_and_not_by_what_the_first_reported() -> None:
    shot = line("runway-gen4-5", "video_seconds", 5, micro_usd=999_999_999)
    price: Price = BOOK.price("luma-ray-3-2", "video_seconds_720p")
    expected = -(-5 * price.micro_usd // price.per)
    assert repriced(MODELS["luma-ray-3-2"], [shot], MODELS["runway-gen4-5"], BOOK, "720p") == expected


def test_what_has_no_price_is_not_free() -> None:
    empty, shots = PriceBook((), BOOK.on), [line("runway-gen4-5", "video_seconds", 5)]
    with pytest.raises(PriceUnknown):
        repriced(MODELS["luma-ray-3-2"], shots, MODELS["runway-gen4-5"], empty, "720p")
