"""One suite for every place that keeps charges."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from reelwright.clock import VirtualClock
from reelwright.cost import CostLedger
from reelwright.cost.aws import DynamoCharges
from reelwright.cost.errors import ChargeConflict, LedgerInvalid
from reelwright.cost.ports import Ledger
from reelwright.cost.schema import Charge, ChargeLine, Totals
from reelwright.errors import BudgetExceeded
from tests.contract.aws_places import TABLE, OneAtATime
from tests.contract.ledger_tables import a_moto_table, emptied

LINE = ChargeLine(
    service="audio", provider="polly", model="polly-neural", unit="characters", quantity=9, micro_usd=144
)
HOUR = 3600.0


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(datetime(2026, 11, 25, 23, 59, tzinfo=UTC))


@pytest.fixture(scope="module")
def table() -> Iterator[Any]:
    with a_moto_table() as made:
        yield made


@pytest.fixture(params=["memory", "sqlite", "dynamodb"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path, clock: VirtualClock) -> Iterator[Ledger]:
    if request.param == "dynamodb":
        client = OneAtATime(emptied(request.getfixturevalue("table")))
        yield CostLedger(DynamoCharges(client, TABLE, clock=clock, rng=Random(1)), clock=clock)
    else:
        url = "memory:" if request.param == "memory" else f"sqlite:///{tmp_path}/costs/ledger.db"
        opened = CostLedger.open(url, clock=clock)
        yield opened
        opened.close()


def sums(ledger: Ledger, budget: str) -> tuple[int, int, int]:
    totals = ledger.totals(budget)
    return totals.reserved, totals.settled, totals.unknown


def test_what_is_reserved_is_what_is_read(ledger: Ledger, clock: VirtualClock) -> None:
    charge = ledger.reserve(
        ["day", "video/é x"], 250, key="a/1", subject={"step": "narrate"}, ttl_seconds=90.5
    )

    assert charge == Charge(
        key="a/1",
        budgets=("day", "video/é x"),
        state="reserved",
        reserved_micro_usd=250,
        subject={"step": "narrate"},
        created_at=clock.now(),
        updated_at=clock.now(),
        expires_at=clock.now() + timedelta(seconds=90.5),
    )
    assert ledger.charge("a/1") == charge
    assert ledger.charges() == (charge,)
    assert ledger.budgets() == ("day", "video/é x")
    assert ledger.totals("day") == Totals(budget="day", reserved=250)


def test_a_charge_through_its_life_is_what_is_read(ledger: Ledger, clock: VirtualClock) -> None:
    charge = ledger.reserve("day", 250, key="a")
    for act in (
        ledger.intend,
        lambda it: ledger.attach(it, "job-7", expires_at=clock.now() + timedelta(days=1)),
        lambda it: ledger.settle(it, 144, lines=[LINE]),
    ):
        clock.advance(0.25)
        charge = act(charge)
        assert ledger.charge("a") == charge
        assert charge.updated_at == clock.now()

    assert (charge.state, charge.intended, charge.reference) == ("settled", True, "job-7")
    assert (charge.reserved_micro_usd, charge.settled_micro_usd, charge.lines) == (250, 144, (LINE,))
    assert sums(ledger, "day") == (0, 144, 0)


def test_a_budget_nobody_named_is_empty(ledger: Ledger) -> None:
    assert ledger.totals("day") == Totals(budget="day")
    assert ledger.budgets() == ()
    assert ledger.charge("a") is None
    assert ledger.charges() == ()


def test_the_limit_holds_to_the_micro_dollar(ledger: Ledger) -> None:
    ledger.set_limit("day", 100)
    ledger.reserve("day", 60, key="a")
    with pytest.raises(BudgetExceeded):
        ledger.reserve("day", 41, key="b")
    ledger.reserve("day", 40, key="c")

    with pytest.raises(BudgetExceeded):
        ledger.reserve("day", 1, key="d")
    ledger.reserve("day", 0, key="e")
    assert sums(ledger, "day") == (100, 0, 0)
    assert [charge.key for charge in ledger.charges()] == ["a", "c", "e"]


def test_a_refusal_says_who_refused_what_and_why(ledger: Ledger) -> None:
    ledger.set_limit("day", 2_000_000)
    ledger.settle(ledger.reserve("day", 500_000, key="a"), 500_000)
    ledger.mark_unknown(ledger.reserve("day", 250_000, key="b"))
    ledger.reserve("day", 250_000, key="c")

    with pytest.raises(BudgetExceeded) as caught:
        ledger.reserve(["video", "day"], 1_250_000, key="d")
    assert str(caught.value) == (
        "The budget day refuses $1.250000: its limit is $2.000000, and $1.000000 are spent, possibly spent or"
        " set aside. Wait until what is set aside is settled, choose a cheaper model, or raise the limit."
    )
    assert caught.value.context == {
        "budget": "day",
        "limit_micro_usd": "2000000",
        "committed_micro_usd": "1000000",
        "asked_micro_usd": "1250000",
    }


@pytest.mark.parametrize("order", [("wide", "tight", "tighter"), ("tight", "wide", "tighter")])
def test_several_budgets_take_a_charge_all_or_none(ledger: Ledger, order: tuple[str, ...]) -> None:
    for budget, limit in (("wide", 1000), ("tight", 10), ("tighter", 5)):
        ledger.set_limit(budget, limit)

    with pytest.raises(BudgetExceeded, match="The budget tight refuses"):
        ledger.reserve(order, 11, key="a")
    assert [sums(ledger, budget) for budget in order] == [(0, 0, 0)] * 3
    assert ledger.charge("a") is None
    ledger.settle(ledger.reserve(order, 5, key="a"), 4)
    assert [sums(ledger, budget) for budget in order] == [(0, 4, 0)] * 3


def test_a_budget_named_twice_counts_once(ledger: Ledger) -> None:
    assert ledger.reserve(["day", "video", "day"], 5, key="a").budgets == ("day", "video")
    assert sums(ledger, "day") == (5, 0, 0)


def test_a_key_is_one_charge(ledger: Ledger, clock: VirtualClock) -> None:
    ledger.set_limit("day", 10)
    first = ledger.reserve(["day", "video"], 10, key="a")
    clock.advance(5)

    assert ledger.reserve(["video", "day"], 10, key="a", subject={"step": "other"}) == first
    settled = ledger.settle(first, 7)
    assert ledger.reserve(["day", "video"], 10, key="a") == settled
    for budgets, amount in ((["day"], 10), (["day", "video", "month"], 10), (["day", "video"], 9)):
        with pytest.raises(ChargeConflict, match=r"a is settled: it is of \$0\.000010 in day, vid"):
            ledger.reserve(budgets, amount, key="a")
    assert (sums(ledger, "day"), sums(ledger, "month")) == ((0, 7, 0), (0, 0, 0))


def test_one_may_submit(ledger: Ledger) -> None:
    mine, others = ledger.reserve("day", 10, key="a"), ledger.reserve("day", 10, key="a")

    assert ledger.intend(mine).intended
    with pytest.raises(ChargeConflict, match="may have left already"):
        ledger.intend(others)
    ledger.release(mine)
    with pytest.raises(ChargeConflict, match="released"):
        ledger.intend(mine)


@pytest.mark.parametrize("state", ["settled", "released", "unknown"])
def test_a_request_does_not_leave_for_a_charge_that_is_over(ledger: Ledger, state: str) -> None:
    charge = ledger.reserve("day", 10, key="a")
    {
        "settled": lambda: ledger.settle(charge, 1),
        "released": lambda: ledger.release(charge),
        "unknown": lambda: ledger.mark_unknown(charge),
    }[state]()

    with pytest.raises(ChargeConflict, match=f"is {state}: its request may not leave any more"):
        ledger.intend(charge)


def test_settling_again(ledger: Ledger) -> None:
    charge = ledger.reserve("day", 10, key="a")
    settled = ledger.settle(charge, 7, lines=[LINE])

    assert ledger.settle(charge, 7, lines=[LINE]) == settled
    with pytest.raises(ChargeConflict, match=r"cannot be settled at \$0\.000008"):
        ledger.settle(charge, 8)
    with pytest.raises(ChargeConflict, match="was spent"):
        ledger.release(charge)
    assert ledger.mark_unknown(charge) == settled
    assert sums(ledger, "day") == (0, 7, 0)


def test_releasing_gives_back_and_is_final(ledger: Ledger) -> None:
    ledger.set_limit("day", 10)
    charge = ledger.intend(ledger.reserve("day", 10, key="a"))
    released = ledger.release(charge)

    assert ledger.release(charge) == released
    assert ledger.mark_unknown(charge) == released
    with pytest.raises(ChargeConflict):
        ledger.settle(charge, 7)
    with pytest.raises(ChargeConflict, match="has no work"):
        ledger.attach(charge, "job-7")
    assert sums(ledger, "day") == (0, 0, 0)
    ledger.reserve("day", 10, key="b")


def test_what_may_be_under_way_again_is_not_given_back(ledger: Ledger, clock: VirtualClock) -> None:
    charge = ledger.mark_unknown(ledger.intend(ledger.reserve("day", 6, key="a")))
    until = clock.now() + timedelta(seconds=60)
    repeated = ledger.mark_unknown(charge, until=until)
    assert (repeated.state, repeated.expires_at) == ("unknown", until)
    assert ledger.mark_unknown(charge) == repeated, "who gives up meanwhile does not end what another does"
    assert ledger.mark_unknown(charge, until=until - timedelta(seconds=9)) == repeated
    assert ledger.release(charge, unless="under way") == repeated
    clock.advance(60)
    assert ledger.release(charge, unless="under way").state == "released"
    assert sums(ledger, "day") == (0, 0, 0)


def test_what_nobody_is_at_any_more_is_given_back_at_once(ledger: Ledger) -> None:
    charge = ledger.mark_unknown(ledger.intend(ledger.reserve("day", 6, key="a", ttl_seconds=HOUR)))
    assert ledger.release(charge, unless="under way").state == "released"


def test_the_unknown_counts_until_somebody_finds_out(ledger: Ledger) -> None:
    ledger.set_limit("day", 10)
    charge = ledger.mark_unknown(ledger.intend(ledger.reserve("day", 6, key="a")))

    assert ledger.mark_unknown(charge) == charge
    assert sums(ledger, "day") == (0, 0, 6)
    with pytest.raises(BudgetExceeded):
        ledger.reserve("day", 5, key="b")
    assert ledger.settle(ledger.attach(charge, "job-7"), 3).reference == "job-7"
    assert sums(ledger, "day") == (0, 3, 0)
    ledger.release(ledger.mark_unknown(ledger.reserve("day", 7, key="c")))
    assert sums(ledger, "day") == (0, 3, 0)


def test_an_overrun_counts_in_full_and_closes_the_budget(ledger: Ledger) -> None:
    ledger.set_limit("day", 100)
    other = ledger.reserve("day", 60, key="other")
    ledger.settle(ledger.reserve(["day", "video"], 40, key="a"), 90)

    assert (sums(ledger, "day"), sums(ledger, "video")) == ((60, 90, 0), (0, 90, 0))
    assert ledger.totals("day").available == 0
    with pytest.raises(BudgetExceeded):
        ledger.reserve("day", 0, key="b")
    ledger.settle(other, 60)
    ledger.set_limit("day", 151)
    ledger.reserve("day", 1, key="b")


def test_a_limit_is_moved_and_taken_off(ledger: Ledger) -> None:
    ledger.reserve("day", 50, key="a")
    ledger.set_limit("day", 40)
    with pytest.raises(BudgetExceeded):
        ledger.reserve("day", 0, key="b")
    ledger.set_limit("day", 60)
    ledger.set_limit("day", 60)
    ledger.reserve("day", 10, key="b")
    with pytest.raises(BudgetExceeded):
        ledger.reserve("day", 1, key="c")
    ledger.set_limit("day", None)
    ledger.reserve("day", 10**15, key="c")
    ledger.set_limit("day", 10**15 - 1)
    assert ledger.totals("day") == Totals(budget="day", limit=10**15 - 1, reserved=10**15 + 60)
    ledger.set_limit("empty", 0)
    assert ledger.budgets() == ("day", "empty")


def test_one_work_a_charge(ledger: Ledger) -> None:
    charge = ledger.attach(ledger.intend(ledger.reserve("day", 10, key="a")), "job-7")

    assert ledger.attach(charge, "job-7") == charge
    with pytest.raises(ChargeConflict, match="for the work 'job-7'"):
        ledger.attach(charge, "job-8")
    settled = ledger.settle(charge, 10)
    assert ledger.attach(charge, "job-7") == settled
    assert ledger.charge("a") == settled


def test_work_that_has_a_name_was_submitted(ledger: Ledger, clock: VirtualClock) -> None:
    assert ledger.attach(ledger.reserve("day", 10, key="a"), "job-7").intended
    clock.advance(HOUR)
    assert [charge.state for charge in ledger.expire()] == ["unknown"]


def test_time_releases_what_was_not_intended_and_never_the_rest(ledger: Ledger, clock: VirtualClock) -> None:
    ledger.reserve("day", 1, key="idle")
    ledger.intend(ledger.reserve("day", 2, key="sent"))
    ledger.settle(ledger.reserve("day", 4, key="done"), 4)
    ledger.reserve("day", 8, key="longer", ttl_seconds=HOUR + 1)
    clock.advance(HOUR - 0.000001)
    assert ledger.expire() == ()
    clock.advance(0.000001)

    lapsed = ledger.expire()
    assert {charge.key: (charge.state, charge.lapsed) for charge in lapsed} == {
        "idle": ("released", True),
        "sent": ("unknown", True),
    }
    assert ledger.expire() == ()
    assert sums(ledger, "day") == (8, 4, 2)
    assert {charge.key: charge for charge in ledger.charges()} | {
        charge.key: charge for charge in lapsed
    } == {charge.key: charge for charge in ledger.charges()}


def test_totals_and_a_full_budget_lapse_by_themselves(ledger: Ledger, clock: VirtualClock) -> None:
    ledger.set_limit("day", 10)
    ledger.reserve("day", 6, key="idle")
    ledger.intend(ledger.reserve("day", 4, key="sent"))
    clock.advance(HOUR)

    with pytest.raises(BudgetExceeded):
        ledger.reserve("day", 7, key="a")
    ledger.reserve("day", 6, key="b")
    assert [ledger.charge(key).state for key in ("idle", "sent")] == ["released", "unknown"]  # type: ignore[union-attr]  # they are there
    ledger.intend(ledger.charge("b"))  # type: ignore[arg-type]  # as above
    clock.advance(HOUR)
    assert sums(ledger, "day") == (0, 0, 10)


def test_reserving_again_says_what_time_has_done(ledger: Ledger, clock: VirtualClock) -> None:
    ledger.reserve("day", 6, key="idle")
    ledger.intend(ledger.reserve("day", 4, key="sent"))
    clock.advance(HOUR)

    assert ledger.reserve("day", 6, key="idle").state == "released"
    assert ledger.reserve("day", 4, key="sent").state == "unknown"
    assert ledger.expire() == ()


@pytest.mark.parametrize("seen", [True, False])
def test_who_is_too_late_may_not_submit(ledger: Ledger, clock: VirtualClock, *, seen: bool) -> None:
    charge = ledger.reserve("day", 6, key="a")
    clock.advance(HOUR)
    if seen:
        ledger.expire()

    with pytest.raises(ChargeConflict, match="lapsed to released: its request may not leave any more"):
        ledger.intend(charge)
    assert sums(ledger, "day") == (0, 0, 0)


@pytest.mark.parametrize("seen", [True, False])
def test_what_was_spent_counts_however_late_it_is_said(
    ledger: Ledger, clock: VirtualClock, *, seen: bool
) -> None:
    ledger.set_limit("day", 30)
    late = [ledger.reserve("day", 10, key=key) for key in ("settled", "named", "unknown")]
    clock.advance(HOUR)
    if seen:
        ledger.expire()
        ledger.reserve("day", 30, key="another")

    assert ledger.settle(late[0], 9).state == "settled"
    assert ledger.attach(late[1], "job-7").state == "unknown"
    assert ledger.mark_unknown(late[2]).state == "unknown"
    assert sums(ledger, "day") == (30 * seen, 9, 20)
    assert ledger.charge("settled").lapsed is False  # type: ignore[union-attr]  # it is there
    with pytest.raises(BudgetExceeded):
        ledger.reserve("day", 2, key="next")


def test_a_late_release_is_a_word(ledger: Ledger, clock: VirtualClock) -> None:
    charge = ledger.reserve("day", 10, key="a")
    clock.advance(HOUR)
    ledger.expire()

    assert ledger.release(charge).lapsed is False
    with pytest.raises(ChargeConflict):
        ledger.settle(charge, 1)


def test_attaching_puts_off_the_end(ledger: Ledger, clock: VirtualClock) -> None:
    charge = ledger.intend(ledger.reserve("day", 10, key="a"))
    ledger.attach(charge, "job-7", expires_at=clock.now() + timedelta(seconds=2 * HOUR))
    clock.advance(2 * HOUR - 1)
    assert ledger.expire() == ()
    ledger.attach(charge, "job-7", expires_at=clock.now() + timedelta(seconds=10))
    clock.advance(9)
    assert ledger.expire() == ()
    clock.advance(1)
    assert [charge.key for charge in ledger.expire()] == ["a"]


def test_attaching_may_bring_the_end_forward(ledger: Ledger, clock: VirtualClock) -> None:
    charge = ledger.intend(ledger.reserve("day", 10, key="a"))
    ledger.attach(charge, "job-7", expires_at=clock.now() + timedelta(seconds=10))
    clock.advance(10)
    assert [charge.key for charge in ledger.expire()] == ["a"]


def test_charges_of_a_stretch_of_time(ledger: Ledger, clock: VirtualClock) -> None:
    times = []
    for number in range(6):
        times.append(clock.now())
        for name in ("b", "a"):
            ledger.reserve(f"budget-{name}", 1, key=f"{number}{name}")
        clock.advance(30)

    def keys(**asked: object) -> str:
        return " ".join(charge.key for charge in ledger.charges(**asked))  # type: ignore[arg-type]  # as given

    assert keys() == "0a 0b 1a 1b 2a 2b 3a 3b 4a 4b 5a 5b"
    assert keys(since=times[4]) == "4a 4b 5a 5b"
    assert keys(until=times[1]) == "0a 0b"
    assert keys(since=times[1], until=times[3], budget="budget-b") == "1b 2b"
    assert keys(since=times[3], until=times[3]) == ""
    assert keys(since=times[3], until=times[2]) == ""
    assert keys(budget="budget") == ""
    shifted = times[4].astimezone(datetime.now().astimezone().tzinfo)
    assert keys(since=shifted) == "4a 4b 5a 5b"


def test_many_charges_are_listed_and_lapse(ledger: Ledger, clock: VirtualClock) -> None:
    for number in range(105):
        ledger.reserve("day", 1, key=f"{number:03}")
    clock.advance(HOUR)

    assert len(ledger.charges()) == 105
    assert len(ledger.expire()) == 105
    assert sums(ledger, "day") == (0, 0, 0)


def test_a_charge_that_was_never_reserved(ledger: Ledger, clock: VirtualClock) -> None:
    now = clock.now()
    foreign = Charge(
        key="x",
        budgets=("day",),
        state="reserved",
        reserved_micro_usd=5,
        created_at=now,
        updated_at=now,
        expires_at=now,
    )
    for act in (ledger.intend, ledger.release, ledger.mark_unknown, lambda it: ledger.settle(it, 1)):
        with pytest.raises(ChargeConflict, match="There is no charge x"):
            act(foreign)


@pytest.mark.parametrize("name", ["", " a", "a ", "a\nb", "a\0b", "x" * 513, "é" * 257, "\ud800"])
def test_a_misshapen_name_is_refused(ledger: Ledger, name: str) -> None:
    charge = ledger.reserve("day", 1, key="a")
    for act in (
        lambda: ledger.reserve(name, 1, key="b"),
        lambda: ledger.reserve(["day", name], 1, key="b"),
        lambda: ledger.reserve("day", 1, key=name),
        lambda: ledger.set_limit(name, 1),
        lambda: ledger.totals(name),
        lambda: ledger.charges(budget=name),
        lambda: ledger.charge(name),
        lambda: ledger.attach(charge, name),
    ):
        with pytest.raises(LedgerInvalid):
            act()
    assert len(ledger.charges()) == 1


@pytest.mark.parametrize("amount", [-1, 10**15 + 1, 0.5, True, "5", float("nan")])
def test_a_wrong_amount_is_refused(ledger: Ledger, amount: int) -> None:
    charge = ledger.reserve("day", 1, key="a")
    acts: tuple[Callable[[], object], ...] = (
        lambda: ledger.reserve("day", amount, key="b"),
        lambda: ledger.set_limit("day", amount),
        lambda: ledger.settle(charge, amount),
    )
    for act in acts:
        with pytest.raises(LedgerInvalid, match="not an amount"):
            act()
    assert sums(ledger, "day") == (1, 0, 0)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e12])
def test_a_wrong_time_is_refused(ledger: Ledger, seconds: float) -> None:
    with pytest.raises(LedgerInvalid):
        ledger.reserve("day", 1, key="a", ttl_seconds=seconds)
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 (that is what is wrong with it)
    for act in (
        lambda: ledger.charges(since=naive),
        lambda: ledger.charges(until=naive),
        lambda: ledger.attach(ledger.reserve("day", 1, key="b"), "job", expires_at=naive),
    ):
        with pytest.raises(LedgerInvalid, match="no time zone"):
            act()


def test_no_budget_and_too_many_are_refused(ledger: Ledger) -> None:
    for budgets in ([], [str(number) for number in range(41)]):
        with pytest.raises(LedgerInvalid, match="1 to 40 budgets"):
            ledger.reserve(budgets, 1, key="a")
    ledger.reserve([str(number) for number in range(40)], 1, key="a")
    assert sums(ledger, "39") == (1, 0, 0)


def test_the_longest_names_fit(ledger: Ledger) -> None:
    ledger.settle(ledger.reserve("é" * 256, 1, key="k" * 512), 1)
    assert sums(ledger, "é" * 256) == (0, 1, 0)


def test_many_threads_fill_a_budget_exactly(ledger: Ledger) -> None:
    ledger.set_limit("day", 100)

    def work(number: int) -> int:
        try:
            charge = ledger.reserve(["day", f"video/{number % 3}"], 3, key=f"k{number}")
            ledger.settle(ledger.intend(charge), 3)
        except BudgetExceeded:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(60))) == 33
    assert sums(ledger, "day") == (0, 99, 0)
    assert sum(sums(ledger, f"video/{each}")[1] for each in range(3)) == 99


def test_many_threads_with_one_key_submit_once(ledger: Ledger) -> None:
    def work(_: int) -> int:
        charge = ledger.reserve("day", 3, key="one")
        try:
            ledger.intend(charge)
        except ChargeConflict:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(40))) == 1
    assert sums(ledger, "day") == (3, 0, 0)
