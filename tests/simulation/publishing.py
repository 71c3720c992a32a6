"""Seeds of a world in which one video is published: ``python -m tests.simulation.publishing --seeds 100000``.

The engine and the adapters are the real ones; the platforms are the simulators of the wire, without a wire.
Workers take turns, and every request and every access to the store may fail before or after it was done,
stall, or be the last that its process does.
"""

import argparse
import json
import logging
import os
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from reelwright.errors import ReelwrightError
from reelwright.models.http import AnswerLost, HttpAnswer, HttpClient, NotSent
from reelwright.resilience.deadline import Deadline
from reelwright.storage.errors import StorageUnavailable
from reelwright.upload.catalogue import load_platforms
from reelwright.upload.errors import PublicationRefused, PublicationUncertain, QuotaExceeded
from reelwright.upload.memory import MemoryPublications
from reelwright.upload.publishing import Publisher, Reach
from reelwright.upload.quota import QuotaBook
from reelwright.upload.record import PublicationKey
from reelwright.upload.schema import Underway
from tests.chaos.publishing_asked import ACCOUNT, asked_of, check_end, check_now, media_of, plan_of
from tests.chaos.publishing_venues import VENUES, Venue
from tests.simulation.turns import Turns
from tests.simulation.world import Crossing, InvariantError, ProcessDied, World, WorldClock
from tests.simulators.platform_access import FIRST_TOKEN, SimulatedAccess
from tests.simulators.server import Answer, Received

__all__ = ["Outcome", "publish_in_a_world"]

RATES: Final = (0.0, 0.03, 0.1, 0.25)
MOST_FAULTS: Final = 10
"""Of the platform's own; those of ports are counted by the world."""
BATCH: Final = 100
MOST_LIVES: Final = 300
PAUSE_SECONDS: Final = 60.0
NOWHERE: Final = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one seed came to."""

    seed: int
    digest: str
    ending: str
    faults: Counter[str]
    requests: int
    workers: int


def publish_in_a_world(seed: int, venue: Venue) -> Outcome:
    """Run one seed on a platform; InvariantError if what must not be was."""
    world = World(seed)
    with tempfile.TemporaryDirectory(dir=_fast()) as folder:
        one = _Publication(world, venue, Path(folder))
        try:
            one.run()
        except AssertionError as error:
            raise InvariantError(str(error)) from error
        received = len(venue.simulator.received)
        return Outcome(seed, world.digest(), one.ending, world.injected, received, one.workers)


class _Publication:
    def __init__(self, world: World, venue: Venue, folder: Path) -> None:
        self.world, self.venue = world, venue
        rng = world.rng
        world.fault_rate = rng.choice(RATES)
        self.workers = rng.choice((1, 1, 2, 3))
        turns = self.turns = Turns(rng, world.clock)
        world.yield_turn, world.sleep = turns.yield_turn, turns.sleep
        world.clock.advance(Random(f"hour {world.seed}").uniform(0, 86_400))
        venue.simulator.url = NOWHERE
        venue.begin(world.clock, rng, rng.choice(RATES), MOST_FAULTS)
        self.asked = asked_of(folder, rng, world.clock.now(), venue)
        self.plan, self.media = plan_of(self.asked, venue), media_of(self.asked)
        self.store = MemoryPublications()
        self.ending = ""

    def run(self) -> None:
        self.turns.run([partial(self._live, number) for number in range(self.workers)])
        record = self.store.get(PublicationKey(self.asked.production_id, self.venue.name, ACCOUNT))
        assert record is not None, "nothing is known of it"
        state = record.state if self.ending == "published" else ""
        last = {"state": state, "remote_id": record.remote_id, "error": self.ending}
        check_end(self.asked, last, self.venue)
        assert not self.venue.simulator.objections, self.venue.simulator.objections[0]

    def _live(self, number: int) -> None:
        """Be one worker: live and die until the publication is settled."""
        for life in range(MOST_LIVES):
            self.world.trace.append(f"worker {number} life {life}")
            try:
                if self._tried():
                    return
            except (ReelwrightError, ProcessDied) as error:
                self.world.trace.append(f"worker {number} {type(error).__name__}")
            check_now(self.asked, self.venue)
            self.world.sleep(PAUSE_SECONDS)
        raise InvariantError(f"worker {number} could not finish in {MOST_LIVES} lives")

    def _tried(self) -> bool:
        """Be one process, and say whether the publication is settled."""
        try:
            outcome = self._publisher().publish(self.asked.production_id, self.plan, self.media)
        except (PublicationRefused, PublicationUncertain) as error:
            self.ending = type(error).__name__
            return True
        except QuotaExceeded as error:
            self.world.sleep(max(0.0, (error.available_at - self.world.clock.now()).total_seconds()))
            return False
        if isinstance(outcome, Underway):
            self.world.sleep(outcome.check_after_seconds)
            return False
        self.ending = "published"
        return True

    def _publisher(self) -> Publisher:
        world, venue = self.world, self.venue
        remote = venue.platform(_WirelessHttp(world, venue))
        store: Any = Crossing(world, "publications", self.store, failure=_out_of_reach)
        limits, clock = load_platforms()[venue.name], WorldClock(world)
        quota = QuotaBook(store, venue.name, ACCOUNT, limits.quota, clock)
        access = SimulatedAccess(remote, NOWHERE, token=FIRST_TOKEN)
        return Publisher(Reach(remote, access, limits, quota), store, clock)


class _WirelessHttp(HttpClient):
    """Hands requests to the simulator itself; the world is in between."""

    def __init__(self, world: World, venue: Venue) -> None:
        self._world, self._venue = world, venue

    def send(self, method: str, url: str, *, deadline: Deadline, **more: Any) -> HttpAnswer:
        """Return the platform's answer, or lose it."""
        request = _received(method, url, more)
        crossed = partial(self._world.cross, f"{method} {request.path}", repeatable=False, failure=_cut_off)
        try:
            outcome = crossed(lambda: self._venue.simulator.respond(request))
        except _CutOffError as error:
            kind = NotSent if "could not be reached" in str(error) else AnswerLost
            raise kind(str(error)) from error
        if not isinstance(outcome, Answer) or outcome.delay_seconds:
            raise AnswerLost("The answer broke off.")
        headers = {name.lower(): value for name, value in outcome.headers.items()}
        return HttpAnswer(outcome.status, headers, outcome.body, deadline.clock.now())


class _CutOffError(Exception):
    """The world came between."""


def _cut_off(why: str) -> Exception:
    return _CutOffError(why)


def _out_of_reach(why: str) -> Exception:
    return StorageUnavailable(why)


def _received(method: str, url: str, more: dict[str, Any]) -> Received:
    address = urlsplit(url)
    body, headers = more.get("body") or b"", dict(more.get("headers") or {})
    if more.get("json") is not None:
        body, headers = json.dumps(more["json"]).encode(), {"Content-Type": "application/json", **headers}
    lower = {name.lower(): value for name, value in headers.items()}
    query = {name: values[-1] for name, values in parse_qs(address.query, keep_blank_values=True).items()}
    return Received(method, unquote(address.path), query, lower, body, [*lower.items()])


def _fast() -> str | None:
    memory = Path("/dev/shm")  # noqa: S108 (only a faster temporary folder, where there is one)
    return str(memory) if memory.is_dir() else None


def main() -> int:
    options = _options()
    logging.disable(logging.CRITICAL)
    names = options.platforms.split(",")
    if options.seed is not None:
        for name in names:
            _say(publish_in_a_world(options.seed, VENUES[name]()))
        return 0
    started, totals, failed = time.monotonic(), Counter[str](), 0
    end = options.first + options.seeds
    starts = range(options.first, end, BATCH)
    batches = [(name, range(start, min(start + BATCH, end))) for start in starts for name in names]
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("fork")) as pool:
        for counts, failures in pool.map(_batch, batches):
            totals.update(counts)
            failed += len(failures)
            for line in failures:
                _say(line)
    seconds = time.monotonic() - started
    _say(f"\n{options.seeds} seeds on each of {options.platforms} in {seconds:.1f} s, {failed} failed")
    _say("  " + ", ".join(f"{name} {count}" for name, count in sorted(totals.items())))
    return 1 if failed else 0


def _batch(work: tuple[str, range]) -> tuple[Counter[str], list[str]]:
    name, seeds = work
    venue, counts, failures = VENUES[name](), Counter[str](), []
    for seed in seeds:
        try:
            outcome = publish_in_a_world(seed, venue)
        except Exception as error:  # noqa: BLE001 (any failure of a seed is a finding)
            again = f"python -m tests.simulation.publishing --platforms {name} --seed {seed}"
            failures.append(
                f"\n{name} seed {seed} FAILED: {type(error).__name__}: {error}\n  replay: {again}"
            )
            continue
        counts.update(outcome.faults)
        counts[f"{name} {outcome.ending}"] += 1
        counts[f"{name} requests"] += outcome.requests
        counts[f"with {outcome.workers} workers"] += 1
    return counts, failures


def _say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.publishing", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many to run on each platform")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--seed", type=int, help="replay one")
    parser.add_argument("--platforms", default=",".join(VENUES), help="by name, with commas between")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="run at a time")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
