"""The rules of the breaker: by example, and against a model that knows only what was promised."""

from dataclasses import replace

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from reelwright.environment.schema import HealthSettings
from reelwright.resilience.breaker import after_probe, claim, open_seconds, phase_of, released, trip
from reelwright.resilience.ports import KeyState
from reelwright.resilience.statistics import Statistics

SETTINGS = HealthSettings()
OPEN = KeyState(openings=1, open_until=130.0)


@pytest.mark.parametrize(
    ("in_a_row", "well", "ill", "opens"),
    [
        (4, 0, 4, False),  # too few to say anything
        (5, 100, 5, True),  # in a row
        (1, 3, 2, False),
        (1, 3, 3, True),  # by their share
        (1, 2, 2, False),  # a share of too few calls
        (0, 0, 0, False),
    ],
)
def test_what_opens_it(in_a_row: int, well: int, ill: int, *, opens: bool) -> None:
    seen = Statistics(calls=well + ill, well=well, ill=ill)

    after = trip(KeyState(failures_in_a_row=in_a_row), seen, 100.0, SETTINGS)

    assert (after is not None) == opens
    if after:
        assert (phase_of(after, 100.0), after.open_until, after.failures_in_a_row) == ("open", 130.0, 0)


def test_an_open_one_does_not_open() -> None:
    assert trip(replace(OPEN, failures_in_a_row=50), Statistics(ill=50), 100.0, SETTINGS) is None


@pytest.mark.parametrize(("moment", "phase"), [(129.9, "open"), (130.0, "half_open"), (1e9, "half_open")])
def test_it_is_half_open_when_its_time_is_over(moment: float, phase: str) -> None:
    assert phase_of(OPEN, moment) == phase


def test_one_may_try_until_its_lease_is_over() -> None:
    taken = claim(OPEN, "one", 130.0, 60.0)

    assert taken is not None
    assert [phase_of(taken, moment) for moment in (130.0, 189.9, 190.0)] == [
        "probing",
        "probing",
        "half_open",
    ]
    assert claim(taken, "other", 189.9, 60.0) is None
    assert claim(taken, "other", 190.0, 60.0) == replace(taken, prober="other", probe_until=250.0)
    assert claim(OPEN, "one", 129.9, 60.0) is None
    assert claim(KeyState(), "one", 130.0, 60.0) is None


def test_it_stays_open_twice_as_long_each_time_up_to_ten_times() -> None:
    assert [open_seconds(times, SETTINGS) for times in (1, 2, 3, 4, 5, 6, 5000)] == [
        30.0,
        60.0,
        120.0,
        240.0,
        300.0,
        300.0,
        300.0,
    ]


def test_what_the_prober_meets_decides() -> None:
    taken = replace(OPEN, prober="one", probe_until=190.0, failures_in_a_row=3)

    closed = after_probe(taken, "well", 140.0, SETTINGS, prober="one", began_at=0.0)
    again = after_probe(taken, "ill", 140.0, SETTINGS, prober="one", began_at=0.0)
    unclear = after_probe(taken, "unclear", 140.0, SETTINGS, prober="one", began_at=0.0)

    assert closed == KeyState(closed_at=140.0)
    assert again == KeyState(openings=2, open_until=200.0)
    assert unclear == replace(taken, prober="", probe_until=0.0)


@pytest.mark.parametrize("who", ["", "other"])
def test_what_began_after_the_pause_decides_whoever_tells_it(who: str) -> None:
    taken = replace(OPEN, prober="one", probe_until=190.0)

    assert after_probe(taken, "well", 140.0, SETTINGS, prober=who, began_at=130.0) == KeyState(
        closed_at=140.0
    )
    assert after_probe(taken, "ill", 140.0, SETTINGS, prober=who, began_at=130.0) == KeyState(
        openings=2, open_until=200.0
    )
    assert after_probe(taken, "unclear", 140.0, SETTINGS, prober=who, began_at=130.0) is None
    assert after_probe(taken, "well", 140.0, SETTINGS, prober=who, began_at=129.9) is None
    assert after_probe(taken, "ill", 140.0, SETTINGS, prober=who, began_at=129.9) is None
    assert after_probe(KeyState(), "ill", 140.0, SETTINGS, prober=who, began_at=130.0) is None


def test_the_right_is_given_back_by_who_has_it() -> None:
    taken = replace(OPEN, prober="one", probe_until=190.0)

    assert released(taken, "one") == OPEN
    assert released(taken, "other") is None


class Promises(RuleBasedStateMachine):
    """What was promised, in the words of the promise, beside what the rules make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.state = KeyState()
        self.is_open = False
        self.opened_for = 0.0
        self.row = 0
        self.opened_at = 0.0
        self.holder: tuple[str, float] | None = None

    def put(self, after: KeyState | None) -> bool:
        self.state = after or self.state
        return after is not None

    @property
    def rested(self) -> bool:
        return self.now >= self.opened_at + self.opened_for

    @property
    def held_by(self) -> str:
        return self.holder[0] if self.holder and self.now < self.holder[1] else ""

    @rule(seconds=st.sampled_from([0.5, 10.0, 30.0, 61.0, 400.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def fail(self) -> None:
        self.state = replace(self.state, failures_in_a_row=self.state.failures_in_a_row + 1)
        self.row += 1
        opened = self.put(trip(self.state, Statistics(), self.now, SETTINGS))
        assert opened == (not self.is_open and self.row >= SETTINGS.open_failures_in_a_row)
        if opened:
            self.is_open, self.opened_at, self.opened_for, self.row = True, self.now, 30.0, 0
            self.holder = None

    @precondition(lambda self: not self.is_open)
    @rule()
    def succeed(self) -> None:
        self.state, self.row = replace(self.state, failures_in_a_row=0), 0

    @rule(who=st.sampled_from("abc"))
    def ask(self, who: str) -> None:
        may = self.put(claim(self.state, who, self.now, 60.0))
        assert may == (self.is_open and self.rested and not self.held_by)
        if may:
            self.holder = (who, self.now + 60.0)

    @rule(
        who=st.sampled_from("abc"),
        verdict=st.sampled_from(["well", "ill", "unclear"]),
        seconds=st.sampled_from([0.0, 20.0, 500.0]),
    )
    def conclude(self, who: str, verdict: str, seconds: float) -> None:
        had = self.holder is not None and self.holder[0] == who
        young = self.is_open and self.now - seconds >= self.opened_at + self.opened_for
        after = after_probe(self.state, verdict, self.now, SETTINGS, prober=who, began_at=self.now - seconds)
        assert self.put(after) == (had or (young and verdict != "unclear"))
        if after is None:
            return
        self.holder = None
        if verdict == "well":
            self.is_open, self.row = False, 0
        if verdict == "ill":
            self.opened_at, self.row = self.now, 0
            self.opened_for = min(2 * self.opened_for, 300.0)

    @invariant()
    def stands_where_it_should(self) -> None:
        expected = "closed"
        if self.is_open:
            expected = "open" if not self.rested else "probing" if self.held_by else "half_open"
        assert phase_of(self.state, self.now) == expected


TestPromises = Promises.TestCase
TestPromises.settings = hypothesis_settings(max_examples=150, stateful_step_count=40)
