import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from runwayml.types import OrganizationRetrieveResponse, TaskRetrieveResponse, TextToVideoCreateResponse

from reelwright.models.errors import (
    AnswerRejected,
    ModelRetired,
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
from reelwright.models.estimating import expected_usage
from reelwright.models.http import HttpClient
from reelwright.models.providers.runway import RunwayProvider, order_of
from reelwright.models.schema import Model, ShotResponse, Underway
from reelwright.video.footage_check import objection_to_footage
from tests.simulators.access import KEY, call_to
from tests.simulators.media import prompt_hash, read_burned
from tests.simulators.runway import REFUSALS, RunwaySimulator
from tests.simulators.server import Faults, Received, nobody_listens
from tests.unit.models.providers.footage_kit import a_model, a_shot, collected, orders

GEN = a_model("runway-gen4-5")
MODELS = [
    "runway-gen4-5",
    "runway-veo3-1",
    "runway-veo3-1-fast",
    "runway-hailuo3",
    "runway-gemini-omni-flash",
]


@pytest.fixture
def runway() -> Iterator[RunwaySimulator]:
    with RunwaySimulator(keys=[KEY], shrink=2) as simulator:
        yield simulator


@pytest.fixture
def provider() -> RunwayProvider:
    return RunwayProvider(HttpClient(), Random(1))


def refused(provider: RunwayProvider, simulator: RunwaySimulator, folder: Path) -> ProviderFailed:
    with pytest.raises(ProviderFailed) as caught:
        provider.submit(GEN, a_shot(folder), call_to(simulator.url))
    assert orders(simulator) == 1
    assert KEY not in str(caught.value)
    return caught.value


# Orders


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("size", [(1280, 720), (720, 1280)])
def test_an_order_is_one_that_runways_own_types_accept(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path, name: str, size: tuple[int, int]
) -> None:
    shot = a_shot(tmp_path, width=size[0], height=size[1], frames=100)
    provider.submit(a_model(name), shot, call_to(runway.url))
    assert runway.objections == []
    (task,) = runway.tasks.values()
    assert task.seconds >= shot.seconds
    assert abs(task.size[0] / task.size[1] / (size[0] / size[1]) - 1) < 0.02


def test_an_order_says_what_it_must(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path
) -> None:
    reference = provider.submit(GEN, a_shot(tmp_path, seed=2**40 + 5), call_to(runway.url))
    request = runway.received[0]
    assert request.json == {
        "model": "gen4.5",
        "promptText": "The tide comes in at dusk.",
        "ratio": "1280:720",
        "duration": 3,
        "seed": 5,
    }
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["x-runway-version"] == "2024-11-06"
    assert list(runway.tasks) == [reference]
    assert [(work.model, work.units, work.micro_usd) for work in runway.accepted] == [
        ("gen4.5", {"video_seconds": 3}, 360_000)
    ]


def test_sound_is_not_bought(runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path) -> None:
    provider.submit(a_model("runway-veo3-1-fast"), a_shot(tmp_path), call_to(runway.url))
    assert runway.received[0].json["audio"] is False


@pytest.mark.parametrize(("frames", "seconds"), [(24, 2), (48, 2), (49, 3), (240, 10)])
def test_the_length_covers_the_scene(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path, frames: int, seconds: int
) -> None:
    provider.submit(GEN, a_shot(tmp_path, frames=frames), call_to(runway.url))
    assert runway.received[0].json["duration"] == seconds


@pytest.mark.parametrize("changes", [{"frames": 241}, {"width": 480, "height": 480}])
def test_what_the_model_cannot_make_is_not_ordered(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path, changes: dict[str, Any]
) -> None:
    with pytest.raises(RequestInvalid) as caught:
        provider.submit(GEN, a_shot(tmp_path, **changes), call_to(runway.url))
    assert caught.value.accepted == "no"
    assert runway.received == []


@pytest.mark.parametrize("letter", ["wave ", "🌊 ", "🌊"])
def test_a_long_prompt_is_cut_at_a_word(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path, letter: str
) -> None:
    provider.submit(GEN, a_shot(tmp_path, prompt=letter * 600), call_to(runway.url))
    prompt = runway.received[0].json["promptText"]
    assert runway.objections == []
    assert 990 <= len(prompt.encode("utf-16-le")) // 2 <= 1000
    assert set(prompt.split(" ")) <= {letter.strip(), letter.strip() * len(prompt)}


@given(
    width=st.integers(8, 2160).map(lambda half: 2 * half),
    height=st.integers(8, 2160).map(lambda half: 2 * half),
    frames=st.integers(1, 400),
    prompt=st.text(st.characters(), max_size=2500),
    seed=st.integers(-(2**70), 2**70),
    model=st.sampled_from([a_model(name) for name in MODELS]),
)
def test_any_order_is_one_that_runway_takes(  # noqa: PLR0917 (hypothesis hands them over by name)
    width: int, height: int, frames: int, prompt: str, seed: int, model: Model
) -> None:
    shot = a_shot(Path(), width=width, height=height, frames=frames, prompt=prompt, seed=seed)
    try:
        body = order_of(model, shot)
    except RequestInvalid:
        return
    assert RunwaySimulator().body_objections(json.loads(json.dumps(body))) == []
    assert body["duration"] >= shot.seconds
    (expected,) = expected_usage(model, shot)
    assert (expected.unit, expected.quantity) == ("video_seconds", body["duration"])


@pytest.mark.parametrize("prompt", ["", " \n", "\ud800"])
def test_a_scene_without_words_is_not_ordered(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path, prompt: str
) -> None:
    with pytest.raises(RequestInvalid, match="nothing"):
        provider.submit(GEN, a_shot(tmp_path, prompt=prompt), call_to(runway.url))
    assert runway.received == []


# What becomes of an order


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("invalid_request", RequestInvalid),
        ("exhausted", ProviderExhausted),
        ("unauthorised", ProviderMisconfigured),
        ("forbidden", ProviderMisconfigured),
        ("retired", ModelRetired),
        ("missing", ProviderMisconfigured),
        ("wrong_method", ProviderMisconfigured),
        ("throttled", ProviderThrottled),
        ("daily_limit", ProviderExhausted),
        ("overloaded", ProviderUnavailable),
    ],
)
def test_every_refusal_of_an_order_has_its_kind_and_no_price(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path, reason: str, kind: type[ProviderFailed]
) -> None:
    runway.refused_with = reason
    error = refused(provider, runway, tmp_path)
    assert type(error) is kind
    assert error.next_step
    assert runway.accepted == []
    assert error.accepted == "no"


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_gateways_error_says_nothing_of_the_order(
    runway: RunwaySimulator,
    provider: RunwayProvider,
    tmp_path: Path,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(REFUSALS, "server_error", (status, "Bad gateway"))
    runway.refused_with = "server_error"
    error = refused(provider, runway, tmp_path)
    assert (type(error), error.accepted) == (OutcomeUnknown, "maybe")


@pytest.mark.parametrize(
    "fault",
    ["reset", "lost_answer", "reset_mid_body", "malformed", "wrong_content_type", "timeout", "slow_body"],
)
def test_an_order_without_an_answer_is_unknown_and_left_once(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path, fault: Any
) -> None:
    runway.faults = Faults.script([fault])
    with pytest.raises(OutcomeUnknown) as caught:
        provider.submit(GEN, a_shot(tmp_path), call_to(runway.url, seconds=1.0))
    assert caught.value.accepted == "maybe"
    assert orders(runway) == 1


def test_an_order_that_reached_nobody_is_none(provider: RunwayProvider, tmp_path: Path) -> None:
    with nobody_listens() as address, pytest.raises(ProviderUnavailable) as caught:
        provider.submit(GEN, a_shot(tmp_path), call_to(address))
    assert caught.value.accepted == "no"


def test_the_next_address_is_tried_only_if_the_first_is_not_reached(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path
) -> None:
    with nobody_listens() as address:
        assert provider.submit(GEN, a_shot(tmp_path), call_to(address, runway.url))
    runway.faults = Faults.script(["reset"])
    with RunwaySimulator() as other, pytest.raises(OutcomeUnknown):
        provider.submit(GEN, a_shot(tmp_path), call_to(runway.url, other.url))
    assert other.received == []


def test_a_key_that_was_renewed_is_read_again(provider: RunwayProvider, tmp_path: Path) -> None:
    with RunwaySimulator(keys=["new"]) as runway:
        assert provider.submit(GEN, a_shot(tmp_path), call_to(runway.url, keys=["old", "new"]))
        assert len(runway.accepted) == 1


def test_runway_cannot_tell_whether_an_order_arrived(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path
) -> None:
    with pytest.raises(OutcomeUnknown, match="cost resolve") as caught:
        provider.find(GEN, a_shot(tmp_path), call_to(runway.url))
    assert caught.value.accepted == "maybe"
    assert runway.received == []


# What becomes of a task


def test_footage_is_collected_with_its_price(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path
) -> None:
    shot, call = a_shot(tmp_path), call_to(runway.url)
    reference = provider.submit(GEN, shot, call)
    states = [provider.collect(GEN, shot, reference, call) for _ in range(3)]
    assert [state.state for state in states if isinstance(state, Underway)] == ["PENDING", "RUNNING"]
    assert all(5 <= state.check_after_seconds <= 7.5 for state in states if isinstance(state, Underway))
    (footage,) = (state for state in states if isinstance(state, ShotResponse))
    assert read_burned(footage.media) == prompt_hash(shot.prompt)
    assert objection_to_footage(shot, footage) == ""
    assert [(u.unit, u.quantity, u.reported_micro_usd) for u in footage.usage] == [
        ("video_seconds", 3, 360_000)
    ]
    assert sum(u.reported_micro_usd or 0 for u in footage.usage) == runway.bill_micro_usd


def test_a_task_that_is_queued_for_concurrency_is_no_error(provider: RunwayProvider, tmp_path: Path) -> None:
    with RunwaySimulator(at_once=1, shrink=2) as runway:
        shot, call = a_shot(tmp_path), call_to(runway.url)
        first, second = (provider.submit(GEN, shot, call) for _ in range(2))
        provider.collect(GEN, shot, first, call)
        queued = provider.collect(GEN, shot, second, call)
        assert isinstance(queued, Underway)
        assert queued.state == "THROTTLED"
        collected(provider, GEN, shot, first, call)
        collected(provider, GEN, shot, second, call)


def test_polls_of_many_workers_are_spread(runway: RunwaySimulator, tmp_path: Path) -> None:
    shot, call = a_shot(tmp_path), call_to(runway.url)
    workers = [RunwayProvider(HttpClient(), Random(seed)) for seed in range(5)]
    reference = workers[0].submit(GEN, shot, call)
    runway.looks = 100
    waits = {worker.collect(GEN, shot, reference, call).check_after_seconds for worker in workers}  # type: ignore[union-attr]
    assert len(waits) == 5


@pytest.mark.parametrize(
    ("code", "kind", "micro_usd"),
    [
        ("SAFETY.INPUT.TEXT", RequestRefused, 360_000),
        ("SAFETY.OUTPUT.VIDEO", RequestRefused, 360_000),
        ("INPUT_PREPROCESSING.SAFETY.TEXT", RequestRefused, 360_000),
        ("THIRD_PARTY.SAFETY", RequestRefused, 360_000),
        ("INTERNAL.BAD_OUTPUT.CODE01", AnswerRejected, 0),
        ("INTERNAL", ProviderUnavailable, 0),
        ("ASSET.INVALID", RequestInvalid, 360_000),
        ("SOMETHING.NEW", ProviderUnavailable, 360_000),
    ],
)
def test_a_failed_task_says_why_and_what_it_cost(
    provider: RunwayProvider, tmp_path: Path, code: str, kind: type[ProviderFailed], micro_usd: int
) -> None:
    with RunwaySimulator(failures=[code]) as runway:
        shot, call = a_shot(tmp_path), call_to(runway.url)
        reference = provider.submit(GEN, shot, call)
        with pytest.raises(ProviderFailed, match=code) as caught:
            collected(provider, GEN, shot, reference, call)
        assert type(caught.value) is kind
        assert caught.value.accepted == "yes"
        assert [usage.reported_micro_usd for usage in caught.value.usage] == [micro_usd]
        assert runway.bill_micro_usd == micro_usd


def test_a_cancelled_task_ends(runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path) -> None:
    shot, call = a_shot(tmp_path), call_to(runway.url)
    reference = provider.submit(GEN, shot, call)
    provider.cancel(GEN, reference, call)
    with pytest.raises(ProviderFailed, match="cancelled") as caught:
        provider.collect(GEN, shot, reference, call)
    assert caught.value.accepted == "yes"
    assert sum(usage.reported_micro_usd or 0 for usage in caught.value.usage) == runway.bill_micro_usd == 0


def test_cancelling_what_is_not_there_is_fine(runway: RunwaySimulator, provider: RunwayProvider) -> None:
    provider.cancel(GEN, "../organization?all=1", call_to(runway.url))
    assert [(one.method, one.path, one.query) for one in runway.received] == [
        ("DELETE", "/v1/tasks/../organization?all=1", {})
    ]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("throttled", ProviderThrottled),
        ("server_error", ProviderUnavailable),
        ("overloaded", ProviderUnavailable),
        ("reset", ProviderUnavailable),
        ("malformed", ProviderUnavailable),
        ("wrong_content_type", ProviderUnavailable),
        ("timeout", ProviderTimedOut),
        ("unauthorised", ProviderMisconfigured),
    ],
)
def test_a_look_that_fails_says_nothing_of_the_task(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path, fault: Any, kind: type[ProviderFailed]
) -> None:
    shot = a_shot(tmp_path)
    reference = provider.submit(GEN, shot, call_to(runway.url))
    runway.faults = Faults.script([fault])
    with pytest.raises(ProviderFailed) as caught:
        provider.collect(GEN, shot, reference, call_to(runway.url, seconds=1.0))
    assert (type(caught.value), caught.value.accepted) == (kind, "maybe")
    assert collected(provider, GEN, shot, reference, call_to(runway.url)).media.exists()
    assert orders(runway) == 1


def test_a_task_that_runway_does_not_know_is_unknown(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path
) -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        provider.collect(GEN, a_shot(tmp_path), "nobody", call_to(runway.url))
    assert caught.value.accepted == "maybe"


# The file


def finished(provider: RunwayProvider, simulator: RunwaySimulator, folder: Path) -> tuple[Any, ...]:
    simulator.looks = 0
    shot, call = a_shot(folder), call_to(simulator.url)
    return GEN, shot, provider.submit(GEN, shot, call), call


@pytest.mark.parametrize("fault", ["expired_url", "reset_mid_body", "overloaded", "wrong_content_type"])
def test_a_file_that_cannot_be_had_is_asked_for_anew(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path, fault: Any
) -> None:
    task = finished(provider, runway, tmp_path)
    runway.faults = Faults.script([fault], on=lambda request: request.path.startswith("/files/"))
    footage = provider.collect(*task)
    assert isinstance(footage, ShotResponse)
    assert read_burned(footage.media) == prompt_hash(task[1].prompt)
    assert len({one.path for one in runway.received if one.path.startswith("/files/")}) == 2
    assert orders(runway) == 1


def test_a_file_that_stays_away_is_still_there_to_be_fetched(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path
) -> None:
    task = finished(provider, runway, tmp_path)
    runway.faults = Faults.script(["expired_url"] * 2, on=lambda request: request.path.startswith("/files/"))
    with pytest.raises(ProviderUnavailable) as caught:
        provider.collect(*task)
    assert caught.value.accepted == "maybe"
    assert list(tmp_path.iterdir()) == []
    assert isinstance(provider.collect(*task), ShotResponse)


def test_a_page_instead_of_footage_is_paid_for_and_refused(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path
) -> None:
    task = finished(provider, runway, tmp_path)
    runway.faults = Faults.script(["wrong_content_type"] * 2, on=lambda one: one.path.startswith("/files/"))
    with pytest.raises(AnswerRejected) as caught:
        provider.collect(*task)
    assert caught.value.accepted == "yes"
    assert [usage.reported_micro_usd for usage in caught.value.usage] == [360_000]


def test_a_file_cut_short_is_found_out(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path
) -> None:
    task = finished(provider, runway, tmp_path)
    runway.faults = Faults.script(["truncated"], on=lambda request: request.path.startswith("/files/"))
    footage = provider.collect(*task)
    assert isinstance(footage, ShotResponse)
    assert "cannot be played" in objection_to_footage(task[1], footage)


def test_the_clip_of_another_order_can_be_told(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path
) -> None:
    runway.looks = 0
    call, other = call_to(runway.url), a_shot(tmp_path, prompt="Another scene")
    first = provider.submit(GEN, other, call)
    runway.faults = Faults.script(["duplicate_id"])
    shot = a_shot(tmp_path)
    reference = provider.submit(GEN, shot, call)
    assert reference == first
    footage = collected(provider, GEN, shot, reference, call)
    assert read_burned(footage.media) == prompt_hash(other.prompt) != prompt_hash(shot.prompt)
    assert len(runway.accepted) == 2


def test_a_refused_prompt_is_not_refunded(
    runway: RunwaySimulator, provider: RunwayProvider, tmp_path: Path
) -> None:
    runway.faults = Faults.script(["refusal"])
    shot, call = a_shot(tmp_path), call_to(runway.url)
    reference = provider.submit(GEN, shot, call)
    with pytest.raises(RequestRefused) as caught:
        collected(provider, GEN, shot, reference, call)
    assert sum(usage.reported_micro_usd or 0 for usage in caught.value.usage) == runway.bill_micro_usd > 0


# Health


def test_a_probe_is_free_and_finds_nothing(runway: RunwaySimulator, provider: RunwayProvider) -> None:
    assert provider.probe([GEN], call_to(runway.url)) == ((GEN.name, ""),)
    assert [request.path for request in runway.received] == ["/v1/organization"]
    assert runway.accepted == []


def test_a_probe_finds_an_empty_account(runway: RunwaySimulator, provider: RunwayProvider) -> None:
    runway.balance = 0
    ((name, wrong),) = provider.probe([GEN], call_to(runway.url))
    assert name == GEN.name
    assert "no credits" in wrong


def test_a_probe_finds_a_days_tasks_used_up(runway: RunwaySimulator, provider: RunwayProvider) -> None:
    runway.daily = {"gen4.5": (200, 200), "veo3.1": (200, 3)}
    found = dict(provider.probe([GEN, a_model("runway-veo3-1")], call_to(runway.url)))
    assert "all 200 tasks" in found[GEN.name]
    assert found["runway-veo3-1"] == ""


def test_a_probe_that_nobody_answers_fails(provider: RunwayProvider) -> None:
    with nobody_listens() as address, pytest.raises(ProviderUnavailable):
        provider.probe([GEN], call_to(address))


# The simulator itself


def test_the_simulator_speaks_as_runway_does(provider: RunwayProvider, tmp_path: Path) -> None:
    with RunwaySimulator(failures=["INTERNAL", None, None], at_once=1) as runway:
        shot, call = a_shot(tmp_path), call_to(runway.url)
        for _ in range(3):
            runway.looks = 2
            provider.submit(GEN, shot, call)
        tasks = list(runway.tasks.values())
        kinds: Any = TypeAdapter(TaskRetrieveResponse)
        spoken = [kinds.validate_json(runway.told(task).body).status for task in tasks]
        for state in ("running", "done", "failed", "cancelled"):
            tasks[0].state = state  # type: ignore[assignment]
            spoken.append(kinds.validate_json(runway.told(tasks[0]).body).status)
        TextToVideoCreateResponse.model_validate_json(runway.ordered(tasks[0]).body)
        asked = Received("GET", "/v1/organization", {}, {}, b"")
        OrganizationRetrieveResponse.model_validate_json(runway.other(asked).body)
    assert set(spoken) == {"THROTTLED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"}
