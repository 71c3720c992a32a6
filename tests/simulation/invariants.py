"""What must hold, at every engine call and at the end."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from reelwright.cost.manager import OURS
from reelwright.pipeline.memory import MemoryProductions
from reelwright.pipeline.ports import Claim, StepKey
from reelwright.production.schema import Clip, Cut, Production
from reelwright.video.footage_failed import FailedScenes
from tests.simulation.audit import audit, check_account
from tests.simulation.engines import Watch
from tests.simulation.flagged import disagreement
from tests.simulation.prompted import other_words
from tests.simulation.world import InvariantError, World

if TYPE_CHECKING:
    from tests.simulation.harness import _Simulation
    from tests.simulation.table import TableProductions

__all__ = ["CallWatch", "InvariantError", "check_end"]


class CallWatch(Watch):
    """Checks, when an engine call is carried out, that it had to be."""

    def __init__(self, store: "MemoryProductions | TableProductions", world: World) -> None:
        self.store = store
        self._world = world
        self._here = threading.local()
        self._latest_fence: dict[str, int] = {}
        self._stored_by_overtaken: set[tuple[str, str, int]] = set()
        self.accounts: list[Production] = []
        self.clips: dict[str, tuple[Clip, ...]] = {}
        """Of finished productions."""
        self.cuts: dict[str, Cut] = {}

    @contextmanager
    def holding(self, claim: Claim) -> Iterator[None]:
        """Remember which claim this worker works under."""
        self._here.claim, self._here.before = claim, None
        self._latest_fence[claim.production_id] = claim.fence
        yield

    @contextmanager
    def invocation(self, production_id: str) -> Iterator[None]:
        """Remember what was stored when a function that has no claim began to run an item."""
        self._here.claim, self._here.before = None, self._stored(production_id)
        yield

    def storing(self, key: StepKey) -> None:
        """Remember the results that come from a worker whose claim was taken over while it worked."""
        if self._is_overtaken():
            self._stored_by_overtaken.add((key.production_id, key.step, key.index))

    def engine_called(self, key: str) -> None:
        """Refuse work that is stored already, and work that begins before the earlier steps are stored."""
        if self._is_overtaken():
            return  # it does not know yet; that the first result counts is what makes it harmless
        production_id, step, index, _ = key.split("/", 3)
        before = self._here.before
        known = self._stored(production_id) if before is None else before
        by_overtaken = (production_id, step, int(index)) in self._stored_by_overtaken
        if (step, int(index)) in known and not by_overtaken:
            raise InvariantError(f"{step} {index} was carried out again although its result is stored")
        for earlier in self._earlier(production_id, step):
            if not any(name == earlier for name, _ in self._stored(production_id)):
                raise InvariantError(f"{step} began before the result of {earlier} was stored")

    def finished(self, production: Production, values: dict[str, Any]) -> None:
        """Keep the account that would be written beside the video."""
        if set(values) != {"brief", "script", "narration", "clips", "cut", "review", "publications"}:
            raise InvariantError(f"the account lacks values: {sorted(values)}")
        self.accounts.append(production)
        self.clips[production.id] = values["clips"]
        self.cuts[production.id] = values["cut"]

    def _is_overtaken(self) -> bool:
        claim: Claim | None = self._here.claim
        return claim is not None and claim.fence < self._latest_fence[claim.production_id]

    def _stored(self, production_id: str) -> set[tuple[str, int]]:
        return {
            (key.step, key.index)
            for key, result in self.store._results.items()
            if key.production_id == production_id and result.is_done
        }

    def _earlier(self, production_id: str, step: str) -> list[str]:
        names = [record.name for record in self.store.load(production_id).steps]
        return names[: names.index(step)]


def check_end(simulation: "_Simulation") -> None:
    """Check all that must hold once every worker has stopped."""
    productions = simulation.store.recent()
    completed = [production for production in productions if production.status == "completed"]
    published = [publication.remote_id for publication in simulation.platform.publications]
    _require(bool(completed) or simulation.operator.ending != "completed", "a production completes")
    for production in completed:
        _check_record(production)
        pinned = simulation.store.pinned(production.id)
        wrong = disagreement(production, pinned) or other_words(production, pinned)
        wrong = wrong or simulation.counted.wrong(production)
        wrong = wrong or simulation.shown.wrong(production, pinned, simulation.watch.cuts.get(production.id))
        _require(not wrong, wrong)
        _check_bill(simulation, production)
        _check_failed_scenes(simulation, production)
        _require(production.id in published, "the completed production is published")
    _require(len(published) == len(set(published)), "nothing is published twice")
    _require(bool(simulation.watch.accounts) or not completed, "the account of the production is written")
    audit(simulation.books, {production.id for production in completed})
    for production in completed:
        check_account(simulation.books, production)


def _check_record(production: Production) -> None:
    for step in production.steps:
        _require(step.status == "done", f"{step.name} is {step.status} in a completed production")
        _require(step.finished_at is not None and bool(step.input_hash), f"{step.name} has no time or input")
        _require(step.items_done == step.items_total, f"{step.name} lost items")
        _require(step.error is None, f"{step.name} keeps an error although it is done")
    for name in ("write_script", "narrate", "shoot"):
        _require(bool(production.step(name).decisions), f"{name} does not say which model was chosen")


def _check_failed_scenes(simulation: "_Simulation", production: Production) -> None:
    """No more scenes were drawn because they failed than the settings allow, and each is told of."""
    clips = simulation.watch.clips.get(production.id, ())
    most = FailedScenes(simulation.artifacts, simulation.settings.video, production.id, len(clips)).most
    failed = [clip for clip in clips if clip.stands_in]
    _require(len(failed) <= most, f"{len(failed)} scenes were drawn because they failed, {most} may be")
    for clip in failed:
        number = clip.scene_index + 1
        told = [each for each in production.warnings if each.startswith(f"Scene {number} was drawn because")]
        _require(bool(told), f"nobody is told why scene {number} was drawn")
    cut = [each for each in production.step("shoot").decisions if each.subject.startswith("pieces of scene")]
    simulation.world.injected["scenes drawn because they failed"] += len(failed)
    simulation.world.injected["scenes shot in pieces"] += len(cut)


def _check_bill(simulation: "_Simulation", production: Production) -> None:
    """Every charge of our engines on the record was carried out, once; with an idempotent one, all were."""
    own = [item for item in simulation.world.executions if item.key.startswith(production.id)]
    billed = Counter(item.quantity for item in own)
    charged = Counter(charge.quantity for charge in production.charges if charge.provider == OURS)
    _require(not charged - billed, "the record holds charges that no vendor billed, or one of them twice")
    if simulation.idempotent_vendor:
        _require(len(own) == len({item.key for item in own}), "an idempotent vendor billed a key twice")
    if simulation.terms is None:
        _require(not simulation.idempotent_vendor or billed == charged, "the record lacks what was billed")
        for step in production.steps:
            kept = len(step.charges)
            _require(not kept or kept == step.items_total, f"{step.name} was charged {kept} times")


def _require(condition: object, what: str) -> None:
    if not condition:
        raise InvariantError(what)
