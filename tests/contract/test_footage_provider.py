"""What every vendor of footage is held to, whatever it speaks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from reelwright.models.errors import OutcomeUnknown, ProviderFailed, ProviderUnavailable
from reelwright.models.http import HttpClient
from reelwright.models.ports import Call, FootageProvider
from reelwright.models.providers.bedrock_video import BedrockFootage
from reelwright.models.providers.luma import LumaProvider
from reelwright.models.providers.runway import RunwayProvider
from reelwright.models.schema import Model, ShotResponse, Underway
from reelwright.video.footage_check import objection_to_footage
from tests.simulators.access import KEY, call_to
from tests.simulators.bedrock import BedrockSimulator
from tests.simulators.bedrock_clients import aws_calls_to
from tests.simulators.luma import LumaSimulator
from tests.simulators.media import prompt_hash, read_burned
from tests.simulators.runway import RunwaySimulator
from tests.simulators.server import Fault, Faults, Received, Simulator
from tests.unit.models.providers.footage_kit import a_model, a_shot


@dataclass
class Vendor:
    """One vendor, simulated, and its adapter."""

    simulator: Simulator
    provider: FootageProvider
    model: Model
    is_order: Callable[[Received], bool]
    endpoints: tuple[str, ...]

    def call(self, token: str = "call-1", seconds: float = 10.0) -> Call:  # noqa: S107 (the name of a call)
        return call_to(*self.endpoints, token=token, seconds=seconds)

    def orders(self) -> int:
        return sum(map(self.is_order, self.simulator.received))

    def fail(self, *faults: Fault | None) -> None:
        """Have the next requests meet these faults."""
        self.simulator.faults = Faults.script(faults)


def _runway() -> Iterator[Vendor]:
    with RunwaySimulator(keys=[KEY], shrink=2) as simulator:
        provider = RunwayProvider(HttpClient(), Random(1))
        yield Vendor(
            simulator,
            provider,
            a_model("runway-gen4-5"),
            lambda one: simulator.kind(one) == "submit",
            (simulator.url,),
        )


def _luma() -> Iterator[Vendor]:
    with LumaSimulator(keys=[KEY], shrink=2) as simulator:
        provider = LumaProvider(HttpClient(), Random(1))
        yield Vendor(
            simulator,
            provider,
            a_model("luma-ray-3-2"),
            lambda one: simulator.kind(one) == "submit",
            (simulator.url,),
        )


def _bedrock() -> Iterator[Vendor]:
    with BedrockSimulator(buckets={"clips": "us-west-2"}) as simulator:
        provider = BedrockFootage(aws_calls_to(simulator), {"us-west-2": "clips"})
        yield Vendor(
            simulator,
            provider,
            a_model("luma-ray2-bedrock"),
            lambda one: (one.method, one.path) == ("POST", "/async-invoke"),
            (),
        )


VENDORS = {"runway": _runway, "luma": _luma, "bedrock": _bedrock}


@pytest.fixture(params=VENDORS)
def vendor(request: pytest.FixtureRequest) -> Iterator[Vendor]:
    for made in VENDORS[request.param]():
        yield made
        assert made.simulator.objections == []


def delivered(vendor: Vendor, shot: Any, reference: str) -> ShotResponse:
    for _ in range(20):
        found = vendor.provider.collect(vendor.model, shot, reference, vendor.call())
        if not isinstance(found, Underway):
            return found
        assert found.check_after_seconds >= 5
    raise AssertionError("it was never done")


def test_an_order_is_delivered_once_and_billed_once(vendor: Vendor, tmp_path: Path) -> None:
    shot = a_shot(tmp_path)
    reference = vendor.provider.submit(vendor.model, shot, vendor.call())
    footage = delivered(vendor, shot, reference)
    assert footage.media.parent == tmp_path
    assert read_burned(footage.media) == prompt_hash(shot.prompt)
    assert objection_to_footage(shot, footage) == ""
    assert (vendor.orders(), len(vendor.simulator.accepted)) == (1, 1)
    (work,) = vendor.simulator.accepted
    assert {usage.unit: usage.quantity for usage in footage.usage} == dict(work.units)


def test_another_process_can_collect_and_collect_again(vendor: Vendor, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("ordered", "first", "second")]
    for folder in folders:
        folder.mkdir()
    reference = vendor.provider.submit(vendor.model, a_shot(folders[0]), vendor.call())
    clips = [delivered(vendor, a_shot(folder), reference) for folder in folders[1:]]
    assert clips[0].media.read_bytes() == clips[1].media.read_bytes()
    assert clips[0].usage == clips[1].usage
    assert len(vendor.simulator.accepted) == 1
    assert list(folders[0].iterdir()) == []


@pytest.mark.parametrize("fault", ["reset", "lost_answer", "reset_mid_body", "malformed"])
def test_an_order_whose_answer_is_lost_may_have_arrived_and_leaves_once(
    vendor: Vendor, tmp_path: Path, fault: Fault
) -> None:
    vendor.fail(fault)
    with pytest.raises(ProviderFailed) as caught:
        vendor.provider.submit(vendor.model, a_shot(tmp_path), vendor.call())
    assert caught.value.accepted == "maybe"
    assert vendor.orders() == 1
    assert len(vendor.simulator.accepted) == (0 if fault == "reset" else 1)


@pytest.mark.parametrize("fault", ["throttled", "overloaded", "exhausted", "invalid_request", "unauthorised"])
def test_a_refused_order_is_certainly_none(vendor: Vendor, tmp_path: Path, fault: Fault) -> None:
    vendor.fail(fault)
    with pytest.raises(ProviderFailed) as caught:
        vendor.provider.submit(vendor.model, a_shot(tmp_path), vendor.call())
    assert caught.value.accepted == "no"
    assert vendor.orders() == 1
    assert vendor.simulator.accepted == []


def test_an_order_that_reached_nobody_is_certainly_none(vendor: Vendor, tmp_path: Path) -> None:
    with vendor.simulator.away(), pytest.raises(ProviderUnavailable) as caught:
        vendor.provider.submit(vendor.model, a_shot(tmp_path), vendor.call())
    assert caught.value.accepted == "no"


def test_whoever_cannot_tell_of_an_order_says_so_and_orders_nothing(vendor: Vendor, tmp_path: Path) -> None:
    vendor.fail("lost_answer")
    shot = a_shot(tmp_path)
    with pytest.raises(ProviderFailed):
        vendor.provider.submit(vendor.model, shot, vendor.call())
    try:
        found = vendor.provider.find(vendor.model, shot, vendor.call())
    except OutcomeUnknown:
        found = None
    else:
        assert found is not None
        assert delivered(vendor, shot, found).media.exists()
    assert vendor.orders() == 1


@pytest.mark.parametrize("fault", ["throttled", "server_error", "overloaded", "reset", "reset_mid_body"])
def test_a_look_that_fails_loses_nothing(vendor: Vendor, tmp_path: Path, fault: Fault) -> None:
    shot = a_shot(tmp_path)
    reference = vendor.provider.submit(vendor.model, shot, vendor.call())
    vendor.fail(fault)
    with pytest.raises(ProviderFailed) as caught:
        vendor.provider.collect(vendor.model, shot, reference, vendor.call())
    assert caught.value.accepted != "yes"
    assert delivered(vendor, shot, reference).media.exists()
    assert (vendor.orders(), len(vendor.simulator.accepted)) == (1, 1)


def test_a_prompt_that_is_refused_is_told_with_what_it_cost(vendor: Vendor, tmp_path: Path) -> None:
    vendor.fail("refusal")
    shot = a_shot(tmp_path)
    with pytest.raises(ProviderFailed) as caught:
        delivered(vendor, shot, vendor.provider.submit(vendor.model, shot, vendor.call()))
    assert caught.value.failure == "refused"
    billed = sum(work.units[unit] for work in vendor.simulator.accepted for unit in work.units)
    assert sum(usage.quantity for usage in caught.value.usage) == billed


def test_cancelling_twice_is_fine(vendor: Vendor, tmp_path: Path) -> None:
    reference = vendor.provider.submit(vendor.model, a_shot(tmp_path), vendor.call())
    for _ in range(2):
        vendor.provider.cancel(vendor.model, reference, vendor.call())


def test_nothing_that_is_said_holds_the_key(vendor: Vendor, tmp_path: Path) -> None:
    vendor.fail("unauthorised")
    with pytest.raises(ProviderFailed) as caught:
        vendor.provider.submit(vendor.model, a_shot(tmp_path), vendor.call())
    error: BaseException | None = caught.value
    while error is not None:
        assert KEY not in f"{error} {error!r} {vars(error)}"
        error = error.__cause__ or error.__context__
