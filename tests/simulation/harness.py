"""One seed: a world, a few workers, one production, and the invariants."""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from pathlib import Path
from random import Random
from typing import Any

from reelwright.config.schema import Pinned
from reelwright.errors import ReelwrightError
from reelwright.ids import new_production_id
from reelwright.models.manager import Providers
from reelwright.pipeline.declaration import PIPELINE, Step
from reelwright.pipeline.errors import ProductionExists
from reelwright.pipeline.memory import MemoryProductions
from reelwright.pipeline.parts import Parts
from reelwright.pipeline.ports import StepKey, StepResult
from reelwright.pipeline.stepping import ItemOutcome, Stepper
from reelwright.pipeline.studio import Studio
from reelwright.pipeline.wiring import Request, begin, workshop_of
from reelwright.pipeline.workshop import FanOutMapper, Workshop
from reelwright.production.schema import Brief, Production
from reelwright.storage.memory import MemoryArtifacts
from reelwright.upload.memory import MemoryPlatform
from tests.simulation import engines, invariants, market, vendors
from tests.simulation.books import Books
from tests.simulation.counted import Counted
from tests.simulation.flagged import Restless
from tests.simulation.flow import ExecutionFailedError, Flow
from tests.simulation.operating import Operator
from tests.simulation.planted import EAGER, PLANTS, ForgetsOneStep
from tests.simulation.planted_money import MONEY_PLANTS
from tests.simulation.planted_switches import SWITCH_PLANTS
from tests.simulation.prompted import RestlessPrompts
from tests.simulation.purse import Purse
from tests.simulation.settings import snapshot_of
from tests.simulation.shortcuts import shortcuts
from tests.simulation.showing import AS_USUAL, shown_by
from tests.simulation.switching import Board
from tests.simulation.table import TableProductions, table_of
from tests.simulation.turns import Turns
from tests.simulation.world import Crossing, ProcessDied, World, WorldClock, late_random

FAULT_RATES = (0.0, 0.02, 0.08, 0.2)
TROUBLE_RATES = (0.0, 0.1, 0.3, 0.6)
VENDORS_SHARE = 0.85
BEGUN_AGAIN_SHARE = 0.2
"""Executions that go on with a production and are asked to begin it, and not to resume it."""
MAX_LIVES = 400
PAUSE_BETWEEN_LIVES_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one seed came to."""

    seed: int
    digest: str
    faults: Counter[str]
    executions: int
    workers: int
    runtime: str
    ending: str
    """``completed``, or the error that it stopped with for good."""
    works: int
    """That vendors took on, and billed."""
    by_hand: int
    """Charges that an operator had to resolve."""
    refused: int
    """Runs that ended because somebody was stopped."""


def simulate(
    seed: int, *, plant: str | None = None, runtime: str | None = None, in_table: bool = False
) -> Outcome:
    """Run one seed to its end, by the runtime it draws or another; InvariantError if what must not be was."""
    planted = {**MONEY_PLANTS, **SWITCH_PLANTS}.get(plant or "", nullcontext)
    scratch = tempfile.TemporaryDirectory(dir=_scratch(), ignore_cleanup_errors=True)
    with shortcuts(), planted(), scratch as folder:
        simulation = _Simulation(seed, Path(folder), plant, runtime)
        return simulation.run_in_table() if in_table else simulation.run()


@dataclass(frozen=True, slots=True)
class _Ports:
    """What stands outside all processes and remembers none of them: the same way there for each."""

    artifacts: Any
    soundtrack: Any
    assembler: Any
    reviewer: Any
    thumbnails: Any
    platforms: dict[str, Any]


class _Simulation:
    def __init__(self, seed: int, folder: Path, plant: str | None, runtime: str | None) -> None:
        self.world = World(seed)
        rng = self.world.rng
        self.world.fault_rate = rng.choice(FAULT_RATES)
        self.workers = rng.choice((1, 1, 2, 3))
        self.idempotent_vendor = rng.random() < 0.5
        has_vendors = plant in {*MONEY_PLANTS, *SWITCH_PLANTS} or (
            plant is None and rng.random() < VENDORS_SHARE
        )
        self.terms = market.terms_drawn_by(rng) if has_vendors else None
        if self.terms is not None and plant is None:
            self.terms = market.with_footage_drawn_by(Random(seed), self.terms)
        trouble_rate = rng.choice(TROUBLE_RATES) if has_vendors else 0.0
        is_slow = not has_vendors and rng.random() < 0.5
        self.steps = _with_asynchronous_footage() if is_slow else PIPELINE
        drawn = rng.choice(("runner", "functions"))
        self.runtime = runtime or drawn
        self.shown = shown_by(seed) if plant is None else AS_USUAL
        self.settings = self.shown.settings(market.settings_for(self.terms))
        self.turns = Turns(rng, self.world.clock)
        self.world.yield_turn, self.world.sleep = self.turns.yield_turn, self.turns.sleep
        self.folder, self.work, self.out = folder, folder / "work", folder / "out"
        self.plant = plant
        self.store: _Productions | TableProductions = _Productions(self.world.clock)
        self.artifacts = MemoryArtifacts(folder)
        self.platform = MemoryPlatform(self.world.clock)
        self.watch = invariants.CallWatch(self.store, self.world)
        self.vendor = engines.Vendor(self.world, idempotent=self.idempotent_vendor, watch=self.watch)
        self.books = Books(self.world, self.terms)
        self.books.workers = self.workers
        self.purse = Purse(self.world, self.books, self.artifacts, self.settings)
        self.board = Board(self.world, is_used=plant in SWITCH_PLANTS or (None if plant is None else False))
        self.purse.open(self.watch, trouble_rate, self._engines(), self.board)
        self.flags = Restless(seed, self.world.clock)
        self.prompts = RestlessPrompts(seed, self.world.clock)
        self.counted = Counted()
        self.ports = self._ports()
        self.operator = Operator(self.world, self.books)
        self.brief = self.shown.brief(Brief(topic=f"Seed {seed}", duration_seconds=30), self.artifacts)
        self.production_id = new_production_id(self.world.clock, rng)

    def run_in_table(self) -> Outcome:
        """Run with the productions in DynamoDB."""
        with table_of(self.world, self.folder) as self.store:
            self.watch.store = self.store
            return self.run()

    def run(self) -> Outcome:
        self.turns.run([partial(self._live, number) for number in range(self.workers)])
        invariants.check_end(self)
        world = self.world
        faults = world.injected + Counter({"late copy": world.late_copies})
        calls = len(world.executions)
        return Outcome(
            world.seed,
            world.digest(),
            faults,
            calls,
            self.workers,
            self.runtime,
            ending=self.operator.ending,
            works=len(self.books.works),
            by_hand=self.books.by_hand,
            refused=self.operator.refused,
        )

    def _live(self, number: int) -> None:
        """Be one worker: start or resume until the production is complete, whatever happens.

        A worker is a process with a studio, or one execution of the state machine after another.
        """
        flow = Flow(self.world, self.steps, self._stepper, self._begin)
        for life in range(MAX_LIVES):
            try:
                self.world.trace.append(f"worker {number} life {life}")
                if self.runtime == "functions":
                    return flow.execute()
                if self._attempt().status == "completed":
                    return None
            except (ReelwrightError, ProcessDied, ExecutionFailedError) as error:
                self.world.trace.append(f"worker {number} {type(error).__name__}")
                if self.operator.gives_up(number, error):
                    return None
            self.world.sleep(PAUSE_BETWEEN_LIVES_SECONDS)
        raise invariants.InvariantError(f"worker {number} could not finish in {MAX_LIVES} lives")

    def _attempt(self) -> Production:
        studio = self._studio()
        known = self.store.newest()
        return studio.resume(known) if known else studio.make(self.brief)

    def _begin(self) -> str:
        """Begin the one production that executions are named for; mostly find it, once that was done."""
        if self.store.newest() and self.world.rng.random() >= BEGUN_AGAIN_SHARE:
            return str(self._parts().store.load(self.production_id).id)
        request = Request(self.production_id, "local", self.brief, str(self.out / "p"))
        with suppress(ProductionExists):
            begin(self._parts(), request, snapshot_of(self.settings))
        return self.production_id

    def _stepper(self) -> Stepper:
        return _WatchedStepper(workshop_of(self._parts()), self.watch, is_eager=self.plant == EAGER)

    def _studio(self) -> Studio:
        return Studio("local", lambda: snapshot_of(self.settings), self._parts(), out_dir=self.out)

    def _parts(self) -> Parts:
        """Return a new process: nothing in memory but what the ports give."""
        world, ports = self.world, self.ports
        switches = self.board.process(WorldClock(world))
        return Parts(
            clock=WorldClock(world),
            rng=late_random(world.rng.getrandbits(64)),
            store=self._store(),
            artifacts=ports.artifacts,
            models=self.purse.process(WorldClock(world), switches.provider),
            soundtrack=ports.soundtrack,
            assembler=ports.assembler,
            reviewer=ports.reviewer,
            thumbnails=ports.thumbnails,
            platforms=ports.platforms,
            work_root=self.work / str(world.rng.getrandbits(32)),
            mapper=self._mapper(),
            finish=self._finish,
            steps=self.steps,
            listen=vendors.hear,
            flags=self.flags,
            prompts=self.prompts,
            count_prompts=self.counted.process(),
            platform_stopped=switches.platform,
        )

    def _ports(self) -> _Ports:
        cross = self._crossing
        return _Ports(
            artifacts=cross("artifacts", self.artifacts),
            soundtrack=cross("sound", engines.SoundDesk()),
            assembler=cross("assembler", engines.CuttingRoom()),
            reviewer=cross("reviewer", engines.Screening()),
            thumbnails=cross("designer", engines.Designer()),
            platforms={"folder": self.board.door("platform", "folder", cross("platform", self.platform))},
        )

    def _engines(self) -> Providers:
        def engine(name: str, target: object) -> Any:
            return self.board.door("provider", "embedded", self._crossing(name, target))

        return Providers(
            content={"embedded": engine("writer", engines.Writer(self.vendor))},
            audio={"embedded": engine("voice", engines.Voice(self.vendor))},
            video={"embedded": engine("camera", engines.Camera(self.vendor))},
        )

    def _store(self) -> Any:
        if isinstance(self.store, TableProductions):
            return _WatchedTable(self.store.process(), self.watch)
        store: Any = _Claims(self.world, self.store, self.watch)
        return PLANTS[self.plant](store) if self.plant in PLANTS else store

    def _crossing(self, name: str, target: object) -> Any:
        return Crossing(self.world, name, target)

    def _mapper(self) -> FanOutMapper:
        def shuffled(run: Callable[[int], StepResult], count: int) -> list[StepResult]:
            order = list(range(count))
            self.world.rng.shuffle(order)
            results = {index: run(index) for index in order}
            return [results[index] for index in range(count)]

        return shuffled

    def _finish(self, production: Production, values: dict[str, Any]) -> None:
        def write() -> None:
            self.watch.finished(production, values)

        self.world.cross("account.write", write)


class _WatchedStepper(Stepper):
    """Functions whose items are watched: no claim says who they are, only what was stored before them."""

    def __init__(self, workshop: Workshop, watch: invariants.CallWatch, *, is_eager: bool) -> None:
        super().__init__(workshop)
        self._watch = watch
        self._is_eager = is_eager

    def run_item(self, production_id: str, name: str, index: int) -> ItemOutcome:
        if self._is_eager:
            store: Any = ForgetsOneStep(self._shop.store, name, index)
            self._shop = replace(self._shop, store=store)
        with self._watch.invocation(production_id):
            return super().run_item(production_id, name, index)


class _Productions(MemoryProductions):
    """Reads once what is read again and again while nobody writes: the same text says the same."""

    def newest(self) -> str | None:
        """Return the name of the newest production, if there is any."""
        return max(self._records, default=None)

    def load(self, production_id: str) -> Production:
        return _record_of(self._known(production_id))

    def pinned(self, production_id: str) -> Pinned:
        return _read_once(self._pinned[self._check_known(production_id)])

    def _check_known(self, production_id: str) -> str:
        self._known(production_id)
        return production_id


_read_once = lru_cache(maxsize=64)(Pinned.model_validate_json)
_record_of = lru_cache(maxsize=4)(Production.model_validate_json)


class _Claims(Crossing):
    """The store, through the world; its claims too, and the watch knows who holds them."""

    def __init__(self, world: World, store: MemoryProductions, watch: invariants.CallWatch) -> None:
        super().__init__(world, "store", store, once=("create",))
        self._store = store
        self._watch = watch

    @contextmanager
    def claim(self, production_id: str) -> Iterator[object]:
        self._world.cross("store.claim", lambda: None)
        with self._store.claim(production_id) as claim, self._watch.holding(claim):
            yield claim

    def put_result(self, key: StepKey, result: StepResult) -> StepResult:
        def put() -> StepResult:
            self._watch.storing(key)
            return self._store.put_result(key, result)

        return self._world.cross("store.put_result", put)


class _WatchedTable:
    """A store in a table; the watch knows who holds a claim, and what comes of whom."""

    def __init__(self, store: Any, watch: invariants.CallWatch) -> None:
        self._store = store
        self._watch = watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def claim(self, production_id: str) -> Iterator[object]:
        with self._store.claim(production_id) as claim, self._watch.holding(claim):
            yield claim

    def put_result(self, key: StepKey, result: StepResult) -> Any:
        self._watch.storing(key)
        return self._store.put_result(key, result)


def _with_asynchronous_footage() -> tuple[Step, ...]:
    return tuple(
        replace(step, function="tests.simulation.engines:shoot_later") if step.name == "shoot" else step
        for step in PIPELINE
    )


@cache
def _scratch() -> str | None:
    memory = Path("/dev/shm")  # noqa: S108 (only a faster temporary folder, where there is one)
    return str(memory) if memory.is_dir() else None
