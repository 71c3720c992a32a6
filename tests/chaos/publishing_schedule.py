"""One schedule: a seed's faults on the wire and deaths of processes, until the publication is settled."""

import json
import logging
import os
import signal
import tempfile
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any, Final, Literal

from tests.chaos.publishing_asked import Asked, asked_of, check_end, check_now
from tests.chaos.publishing_dying import Death
from tests.chaos.publishing_life import publish_once
from tests.chaos.publishing_venues import SharedClock, Venue

__all__ = ["Outcome", "kill_at_each_point", "run_schedule"]

RATES: Final = (0.0, 0.05, 0.15, 0.4)
MOST_FAULTS: Final = 12
MOST_DEATHS: Final = 6
LATEST_DEATH: Final = 30
MOST_LIVES: Final = 60
MOST_POINTS: Final = 200
PAUSE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a schedule came to."""

    venue: str
    ending: str
    """``published``, or the name of the error that it stopped with for good."""
    deaths: int
    lives: int
    requests: int
    workers: int


def run_schedule(seed: int, venue: Venue) -> Outcome:
    """Run a schedule; AssertionError if what must not be was."""
    rng, clock = Random(f"{venue.name}/{seed}"), SharedClock()
    venue.begin(clock, rng, rng.choice(RATES), MOST_FAULTS)
    with tempfile.TemporaryDirectory(dir=_fast()) as scratch:
        asked = asked_of(Path(scratch), rng, clock.now(), venue)
        told = _Told()
        told.workers = rng.choice((1, 1, 2))
        for _ in range(MOST_LIVES):
            if _settled(asked, told, rng, clock, venue):
                break
            clock.advance(PAUSE_SECONDS)
            check_now(asked, venue)
        else:
            raise AssertionError(f"not settled in {MOST_LIVES} lives: {told.last}")
        check_end(asked, told.last, venue)
        assert not venue.simulator.objections, venue.simulator.objections[0]
        ending = "published" if told.last.get("state") else told.last["error"]
        requests = len(venue.simulator.received)
        return Outcome(venue.name, ending, told.deaths, told.lives, requests, told.workers)


def kill_at_each_point(venue: Venue, moment: Literal["before", "after"]) -> int:
    """Kill a publication at its first crossing, another at its second, and so on; return how many died.

    Nothing else befalls anybody. Who goes on is one other process.
    """
    for at in range(1, MOST_POINTS):
        rng, clock = Random(at), SharedClock()
        venue.begin(clock, rng, 0.0, 0)
        venue.calm()
        with tempfile.TemporaryDirectory(dir=_fast()) as scratch:
            asked = asked_of(Path(scratch), rng, clock.now(), venue)
            first = _joined(_process(asked, Death(at, moment), clock, venue), asked)
            if first.exitcode == 0:
                return at - 1
            check_now(asked, venue)
            second = _joined(_process(asked, Death(), clock, venue), asked)
            check_end(asked, _ending(asked, second.pid) or {}, venue)
    raise AssertionError(f"a publication crosses {MOST_POINTS} times")


class _Told:
    """What became of the processes so far."""

    def __init__(self) -> None:
        self.deaths = self.lives = 0
        self.workers = 1
        self.last: dict[str, Any] = {}


def _settled(asked: Asked, told: _Told, rng: Random, clock: SharedClock, venue: Venue) -> bool:
    """Let one process live, or two at once, and say whether any of them settled the publication."""
    children = [_begun(asked, told, rng, clock, venue) for _ in range(told.workers)]
    for child in children:
        told.lives += 1
        told.deaths += _joined(child, asked).exitcode == -signal.SIGKILL
    ends = [end for child in children if (end := _ending(asked, child.pid)) is not None]
    told.last = next((end for end in ends if end["settled"]), ends[0] if ends else told.last)
    return any(end["settled"] for end in ends)


def _begun(asked: Asked, told: _Told, rng: Random, clock: SharedClock, venue: Venue) -> Any:
    at = rng.randint(1, LATEST_DEATH) if told.deaths < MOST_DEATHS and rng.random() < 0.6 else 0
    death = Death(at, rng.choice(("before", "after")))
    return _process(asked, death, clock, venue)


def _process(asked: Asked, death: Death, clock: SharedClock, venue: Venue) -> Any:
    child = get_context("fork").Process(target=_live, args=(asked, death, clock, venue))
    child.start()
    return child


def _joined(child: Any, asked: Asked) -> Any:
    child.join(60)
    assert child.exitcode is not None, "a process hangs"
    assert child.exitcode in {0, -signal.SIGKILL}, _problem(asked)
    return child


def _live(asked: Asked, death: Death, clock: SharedClock, venue: Venue) -> None:
    """Be a process."""
    logging.disable(logging.CRITICAL)
    code = 0
    try:
        said = publish_once(asked, death, clock, venue)
        (asked.folder / f"end-{os.getpid()}.json").write_text(json.dumps(said))
    except BaseException as error:  # noqa: BLE001 (whatever it is, the parent is to hear of it)
        import traceback  # noqa: PLC0415 (of a failure only)

        (asked.folder / "problem.txt").write_text("".join(traceback.format_exception(error)))
        code = 3
    os._exit(code)


def _ending(asked: Asked, pid: int | None) -> dict[str, Any] | None:
    file = asked.folder / f"end-{pid}.json"
    return json.loads(file.read_text()) if file.exists() else None


def _problem(asked: Asked) -> str:
    file = asked.folder / "problem.txt"
    return file.read_text() if file.exists() else "a process ended without a word"


def _fast() -> str | None:
    memory = Path("/dev/shm")  # noqa: S108 (only a faster temporary folder, where there is one)
    return str(memory) if memory.is_dir() else None
