"""One suite for every HealthStore, and what a fleet of processes makes of it."""

import multiprocessing
import os
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

import pytest
from moto import mock_aws

from reelwright.clock import VirtualClock
from reelwright.environment.schema import HealthSettings
from reelwright.resilience.aws import DynamoHealth
from reelwright.resilience.fleet import FLUSH_CALLS, Fleet, Watched
from reelwright.resilience.local import SqliteHealth
from reelwright.resilience.memory import MemoryHealth
from reelwright.resilience.ports import HealthStore, HealthStoreUnavailable, KeyState, Snapshot
from tests.chaos.process import Life
from tests.contract.aws_places import TABLE, Meddling, OneAtATime, a_table, raising, refusal
from tests.emulator.emulator import Emulator

KEY = "runway/gen"
WORKERS = 8
SPAWN = multiprocessing.get_context("spawn")
WATCHED = Watched(KEY, timeout_seconds=240.0, lease_seconds=1.0)
QUICK = HealthSettings(open_seconds=1, cache_seconds=0.0)


@pytest.fixture(params=["memory", "sqlite", "dynamodb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[HealthStore]:
    if request.param == "memory":
        yield MemoryHealth()
    elif request.param == "sqlite":
        with_file = SqliteHealth(tmp_path / "new" / "health.db")
        yield with_file
        with_file.close()
    else:
        with mock_aws():
            yield DynamoHealth(OneAtATime(a_table()), TABLE)


def at_once(act: Callable[[int], Any], workers: int = WORKERS) -> list[Any]:
    """Have so many threads do it at the same moment."""
    ready = threading.Barrier(workers)

    def begin(number: int) -> Any:
        ready.wait()
        return act(number)

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(begin, range(workers)))


def test_of_a_new_key_nothing_is_known(store: HealthStore) -> None:
    assert store.state(KEY) == KeyState()
    assert store.read(KEY, 0) == Snapshot(KeyState(), {})


def test_a_state_is_exchanged_field_by_field(store: HealthStore) -> None:
    told = KeyState(openings=2, open_until=1764100000.25, prober="ä", demoted_why="slow", retired_at=1.5e9)

    assert store.swap(KEY, KeyState(), told)
    assert store.state(KEY) == replace(told, version=1)
    assert store.swap(KEY, store.state(KEY), replace(told, version=1, prober="", baseline_seconds=0.1))
    assert store.state(KEY) == replace(told, version=2, prober="", baseline_seconds=0.1)
    assert store.read(KEY, 0).state == store.state(KEY)


def test_fields_that_a_later_version_wrote_are_passed_over(tmp_path: Path) -> None:
    store = SqliteHealth(tmp_path / "health.db")
    store.swap(KEY, KeyState(), KeyState(openings=2))
    with closing(sqlite3.connect(tmp_path / "health.db")) as connection:
        connection.execute("UPDATE states SET rest = json_insert(rest, '$.colour', 'red')")
        connection.commit()

    assert store.state(KEY) == KeyState(version=1, openings=2)
    store.close()


def test_an_old_state_is_not_exchanged(store: HealthStore) -> None:
    store.swap(KEY, KeyState(), KeyState(openings=1))

    assert not store.swap(KEY, KeyState(), KeyState(openings=7))
    assert store.state(KEY).openings == 1


def test_of_many_that_exchange_at_once_one_does(store: HealthStore) -> None:
    won = at_once(lambda number: store.swap(KEY, KeyState(), KeyState(openings=number + 1)))

    assert sum(won) == 1
    assert store.state(KEY).openings == won.index(True) + 1


def test_failures_add_up_and_do_not_undo_an_exchange(store: HealthStore) -> None:
    at_once(lambda _: [store.count_failure(KEY, afresh=False) for _ in range(5)])
    before = store.state(KEY)
    store.count_failure(KEY, afresh=False)

    assert before.failures_in_a_row == WORKERS * 5
    assert store.swap(KEY, before, replace(before, demoted_at=3.0))
    assert store.state(KEY) == KeyState(version=1, failures_in_a_row=WORKERS * 5 + 1, demoted_at=3.0)
    assert store.count_failure(KEY, afresh=True) == KeyState(version=1, failures_in_a_row=1, demoted_at=3.0)


def test_counts_of_all_writers_are_in_their_buckets(store: HealthStore) -> None:
    def write(number: int) -> None:
        for _ in range(5):
            store.add(KEY, 1000, {"well": 1, f"t{number}": 2}, keep_seconds=60)

    at_once(write)
    store.add(KEY, 2000, {"ill": 3}, keep_seconds=60)

    expected = {"well": 40} | {f"t{number}": 10 for number in range(WORKERS)}
    assert store.read(KEY, 0).buckets == {1000: expected, 2000: {"ill": 3}}
    assert store.read(KEY, 1001).buckets == {2000: {"ill": 3}}


def test_a_tally_may_have_more_names_than_one_expression_takes(store: HealthStore) -> None:
    tally = {f"t{number}": number for number in range(1, 460)}

    store.add(KEY, 1_764_100_000_000, tally, keep_seconds=60)

    assert store.read(KEY, 0).buckets == {1_764_100_000_000: tally}


def test_keys_have_nothing_to_do_with_each_other(store: HealthStore) -> None:
    store.add(KEY, 1000, {"well": 1}, keep_seconds=60)
    store.count_failure(KEY, afresh=False)
    store.add(f"{KEY}2", 1000, {"well": 5}, keep_seconds=60)

    store.forget(KEY)

    assert store.read(KEY, 0) == Snapshot(KeyState(), {})
    assert store.read(f"{KEY}2", 0).buckets == {1000: {"well": 5}}


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_old_buckets_are_dropped(kind: str, tmp_path: Path) -> None:
    store = MemoryHealth() if kind == "memory" else SqliteHealth(tmp_path / "health.db")

    store.add(KEY, 0, {"well": 1}, keep_seconds=10)
    store.add(KEY, 10_000, {"well": 1}, keep_seconds=10)
    assert set(store.read(KEY, 0).buckets) == {0, 10_000}
    store.add(KEY, 10_001, {"well": 1}, keep_seconds=10)

    assert set(store.read(KEY, 0).buckets) == {10_000, 10_001}
    store.close()


@mock_aws
def test_the_table_is_told_when_to_drop_a_bucket_and_a_state_stays() -> None:
    client = a_table()
    store = DynamoHealth(client, TABLE)

    store.add(KEY, 1_764_100_000_000, {"well": 1}, keep_seconds=1200)
    store.count_failure(KEY, afresh=False)

    bucket, state = client.scan(TableName=TABLE)["Items"]
    assert (bucket["pk"]["S"], bucket["sk"]["S"]) == ("health#runway/gen", "bucket#1764100000000")
    assert bucket["expires_at"] == {"N": "1764101200"}
    assert state["sk"] == {"S": "state"}
    assert "expires_at" not in state


@mock_aws
def test_a_query_reads_no_bucket_from_before_the_window() -> None:
    client = Meddling(a_table())
    store = DynamoHealth(client, TABLE)
    store.add(KEY, 5, {"well": 1}, keep_seconds=60)
    store.count_failure(KEY, afresh=False)

    answer = list(store._items(KEY, "bucket#0000000000006"))

    assert [item["sk"]["S"] for item in answer] == ["state"]


@pytest.mark.parametrize(
    "error", [refusal("ThrottlingException"), refusal("AccessDeniedException"), refusal("Internal", 500)]
)
def test_a_table_that_refuses_is_away(error: Exception) -> None:
    with mock_aws():
        client = Meddling(a_table())
        for name in ("query", "get_item", "update_item"):
            client.before[name] = [raising(error), raising(error), raising(error)]
        store = DynamoHealth(client, TABLE)
        for act in every_way_to_ask(store):
            with pytest.raises(HealthStoreUnavailable, match=TABLE):
                act()


def test_a_file_that_cannot_be_used_is_away(tmp_path: Path) -> None:
    (tmp_path / "health.db").write_bytes(b"this is no database, however long one looks at it" * 100)
    store = SqliteHealth(tmp_path / "health.db")

    for act in every_way_to_ask(store):
        with pytest.raises(HealthStoreUnavailable, match=r"health\.db cannot be used"):
            act()


def every_way_to_ask(store: HealthStore) -> list[Callable[[], object]]:
    return [
        lambda: store.read(KEY, 0),
        lambda: store.state(KEY),
        lambda: store.swap(KEY, KeyState(), KeyState(openings=1)),
        lambda: store.count_failure(KEY, afresh=False),
        lambda: store.add(KEY, 0, {"well": 1}, keep_seconds=1),
        lambda: store.forget(KEY),
    ]


# A fleet: the same breaker from many places.


def broken(store: HealthStore, clock: VirtualClock) -> None:
    """Open the breaker."""
    fleet = Fleet(store, QUICK, clock, Random(99))
    for _ in range(QUICK.open_failures_in_a_row):
        fleet.note(WATCHED, "ill", "timed_out", 1.0)
    assert not fleet.may_try(WATCHED)


def test_one_of_a_fleet_tries_and_after_its_death_another_after_the_lease(store: HealthStore) -> None:
    clock = VirtualClock()
    workers = [Fleet(store, QUICK, clock, Random(number)) for number in range(WORKERS)]
    broken(store, clock)

    assert at_once(lambda number: workers[number].may_try(WATCHED)) == [False] * WORKERS
    clock.advance(QUICK.open_seconds)
    first = at_once(lambda number: workers[number].may_try(WATCHED))
    clock.advance(WATCHED.lease_seconds - 0.01)
    meanwhile = at_once(lambda number: workers[number].may_try(WATCHED))
    clock.advance(0.01)
    after = at_once(lambda number: workers[number].may_try(WATCHED))

    assert (sum(first), sum(meanwhile), sum(after)) == (1, 0, 1)


def test_what_one_process_ordered_another_may_find_well(store: HealthStore) -> None:
    clock = VirtualClock()
    orders, collects = Fleet(store, QUICK, clock, Random(1)), Fleet(store, QUICK, clock, Random(2))
    broken(store, clock)
    clock.advance(QUICK.open_seconds)
    assert orders.may_try(WATCHED)
    clock.advance(100.0)

    collects.note(WATCHED, "well", None, 101.0)
    assert store.state(KEY).openings == 1
    collects.note(WATCHED, "well", None, 100.0)
    assert store.state(KEY).openings == 0


def worker(file: Path, number: int, go: Any, pipe: Connection) -> None:
    """Be one process of a fleet, whose clock stands still unless it is told otherwise."""
    clock = VirtualClock()
    fleet = Fleet(SqliteHealth(file), QUICK, clock, Random(number))
    acts: dict[str, Callable[[Any], object]] = {
        "advance": clock.advance,
        "race": lambda _: go.wait(30) is not None and fleet.may_try(WATCHED),
        "note": lambda verdict: fleet.note(WATCHED, verdict, None, 1.0),
        "close": lambda _: fleet.close(),
    }
    fleet.known(WATCHED)
    while True:
        name, value = pipe.recv()
        pipe.send(acts[name](value))
        if name == "close":
            return


class Processes:
    """A fleet at one file: eight processes, each of which does what it is told."""

    def __init__(self, file: Path) -> None:
        self.go = SPAWN.Barrier(WORKERS)
        self.pipes, self.processes = [], []
        for number in range(WORKERS):
            ours, theirs = SPAWN.Pipe()
            process = SPAWN.Process(target=worker, args=(file, number, self.go, theirs), daemon=True)
            process.start()
            self.pipes.append(ours)
            self.processes.append(process)

    def all(self, name: str, value: object = None) -> list[Any]:
        for pipe in self.pipes:
            pipe.send((name, value))
        return [pipe.recv() for pipe in self.pipes]

    def one(self, number: int, name: str, value: object = None) -> object:
        self.pipes[number].send((name, value))
        return self.pipes[number].recv()

    def end(self) -> None:
        for process, pipe in zip(self.processes, self.pipes, strict=True):
            process.kill()
            process.join()
            pipe.close()


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    started = Processes(tmp_path / "health.db")
    yield started
    started.end()


def test_one_of_eight_processes_tries_at_a_time(processes: Processes) -> None:
    for number in range(QUICK.open_failures_in_a_row):
        processes.one(number, "note", "ill")

    assert processes.all("race") == [False] * WORKERS
    for _ in range(5):
        processes.all("advance", 10.0)
        won = processes.all("race")
        assert sum(won) == 1
        assert sum(processes.all("race")) == 1  # who has the right keeps it
        processes.one(won.index(True), "note", "ill")
        assert processes.all("race") == [False] * WORKERS

    processes.all("advance", 10.0)
    winner = processes.all("race").index(True)
    processes.one(winner, "note", "well")
    assert processes.all("race") == [True] * WORKERS


def test_what_eight_processes_get_wrong_themselves_never_opens_it(processes: Processes) -> None:
    for _ in range(30):
        processes.all("note", "unclear")

    assert processes.all("race") == [True] * WORKERS


def test_a_prober_that_is_killed_frees_the_right_by_time(processes: Processes, tmp_path: Path) -> None:
    for _ in range(QUICK.open_failures_in_a_row):
        processes.one(0, "note", "ill")
    processes.all("advance", 1.0)
    dead = processes.all("race").index(True)
    os.kill(processes.processes[dead].pid, signal.SIGKILL)
    processes.processes[dead].join()
    clock = VirtualClock()
    others = [Fleet(SqliteHealth(tmp_path / "health.db"), QUICK, clock, Random(50 + n)) for n in range(3)]

    clock.advance(1.0 + WATCHED.lease_seconds - 0.01)
    assert [fleet.may_try(WATCHED) for fleet in others] == [False, False, False]
    clock.advance(0.01)
    assert sum(fleet.may_try(WATCHED) for fleet in others) == 1
    for fleet in others:
        fleet.close()


def test_nothing_that_eight_processes_count_is_lost(processes: Processes, tmp_path: Path) -> None:
    verdicts = ["well", "unclear", "well", "ill", "well"] * 5
    for verdict in verdicts:
        processes.all("note", verdict)
    processes.all("close")

    store = SqliteHealth(tmp_path / "health.db")
    counted = Counter[str]()
    for tally in store.read(KEY, 0).buckets.values():
        counted.update(tally)
    assert {name: counted[name] for name in ("well", "ill", "unclear")} == {
        "well": 15 * WORKERS,
        "ill": 5 * WORKERS,
        "unclear": 5 * WORKERS,
    }
    store.close()


def test_a_process_that_is_killed_loses_no_more_than_it_said(processes: Processes, tmp_path: Path) -> None:
    for _ in range(FLUSH_CALLS - 1):
        processes.one(0, "note", "well")
    processes.one(1, "note", "ill")
    for _ in range(FLUSH_CALLS + 3):
        processes.one(2, "note", "well")

    processes.end()

    store = SqliteHealth(tmp_path / "health.db")
    (tally,) = store.read(KEY, 0).buckets.values()
    assert (tally["well"], tally["ill"]) == (FLUSH_CALLS, 1)
    store.close()


def test_a_process_may_fork_with_the_file_open(tmp_path: Path) -> None:
    assert not Life(tmp_path, _forks_with_the_file_open, tmp_path / "health.db").was_killed()


def _forks_with_the_file_open(path: Path) -> None:
    store = SqliteHealth(path)
    for number in range(4):
        store.add(KEY, 1000, {"well": 1}, keep_seconds=60)
        child = os.fork()
        if not child:
            inherited = store._file._opened  # SQLite forbids a child to use it
            store.add(KEY, 1000, {"ill": 1}, keep_seconds=60)
            os._exit(0 if inherited is None else 1)
        store.add(KEY, 1000, {"well": 1}, keep_seconds=60)
        assert os.waitpid(child, 0)[1] == 0
        assert store.read(KEY, 0).buckets == {1000: {"well": 2 * (number + 1), "ill": number + 1}}


# DynamoDB as the emulator has it, for several clients: moto lets two conditional writes through at once.


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Any]]:
    """Return a maker of clients."""
    with Emulator(tmp_path_factory.mktemp("emulator")) as emulator:
        emulator.client("dynamodb").create_table(
            TableName=TABLE,
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield lambda: emulator.client("dynamodb")


def test_one_of_eight_clients_of_the_table_tries_at_a_time(table: Callable[[], Any]) -> None:
    clock = VirtualClock()
    stores = [DynamoHealth(table(), TABLE) for _ in range(WORKERS)]
    workers = [Fleet(store, QUICK, clock, Random(number)) for number, store in enumerate(stores)]
    broken(stores[0], clock)

    for _ in range(5):
        clock.advance(10.0)
        assert sum(at_once(lambda number: workers[number].may_try(WATCHED))) == 1
        clock.advance(WATCHED.lease_seconds)
        won = [n for n, may in enumerate(at_once(lambda n: workers[n].may_try(WATCHED))) if may]
        assert len(won) == 1


def test_nothing_that_eight_clients_of_the_table_count_is_lost(table: Callable[[], Any]) -> None:
    stores = [DynamoHealth(table(), TABLE) for _ in range(WORKERS)]

    def count(number: int) -> None:
        for _ in range(10):
            stores[number].add("counted", 1000, {"well": 1, "t7": 2}, keep_seconds=60)
            stores[number].count_failure("counted", afresh=False)

    at_once(count)

    snapshot = stores[0].read("counted", 0)
    assert snapshot.buckets == {1000: {"well": 80, "t7": 160}}
    assert snapshot.state == KeyState(failures_in_a_row=80)
