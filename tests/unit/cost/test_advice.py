"""Calls put together from their charges, and what comes of weighing other settings against them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from reelwright.clock import VirtualClock
from reelwright.cost.advice import Alternative, PaidCall, advise, calls_of, saved_by_cache
from reelwright.cost.ledger import CostLedger
from reelwright.cost.schema import Charge, ChargeLine


class Book:
    """Charges of calls as the manager writes them."""

    def __init__(self) -> None:
        self.clock = VirtualClock(datetime(2026, 11, 25, 12, tzinfo=UTC))
        self.ledger = CostLedger.open("memory:", clock=self.clock)

    def attempt(self, call: str, model: str, number: int = 1) -> Charge:
        self.clock.advance(1)
        key, video = f"{call}/{model}/{number}", call.partition("/")[0]
        return self.ledger.reserve("b", 1_000, key=key, subject={"model": model, "production_id": video})

    def settle(self, call: str, model: str, amount: int, number: int = 1, *, failed: bool = False) -> None:
        line = ChargeLine(
            service="video",
            provider="runway",
            model=model,
            unit="video_seconds",
            quantity=5,
            micro_usd=amount,
            failed=failed,
        )
        self.ledger.settle(self.attempt(call, model, number), amount, lines=[line])

    def calls(self) -> tuple[PaidCall, ...]:
        return calls_of(self.ledger.charges())


@pytest.fixture
def book() -> Book:
    return Book()


def test_a_call_is_its_answer_and_whatever_failed_before(book: Book) -> None:
    book.settle("prod_a/shoot/0/aa", "dear", 300, failed=True)
    book.ledger.release(book.attempt("prod_a/shoot/0/aa", "busy"))
    book.settle("prod_a/shoot/0/aa", "cheap", 200)
    (call,) = book.calls()
    assert (call.model, call.answer, call.micro_usd) == ("cheap", 200, 500)
    assert call.failed == {"dear": 300, "busy": 0}
    assert (call.production_id, call.asked, call.service) == ("prod_a", "shoot/0/aa", "video")


def test_the_same_model_may_fail_and_then_answer(book: Book) -> None:
    book.settle("prod_a/shoot/0/aa", "cheap", 200, failed=True)
    book.settle("prod_a/shoot/0/aa", "cheap", 210, number=2)
    (call,) = book.calls()
    assert (call.answer, call.failed) == (210, {"cheap": 200})


def test_what_nobody_knows_or_nobody_answered_is_no_call(book: Book) -> None:
    book.ledger.mark_unknown(book.attempt("prod_a/shoot/0/aa", "dear"))
    book.settle("prod_a/shoot/0/aa", "cheap", 200)
    book.settle("prod_a/shoot/1/aa", "cheap", 200, failed=True)
    book.attempt("prod_a/shoot/2/aa", "cheap")
    assert book.calls() == ()


def alternative(key: str, settings: int, *services: str) -> Alternative[int]:
    return Alternative(
        key=key,
        was="1",
        to=str(settings),
        settings=settings,
        touches=lambda call: not services or call.service in services,
        quality=lambda calls: f"{len(calls)} changed",
    )


def weighed(book: Book, alternatives: Iterable[Alternative[int]], *, now: int = 100) -> object:
    """Settings are a percentage of what a call cost; 0 cannot be done."""
    return advise(
        book.calls(),
        alternatives,
        lambda call, percent: call.micro_usd * percent // 100 if percent else None,
        now=now,
    )


@pytest.fixture
def two_calls(book: Book) -> Book:
    book.settle("prod_a/shoot/0/aa", "cheap", 200)
    book.settle("prod_a/shoot/1/aa", "cheap", 300)
    return book


def test_the_most_saving_comes_first_with_its_share(two_calls: Book) -> None:
    outlook = weighed(two_calls, [alternative("a", 90), alternative("b", 50), alternative("c", 120)])
    assert [(each.key, each.saved_micro_usd, each.total_micro_usd) for each in outlook.advices] == [
        ("b", 250, 250),
        ("a", 50, 450),
    ]
    assert outlook.advices[0].share == Fraction(1, 2)
    assert (outlook.advices[0].calls, outlook.advices[0].quality) == (2, "2 changed")


def test_what_could_not_have_been_done_or_saves_nothing_is_not_advised(two_calls: Book) -> None:
    outlook = weighed(two_calls, [alternative("a", 0), alternative("b", 100), alternative("c", 50, "audio")])
    assert outlook.advices == ()


def test_it_has_to_beat_what_the_settings_say_by_now(two_calls: Book) -> None:
    outlook = weighed(two_calls, [alternative("a", 60), alternative("b", 50)], now=60)
    assert (outlook.paid_micro_usd, outlook.now_micro_usd) == (500, 300)
    assert [(each.key, each.saved_micro_usd) for each in outlook.advices] == [("b", 50)]
    assert weighed(two_calls, [], now=130).now_micro_usd == 500


def test_nothing_was_bought_and_nothing_is_advised(book: Book) -> None:
    assert weighed(book, [alternative("a", 50)]).advices == ()


def test_a_cache_answers_until_its_time_is_over_and_serving_does_not_prolong_it(book: Book) -> None:
    for video, wait in (("prod_a", 0), ("prod_b", 40), ("prod_c", 40), ("prod_d", 10)):
        book.clock.advance(wait)
        book.settle(f"{video}/shoot/0/aa", "cheap", 200)
    book.settle("prod_e/shoot/0/other", "cheap", 200)
    saved = saved_by_cache(book.calls(), 60)
    # The third comes 82 s after the first, is bought anew, and then serves the fourth.
    assert saved == {"prod_b/shoot/0/aa": 200, "prod_d/shoot/0/aa": 200}
    assert saved_by_cache(book.calls(), 41) == {"prod_d/shoot/0/aa": 200}
