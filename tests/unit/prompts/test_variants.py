"""Who gets which variant."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.prompts.variants import choose_variant

HALVES = {"control": 50, "vivid": 50}


def variant(unit: str, weights: dict[str, int] | None = None, prompt: str = "write-script") -> str:
    return choose_variant(prompt, weights or HALVES, unit=unit).variant


@pytest.mark.parametrize(
    "weights", [HALVES, {"control": 9, "vivid": 1}, {"control": 1, "a": 2, "b": 3, "c": 0, "d": 4}]
)
def test_shares_are_those_of_the_weights(weights: dict[str, int]) -> None:
    units = 20_000
    got = Counter(variant(f"prod_{number}", weights) for number in range(units))

    for name, weight in weights.items():
        share = weight / sum(weights.values())
        assert abs(got[name] / units - share) < 5 * (share * (1 - share) / units) ** 0.5 + 1e-9


def test_prompts_do_not_share_their_luck() -> None:
    units = [f"prod_{number}" for number in range(10_000)]
    both = Counter((variant(unit), variant(unit, prompt="title-video")) for unit in units)

    assert all(abs(count / len(units) - 0.25) < 0.02 for count in both.values())


def test_it_is_the_same_everywhere_and_always() -> None:
    """Pinned: another answer would hand running experiments' units to other variants."""
    got = "".join(variant(f"prod_{number}")[0] for number in range(32))
    assert got == PINNED


PINNED = "vcvvcvvvvvvvvvvccccccvvcvccvcvcv"


@given(st.text(), st.dictionaries(st.text(min_size=1), st.integers(0, 10**6), min_size=1))
def test_any_unit_gets_a_variant_that_has_a_weight(unit: str, weights: dict[str, int]) -> None:
    if not any(weights.values()):
        return
    got = variant(unit, weights)
    assert got == variant(unit, weights)
    assert weights[got] or len(weights) == 1


@given(st.integers(0, 100), st.integers(0, 100), st.text())
def test_who_has_a_variant_keeps_it_when_it_grows(share: int, more: int, unit: str) -> None:
    low, high = sorted((share, more))
    if variant(unit, {"vivid": low, "control": 100 - low}) == "vivid":
        assert variant(unit, {"vivid": high, "control": 100 - high}) == "vivid"


def test_settings_force_a_variant_and_say_so() -> None:
    choice = choose_variant("write-script", HALVES, unit="prod_1", forced="vivid")
    assert (choice.variant, choice.reason) == ("vivid", "the settings say vivid")


def test_a_forced_variant_that_is_not_there_is_told_and_left_out() -> None:
    choice = choose_variant("write-script", HALVES, unit="prod_1", forced="bold")
    assert choice.variant == variant("prod_1")
    assert choice.reason.startswith("the settings say bold, which this version does not have")


def test_without_a_unit_it_is_control() -> None:
    assert choose_variant("write-script", {"vivid": 99, "control": 1}, unit=None).variant == "control"


def test_the_reason_tells_the_share() -> None:
    choice = choose_variant("write-script", {"control": 1, "vivid": 3}, unit="prod_1")
    assert choice.reason in {"25% get control", "75% get vivid"}
    assert choose_variant("write-script", {"control": 1}, unit="prod_1").reason == "the only variant"
