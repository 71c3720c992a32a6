"""The chain is checked where it is read: what may stand in it, and what must come before what."""

from importlib import import_module
from itertools import permutations

import pytest
from pydantic import TypeAdapter, ValidationError

from reelwright.environment.finishing import CHAIN, LINKS, Chain, left_out, step_of
from reelwright.environment.loader import load_environment

CHAINS = TypeAdapter(Chain)


def without(*steps: str) -> list[str]:
    return [step for step in CHAIN if step not in steps]


def refusal(chain: list[str]) -> str:
    with pytest.raises(ValidationError) as caught:
        CHAINS.validate_python(chain)
    return caught.value.errors()[0]["msg"].removeprefix("Value error, ")


def test_every_environment_does_all_steps() -> None:
    assert load_environment("local").settings.video.chain == CHAIN


@pytest.mark.parametrize("path", [path for link in LINKS.values() for path in link[:1] + link[3:] if path])
def test_every_function_of_the_registry_is_there(path: str) -> None:
    module, _, name = path.partition(":")
    assert callable(getattr(import_module(module), name))


@pytest.mark.parametrize("step", [step for step in CHAIN if not LINKS[step].required])
def test_an_operator_may_leave_a_step_out(step: str) -> None:
    assert left_out(CHAINS.validate_python(without(step))) == (step,)


@pytest.mark.parametrize("step", [step for step in CHAIN if LINKS[step].required])
def test_without_some_steps_there_is_no_video(step: str) -> None:
    assert refusal(without(step)).startswith(f"{step} is missing, and no video is made without it; put it ")


def test_a_step_is_done_once() -> None:
    assert refusal([*CHAIN, "music"]) == "music is done twice; delete one of them"
    assert refusal([*CHAIN, "thumbnail:frame"]) == "thumbnail is done twice; delete one of them"


def test_a_step_that_is_too_early_is_told_what_it_must_come_after() -> None:
    early = ["shoot", "normalise", "loudness", "music", "encode"]
    assert refusal(early) == "loudness must come after music; move it behind"


def test_an_unknown_step_is_told_the_known_ones() -> None:
    assert "'normalise'" in refusal([*CHAIN, "reelwright.video.chain:caption"])


def test_any_order_that_is_taken_has_every_step_behind_those_that_it_needs() -> None:
    taken = 0
    for steps in permutations(without("thumbnail")):
        try:
            chain = CHAINS.validate_python(steps)
        except ValidationError:
            continue
        taken += 1
        for place, name in enumerate(chain):
            assert set(LINKS[name].after) & set(chain) <= {step_of(each) for each in chain[:place]}
    assert 1 < taken < 200
