"""What is set aside is never less than what is billed."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from reelwright.cost.errors import PriceExpired, PriceUnknown
from reelwright.cost.price_book import PriceBook
from reelwright.cost.schema import Usage
from reelwright.models.catalogue import load_catalogue
from reelwright.models.estimating import (
    Estimator,
    as_model_usage,
    billed_seconds,
    estimate_micro_usd,
    estimate_required_micro_usd,
    expected_usage,
    requirements_of,
    video_unit,
)
from reelwright.models.providers.runway import ordered_seconds
from reelwright.models.schema import (
    ContentRequest,
    Message,
    Model,
    ModelRequest,
    Requirements,
    ShotRequest,
    SpeechRequest,
)

BOOK = PriceBook.bundled(on=date(2026, 11, 25))
MODELS = {model.name: model for model in load_catalogue()}
VIDEO = [model for model in MODELS.values() if model.service == "video" and not model.free]
TEXTS = st.text(max_size=200)


class Nothing(BaseModel):
    """No graphics."""


def script(*texts: str, **fields: Any) -> ContentRequest:
    messages = tuple(Message(role="user", text=text) for text in texts)
    said = {"idempotency_key": "p/1", "seed": 1, "task": "t", "variables": {}, "output_schema": {}}
    return ContentRequest.model_validate({**said, "messages": messages, **fields})


def speech(*passages: str, **fields: Any) -> SpeechRequest:
    said = {"idempotency_key": "p/1", "seed": 1, "passages": passages, "voice": "auto", "work_dir": Path()}
    return SpeechRequest.model_validate({**said, **fields})


def shot(seconds: float, width: int = 1280, height: int = 720, fps: int = 24) -> ShotRequest:
    return ShotRequest(
        idempotency_key="p/1",
        seed=1,
        prompt="a boat",
        graphics=Nothing(),
        width=width,
        height=height,
        fps=fps,
        frames=max(1, round(seconds * fps)),
        work_dir=Path(),
    )


def used(name: str, request: ModelRequest) -> dict[str, int]:
    return {usage.unit: usage.quantity for usage in expected_usage(MODELS[name], request)}


@given(st.lists(TEXTS, max_size=3))
def test_a_prompt_never_has_more_tokens_than_bytes(texts: list[str]) -> None:
    reserved = used("claude-sonnet-5-5", script(*texts))["input_tokens"]
    assert reserved >= sum(len(text.encode()) for text in texts) + 1_000


def test_the_schema_counts_as_input_and_all_output_that_may_be_asked_for() -> None:
    plain = used("claude-sonnet-5-5", script("hello"))
    schema = {"type": "object", "title": "x" * 500}
    with_schema = used("claude-sonnet-5-5", script("hello", output_schema=schema))
    assert with_schema["input_tokens"] - plain["input_tokens"] >= 500
    assert plain["output_tokens"] == 16_000
    assert used("claude-sonnet-5-5", script("hello", max_output_tokens=500))["output_tokens"] == 500
    assert used("nova-lite", script("hello", max_output_tokens=9_000))["output_tokens"] == 5_000


@given(
    st.lists(st.text("aäs .", max_size=40), min_size=1, max_size=4),
    st.text("aäs", min_size=1, max_size=3),
    TEXTS,
)
def test_every_character_that_may_be_spoken_counts(passages: list[str], word: str, said: str) -> None:
    spoken = re.sub(word, lambda _: said, "\n".join(passages), flags=re.IGNORECASE)
    reserved = used("polly-generative", speech(*passages, pronunciations={word: said}))["characters"]
    assert reserved >= len(spoken)


def test_what_is_said_otherwise_counts_in_full() -> None:
    request = speech("AWS and aws", pronunciations={"AWS": "Amazon Web Services"})
    said = len("Amazon Web Services and Amazon Web Services")
    assert used("polly-generative", request)["characters"] >= said


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("polly-generative", 1),
        ("polly-neural", 2),
        ("polly-long-form", 2),
        ("polly-standard", 2),
        ("elevenlabs-multilingual-v2", 1),
    ],
)
def test_speech_marks_are_a_second_billed_request(name: str, times: int) -> None:
    assert used(name, speech("x" * 100)) == {"characters": times * 101}


@pytest.mark.parametrize(
    ("name", "seconds", "billed"),
    [
        ("runway-gen4-5", 4.2, 5),
        ("runway-gen4-5", 1.0, 2),
        ("runway-gen4-5", 10.0, 10),
        ("runway-veo3-1", 4.1, 6),
        ("runway-hailuo3", 6.1, 10),
        ("luma-ray-3-2", 5.0, 5),
        ("luma-ray-3-2", 5.1, 10),
        ("luma-ray2-bedrock", 5.5, 9),
        ("nova-reel-v1-1", 7.0, 12),
    ],
)
def test_footage_is_billed_by_the_length_that_is_ordered(name: str, seconds: float, billed: int) -> None:
    assert billed_seconds(MODELS[name], seconds) == billed
    (usage,) = expected_usage(MODELS[name], shot(seconds))
    assert usage.quantity == billed


@given(st.sampled_from(VIDEO), st.integers(1, 240), st.sampled_from([24, 30, 60]))
def test_what_is_ordered_is_at_least_as_long_as_what_is_needed(model: Model, frames: int, fps: int) -> None:
    assert model.video is not None
    needed = frames / fps
    if needed <= model.video.max_seconds:
        ordered = billed_seconds(model, needed)
        assert ordered >= needed
        assert ordered in model.video.durations_seconds
        assert ordered >= ordered_seconds(model, shot(needed, fps=fps))


def test_the_unit_of_footage_is_the_one_that_it_is_priced_by() -> None:
    assert video_unit(MODELS["runway-gen4-5"], "720p") == "video_seconds"
    assert video_unit(MODELS["luma-ray-3-2"], "480p") == "video_seconds_720p"
    assert video_unit(MODELS["luma-ray-3-2"], "1080p") == "video_seconds_1080p"
    assert video_unit(MODELS["luma-ray2-bedrock"], "1080p") == "video_seconds_720p"


def test_a_usage_is_of_its_model_and_of_the_region_that_it_is_priced_by() -> None:
    usage = Usage(unit="input_tokens", quantity=3, reported_micro_usd=7)
    full = as_model_usage(MODELS["bedrock-claude-sonnet-5-5"], usage)
    assert full.model_dump() == {
        "unit": "input_tokens",
        "quantity": 3,
        "reported_micro_usd": 7,
        "service": "content",
        "provider": "bedrock",
        "model": "bedrock-claude-sonnet-5-5",
        "region": "global",
    }


def test_what_a_request_needs() -> None:
    assert requirements_of(script("hello", language="de", max_output_tokens=9)) == Requirements(
        language="de", input_tokens=1_007, output_tokens=9
    )
    assert requirements_of(speech("hello", language="fr")) == Requirements(language="fr", characters=6)
    assert requirements_of(shot(4.0)) == Requirements(seconds=4.0, aspect="16:9", resolution="720p")


@pytest.mark.parametrize(
    ("width", "height", "aspect", "resolution"),
    [
        (854, 480, "16:9", "480p"),
        (480, 854, "9:16", "480p"),
        (720, 720, "1:1", "720p"),
        (1920, 1080, "16:9", "1080p"),
        (1080, 1920, "9:16", "1080p"),
        (900, 506, "16:9", "720p"),
    ],
)
def test_a_picture_has_an_aspect_and_a_resolution(
    width: int, height: int, aspect: str, resolution: str
) -> None:
    needed = requirements_of(shot(1.0, width, height))
    assert (needed.aspect, needed.resolution) == (aspect, resolution)


def test_an_estimate_is_the_bill_of_the_most_that_can_be_used() -> None:
    # 1,005 input tokens at $2 and 500 output tokens at $10 a million: 2,010 + 5,000 micro-dollars.
    request = script("hel", max_output_tokens=500)
    assert estimate_micro_usd(MODELS["claude-sonnet-5-5"], request, BOOK) == 2_010 + 5_000


def test_engines_of_ours_are_estimated_without_a_price_book() -> None:
    empty = PriceBook((), BOOK.on)
    assert estimate_micro_usd(MODELS["embedded-writer"], script("hello"), empty) == 0
    assert estimate_micro_usd(MODELS["embedded-voice"], speech("hello"), empty) == 0
    assert estimate_micro_usd(MODELS["embedded-motion-graphics"], shot(5), empty) == 0


def test_a_model_without_a_valid_price_is_an_error_or_the_stated_ceiling() -> None:
    model, request = MODELS["claude-sonnet-5-5"], script("hello")
    for book, kind in ((PriceBook((), BOOK.on), PriceUnknown), (late(), PriceExpired)):
        with pytest.raises(kind):
            estimate_micro_usd(model, request, book)
        assert estimate_micro_usd(model, request, book, ceiling_micro_usd=1_000_000) == 1_000_000


def late() -> PriceBook:
    return PriceBook.bundled(on=date(2100, 1, 1))


@given(
    read=st.none() | st.integers(0, 10**9),
    written=st.none() | st.integers(0, 10**6),
    named=st.sampled_from(sorted(MODELS)),
    ceiling=st.sampled_from([None, 0, 1_000_000]),
)
def test_prices_that_were_looked_up_before_give_the_same_estimate(
    read: int | None, written: int | None, named: str, ceiling: int | None
) -> None:
    model, needed = MODELS[named], Requirements(input_tokens=read, output_tokens=written, characters=read)
    book = BOOK if (read or 0) % 2 else PriceBook(BOOK.prices[::2], BOOK.on)
    estimator = Estimator(book, ceiling)

    def found(estimate: Callable[[], int]) -> int | str:
        try:
            return estimate()
        except PriceUnknown as error:
            return error.message

    expected = found(lambda: estimate_required_micro_usd(model, needed, book, ceiling))
    assert [found(lambda: estimator.micro_usd(model, needed)) for _ in range(3)] == [expected] * 3
    other = model.model_copy(update={"free": True})
    assert estimator.micro_usd(other, needed) == 0
