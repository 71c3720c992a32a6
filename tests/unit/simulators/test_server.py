"""The simulated vendors' base: what they bill, how they fail, and that they do as they are told."""

import threading
from collections.abc import Callable
from fractions import Fraction

import pytest

from reelwright.models.http import AnswerLost, HttpAnswer, HttpClient, NotSent
from tests.simulators.access import KEY, SimulatedAccess, call_to
from tests.simulators.server import FAULTS, Answer, Fault, Faults, Received, Simulator, json_answer

HTTP = HttpClient()
PRICES = {"pen": {"words": Fraction(1, 3), "pages": Fraction(5)}}


class Scribe(Simulator):
    """Writes a word for a third of a micro-dollar."""

    def answer(self, request: Received) -> Answer:
        self.take_on(request.path, "pen", {"words": 10})
        return json_answer({"text": "x" * 200})


def ask(vendor: Simulator, path: str = "/write", seconds: float = 5.0) -> HttpAnswer:
    return HTTP.send("POST", f"{vendor.url}{path}", json={}, deadline=call_to(seconds=seconds).deadline)


def test_each_line_of_the_bill_is_rounded_up_by_itself() -> None:
    vendor = Scribe(prices=PRICES)
    assert vendor.take_on("a", "pen", {"words": 10, "pages": 2}).micro_usd == 4 + 10
    assert vendor.take_on("b", "pen", {"words": 3, "unpriced": 9}).micro_usd == 1
    assert vendor.take_on("c", "chalk", {"words": 3}).micro_usd == 0
    assert vendor.bill_micro_usd == 15


NOT_DONE: tuple[Fault, ...] = ("throttled", "server_error", "overloaded", "reset", "refused_connection")
DONE: tuple[Fault, ...] = ("lost_answer", "reset_mid_body", "slow_body", "malformed", "wrong_content_type")


@pytest.mark.parametrize("fault", [*NOT_DONE, "timeout"])
def test_faults_before_the_work_cost_nothing(fault: Fault) -> None:
    with Scribe(prices=PRICES, faults=Faults.script([fault])) as vendor:
        try:
            assert ask(vendor, seconds=1.0).status >= 400
        except AnswerLost:
            assert fault in {"reset", "refused_connection", "timeout"}
        assert (vendor.bill_micro_usd, len(vendor.received)) == (0, 1)


@pytest.mark.parametrize("fault", DONE)
def test_faults_after_the_work_are_billed(fault: Fault) -> None:
    with Scribe(prices=PRICES, faults=Faults.script([fault])) as vendor:
        try:
            answer = ask(vendor, seconds=1.0)
            assert (answer.status, answer.json_object()) == (200, None)
        except AnswerLost:
            assert fault in {"lost_answer", "reset_mid_body", "slow_body"}
        assert vendor.bill_micro_usd == 4


def test_every_fault_is_either_the_bases_or_a_subclasss() -> None:
    for fault in set(FAULTS) - {*NOT_DONE, *DONE, "timeout"}:
        with pytest.raises(NotImplementedError):
            Scribe().failing(fault, Received("GET", "/", {}, {}, b""))


def test_faults_come_in_order_and_then_no_more() -> None:
    with Scribe(faults=Faults.script(["throttled", None, "overloaded"])) as vendor:
        assert [ask(vendor).status for _ in range(5)] == [429, 200, 503, 200, 200]


def test_faults_may_be_for_some_requests_only() -> None:
    def paid(request: Received) -> bool:
        return request.path == "/paid"

    with Scribe(faults=Faults.script(["throttled"], on=paid)) as vendor:
        assert [ask(vendor, path).status for path in ("/free", "/paid", "/paid")] == [200, 429, 200]


def test_random_faults_are_the_same_for_a_seed() -> None:
    request = Received("GET", "/", {}, {}, b"")

    def drawn(seed: int) -> list[Fault | None]:
        faults = Faults.random(seed, 0.3, ["throttled", "reset"])
        return [faults.next(request) for _ in range(200)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 30 < sum(fault is not None for fault in drawn(1)) < 90
    assert set(drawn(1)) == {None, "throttled", "reset"}


def test_a_vendor_that_is_away_refuses_and_comes_back_to_its_address() -> None:
    with Scribe() as vendor:
        url = vendor.url
        with vendor.away(), pytest.raises(NotSent):
            ask(vendor)
        assert ask(vendor).status == 200
        assert vendor.url == url
        assert len(vendor.received) == 1


def test_a_request_is_recorded_as_it_came() -> None:
    with Scribe() as vendor:
        url = f"{vendor.url}/a%2Fb%20c?x=1&x=2&empty="
        HTTP.send("PUT", url, headers={"X-Thing": "Yes"}, body=b"[1]", deadline=call_to().deadline)
    (request,) = vendor.received
    assert (request.method, request.path, request.query) == ("PUT", "/a/b c", {"x": "2", "empty": ""})
    assert (request.headers["x-thing"], request.body, request.json) == ("Yes", b"[1]", [1])


def test_many_clients_are_served_at_once_and_every_one_is_billed() -> None:
    with Scribe(prices=PRICES) as vendor:
        together(lambda: ask(vendor), 24)
        assert (len(vendor.accepted), vendor.bill_micro_usd) == (24, 96)


def test_its_own_mistakes_are_objections_and_no_answers() -> None:
    class Broken(Simulator):
        def answer(self, request: Received) -> Answer:
            raise ZeroDivisionError

    with Broken() as vendor, pytest.raises(AnswerLost):
        ask(vendor)
    assert "ZeroDivisionError" in vendor.objections[0]


def test_access_hands_out_the_keys_in_turn() -> None:
    access = SimulatedAccess()
    assert access.with_key(lambda key: key) == KEY
    assert (access.reads, access.endpoints) == (1, ())


def together(work: Callable[[], object], times: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
