"""What an answer means: by status, by a vendor's rules, for what is paid for already, and for how long."""

import traceback
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.models.errors import ProviderFailed, ProviderMisconfigured
from reelwright.models.http import AnswerLost, HttpAnswer, HttpClient, NotSent
from reelwright.models.outcomes import (
    Dialect,
    Rule,
    ask,
    failure_of,
    failure_of_connection,
    retry_after_seconds,
    spoken,
)
from reelwright.observability.concealed import conceal
from tests.simulators.access import KEY, SimulatedAccess, call_to
from tests.simulators.server import Answer, Received, Simulator, json_answer

NOW = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)
PLAIN = Dialect("acme")


def answer(status: int, body: bytes = b"", **headers: str) -> HttpAnswer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    kind = {"content-type": "application/json"} if body.startswith(b"{") else {}
    return HttpAnswer(status, kind | named, body, NOW)


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (301, "misconfigured"),
        (400, "callers_fault"),
        (401, "misconfigured"),
        (402, "exhausted"),
        (403, "misconfigured"),
        (404, "callers_fault"),
        (408, "timed_out"),
        (409, "unavailable"),
        (413, "callers_fault"),
        (422, "callers_fault"),
        (425, "throttled"),
        (429, "throttled"),
        (500, "unavailable"),
        (502, "unavailable"),
        (503, "unavailable"),
        (504, "timed_out"),
        (529, "unavailable"),
        (599, "unavailable"),
    ],
)
def test_what_a_status_says_by_itself(status: int, failure: str) -> None:
    found = failure_of(answer(status), PLAIN)
    assert (found.failure, found.accepted, found.usage) == (failure, "no", ())
    assert found.next_step


@pytest.mark.parametrize(
    ("status", "body", "failure", "accepted"),
    [
        (400, b"", "callers_fault", "no"),
        (429, b"", "throttled", "no"),
        (500, b"", "unknown", "maybe"),
        (500, b'{"error": "oops"}', "unknown", "maybe"),
        (502, b"<html>", "unknown", "maybe"),
        (503, b"<html>a gateway</html>", "unknown", "maybe"),
        (503, b'{"error": "we are full"}', "unavailable", "no"),
        (504, b"", "unknown", "maybe"),
        (302, b"", "unknown", "maybe"),
    ],
)
def test_an_order_that_may_be_at_work_is_unknown(
    status: int, body: bytes, failure: str, accepted: str
) -> None:
    found = failure_of(answer(status, body), PLAIN, submit=True)
    assert (found.failure, found.accepted) == (failure, accepted)


def test_a_rule_of_the_vendor_comes_before_the_status() -> None:
    dialect = Dialect(
        "acme",
        rules=(
            Rule("exhausted", codes=("no_credit",), next_step="Pay."),
            Rule("refused", statuses=(400,), message="unsafe|harm"),
            Rule("unavailable", statuses=(500,), accepted="no"),
        ),
    )
    spent = failure_of(answer(429, b'{"error": {"code": "no_credit"}}', retry_after="5"), dialect)
    assert (spent.failure, spent.next_step, spent.retry_after_seconds) == ("exhausted", "Pay.", None)
    assert failure_of(answer(400, b'{"message": "UNSAFE words"}'), dialect).failure == "refused"
    assert failure_of(answer(400, b'{"message": "wrong words"}'), dialect).failure == "callers_fault"
    assert failure_of(answer(422, b'{"message": "unsafe"}'), dialect).failure == "callers_fault"
    assert failure_of(answer(500), dialect, submit=True).accepted == "no"


@pytest.mark.parametrize(
    ("status", "advice", "failure"),
    [
        (400, "true", "unavailable"),
        (400, "false", "callers_fault"),
        (429, "false", "exhausted"),
        (429, "true", "throttled"),
        (500, "false", "unavailable"),
    ],
)
def test_the_advice_to_try_again_is_heard(status: int, advice: str, failure: str) -> None:
    assert failure_of(answer(status, x_should_retry=advice), PLAIN).failure == failure


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "0.5"}, 0.5),
        ({"retry_after_ms": "1500"}, 1.5),
        ({"retry_after_ms": "1500", "retry_after": "9"}, 1.5),
        ({"retry_after_ms": "soon", "retry_after": "9"}, 9.0),
        ({"retry_after": "Wed, 25 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry_after": "Wed, 25 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry_after": "Wed, 25 Nov 2026 12:00:30 -0000"}, 30.0),
        ({"retry_after": "999999999"}, 86_400.0),
        ({"retry_after": "Fri, 31 Dec 2099 00:00:00 GMT"}, 86_400.0),
        ({"retry_after": "-3"}, None),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "inf"}, None),
        ({"retry_after": "1e999"}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": ""}, None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_seconds(answer(429, **headers)) == seconds
    assert failure_of(answer(429, **headers), PLAIN).retry_after_seconds == seconds


@given(st.text())
def test_nonsense_about_waiting_is_no_failure(text: str) -> None:
    found = retry_after_seconds(answer(429, retry_after=text, retry_after_ms=text))
    assert found is None or 0 <= found <= 86_400


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"error": null}', b'{"error": []}', b'{"error": {"code": 7, "message": {"a": 1}}}'],
)
def test_nonsense_about_errors_is_no_failure(body: bytes) -> None:
    assert spoken(answer(500, body), PLAIN).codes == ()
    assert isinstance(failure_of(answer(500, body), PLAIN), ProviderFailed)


def test_what_the_vendor_said_is_told_in_short() -> None:
    said = b'{"error": {"type": "bad", "message": "no\\n\\n  way ' + b"x" * 1000 + b'"}}'
    found = failure_of(answer(400, said, request_id="req_1"), PLAIN)
    assert found.message.startswith("acme answered with status 400 (bad): no way xxx")
    assert len(found.message) < 400
    assert (found.request_id, found.context) == ("req_1", {"provider": "acme", "request_id": "req_1"})


def test_known_secrets_are_masked_in_what_vendors_say() -> None:
    conceal("another-known-secret")
    said = f'{{"message": "{KEY} and another-known-secret"}}'.encode()
    found = failure_of(answer(400, said), PLAIN, secret=KEY)
    assert KEY not in str(found)
    assert "another-known-secret" not in str(found)


def test_about_keys_vendors_are_not_quoted() -> None:
    said = b'{"message": "Incorrect API key provided: sk-can**********show"}'
    assert "sk-can" not in str(failure_of(answer(401, said), PLAIN))
    assert "sk-can" in str(failure_of(answer(400, said), PLAIN))


@pytest.mark.parametrize(
    ("error", "submit", "failure", "accepted"),
    [
        (NotSent("x"), False, "unavailable", "no"),
        (NotSent("x", timed_out=True), False, "timed_out", "no"),
        (NotSent("x"), True, "unavailable", "no"),
        (AnswerLost("x"), False, "unavailable", "maybe"),
        (AnswerLost("x", timed_out=True), False, "timed_out", "maybe"),
        (AnswerLost("x"), True, "unknown", "maybe"),
        (AnswerLost("x", timed_out=True), True, "unknown", "maybe"),
    ],
)
def test_what_a_broken_connection_means(
    error: NotSent | AnswerLost, *, submit: bool, failure: str, accepted: str
) -> None:
    found = failure_of_connection(error, PLAIN, submit=submit)
    assert (found.failure, found.accepted) == (failure, accepted)


class Door(Simulator):
    """Opens for its keys."""

    def answer(self, request: Received) -> Answer:
        key = request.headers.get("authorization")
        if key in self.keys:
            return json_answer({"open": True})
        return json_answer({"message": f"bad {key}"}, 403 if request.path == "/closed" else 401)


def knock(door: Door, *keys: str, path: str = "/") -> tuple[HttpAnswer, SimulatedAccess]:
    call = call_to(door.url, keys=keys)
    http = HttpClient()

    def send(base: str, key: str) -> HttpAnswer:
        return http.send("GET", base + path, headers={"Authorization": key}, deadline=call.deadline)

    return ask(call, PLAIN, "https://unused", send), call.access


def test_a_refused_key_is_read_again_once() -> None:
    with Door(keys=["new-key"]) as door:
        answered, access = knock(door, "old-key", "new-key", "newer-key")
    assert (answered.status, access.reads, len(door.received)) == (200, 2, 2)


@pytest.mark.parametrize("path", ["/", "/closed"])
def test_a_key_that_is_refused_twice_is_for_an_operator(path: str) -> None:
    with Door(keys=["right"]) as door:
        with pytest.raises(ProviderMisconfigured) as caught:
            knock(door, KEY, f"{KEY}-2", "right", path=path)
        assert len(door.received) == 2
    assert KEY not in "".join(traceback.format_exception(caught.value))
