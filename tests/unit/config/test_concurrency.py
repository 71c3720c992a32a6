"""Two thousand random edits before many readers: nothing torn, nothing lost, nothing told twice."""

import threading
from collections.abc import Callable
from random import Random
from typing import Any

from reelwright.config.manager import ConfigurationManager
from reelwright.config.memory import ScriptedSource
from reelwright.config.schema import ConfigurationChanged, Layer, Snapshot
from reelwright.config.tree import leaves, plain
from tests.unit.config.world import World

EDITS = 1_000
"""By each of the two writers."""
READERS = 3
BAD_SHARE = 0.03


class Listener:
    """Replays what it is told over what it knew; raises at the first thing told twice, late or never."""

    def __init__(self, manager: ConfigurationManager) -> None:
        first = manager.snapshot
        self.known = _plain_leaves(first)
        self.generations = [first.generation]
        self.numbers: list[Any] = []
        self.problems: list[str] = []
        manager.subscribe("*", self.hear)

    def hear(self, event: ConfigurationChanged) -> None:
        if event.generation <= self.generations[-1]:
            self.problems.append(f"generation {event.generation} after {self.generations[-1]}")
        self.generations.append(event.generation)
        for change in event.changes:
            if self.known.get(change.key) != change.old:
                self.problems.append(f"{change} while {self.known.get(change.key)} was known")
            self.known[change.key] = change.new
            if change.key == "number":
                self.numbers.append(change.new)


class Reader:
    """Looks at snapshots until told to stop."""

    def __init__(self, manager: ConfigurationManager) -> None:
        self.manager = manager
        self.seen: dict[int, str] = {}
        self.problems: list[str] = []
        self.looks = 0

    def look(self) -> None:
        snapshot, table = self.manager.snapshot, self.manager.get("table")
        self.looks += 1
        if snapshot.generation < max(self.seen, default=0):
            self.problems.append(f"generation {snapshot.generation} after {max(self.seen)}")
        if self.seen.setdefault(snapshot.generation, snapshot.fingerprint) != snapshot.fingerprint:
            self.problems.append(f"generation {snapshot.generation} has two contents")
        self.problems += [f"torn: {found}" for found in (_torn(snapshot), _torn_table(table)) if found]


def write_pairs(source: ScriptedSource, mark: str, said: list[Any], refresh: Callable[[], object]) -> None:
    """Edit a source again and again; two of its keys always say the same."""
    random = Random(mark)
    for count in range(1, EDITS + 1):
        if random.random() < BAD_SHARE:
            source.say({"video": {"fps": count}, "table": {mark: -count, f"{mark}2": -count}})
        else:
            extra = {random.choice("abc"): random.randrange(3) for _ in range(random.randrange(3))}
            pair = {mark: count, f"{mark}2": count, f"{mark}-more": extra}
            number = {"number": count} if mark == "ssm" else {"names": [str(count)]}
            source.say({"table": pair} | number)
            said.append(count)
        refresh()


def test_two_thousand_edits_with_readers_and_listeners() -> None:
    world = World({Layer.SSM: {"number": 0}})
    manager = world.process(
        sources=[world[layer] for layer in (Layer.DEFAULTS, Layer.SSM, Layer.RUNTIME)], patience_seconds=60.0
    )
    manager.refresh()
    listeners = [Listener(manager) for _ in range(3)]
    readers = [Reader(manager) for _ in range(READERS)]
    said: dict[Layer, list[Any]] = {Layer.SSM: [], Layer.RUNTIME: []}
    writers = [
        threading.Thread(
            target=write_pairs, args=(world[layer], layer.value, told, lambda: manager.refresh(force=True))
        )
        for layer, told in said.items()
    ]
    over = threading.Event()

    def watch(reader: Reader) -> None:
        while not over.wait(0.0005):
            reader.look()

    watchers = [threading.Thread(target=watch, args=(reader,)) for reader in readers]
    for thread in (*writers, *watchers):
        thread.start()
    for thread in writers:
        thread.join()
    over.set()
    for thread in watchers:
        thread.join()

    last = manager.refresh(force=True)
    for reader in readers:
        assert reader.problems == []
        assert reader.looks > 0
    for listener in listeners:
        assert listener.problems == []
        assert listener.numbers == said[Layer.SSM]  # each good edit once, in order, and no bad one
        assert listener.generations[-1] == last.generation
        assert listener.known == {key: listener.known.get(key) for key in listener.known} | _plain_leaves(
            last
        )
    assert len(said[Layer.SSM]) > 0.9 * EDITS
    assert listeners[0].generations == list(range(1, last.generation + 1))


def test_readers_do_not_wait_for_a_refresh_that_hangs() -> None:
    world = World({Layer.SSM: {"number": 4}})
    manager = world.process(patience_seconds=60.0)
    manager.refresh()
    world[Layer.SSM].outage = "hang"
    refreshing = threading.Thread(target=lambda: manager.refresh(force=True))
    refreshing.start()
    assert manager.get("number") == 4
    assert manager.explain("number").value == 4
    assert manager.snapshot.generation == 1
    manager.refresh(budget_seconds=0.01)  # somebody else is at it: what there is will do
    world[Layer.SSM].release()
    refreshing.join(10)
    assert not refreshing.is_alive()


def test_many_threads_that_start_at_once_load_once() -> None:
    world = World()
    manager = world.process(patience_seconds=60.0)
    start = threading.Barrier(8)
    found: list[Snapshot] = []

    def read() -> None:
        start.wait()
        manager.get("video.fps")
        found.append(manager.snapshot)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(snapshot) for snapshot in found}) == 1
    assert world[Layer.SSM].fetches == 1


def _torn(snapshot: Snapshot) -> str:
    values = snapshot.values
    same = {values["number"], snapshot.settings.number, values.get("table.ssm", 0)}  # type: ignore[attr-defined]  # Wide
    return f"{same}" if len(same) > 1 else _torn_table(values["table"])


def _torn_table(table: Any) -> str:
    pairs = [(table.get(mark), table.get(f"{mark}2")) for mark in ("ssm", "runtime")]
    return "".join(f"{one} is not {other}" for one, other in pairs if one != other)


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _plain_leaves(snapshot: Snapshot) -> dict[str, Any]:
    table = {name: snapshot.values[name] for name in type(snapshot.settings).model_fields}
    return {key: plain(value) for key, value in leaves(table)}
