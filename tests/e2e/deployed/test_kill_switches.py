"""A kill switch is pulled by AppConfig's API: how long functions go on, whatever else is being deployed."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from threading import Event

import pytest

from tests.e2e.deployed.stack import ProductionFailedError, Stack
from tests.e2e.deployed.terminal import Terminal
from tests.emulator.waiting import until

SWITCH = "stop-provider-embedded"
"""Our own engines are what productions of this story are made with: with them stopped nothing is left."""
WRITERS = 6
"""Productions whose script is asked for at any moment; each function is called as fast as it answers."""
LONGEST_SECONDS = 5.0
"""From the change to the last call that did not see it; readers look once a second."""


@dataclass
class Calls:
    """Calls of one function, one after another: when each began and ended, and whether it was let through."""

    slug: str
    made: list[tuple[float, float, bool]] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)

    def note(self, call: Callable[[], object]) -> bool:
        """Make a call; return whether it was let through."""
        began = time.monotonic()
        try:
            call()
        except ProductionFailedError as error:
            self.reasons.add(str(error))
            self.made.append((began, time.monotonic(), False))
            return False
        self.made.append((began, time.monotonic(), True))
        return True

    def last(self, *, allowed: bool, since: float) -> float:
        """Return when the last call ended that was let through, or was not, in seconds after a moment."""
        ends = [ended - since for _, ended, was in self.made if was is allowed and ended > since]
        return round(max(ends, default=0.0), 2)

    def settled(self, *, allowed: bool, since: float) -> bool:
        """Tell whether three calls on end, begun after a moment, ended alike."""
        later = [was for began, _, was in self.made if began > since]
        return len(later) >= 3 and all(was is allowed for was in later[-3:])


@dataclass
class Fleet:
    """Functions at work: productions begin, and scripts are written for those that have begun."""

    stack: Stack
    begin: Calls = field(default_factory=lambda: Calls("begin-production"))
    write: Calls = field(default_factory=lambda: Calls("write-script"))
    waiting: list[str] = field(default_factory=list)
    """Productions without a script."""

    @property
    def all(self) -> tuple[Calls, Calls]:
        return self.begin, self.write

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Have both functions called all the time."""
        over = Event()
        with ThreadPoolExecutor(2) as threads:
            working = [threads.submit(self._work, one, over) for one in (self._begin, self._write)]
            try:
                yield
            finally:
                over.set()
                for each in working:
                    each.result()

    def wait(self, *, allowed: bool, since: float) -> float:
        """Wait until both functions see a change; return when the last ended that had not seen it."""
        until(
            lambda: all(calls.settled(allowed=allowed, since=since) for calls in self.all),
            f"calls are {'let through' if allowed else 'refused'}",
        )
        return max(calls.last(allowed=not allowed, since=since) for calls in self.all)

    def _begin(self) -> None:
        self.begin.note(lambda: self.waiting.append(self.stack.begin()))

    def _write(self) -> None:
        if not self.waiting:
            time.sleep(0.05)
            return
        waiting = self.waiting[0]
        if self.write.note(lambda: self.write_script(waiting)):
            self.waiting.remove(waiting)

    def write_script(self, production_id: str) -> None:
        """Have the script of one production written."""
        self.stack.ask("write-script", production_id=production_id, step="write_script", index=0)

    def _work(self, call: Callable[[], None], over: Event) -> None:
        while not over.is_set():
            call()


@pytest.fixture(scope="module")
def fleet(stack: Stack) -> Fleet:
    """Both functions, warm, with some productions that have no script yet."""
    fleet = Fleet(stack)
    fleet.waiting += [stack.begin() for _ in range(WRITERS)]
    fleet.write_script(fleet.waiting.pop())
    return fleet


@pytest.mark.parametrize("meanwhile", ["nothing else", "flags slowly"])
def test_a_switch_that_is_pulled_is_seen_by_the_next_calls_of_all_functions(
    stack: Stack, fleet: Fleet, meanwhile: str
) -> None:
    before, during = stack.switches.current(), f" ({meanwhile} deployed)"
    slow = nullcontext() if meanwhile == "nothing else" else slow_deployment(stack)
    with slow, fleet.at_work():
        pulled = stack.switches.save(with_switch(before, enabled=True))
        until(lambda: all(calls.made for calls in fleet.all), "calls are made")
        at = time.monotonic()
        stack.switches.start(pulled)
        stack.seconds[f"switch pulled, last call let through{during}"] = stopped = fleet.wait(
            allowed=False, since=at
        )
        released = stack.switches.save(before)
        at = time.monotonic()
        stack.switches.start(released)
        stack.seconds[f"switch put back, last call refused{during}"] = fleet.wait(allowed=True, since=at)
    assert stopped <= LONGEST_SECONDS
    for calls in fleet.all:
        assert calls.reasons, calls.slug
        assert all(SWITCH in reason for reason in calls.reasons), calls.reasons
        calls.reasons.clear()


def test_a_switch_of_which_no_event_tells_is_seen_at_the_regular_look(stack: Stack, fleet: Fleet) -> None:
    before = stack.switches.current()
    with stack.without_rule("ChangesDeployments"), fleet.at_work():
        stack.switches.start(stack.switches.save(with_switch(before, enabled=True)))
        at = time.monotonic()
        stack.call("sync-flags")
        fleet.wait(allowed=False, since=at)
        stack.switches.start(stack.switches.save(before))
        at = time.monotonic()
        stack.call("sync-flags")
        fleet.wait(allowed=True, since=at)


def test_what_was_refused_goes_on_as_soon_as_the_switch_is_put_back(stack: Stack, fleet: Fleet) -> None:
    refused = fleet.waiting[0]
    fleet.write_script(refused)
    assert stack.productions.load(refused).id == refused
    stack.facts["calls during kill switches"] = {calls.slug: len(calls.made) for calls in fleet.all}
    assert "ALARM" not in stack.watch.alarm_history("StepsFailed")[:1], "a stop is no failure"
    assert stack.emulator.denials() == []


def test_a_production_that_is_stopped_midway_goes_on_when_the_switch_is_put_back(
    stack: Stack, fleet: Fleet
) -> None:
    before = stack.switches.current()
    production = stack.begin()
    fleet.write_script(production)
    stack.switches.deploy(with_switch(before, enabled=True))
    until(lambda: not may_begin(stack), "the switch is pulled")
    with pytest.raises(ProductionFailedError, match=SWITCH):
        stack.finished(stack.resume(production))
    stopped = stack.productions.load(production)
    assert (stopped.status, stopped.step("write_script").status) == ("failed", "done")
    stack.switches.deploy(before)
    until(lambda: may_begin(stack), "the switch is put back")
    assert stack.finished(stack.resume(production, 2)) == production
    resumed = stack.productions.load(production)
    assert resumed.status == "completed"
    assert resumed.step("write_script") == stopped.step("write_script"), "what was done is not done again"
    assert resumed.flags == stopped.flags, "flags stay as they were pinned"


def test_an_operator_does_the_same_at_the_command_line(stack: Stack, terminal: Terminal) -> None:
    kill = ("flags", "kill", "provider", "embedded", "--reason", "the story goes on", "--wait")
    with stack.timed("flags kill --wait, and nobody may begin"):
        terminal.answer(*kill)
        until(lambda: not may_begin(stack), "it is pulled")
    assert terminal.answer("flags", "eval", SWITCH)["enabled"] is True
    terminal.answer(*kill, "--undo")
    until(lambda: may_begin(stack), "it is put back")
    history = terminal.answer("flags", "history", SWITCH)["revisions"]
    assert [it["reason"] for it in history[:2]] == ["the story goes on"] * 2


def may_begin(stack: Stack) -> bool:
    """Tell whether a production can begin now."""
    try:
        stack.begin()
    except ProductionFailedError:
        return False
    return True


@contextmanager
def slow_deployment(stack: Stack) -> Iterator[None]:
    """Have flags deployed slowly meanwhile; it must still be under way at the end, and is taken back then."""
    stack.flags.settled()
    with stack.flags.strategy("slowly", step_percent=1, minutes=30) as strategy:
        deployment = stack.flags.start(stack.flags.save(stack.flags.current()), strategy)
        yield
        assert stack.flags.state(deployment) == "DEPLOYING"
        stack.flags.stop(deployment)


def with_switch(document: dict[str, object], *, enabled: bool) -> dict[str, object]:
    """Return a document of switches with one pulled, or put back."""
    values = {**document["values"], SWITCH: {"enabled": enabled}}  # type: ignore[dict-item]  # it is a table
    return document | {"values": values}
