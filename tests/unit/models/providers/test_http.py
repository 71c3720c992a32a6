"""The HTTP client: what it sends, and what it can swear to afterwards."""

import socket
import subprocess
import sys
import threading
import traceback
from contextlib import ExitStack
from typing import Any

import pytest

from reelwright.models.errors import ProviderMisconfigured
from reelwright.models.http import AnswerLost, HttpAnswer, NotSent, first_reachable
from tests.simulators.access import KEY
from tests.simulators.server import Answer, Cut, Faults, Received, Simulator, json_answer, nobody_listens
from tests.unit.models.providers.http_kit import HTTP, Echo, drip, raw_server, within

# What is sent


def test_a_request_arrives_as_it_was_meant() -> None:
    with Echo() as vendor:
        answer = HTTP.send(
            "POST",
            f"{vendor.url}/v1/x?limit=2",
            headers={"Authorization": f"Bearer {KEY}"},
            json={"text": "Grüße\ud800"},
            deadline=within(5),
        )
    (request,) = vendor.received
    assert (request.method, request.path, request.query) == ("POST", "/v1/x", {"limit": "2"})
    assert request.json == {"text": "Grüße\ud800"}
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"] == "reelwright"
    assert request.headers["connection"] == "close"
    assert request.headers["host"] == vendor.url.removeprefix("http://")
    assert (answer.status, answer.json_object()) == (200, {"path": "/v1/x"})


def test_an_answer_of_failure_is_an_answer() -> None:
    with Echo(json_answer({"error": 1}, 503, retry_after="3")) as vendor:
        answer = HTTP.send("GET", vendor.url, deadline=within(5))
    assert (answer.status, answer.headers["retry-after"]) == (503, "3")


def test_redirects_are_not_followed() -> None:
    with Echo(Answer(307, b"", {"location": "/elsewhere"})) as vendor:
        assert HTTP.send("POST", vendor.url, json={}, deadline=within(5)).status == 307
        assert len(vendor.received) == 1


def test_proxies_of_the_environment_see_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with Echo() as proxy, Echo() as vendor:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        HTTP.send("GET", vendor.url, deadline=within(5))
        assert (len(proxy.received), len(vendor.received)) == (0, 1)


def test_nothing_is_tried_twice() -> None:
    with Echo(Cut()) as vendor:
        with pytest.raises(AnswerLost):
            HTTP.send("GET", vendor.url, deadline=within(5))
        assert len(vendor.received) == 1


@pytest.mark.parametrize("value", [f"Bearer {KEY}\r\nX-Evil: 1", f"Bearer {KEY}\n", f"{KEY}\x00", f"{KEY}é"])
def test_a_key_that_is_no_header_is_refused_without_being_shown(value: str) -> None:
    with Echo() as vendor:
        with pytest.raises(ProviderMisconfigured) as caught:
            HTTP.send("GET", vendor.url, headers={"Authorization": value}, deadline=within(5))
        assert vendor.received == []
    assert KEY not in "".join(traceback.format_exception(caught.value))


# What can be sworn to afterwards


def test_a_refused_connection_is_not_sent() -> None:
    with nobody_listens() as url, pytest.raises(NotSent) as caught:
        HTTP.send("POST", f"{url}/secret?sig={KEY}", json={}, deadline=within(5))
    assert not caught.value.timed_out
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_a_name_that_nobody_knows_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotSent, match=r"api\.example\.com"):
        HTTP.send("GET", "https://api.example.com", deadline=within(5))


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(30))
    deadline = within(0.2)
    try:
        with pytest.raises(NotSent, match="in time") as caught:
            HTTP.send("GET", "https://api.example.com", deadline=deadline)
        assert deadline.clock.monotonic() - deadline.at < 5
    finally:
        over.set()
    assert caught.value.timed_out


def test_adapters_load_neither_a_client_nor_an_sdk_before_they_are_used() -> None:
    heavy = "{'http.client', 'urllib3', 'anthropic', 'openai', 'boto3'}"
    modules = "reelwright.models.providers.openai, reelwright.models.providers.anthropic"
    code = f"import sys, {modules}; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_after_the_deadline_nothing_is_sent() -> None:
    with Echo() as vendor:
        with pytest.raises(NotSent) as caught:
            HTTP.send("GET", vendor.url, deadline=within(0))
        assert (vendor.received, caught.value.timed_out) == ([], True)


def test_a_machine_that_never_answers_is_not_waited_for_beyond_the_deadline() -> None:
    deadline = within(0.3)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as busy:
        address = busy.getsockname()
        with ExitStack() as waiting:
            for _ in range(4):
                made = waiting.enter_context(socket.socket())
                made.settimeout(0)
                made.connect_ex(address)
            with pytest.raises(NotSent) as caught:
                HTTP.send("GET", f"http://127.0.0.1:{address[1]}", deadline=deadline)
    assert caught.value.timed_out
    assert deadline.clock.monotonic() - deadline.at < 5, "the usual patience is ten seconds"


def test_plain_http_to_a_local_name_that_leads_away_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 80))],
    )
    with pytest.raises(NotSent):
        HTTP.send("GET", "http://localhost/", deadline=within(5))


@pytest.mark.parametrize(
    ("fault", "timed_out"),
    [
        ("timeout", True),
        ("slow_body", True),
        ("reset", False),
        ("lost_answer", False),
        ("reset_mid_body", False),
    ],
)
def test_a_lost_answer_may_have_arrived(fault: Any, *, timed_out: bool) -> None:
    class Vendor(Simulator):
        def answer(self, request: Received) -> Answer:
            return json_answer({"long": "x" * 5000})

    with Vendor(faults=Faults.script([fault])) as vendor:
        with pytest.raises(AnswerLost) as caught:
            HTTP.send("POST", f"{vendor.url}/secret?sig={KEY}", json={}, deadline=within(1.0))
        assert len(vendor.received) == 1
    assert caught.value.timed_out is timed_out
    assert KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "text",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 1000,
        b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 50 + b"\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 100,
    ],
    ids=["body", "chunks", "headers", "interim answers"],
)
def test_drips_do_not_add_up_beyond_the_deadline(text: bytes) -> None:
    deadline = within(1.0)
    with raw_server(drip(text)) as url:
        with pytest.raises(AnswerLost) as caught:
            HTTP.send("GET", url, deadline=deadline)
        late = deadline.clock.monotonic() - deadline.at
    assert caught.value.timed_out
    assert late < 5, "all drips would have taken far longer"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nshort",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200 + b"\r\n",
    ],
    ids=["nothing", "no http", "short body", "short chunk", "a long header", "many headers"],
)
def test_what_is_no_whole_answer_is_lost(text: bytes) -> None:
    def talk(made: socket.socket, _: threading.Event) -> None:
        made.recv(65536)
        made.sendall(text)

    with raw_server(talk) as url, pytest.raises(AnswerLost) as caught:
        HTTP.send("GET", url, deadline=within(5))
    assert not caught.value.timed_out


def test_an_answer_that_is_too_long_is_lost() -> None:
    with Echo(Answer(200, b"x" * 1001)) as vendor, pytest.raises(AnswerLost):
        HTTP.send("GET", vendor.url, deadline=within(5), max_bytes=1000)
    with Echo(Answer(200, b"x" * 1000)) as vendor:
        assert len(HTTP.send("GET", vendor.url, deadline=within(5), max_bytes=1000).body) == 1000


def test_what_a_server_says_to_half_a_request_is_heard() -> None:
    def talk(made: socket.socket, over: threading.Event) -> None:
        made.recv(1024)
        made.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        over.wait(0.1)

    with raw_server(talk) as url:
        assert HTTP.send("POST", url, body=b"x" * 30_000_000, deadline=within(10)).status == 413


# JSON


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b'{"a": 1}', "application/json", {"a": 1}),
        (b'{"a": 1}', "application/problem+json; charset=utf-8", {"a": 1}),
        (b'{"a": 1}', "text/html", None),
        (b'{"a": 1}', "", None),
        (b'{"a": ', "application/json", None),
        (b"[1]", "application/json", None),
        (b"\xff\xfe{", "application/json", None),
        (b"[" * 100_000, "application/json", None),
    ],
)
def test_only_a_json_object_that_says_so_is_one(body: bytes, kind: str, expected: object) -> None:
    assert HttpAnswer(200, {"content-type": kind}, body).json_object() == expected


def test_an_answer_does_not_show_its_insides() -> None:
    assert KEY not in repr(HttpAnswer(200, {"set-cookie": KEY}, KEY.encode()))


# Fallback addresses


def test_the_next_address_is_tried_only_if_nothing_was_sent() -> None:
    with nobody_listens() as dead, Echo(Answer(500)) as failing, Echo() as never:
        asked = first_reachable(
            (dead, failing.url, never.url),
            "https://unused",
            lambda url: HTTP.send("GET", url, deadline=within(5)),
        )
    assert (asked.status, len(failing.received), never.received) == (500, 1, [])


def test_an_answer_that_was_lost_is_not_asked_for_elsewhere() -> None:
    with Echo(Cut()) as losing, Echo() as never:
        with pytest.raises(AnswerLost):
            first_reachable(
                (losing.url, never.url),
                "https://unused",
                lambda url: HTTP.send("GET", url, deadline=within(5)),
            )
        assert never.received == []


def test_the_default_is_for_calls_without_endpoints() -> None:
    assert first_reachable((), "default", str) == "default"
    with nobody_listens() as dead, pytest.raises(NotSent):
        first_reachable((dead,), "default", lambda url: HTTP.send("GET", url, deadline=within(5)))
