"""Lines of JSON that say what was worked on and hold no secret, whatever is logged."""

import io
import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from reelwright.clock import VirtualClock
from reelwright.errors import Retryable
from reelwright.observability.concealed import conceal
from reelwright.observability.correlation import bind, bound
from reelwright.observability.logger import JsonLines, configure_logging

CANARY = "cnry-logs-9b8c7d6e5f"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root, ours = logging.getLogger(), logging.getLogger("reelwright")
    before = [*root.handlers], root.level, ours.level
    stream = io.StringIO()
    conceal(CANARY)
    configure_logging("dev", stream, clock=VirtualClock())
    yield stream
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


LOG = logging.getLogger("reelwright.test")


def test_a_line_has_time_level_message_and_environment(stream: io.StringIO) -> None:
    LOG.info("Made %d scenes", 3)

    assert lines(stream) == [
        {
            "time": "2026-01-01T00:00:00.000+00:00",
            "level": "INFO",
            "logger": "reelwright.test",
            "message": "Made 3 scenes",
            "environment": "dev",
        }
    ]


def test_what_is_bound_is_on_every_line_inside(stream: io.StringIO) -> None:
    with bind(production_id="prod_1", generation=4):
        with bind(step="shoot", attempt=2):
            LOG.info("inside")
        LOG.info("between")
    LOG.info("outside")

    inside, between, outside = lines(stream)
    assert inside | {"production_id": "prod_1", "step": "shoot", "attempt": 2, "generation": 4} == inside
    assert "step" not in between
    assert between["production_id"] == "prod_1"
    assert "production_id" not in outside


def test_bindings_end_with_their_block_even_by_an_error() -> None:
    with pytest.raises(ZeroDivisionError), bind(step="shoot"):
        raise ZeroDivisionError

    assert bound() == {}


def test_threads_are_bound_apart() -> None:
    seen: list[dict[str, Any]] = []
    with bind(step="shoot"):
        thread = threading.Thread(target=lambda: seen.append(bound()))
        thread.start()
        thread.join()

    assert seen == [{}]


def test_extras_are_kept_and_cannot_pose_as_the_line(stream: io.StringIO) -> None:
    LOG.info("said", extra={"scene": 3, "level": "forged", "environment": "prod", "api_key": "x"})

    (line,) = lines(stream)
    wanted = {"scene": 3, "level": "INFO", "environment": "dev", "api_key": "[redacted]"}
    assert line | wanted == line


class TalkativeError(Exception):
    def __str__(self) -> str:
        return f"the key {CANARY} is wrong"


def test_no_secret_passes_by_any_way(stream: io.StringIO) -> None:
    LOG.info("key %s", CANARY)
    LOG.info(f"key {CANARY}")  # noqa: G004 (how people write it)
    LOG.info({"body": {"deep": [CANARY]}})
    LOG.info("extra", extra={"body": {"x": CANARY}, CANARY: 1})
    (ours,) = (each for each in logging.getLogger().handlers if isinstance(each, JsonLines))
    ours.handle(logging.makeLogRecord({"msg": "wrong %d %s", "args": (CANARY, CANARY)}))
    logging.getLogger("botocore").warning("request %s", {"body": CANARY})
    with bind(step=CANARY):
        LOG.info("bound")
    try:
        try:
            raise TalkativeError  # noqa: TRY301 (raised where it is caught, as happens)
        except TalkativeError as error:
            error.add_note(CANARY)
            raise Retryable(f"refused {CANARY}", context={"key": CANARY}) from error
    except Retryable:
        LOG.exception("failed %s", CANARY)

    assert len(lines(stream)) == 8
    assert "cnry-logs" not in stream.getvalue()


def test_an_error_comes_with_its_code_cause_and_traceback(stream: io.StringIO) -> None:
    try:
        try:
            raise KeyError("inner")  # noqa: TRY301 (as above)
        except KeyError as error:
            raise Retryable("It failed.", next_step="Again.", context={"at": "door"}) from error
    except Retryable:
        LOG.exception("failed")

    (line,) = lines(stream)
    assert line["error"]["type"] == "Retryable"
    assert line["error"]["code"] == "retryable"
    assert line["error"]["next_step"] == "Again."
    assert line["error"]["cause"]["type"] == "KeyError"
    assert "Traceback" in line["traceback"]


def test_libraries_are_heard_from_warnings_on(stream: io.StringIO) -> None:
    logging.getLogger("botocore").info("whole request")
    logging.getLogger("botocore").debug("whole request")
    logging.getLogger("botocore").warning("slow")

    assert [line["message"] for line in lines(stream)] == ["slow"]


def test_configuring_again_does_not_say_things_twice(stream: io.StringIO) -> None:
    configure_logging("dev", stream, clock=VirtualClock(), level=logging.WARNING)
    LOG.warning("once")
    LOG.info("not at all")

    assert len(lines(stream)) == 1


class Broken(io.StringIO):
    def write(self, _: str) -> int:
        raise OSError(32, CANARY)


def test_a_stream_that_is_gone_stops_nobody_and_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    record = logging.makeLogRecord({"msg": "key %s", "args": (CANARY,)})

    JsonLines("dev", Broken()).handle(record)

    assert capsys.readouterr() == ("", "")


def test_a_huge_message_stays_under_what_a_log_takes(stream: io.StringIO) -> None:
    LOG.info("x" * 1_000_000)

    assert len(stream.getvalue()) < 100_000


def test_newlines_do_not_make_a_second_line(stream: io.StringIO) -> None:
    LOG.info('first\n{"level": "forged"}\r\u2028x')

    assert len(stream.getvalue().splitlines()) == 1
