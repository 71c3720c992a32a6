import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from luma_agents.types import FileList, Generation

from reelwright.cost.price_book import PriceBook
from reelwright.models.errors import (
    AnswerRejected,
    OutcomeUnknown,
    ProviderExhausted,
    ProviderFailed,
    ProviderMisconfigured,
    ProviderThrottled,
    ProviderTimedOut,
    ProviderUnavailable,
    RequestInvalid,
    RequestRefused,
)
from reelwright.models.estimating import estimate_micro_usd, expected_usage
from reelwright.models.http import HttpClient
from reelwright.models.providers.luma import LumaProvider, order_of
from reelwright.models.schema import ShotResponse, Underway
from reelwright.video.footage_check import objection_to_footage
from tests.simulators.access import KEY, call_to
from tests.simulators.luma import REFUSALS, LumaSimulator
from tests.simulators.media import prompt_hash, read_burned
from tests.simulators.server import Faults, Received, nobody_listens
from tests.unit.models.providers.footage_kit import a_model, a_shot, collected, orders

RAY = a_model("luma-ray-3-2")


@pytest.fixture
def luma() -> Iterator[LumaSimulator]:
    with LumaSimulator(keys=[KEY], shrink=2) as simulator:
        yield simulator


@pytest.fixture
def provider() -> LumaProvider:
    return LumaProvider(HttpClient(), Random(1))


# Orders


@pytest.mark.parametrize(
    ("size", "asked"),
    [
        ((1280, 720), ("16:9", "720p")),
        ((720, 1280), ("9:16", "720p")),
        ((1080, 1080), ("1:1", "1080p")),
        ((854, 480), ("16:9", "720p")),
    ],
)
@pytest.mark.parametrize(("frames", "duration"), [(24, "5s"), (120, "5s"), (121, "10s")])
def test_an_order_is_one_that_lumas_own_types_accept(  # noqa: PLR0917 (pytest hands them over by name)
    luma: LumaSimulator,
    provider: LumaProvider,
    tmp_path: Path,
    size: tuple[int, int],
    asked: tuple[str, str],
    frames: int,
    duration: str,
) -> None:
    shot = a_shot(tmp_path, width=size[0], height=size[1], frames=frames)
    reference = provider.submit(RAY, shot, call_to(luma.url))
    assert luma.objections == []
    assert luma.received[0].json == {
        "model": "ray-3.2",
        "type": "video",
        "prompt": shot.prompt,
        "aspect_ratio": asked[0],
        "video": {"resolution": asked[1], "duration": duration},
    }
    assert luma.received[0].headers["authorization"] == f"Bearer {KEY}"
    assert list(luma.tasks) == [reference]
    (billed,) = expected_usage(RAY, shot)
    assert luma.accepted[0].units == {billed.unit: billed.quantity}


def test_a_shape_that_luma_does_not_make_is_not_ordered(
    luma: LumaSimulator, provider: LumaProvider, tmp_path: Path
) -> None:
    with pytest.raises(RequestInvalid, match="1000x250"):
        provider.submit(RAY, a_shot(tmp_path, width=1000, height=250), call_to(luma.url))
    assert luma.received == []


def test_a_scene_longer_than_any_footage_is_not_ordered(
    luma: LumaSimulator, provider: LumaProvider, tmp_path: Path
) -> None:
    with pytest.raises(RequestInvalid, match="at most 10 s"):
        provider.submit(RAY, a_shot(tmp_path, frames=241), call_to(luma.url))
    assert luma.received == []


def test_a_long_prompt_is_cut_at_a_word(luma: LumaSimulator, provider: LumaProvider, tmp_path: Path) -> None:
    provider.submit(RAY, a_shot(tmp_path, prompt="wave " * 2000), call_to(luma.url))
    prompt = luma.received[0].json["prompt"]
    assert luma.objections == []
    assert len(prompt) > 5990
    assert prompt.endswith("wave")


@given(
    width=st.integers(8, 2160).map(lambda half: 2 * half),
    height=st.integers(8, 2160).map(lambda half: 2 * half),
    frames=st.integers(1, 400),
    prompt=st.text(st.characters(), max_size=8000),
)
def test_any_order_is_one_that_luma_takes(width: int, height: int, frames: int, prompt: str) -> None:
    shot = a_shot(Path(), width=width, height=height, frames=frames, prompt=prompt)
    try:
        body: Any = order_of(RAY, shot)
    except RequestInvalid:
        return
    assert LumaSimulator().body_objections(json.loads(json.dumps(body))) == []
    (expected,) = expected_usage(RAY, shot)
    assert expected.unit == f"video_seconds_{body['video']['resolution']}"
    assert f"{expected.quantity}s" == body["video"]["duration"]


# What becomes of an order


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("invalid_request", RequestInvalid),
        ("unprocessable", RequestInvalid),
        ("too_large", RequestInvalid),
        ("moderated", RequestRefused),
        ("exhausted", ProviderExhausted),
        ("unauthorised", ProviderMisconfigured),
        ("forbidden", ProviderMisconfigured),
        ("missing", ProviderMisconfigured),
        ("throttled", ProviderThrottled),
        ("overloaded", ProviderUnavailable),
    ],
)
def test_every_refusal_of_an_order_has_its_kind_and_no_price(
    luma: LumaSimulator, provider: LumaProvider, tmp_path: Path, reason: str, kind: type[ProviderFailed]
) -> None:
    luma.refused_with = reason
    with pytest.raises(ProviderFailed) as caught:
        provider.submit(RAY, a_shot(tmp_path), call_to(luma.url))
    assert (type(caught.value), caught.value.accepted) == (kind, "no")
    assert caught.value.retry_after_seconds == (7.0 if reason == "throttled" else None)
    assert caught.value.next_step
    assert ("Add funds" in caught.value.next_step) is (reason == "exhausted")
    assert KEY not in str(caught.value)
    assert orders(luma) == 1
    assert luma.accepted == []


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_gateways_error_says_nothing_of_the_order(
    luma: LumaSimulator, provider: LumaProvider, tmp_path: Path, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(REFUSALS, "server_error", (status, "Bad gateway"))
    luma.refused_with = "server_error"
    with pytest.raises(OutcomeUnknown) as caught:
        provider.submit(RAY, a_shot(tmp_path), call_to(luma.url))
    assert caught.value.accepted == "maybe"
    assert orders(luma) == 1


@pytest.mark.parametrize(
    "fault",
    ["reset", "lost_answer", "reset_mid_body", "malformed", "wrong_content_type", "timeout", "slow_body"],
)
def test_an_order_without_an_answer_is_unknown_and_left_once(
    luma: LumaSimulator, provider: LumaProvider, tmp_path: Path, fault: Any
) -> None:
    luma.faults = Faults.script([fault])
    with pytest.raises(OutcomeUnknown) as caught:
        provider.submit(RAY, a_shot(tmp_path), call_to(luma.url, seconds=1.0))
    assert caught.value.accepted == "maybe"
    assert orders(luma) == 1


def test_an_order_that_reached_nobody_is_none(provider: LumaProvider, tmp_path: Path) -> None:
    with nobody_listens() as address, pytest.raises(ProviderUnavailable) as caught:
        provider.submit(RAY, a_shot(tmp_path), call_to(address))
    assert caught.value.accepted == "no"


def test_luma_cannot_tell_whether_an_order_arrived(
    luma: LumaSimulator, provider: LumaProvider, tmp_path: Path
) -> None:
    with pytest.raises(OutcomeUnknown, match="cost resolve") as caught:
        provider.find(RAY, a_shot(tmp_path), call_to(luma.url))
    assert caught.value.accepted == "maybe"
    assert luma.received == []


# What becomes of a generation


@pytest.mark.parametrize(("frames", "micro_usd"), [(60, 710_000), (144, 1_420_000)])
def test_footage_is_collected_and_counted_in_blocks_of_five_seconds(
    luma: LumaSimulator, provider: LumaProvider, tmp_path: Path, frames: int, micro_usd: int
) -> None:
    shot, call = a_shot(tmp_path, frames=frames), call_to(luma.url)
    reference = provider.submit(RAY, shot, call)
    states = [provider.collect(RAY, shot, reference, call) for _ in range(3)]
    assert [state.state for state in states if isinstance(state, Underway)] == ["queued", "processing"]
    (footage,) = (state for state in states if isinstance(state, ShotResponse))
    assert read_burned(footage.media) == prompt_hash(shot.prompt)
    assert objection_to_footage(shot, footage) == ""
    assert [(u.unit, u.quantity, u.reported_micro_usd) for u in footage.usage] == [
        ("video_seconds_720p", 5 if frames == 60 else 10, None)
    ]
    assert luma.bill_micro_usd == micro_usd


@pytest.mark.parametrize("lines", [720, 1080])
def test_what_is_counted_has_a_price_and_it_is_lumas(
    luma: LumaSimulator, provider: LumaProvider, tmp_path: Path, lines: int
) -> None:
    shot = a_shot(tmp_path, width=lines, height=lines, frames=144)
    provider.submit(RAY, shot, call_to(luma.url))
    book = PriceBook.bundled(on=date(2026, 11, 25))
    assert estimate_micro_usd(RAY, shot, book) == luma.bill_micro_usd > 0


@pytest.mark.parametrize(
    ("code", "kind", "seconds"),
    [
        ("content_moderated", RequestRefused, 5),
        ("generation_failed", ProviderUnavailable, 5),
        ("output_not_found", ProviderUnavailable, 5),
        ("budget_exhausted", ProviderExhausted, 0),
        ("rate_limited", ProviderThrottled, 0),
        ("invalid_request", RequestInvalid, 0),
        ("image_too_large", RequestInvalid, 0),
        ("unsupported_format", RequestInvalid, 0),
        ("corrupt_input", RequestInvalid, 0),
        ("something_new", ProviderUnavailable, 5),
    ],
)
def test_a_failed_generation_says_why_and_is_booked_if_work_was_done(
    provider: LumaProvider, tmp_path: Path, code: str, kind: type[ProviderFailed], seconds: int
) -> None:
    with LumaSimulator(failures=[code]) as luma:
        shot, call = a_shot(tmp_path), call_to(luma.url)
        reference = provider.submit(RAY, shot, call)
        with pytest.raises(ProviderFailed, match=code) as caught:
            collected(provider, RAY, shot, reference, call)
    assert (type(caught.value), caught.value.accepted) == (kind, "yes")
    assert [usage.quantity for usage in caught.value.usage] == ([seconds] if seconds else [])
    assert luma.bill_micro_usd == 142_000 * seconds


def test_a_cancelled_generation_goes_on(luma: LumaSimulator, provider: LumaProvider, tmp_path: Path) -> None:
    shot, call = a_shot(tmp_path), call_to(luma.url)
    reference = provider.submit(RAY, shot, call)
    provider.cancel(RAY, reference, call)
    assert collected(provider, RAY, shot, reference, call).media.exists()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("throttled", ProviderThrottled),
        ("server_error", ProviderUnavailable),
        ("overloaded", ProviderUnavailable),
        ("reset", ProviderUnavailable),
        ("malformed", ProviderUnavailable),
        ("timeout", ProviderTimedOut),
        ("unauthorised", ProviderMisconfigured),
    ],
)
def test_a_look_that_fails_says_nothing_of_the_generation(
    luma: LumaSimulator, provider: LumaProvider, tmp_path: Path, fault: Any, kind: type[ProviderFailed]
) -> None:
    shot = a_shot(tmp_path)
    reference = provider.submit(RAY, shot, call_to(luma.url))
    luma.faults = Faults.script([fault])
    with pytest.raises(ProviderFailed) as caught:
        provider.collect(RAY, shot, reference, call_to(luma.url, seconds=1.0))
    assert (type(caught.value), caught.value.accepted) == (kind, "maybe")
    assert collected(provider, RAY, shot, reference, call_to(luma.url)).media.exists()
    assert orders(luma) == 1


@pytest.mark.parametrize("fault", ["expired_url", "reset_mid_body"])
def test_a_file_that_cannot_be_had_is_asked_for_anew(
    luma: LumaSimulator, provider: LumaProvider, tmp_path: Path, fault: Any
) -> None:
    luma.looks = 0
    shot, call = a_shot(tmp_path), call_to(luma.url)
    reference = provider.submit(RAY, shot, call)
    luma.faults = Faults.script([fault], on=lambda request: request.path.startswith("/files/"))
    footage = collected(provider, RAY, shot, reference, call)
    assert read_burned(footage.media) == prompt_hash(shot.prompt)
    assert len({one.path for one in luma.received if one.path.startswith("/files/")}) == 2


def test_a_page_instead_of_footage_is_paid_for_and_refused(
    luma: LumaSimulator, provider: LumaProvider, tmp_path: Path
) -> None:
    luma.looks = 0
    shot, call = a_shot(tmp_path), call_to(luma.url)
    reference = provider.submit(RAY, shot, call)
    luma.faults = Faults.script(["wrong_content_type"] * 2, on=lambda one: one.path.startswith("/files/"))
    with pytest.raises(AnswerRejected) as caught:
        provider.collect(RAY, shot, reference, call)
    assert caught.value.accepted == "yes"
    assert [usage.quantity for usage in caught.value.usage] == [5]


# Health, and the simulator itself


def test_a_probe_is_free_and_needs_the_key(luma: LumaSimulator, provider: LumaProvider) -> None:
    assert provider.probe([RAY], call_to(luma.url)) == ((RAY.name, ""),)
    assert [(one.method, one.path, one.query) for one in luma.received] == [
        ("GET", "/v1/files", {"limit": "1"})
    ]
    with pytest.raises(ProviderMisconfigured):
        provider.probe([RAY], call_to(luma.url, keys=["wrong"]))
    assert luma.accepted == []


def test_the_simulator_speaks_as_luma_does(provider: LumaProvider, tmp_path: Path) -> None:
    with LumaSimulator(failures=["generation_failed"]) as luma:
        provider.submit(RAY, a_shot(tmp_path), call_to(luma.url))
        (task,) = luma.tasks.values()
        spoken = [Generation.model_validate_json(luma.ordered(task).body).state]
        for state in ("running", "done", "failed"):
            task.state = state  # type: ignore[assignment]
            spoken.append(Generation.model_validate_json(luma.told(task).body).state)
        FileList.model_validate_json(luma.other(Received("GET", "/v1/files", {}, {}, b"")).body)
    assert spoken == ["queued", "processing", "completed", "failed"]
