"""One schedule: a seed's faults on the wire and deaths of processes, until the publication is settled."""

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final, Literal

from tests.chaos.process import Life
from tests.chaos.publishing_asked import Asked, asked_of, check_end, check_now
from tests.chaos.publishing_dying import Death
from tests.chaos.publishing_life import publish_once
from tests.chaos.publishing_plants import planted
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


def run_schedule(seed: int, venue: Venue, plant: str = "") -> Outcome:
    """Run a schedule, with a bug planted in each process; AssertionError if what must not be was."""
    rng, clock = Random(f"{venue.name}/{seed}"), SharedClock()
    venue.begin(clock, rng, rng.choice(RATES), MOST_FAULTS)
    with tempfile.TemporaryDirectory(dir=_fast()) as scratch:
        asked = asked_of(Path(scratch), rng, clock.now(), venue)
        told = _Told(rng.choice((1, 1, 2)), plant)
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
            if not _begun(asked, Death(at, moment), clock, venue).was_killed():
                return at - 1
            check_now(asked, venue)
            second = _begun(asked, Death(), clock, venue)
            assert not second.was_killed()
            check_end(asked, _ending(asked, second.pid) or {}, venue)
    raise AssertionError(f"a publication crosses {MOST_POINTS} times")


class _Told:
    """Who is at work, and what became of the processes so far."""

    def __init__(self, workers: int, plant: str) -> None:
        self.workers, self.plant = workers, plant
        self.deaths = self.lives = 0
        self.last: dict[str, Any] = {}


def _settled(asked: Asked, told: _Told, rng: Random, clock: SharedClock, venue: Venue) -> bool:
    """Let one process live, or two at once, and say whether any of them settled the publication."""
    lives = [_begun(asked, _drawn_death(told, rng), clock, venue, told.plant) for _ in range(told.workers)]
    told.lives += len(lives)
    told.deaths += sum(life.was_killed() for life in lives)
    ends = [end for life in lives if (end := _ending(asked, life.pid)) is not None]
    told.last = next((end for end in ends if end["settled"]), ends[0] if ends else told.last)
    return any(end["settled"] for end in ends)


def _drawn_death(told: _Told, rng: Random) -> Death:
    at = rng.randint(1, LATEST_DEATH) if told.deaths < MOST_DEATHS and rng.random() < 0.6 else 0
    return Death(at, rng.choice(("before", "after")))


def _begun(asked: Asked, death: Death, clock: SharedClock, venue: Venue, plant: str = "") -> Life:
    return Life(asked.folder, _live, asked, death, clock, venue, plant)


def _live(asked: Asked, death: Death, clock: SharedClock, venue: Venue, plant: str) -> None:
    """Be a process."""
    with planted(plant):
        said = publish_once(asked, death, clock, venue)
    (asked.folder / f"end-{os.getpid()}.json").write_text(json.dumps(said))


def _ending(asked: Asked, pid: int) -> dict[str, Any] | None:
    file = asked.folder / f"end-{pid}.json"
    return json.loads(file.read_text()) if file.exists() else None


def _fast() -> str | None:
    memory = Path("/dev/shm")  # noqa: S108 (only a faster temporary folder, where there is one)
    return str(memory) if memory.is_dir() else None
