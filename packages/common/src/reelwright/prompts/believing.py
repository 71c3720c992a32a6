"""Which labels are believed now: those that the store tells, or told, or what an earlier process heard.

Labels are believed for a while. Then one caller has them read again, waits for a fraction of a second at
most, and goes by the old ones if that is too short; everybody else goes by the old ones meanwhile.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from threading import Lock
from typing import Literal

from reelwright.clock import Clock
from reelwright.config.errors import SourceFailed, SourceUnreachable
from reelwright.config.fetching import PATIENCE_SECONDS, in_background, settle
from reelwright.errors import ReelwrightError
from reelwright.observability.metrics import Metric, Metrics
from reelwright.prompts.backing_off import Outage
from reelwright.prompts.labels import NO_LABELS, PromptLabels
from reelwright.prompts.ports import ReadablePrompts, RememberedPrompts

__all__ = ["Belief", "BelievedLabels"]

_LOG = logging.getLogger(__name__)
_WARM_SECONDS = 0.3
"""How long one caller waits for new labels when there are old ones."""
_COLD_SECONDS = 3.0
"""How long everybody waits for the first ones."""


@dataclass(frozen=True, slots=True)
class Belief:
    """Labels, and why they are believed."""

    labels: PromptLabels
    source: Literal["store", "remembered", "bundled"]
    at: datetime
    """When the store told them."""
    trouble: str = ""
    """What is wrong with better sources, in words; empty if nothing is."""


@dataclass(frozen=True, slots=True)
class _Asking:
    future: Future[PromptLabels]
    since: float
    at: datetime


class BelievedLabels:
    """The labels of a store: fresh, else as they were last heard, else as they are remembered."""

    def __init__(
        self,
        store: ReadablePrompts,
        *,
        clock: Clock,
        rng: Random,
        outage: Outage,
        recall: Callable[[], RememberedPrompts | None],
        metrics: Metrics,
        ttl_seconds: float,
        jitter: float = 0.1,
    ) -> None:
        self._store = store
        self._clock = clock
        self._rng = rng
        self._outage = outage
        self._recall = recall
        self._metrics = metrics
        self._ttl = ttl_seconds
        self._jitter = jitter
        self._belief: Belief | None = None
        self._asking: _Asking | None = None
        self._due = float("-inf")
        self._lock = Lock()

    def now(self) -> Belief:
        """Return what is believed; asks the store if it is time. Never raises."""
        with self._lock:
            asking, ours = self._begin()
            known = self._belief
        if asking and (ours or known is None):
            settle([asking.future], _WARM_SECONDS if known else _COLD_SECONDS)
        with self._lock:
            return self._settled()

    def expire(self) -> None:
        """Have labels read again at the next question, such as after one's own change."""
        with self._lock:
            self._due = float("-inf")

    def _begin(self) -> tuple[_Asking | None, bool]:
        if self._asking or self._clock.monotonic() < self._due:
            return self._asking, False
        future = in_background(self._store.labels, "prompts")
        self._asking = _Asking(future, self._clock.monotonic(), self._clock.now())
        return self._asking, True

    def _settled(self) -> Belief:
        asking = self._asking
        if asking and asking.future.done():
            self._asking = None
            self._take(asking)
        elif asking and self._clock.monotonic() - asking.since > PATIENCE_SECONDS:
            self._asking = None
            self._fail(SourceUnreachable(f"it did not answer within {PATIENCE_SECONDS:g} seconds"))
        if self._belief is None:
            self._belief = self._without("it has not answered yet")
        return self._belief

    def _take(self, asking: _Asking) -> None:
        try:
            labels = asking.future.result(timeout=0)
            self._check_not_gone(labels)
        except ReelwrightError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 (what is believed answers, whatever a store raises)
            _LOG.exception("The store of prompts failed in a way it should not.")
            self._fail(SourceFailed(f"it broke with {type(error).__name__}"))
        else:
            self._outage.answered()
            self._due = self._clock.monotonic() + self._ttl * self._rng.uniform(1 - self._jitter, 1)
            self._belief = Belief(labels, "store", asking.at)

    def _check_not_gone(self, labels: PromptLabels) -> None:
        """Raise if there are no labels where there were some: nobody takes them all off by deleting them."""
        if labels.prompts:
            return
        before = self._belief or self._remembered()
        if before and before.labels.prompts:
            raise SourceFailed(
                "its labels are gone", next_step="Restore the document prompts/labels of the store."
            )

    def _fail(self, error: ReelwrightError) -> None:
        self._metrics.emit(Metric.PROMPT_READS_FAILED, 1, error=error.code)
        self._outage.failed(error)
        self._due = self._outage.retry_at
        self._belief = self._without(error.message.rstrip("."))

    def _without(self, trouble: str) -> Belief:
        told = f"the store of prompts cannot be used: {trouble}"
        known = self._belief if self._belief and self._belief.labels.prompts else self._remembered()
        if known is None:
            return Belief(NO_LABELS, "bundled", self._clock.now(), told)
        return replace(known, source="remembered", trouble=told)

    def _remembered(self) -> Belief | None:
        remembered = self._recall()
        return Belief(remembered.labels, "remembered", remembered.at) if remembered else None
