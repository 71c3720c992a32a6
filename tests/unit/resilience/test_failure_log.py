import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from reelwright.clock import VirtualClock
from reelwright.errors import InvalidInput
from reelwright.models.errors import ProviderThrottled
from reelwright.observability.concealed import conceal
from reelwright.observability.correlation import bind
from reelwright.observability.logger import JsonLines
from reelwright.resilience.failure_log import log_failure


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logger, handler = logging.getLogger("reelwright"), JsonLines("dev", stream, VirtualClock())
    logger.addHandler(handler)
    yield stream
    logger.removeHandler(handler)


def an_error(text: str) -> ProviderThrottled:
    error = ProviderThrottled(
        f"Runway asked for a pause: {text}",
        next_step="Wait a minute.",
        request_id="req-7",
        retry_after_seconds=30.0,
    )
    error.__cause__ = ConnectionError(f"socket said {text}")
    return error


def logged(stream: io.StringIO) -> dict[str, Any]:
    (line,) = stream.getvalue().splitlines()
    return dict(json.loads(line))


def test_one_line_says_what_where_why_and_what_next(stream: io.StringIO) -> None:
    with bind(production_id="p-1", step="shoot", attempt=2):
        log_failure(an_error("busy"), model="runway-gen4-5", provider="runway", attempt=3, seconds=1.23456)

    said = logged(stream)
    expected = {
        "production_id": "p-1",
        "step": "shoot",
        "attempt": 2,
        "model_attempt": 3,
        "provider": "runway",
        "model": "runway-gen4-5",
        "provider_request_id": "req-7",
        "failure": "throttled",
        "accepted": "no",
        "seconds": 1.235,
        "retry_after_seconds": 30.0,
        "next_step": "Wait a minute.",
        "level": "WARNING",
    }
    assert {name: said[name] for name in expected} == expected
    assert said["error"]["cause"] == {"type": "ConnectionError", "message": "socket said busy"}


def test_no_secret_is_in_it(stream: io.StringIO) -> None:
    conceal("sk-very-secret-value-123")

    log_failure(an_error("sk-very-secret-value-123"), model="m", provider="p", attempt=1, seconds=0)

    assert "very-secret" not in stream.getvalue()


def test_an_error_that_is_no_providers_is_named_by_its_code(stream: io.StringIO) -> None:
    log_failure(InvalidInput("no"), model="m", provider="p", attempt=1, seconds=0.0)

    assert logged(stream)["failure"] == "invalid_input"
