"""Collecting what became of publications: what is due, each platform by itself."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pydantic import BaseModel, ConfigDict

from reelwright.environment.publishing import OutcomeSettings, PlatformSettings
from reelwright.errors import ReelwrightError
from reelwright.observability.metrics import Metric, Metrics, NoMetrics
from reelwright.resilience.deadline import Deadline
from reelwright.upload.catalogue import load_platforms
from reelwright.upload.errors import PublicationRefused
from reelwright.upload.outcomes import OutcomePoint, due_at, shown_since
from reelwright.upload.record import PublicationRecord
from reelwright.upload.remotes import RemotePlatforms
from reelwright.upload.schema import PublicationOutcome

__all__ = ["Collection", "OutcomeCollector", "PlatformCollection"]

_LOG = logging.getLogger(__name__)
_CALL_SECONDS: Final = 30.0
_LOOKED_BACK: Final = 2_000
"""The newest publications of a platform that are looked at."""


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlatformCollection(_Told):
    """What collecting brought from one platform."""

    due: int = 0
    collected: int = 0
    not_found: int = 0
    """Of those collected: the platform has them no more, or not yet."""
    problem: str = ""
    """Why the rest was not collected."""
    overdue_seconds: float = 0.0
    """By how much the one that waits longest is late, after this."""


class Collection(_Told):
    """What one round brought, by platform."""

    platforms: Mapping[str, PlatformCollection]

    @property
    def overdue_seconds(self) -> float:
        """By how much the publication that waits longest anywhere is late."""
        return max((each.overdue_seconds for each in self.platforms.values()), default=0.0)


@dataclass(frozen=True, slots=True)
class _Due:
    record: PublicationRecord
    since: datetime


@dataclass(slots=True)
class _Round:
    """What is still to be done on one platform, and what was."""

    waiting: list[_Due]
    due: int = 0
    points: list[OutcomePoint] = field(default_factory=list)
    problem: str = ""


class OutcomeCollector:
    """Asks enabled platforms for what is due of our publications, and appends what they tell.

    Nothing is raised for what a platform does: the rest of it waits for the next round, and is late then.
    StorageUnavailable if our own records cannot be read.
    """

    def __init__(
        self,
        remotes: RemotePlatforms,
        platforms: Mapping[str, PlatformSettings],
        schedule: OutcomeSettings,
        *,
        stopped: Callable[[str], str] = lambda _: "",
        metrics: Metrics | None = None,
        seconds: float = 240.0,
    ) -> None:
        """Take the settings; ``stopped`` says why an operator has stopped a platform. It is left alone then.

        ``seconds`` are shared among the platforms, so that a slow one takes no other's time.
        """
        self._remotes = remotes
        self._platforms = platforms
        self._schedule = schedule
        self._stopped = stopped
        self._metrics = metrics or NoMetrics()
        self._seconds = seconds

    def collect(self) -> Collection:
        """Collect what is due, from those on that wait longest; count what failed, and what is late."""
        names = list(self._open()) if self._schedule.enabled else []
        done = {name: self._asked(name, self._due(name), self._seconds / len(names)) for name in names}
        collection = Collection(platforms=done)
        self._metrics.emit(Metric.OUTCOMES_OVERDUE, collection.overdue_seconds)
        return collection

    def collect_of(self, production_id: str) -> Collection:
        """Collect of one production now, whether it is due or not, where it was published."""
        found = {name: self._records_of(name, production_id) for name in self._open()}
        published = {name: records for name, records in found.items() if records}
        return Collection(
            platforms={name: self._asked(name, each, self._seconds) for name, each in published.items()}
        )

    def _open(self) -> Iterator[str]:
        for name in self._remotes.adapters:
            settings = self._platforms.get(name)
            if settings is not None and settings.enabled and not self._stopped(name):
                yield name

    def _due(self, name: str) -> list[_Due]:
        """Return what is due on a platform; what waits longest comes first."""
        now, found = self._remotes.clock.now(), []
        for record in self._ours(name, self._remotes.store.recent(name, _LOOKED_BACK)):
            if due_at(record, None, self._schedule, now) is None:
                continue
            since = due_at(record, self._remotes.series.newest(record.key), self._schedule, now)
            if since is not None and since <= now:
                found.append(_Due(record, since))
        return sorted(found, key=lambda each: (each.since, each.record.production_id))

    def _records_of(self, name: str, production_id: str) -> list[_Due]:
        now = self._remotes.clock.now()
        records = self._ours(name, self._remotes.store.of_production(name, production_id))
        return [_Due(record, now) for record in records if shown_since(record)]

    def _ours(self, name: str, records: Sequence[PublicationRecord]) -> Iterator[PublicationRecord]:
        """Yield those of the account whose keys we have."""
        account = self._platforms[name].account
        return (record for record in records if record.account == account)

    def _asked(self, name: str, waiting: list[_Due], seconds: float) -> PlatformCollection:
        done = _Round(list(waiting), due=len(waiting))
        deadline = Deadline.after(seconds, self._remotes.clock)
        try:
            for some in _batches(waiting, load_platforms()[name].outcomes_at_once):
                deadline.check(f"more outcomes of {name}")
                self._ask(name, some, done, deadline)
        except Exception as error:  # noqa: BLE001 (whatever one platform does, others are collected)
            return self._failed(name, done, error)
        return self._told(name, done)

    def _ask(self, name: str, some: Sequence[_Due], done: _Round, deadline: Deadline) -> None:
        """Ask for some. What the platform refuses to tell of them is no reason not to ask for others."""
        seconds = min(_CALL_SECONDS, deadline.remaining_seconds())
        remote_ids = [each.record.remote_id for each in some]
        try:
            told = self._remotes.outcomes(name, self._platforms[name], remote_ids, seconds)
        except PublicationRefused as error:
            done.problem = error.message
            return
        for each in some:
            point = self._point(each.record, told.get(each.record.remote_id))
            self._remotes.series.append(point)
            done.points.append(point)
            done.waiting.remove(each)

    def _point(self, record: PublicationRecord, told: PublicationOutcome | None) -> OutcomePoint:
        return OutcomePoint(
            production_id=record.production_id,
            platform=record.platform,
            account=record.account,
            remote_id=record.remote_id,
            collected_at=self._remotes.clock.now(),
            found=told is not None,
            outcome=told or PublicationOutcome(),
        )

    def _failed(self, name: str, done: _Round, error: Exception) -> PlatformCollection:
        done.problem = error.message if isinstance(error, ReelwrightError) else f"{type(error).__name__}"
        if not isinstance(error, ReelwrightError):
            _LOG.error("Outcomes of %s cannot be collected.", name, exc_info=error)
        return self._told(name, done)

    def _told(self, name: str, done: _Round) -> PlatformCollection:
        now = self._remotes.clock.now()
        collected = PlatformCollection(
            due=done.due,
            collected=len(done.points),
            not_found=sum(not point.found for point in done.points),
            problem=done.problem,
            overdue_seconds=max(((now - each.since).total_seconds() for each in done.waiting), default=0.0),
        )
        if done.problem:
            self._metrics.emit(Metric.OUTCOMES_FAILED, 1, platform=name)
        level = logging.WARNING if done.problem else logging.INFO
        _LOG.log(level, "Outcomes of %s were collected", name, extra=collected.model_dump())
        return collected


def _batches(waiting: Sequence[_Due], size: int) -> Iterator[Sequence[_Due]]:
    return (waiting[start : start + size] for start in range(0, len(waiting), size))
