"""SourcedFlags, and the OpenFeature provider over them: each unit its own document, and nothing raises."""

from collections.abc import Iterator
from typing import Any

import pytest
from openfeature import api
from openfeature.evaluation_context import EvaluationContext

from reelwright.clock import SystemClock
from reelwright.flags.definitions import flag_definitions
from reelwright.flags.deployments import FlagState, FlagVersion, share_of
from reelwright.flags.memory import MemoryFlagStates
from reelwright.flags.openfeature import FlagProvider
from reelwright.flags.reading import FlagReader
from reelwright.flags.sourced import SourcedFlags

PERCENT = 25.0
UNITS = [f"unit-{number}" for number in range(200)]
DEFINED = flag_definitions("flags").as_json()


def version(name: str, **values: dict[str, Any]) -> FlagVersion:
    return FlagVersion(version=name, document={**DEFINED, "values": {**DEFINED["values"], **values}})


def sourced(overrides: dict[str, bool] | None = None) -> SourcedFlags:
    """A quarter of all units on the new document, which has captions off and writes with the best."""
    states = MemoryFlagStates()
    new = version("2", captions={"enabled": False}, **{"content-model": {"enabled": True, "tier": "premium"}})
    deploying: dict[str, Any] = {"number": 2, "phase": "DEPLOYING", "percentage": PERCENT}
    states.save(FlagState(profile="flags", old=version("1"), new=new, **deploying))
    return SourcedFlags(FlagReader(states, clock=SystemClock(), overrides=lambda: overrides or {}))


@pytest.fixture
def clean() -> Iterator[None]:
    yield
    api.clear_providers()


@pytest.mark.usefixtures("clean")
def test_through_openfeature_a_gradual_deployment_reaches_units_as_it_reaches_productions() -> None:
    api.set_provider_and_wait(FlagProvider(sourced(), targeting_key="id"))
    client = api.get_client()

    off = {one for one in UNITS if not client.get_boolean_value("captions", True, EvaluationContext(one))}  # noqa: FBT003 (the SDK's signature)
    best = {one for one in UNITS if client.get_boolean_value("content-model", False, EvaluationContext(one))}  # noqa: FBT003 (as above)

    assert off == best == {one for one in UNITS if share_of(one) < PERCENT}
    assert 20 < len(off) < 80
    somebody = EvaluationContext(next(iter(best)))
    assert client.get_string_value("content-model.tier", "none", somebody) == "premium"


@pytest.mark.usefixtures("clean")
def test_an_override_is_static_to_openfeature() -> None:
    api.set_provider_and_wait(FlagProvider(sourced({"captions": False}), targeting_key="id"))

    told = [
        api.get_client().get_boolean_details("captions", True, EvaluationContext(one))  # noqa: FBT003 (as above)
        for one in UNITS
    ]

    assert {(one.value, one.reason) for one in told} == {(False, "STATIC")}


class Raising(dict[str, Any]):
    def get(self, *_: Any) -> Any:
        raise RuntimeError


@pytest.mark.parametrize("context", [None, {}, {"id": 7}, {"id": None}, Raising(id="unit-1"), "text", 7])
def test_whoever_has_no_unit_is_answered_too(context: Any) -> None:
    answer = sourced().evaluate("captions", context)

    assert answer.flag == "captions"
    assert answer.version in ("1", "2")


def test_what_there_is_not_answers_the_default_and_has_no_attributes() -> None:
    flags = sourced()

    assert flags.evaluate("none", {"id": "a"}, default=True).enabled
    assert flags.attributes_of("none") == frozenset()
    assert flags.attributes_of("content-model") == {"tier"}
    assert flags.status.ready
    flags.subscribe(lambda _change: None)()
