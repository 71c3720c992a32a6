"""Some of the kills of ``python -m tests.chaos.killing``: every named point, and a few random moments."""

from collections.abc import Iterator

import pytest

from tests.chaos.killing import CALLS, RANDOM, kill_and_go_on, points_of
from tests.chaos.market import Market, market

RANDOM_KILLS = 4
WORKS = {"text": 1, "speech": 2, "token": 1, "no token": 1}
"""What a call is made of: speech is asked for passage by passage."""
UNCERTAIN = {"between intent and submit", "between submit and record"}
"""Where nobody but a vendor that knows tokens can tell what became of an order."""


@pytest.fixture(scope="module")
def vendors() -> Iterator[Market]:
    with market() as opened:
        yield opened


@pytest.mark.parametrize("what", sorted(CALLS))
def test_who_goes_on_after_a_kill_orders_nothing_twice_and_loses_no_charge(
    vendors: Market, what: str
) -> None:
    for point in points_of(what):
        kill = kill_and_go_on(vendors, what, point, seed=1)
        assert kill.died, f"nobody died {point}"
        unknown = what == "no token" and point in UNCERTAIN
        assert kill.ending == ("OutcomeUnknown" if unknown else "answered"), point
    for seed in range(RANDOM_KILLS):
        kill_and_go_on(vendors, what, RANDOM, seed)


@pytest.mark.parametrize("what", ["text", "speech"])
def test_what_was_answered_and_not_written_down_is_unknown_and_not_free(vendors: Market, what: str) -> None:
    kill = kill_and_go_on(vendors, what, "between answer and receipt", seed=1)
    assert kill.states == ("unknown", "settled")
    assert kill.works == 2 * WORKS[what]


@pytest.mark.parametrize("what", sorted(CALLS))
def test_what_has_a_receipt_is_not_bought_again(vendors: Market, what: str) -> None:
    kill = kill_and_go_on(vendors, what, "between receipt and settle", seed=1)
    assert (kill.works, kill.states) == (WORKS[what], ("settled",))
