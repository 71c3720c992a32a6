"""Settings that an operator changes in the console: picked up, refused, quarantined."""

import io
import time

import av
import pytest

from tests.e2e.deployed.stack import Stack
from tests.emulator.waiting import until

POLL_SECONDS = 30
"""What readers ask AppConfig for at the start of a session."""
SLACK_SECONDS = 20
"""For asking once a second, on a machine with other things to do; the next interval would end later."""
FASTER = {"schema_version": 1, "settings": {"video": {"fps": 30}}}
IMPOSSIBLE = {"schema_version": 1, "settings": {"video": {"fps": 1000}}}

pytestmark = pytest.mark.usefixtures("restored")


def test_an_override_is_picked_up_by_a_running_function_within_its_poll_interval(stack: Stack) -> None:
    assert stack.pinned().video.fps == 24
    spawned = stack.watch.cold_starts("begin-production")
    stack.runtime.deploy(stack.runtime.current() | FASTER)
    changed_at = time.monotonic()
    until(
        lambda: stack.pinned().video.fps == 30,
        "30 pictures a second",
        seconds=2 * POLL_SECONDS,
        pause=1,
    )
    stack.seconds["override picked up"] = round(time.monotonic() - changed_at, 1)
    assert stack.seconds["override picked up"] <= POLL_SECONDS + SLACK_SECONDS
    assert stack.watch.cold_starts("begin-production") == spawned, "it was picked up by a new process"


def test_the_next_production_is_made_with_it_and_says_so(stack: Stack) -> None:
    stack.runtime.deploy(stack.runtime.current() | FASTER)
    stack.restart("begin-production")
    made = stack.make()
    overridden = stack.record(made)["production"]["configuration"]["overridden"]
    assert {value["key"]: (value["value"], value["layer"]) for value in overridden}["video.fps"] == (
        30,
        "runtime",
    )
    with av.open(io.BytesIO(stack.fetch(made, "video.mp4"))) as video:
        assert float(video.streams.video[0].average_rate) == 30.0


def test_an_impossible_override_is_refused_before_anybody_gets_it(stack: Stack) -> None:
    before = stack.runtime.current()
    version = stack.runtime.save(before | IMPOSSIBLE)
    with pytest.raises(stack.runtime.client.exceptions.BadRequestException, match="fps") as refused:
        stack.runtime.start(version)
    assert refused.value.response["Reason"] == "InvalidConfiguration"
    assert stack.runtime.current() == before


def test_an_impossible_override_that_is_forced_in_is_quarantined_by_its_readers(stack: Stack) -> None:
    stack.runtime.deploy(stack.runtime.current() | FASTER)
    stack.restart("begin-production")
    assert stack.pinned().video.fps == 30
    with stack.runtime.without_validators():
        stack.runtime.deploy(stack.runtime.current() | IMPOSSIBLE)

    def served() -> bool:
        assert stack.pinned().video.fps == 30
        return "ALARM" in stack.watch.alarm_history("ConfigQuarantined")

    until(served, "an alarm on quarantined configuration", seconds=2 * POLL_SECONDS, pause=1)
