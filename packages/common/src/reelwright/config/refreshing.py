"""Keeping the sources' answers: asking, judging, remembering, and making a generation of them."""

import logging
from collections.abc import Container, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Literal

from reelwright.clock import Clock
from reelwright.config.errors import ConfigurationUnavailable
from reelwright.config.fetching import PATIENCE_SECONDS, in_background, settle
from reelwright.config.generations import Generation, documents_of, overridden
from reelwright.config.holding import Held
from reelwright.config.layering import Contribution
from reelwright.config.ports import LastKnownGood, Remembered, Source
from reelwright.config.schema import Layer, Quarantined, Snapshot
from reelwright.config.sifting import sift
from reelwright.config.tree import index
from reelwright.config.validation import Invalid, Valid, invalid, validate
from reelwright.environment.fingerprint import fingerprint
from reelwright.environment.schema import Settings
from reelwright.errors import ReelwrightError
from reelwright.observability.metrics import Metric, Metrics

__all__ = ["LastResort", "Refresher", "Surroundings"]

LastResort = Literal["refuse", "bundle"]
"""What happens when a source cannot be read and nobody remembers it: an error, or the bundled defaults."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the machinery is given from outside."""

    environment: str
    clock: Clock
    rng: Random
    metrics: Metrics
    memory: LastKnownGood | None = None
    last_resort: LastResort = "refuse"
    patience_seconds: float = PATIENCE_SECONDS
    schema: type[Settings] = Settings


class Refresher:
    """All sources of one environment. One thread at a time, under the manager's lock."""

    def __init__(self, sources: Sequence[Source], around: Surroundings) -> None:
        self._around = around
        self._held = {source.name: Held(source, around.clock, around.rng) for source in sources}
        if len(self._held) < len(sources):
            raise ValueError("two sources of configuration have the same name")
        self._recalled: Mapping[str, Remembered] | None = None
        self._valid: Valid | None = None

    @property
    def quarantine(self) -> Mapping[str, Quarantined]:
        """Return the versions that are refused, by source."""
        notices = {name: notice for name, held in self._held.items() if (notice := held.quarantined)}
        return MappingProxyType(notices)

    def refresh(
        self, before: Generation | None, *, budget_seconds: float | None, force: Container[Layer] = ()
    ) -> tuple[Generation, tuple[Quarantined, ...]]:
        """Ask every source that is due, and return the generation that follows and what was refused.

        Sources of the layers in ``force`` are always due.
        Raises ConfigurationUnavailable or InvalidConfiguration only while there is nothing to serve.
        """
        patience, clock = self._around.patience_seconds, self._around.clock
        budget = patience if budget_seconds is None else min(budget_seconds, patience)
        end = clock.monotonic() + budget
        self._recalled = None
        self._ask(budget, force)
        self._fill_gaps()
        refused = self._judge(before)
        generation = self._generation(before)
        self._measure()
        self._remember(end - clock.monotonic())
        return generation, refused

    def contributions(self, *, without: Layer | None = None) -> tuple[Contribution, ...]:
        """Return what is served of the sources, or offered while nothing is, without those of one layer."""
        others = [held for held in self._held.values() if held.source.layer is not without]
        return tuple(held.keep() if held.has_answer else held.offer() for held in others)

    def _ask(self, budget_seconds: float, force: Container[Layer]) -> None:
        asked = [held for held in self._held.values() if held.ask(force=held.source.layer in force)]
        self._wait(asked, budget_seconds)
        for held in asked:
            self._note(held, held.take(self._around.patience_seconds))
        needed = [held for held in asked if held.fetching and not self._can_do_without(held)]
        self._wait_for_needed(needed, self._around.patience_seconds - budget_seconds)

    def _wait_for_needed(self, needed: Sequence[Held], seconds: float) -> None:
        """Give a source that nobody ever heard more time than the caller gave, but not for ever."""
        self._wait(needed, seconds)
        for held in needed:
            self._note(held, held.take(self._around.patience_seconds))
            if held.fetching:
                self._note(held, held.give_up())

    def _can_do_without(self, held: Held) -> bool:
        return held.has_answer or held.fresh is not None or held.name in self._memory()

    def _wait(self, asked: Sequence[Held], seconds: float) -> None:
        settle((held.fetching.future for held in asked if held.fetching), seconds)

    def _note(self, held: Held, failure: ReelwrightError | None) -> None:
        if failure is None:
            return
        _log.warning("The source of configuration %s failed: %s", held.name, failure.message)
        self._emit(Metric.CONFIG_SOURCE_FAILED, 1, held)

    def _fill_gaps(self) -> None:
        gaps = [held for held in self._held.values() if not held.has_answer and held.fresh is None]
        for held in gaps:
            if held.name in self._memory():
                held.recall(self._memory()[held.name])
            elif self._may_stand_in(held):
                held.stand_in()
        if unknown := [held for held in gaps if not held.has_answer]:
            raise _unavailable(unknown)

    def _judge(self, before: Generation | None) -> tuple[Quarantined, ...]:
        news = [held for held in self._held.values() if held.fresh is not None]
        if not news and before is not None and not self._has_expired(before):
            return ()
        verdict, refused, why = self._sift(news)
        if isinstance(verdict, Invalid):
            return self._keep(before, verdict)
        self._valid = verdict
        for name, keys in verdict.strays.items():
            _log.warning("%s says what it has no business with, ignored: %s", name, ", ".join(keys))
        notices = tuple(self._refuse(self._held[name], why) for name in sorted(refused))
        for held in news:
            held.accept()
        return notices

    def _sift(self, news: Sequence[Held]) -> tuple[Valid | Invalid, frozenset[str], Invalid | None]:
        offers = {name: held.offer() for name, held in self._held.items()}
        first = self._check(list(offers.values()))
        if isinstance(first, Valid):
            return first, frozenset(), None
        for held in news:
            if not held.has_answer and held.name in self._memory():
                held.recall(self._memory()[held.name])
        fallbacks = {held.name: held.keep() for held in news if held.has_answer or self._may_stand_in(held)}
        return sift(offers, fallbacks, self._check)

    def _may_stand_in(self, held: Held) -> bool:
        return self._around.last_resort == "bundle" and held.source.ttl_seconds > 0

    def _keep(self, before: Generation | None, verdict: Invalid) -> tuple[Quarantined, ...]:
        """Nothing valid can be made of the answers, even of the old ones: stay with what is served."""
        if before is None:
            raise invalid(verdict, next_step="Correct what is named above; nothing was guessed in its place.")
        _log.error("Configuration stays as it was: %s", verdict.message)
        return ()

    def _refuse(self, held: Held, why: Invalid | None) -> Quarantined:
        notice = held.refuse(why.about(held.offer().label) if why else "")
        if not held.has_answer:
            held.stand_in()
        _log.error("Version %s of %s is quarantined: %s", notice.version, held.name, notice.reason)
        self._emit(Metric.CONFIG_QUARANTINED, 1, held)
        return notice

    def _generation(self, before: Generation | None) -> Generation:
        clock, valid = self._around.clock, self._valid
        strays = valid.strays if valid else {}
        testimonies = {name: held.testimony(strays.get(name, ())) for name, held in self._held.items()}
        if before is None or (valid is not None and valid.layered is not before.layered):
            before = self._new(before)
        return before.renewed(testimonies, now=clock.monotonic(), at=clock.now())

    def _new(self, before: Generation | None) -> Generation:
        assert self._valid is not None  # noqa: S101 (judged before a generation is made)
        valid, values = self._valid, index(self._valid.settings)
        documents = documents_of((held.source.layer, held.documents()) for held in self._held.values())
        digest = fingerprint(valid.settings, documents)
        same = before is not None and before.snapshot.fingerprint == digest
        snapshot = Snapshot(
            environment=self._around.environment,
            settings=valid.settings,
            fingerprint=digest,
            generation=(before.snapshot.generation if before else 0) + (not same),
            values=MappingProxyType(values),
            origins=overridden(valid, values),
            documents=MappingProxyType(documents),
        )
        expiries = [end for held in self._held.values() if (end := held.next_expiry())]
        return Generation(snapshot, values, valid.layered, {}, min(expiries, default=None))

    def _has_expired(self, before: Generation) -> bool:
        return before.next_expiry is not None and before.next_expiry <= self._around.clock.now()

    def _check(self, contributions: Sequence[Contribution]) -> Valid | Invalid:
        return validate(contributions, self._around.schema)

    def _memory(self) -> Mapping[str, Remembered]:
        """Return what earlier processes heard, asked for once in a refresh and only when it is needed."""
        if self._recalled is None:
            self._recalled = self._load()
        return self._recalled

    def _load(self) -> Mapping[str, Remembered]:
        if self._around.memory is None:
            return {}
        loading = in_background(self._around.memory.load, "memory")
        settle([loading], self._around.patience_seconds)
        try:
            return loading.result(timeout=0)
        except Exception as error:  # noqa: BLE001 (a memory that fails remembers nothing; the sources decide)
            _log.warning("The last known good configuration cannot be read: %s", error)
            return {}

    def _remember(self, seconds: float) -> None:
        memory = self._around.memory
        news = [(held, remembered) for held in self._held.values() if (remembered := held.to_save())]
        if memory is None or not news:
            return
        saving = in_background(lambda: _save(memory, news), "memory")
        settle([saving], seconds)
        if saving.done():
            self._note_saved(saving, [held for held, _ in news])

    def _note_saved(self, saving: Future[None], saved: Sequence[Held]) -> None:
        try:
            saving.result()
        except Exception as error:  # noqa: BLE001 (it is tried again; the sources themselves answered)
            _log.warning("The last known good configuration cannot be written: %s", error)
            return
        for held in saved:
            held.note_saved()

    def _measure(self) -> None:
        for held in self._held.values():
            if held.source.ttl_seconds > 0:
                self._emit(Metric.CONFIG_AGE, held.age_seconds(), held)

    def _emit(self, metric: Metric, value: float, held: Held) -> None:
        self._around.metrics.emit(metric, value, source=held.name, environment=self._around.environment)


def _save(memory: LastKnownGood, news: Sequence[tuple[Held, Remembered]]) -> None:
    for held, remembered in news:
        memory.save(held.name, remembered)


def _unavailable(unknown: Sequence[Held]) -> ConfigurationUnavailable:
    reasons = [f"{held.name} ({held.trouble.message if held.trouble else 'not asked'})" for held in unknown]
    return ConfigurationUnavailable(
        f"Configuration cannot be read, and nobody remembers what it was: {'; '.join(reasons)}.",
        next_step="Try again when that answers; settings are never guessed.",
        context={"sources": ", ".join(held.name for held in unknown)},
    )
