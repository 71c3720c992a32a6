import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from reelwright.clock import SystemClock, VirtualClock
from reelwright.errors import Retryable
from reelwright.resilience.bulkhead import Bulkhead, BulkheadFull
from reelwright.resilience.deadline import Deadline

SOON = 20.0


def soon() -> Deadline:
    return Deadline.after(SOON, SystemClock())


def test_no_more_than_the_limit_are_inside_at_a_time() -> None:
    bulkhead, lock = Bulkhead(3), threading.Lock()
    inside, most = 0, 0
    together = threading.Barrier(3)

    def work(number: int) -> None:
        nonlocal inside, most
        with bulkhead.place(soon()):
            with lock:
                inside += 1
                most = max(most, inside)
            if number < 3:
                together.wait(SOON)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(200)))

    assert most == 3
    assert bulkhead.taken == 0


def queued(bulkhead: Bulkhead, count: int) -> None:
    waiting = threading.Event()
    while len(bulkhead._queue) < count:
        waiting.wait(0.001)


def test_places_are_given_in_the_order_of_coming() -> None:
    bulkhead, order = Bulkhead(1), []

    def work(number: int) -> None:
        with bulkhead.place(soon()):
            order.append(number)

    with ThreadPoolExecutor(5) as pool, bulkhead.place(soon()):
        for number in range(5):
            pool.submit(work, number)
            queued(bulkhead, number + 1)

    assert order == [0, 1, 2, 3, 4]


def test_who_waits_in_vain_is_told_when_time_is_up() -> None:
    bulkhead, clock = Bulkhead(1, name="runway"), VirtualClock()

    told = pytest.raises(BulkheadFull, match=r"All 1 places .* runway")
    with bulkhead.place(soon()), told as caught, bulkhead.place(Deadline.after(0.0, clock)):
        pass

    assert isinstance(caught.value, Retryable)
    assert "max_concurrent" in caught.value.next_step
    assert bulkhead.taken == 0


def test_the_deadline_is_that_of_the_callers_clock() -> None:
    bulkhead, clock = Bulkhead(1), VirtualClock()

    def wait() -> None:
        with bulkhead.place(Deadline.after(3600, clock)):
            pass

    with ThreadPoolExecutor(1) as pool, bulkhead.place(soon()):
        waiting = pool.submit(wait)
        queued(bulkhead, 1)
        clock.advance(3600)
        with pytest.raises(BulkheadFull):
            waiting.result(SOON)


def test_who_gave_up_keeps_no_place_and_no_turn() -> None:
    bulkhead, clock = Bulkhead(1), VirtualClock()
    with bulkhead.place(soon()):
        for _ in range(3):
            with pytest.raises(BulkheadFull), bulkhead.place(Deadline.after(0.0, clock)):
                pass
        assert not bulkhead._queue

    with bulkhead.place(Deadline.after(0.0, clock)):
        assert bulkhead.taken == 1


def test_a_turn_that_comes_as_somebody_gives_up_goes_on_to_the_next() -> None:
    bulkhead = Bulkhead(1)
    bulkhead._taken = 1
    turn = threading.Event()
    bulkhead._queue.append(turn)
    bulkhead._give_back()

    bulkhead._leave(turn)

    assert bulkhead.taken == 0


def test_a_place_is_free_after_an_error() -> None:
    bulkhead = Bulkhead(1)
    with pytest.raises(ValueError, match="inside"), bulkhead.place(soon()):
        raise ValueError("inside")
    assert bulkhead.taken == 0
