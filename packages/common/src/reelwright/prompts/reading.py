"""PromptReader: which version of a prompt is served, whatever becomes of the place where they are kept.

Tried in order, until one can be rendered: the versions of the label that is asked for, the newest first;
those of ``production``; the one that is bundled with the code. Every step down has a reason, which is told.
"""

import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from random import Random
from threading import Lock

from reelwright.clock import Clock
from reelwright.observability.metrics import Metrics, NoMetrics
from reelwright.prompts.backing_off import Outage
from reelwright.prompts.believing import Belief, BelievedLabels
from reelwright.prompts.errors import PromptMissing, PromptUnavailable
from reelwright.prompts.labels import BUNDLED, NO_LABELS, PRODUCTION, PromptLabels
from reelwright.prompts.library import PromptLibrary
from reelwright.prompts.ports import PromptMemory, ReadablePrompts, RememberedPrompts
from reelwright.prompts.shelf import Fault, PromptShelf, Ready, Where

__all__ = ["PromptReader", "Served"]

_LOG = logging.getLogger(__name__)
_SAVE_AGAIN_AFTER = timedelta(seconds=300)
_WHEN = "%Y-%m-%d %H:%M:%S UTC"


@dataclass(frozen=True, slots=True)
class Served:
    """A version that is served, and why this one."""

    name: str
    version: str
    label: str
    """The label that led to it; ``bundled`` for the code's own."""
    source: Where
    ready: Ready
    reasons: tuple[str, ...]
    """What was wrong with better ones, in the order in which they were tried; empty if nothing was."""


class PromptReader:
    """Serves versions by label. Any number of threads may ask; a store that is down is left alone a while.

    ``source`` of an answer says who decided on the version: the store, as it told within the time for which
    labels are believed; what is remembered of it, here or by an earlier process; or the code, which has one
    version of each prompt. A store that is asked and has no label of a prompt leaves it to the code.
    """

    def __init__(
        self,
        store: ReadablePrompts | None,
        library: PromptLibrary,
        *,
        clock: Clock,
        rng: Random | None = None,
        memory: PromptMemory | None = None,
        metrics: Metrics | None = None,
        ttl_seconds: float = 30.0,
        outputs: Collection[str] | None = None,
    ) -> None:
        """Read from ``store``, if there is one. ``outputs`` are the schemas that code knows by name."""
        self._library = library
        self._clock = clock
        self._memory = memory
        self._recalled: RememberedPrompts | None = None
        self._recalling = memory is not None
        self._saved: dict[str, object] = {}
        self._saved_at: datetime | None = None
        self._lock = Lock()
        self._recall_lock = Lock()
        rng, metrics = rng or Random(), metrics or NoMetrics()
        outage = Outage(clock, rng)
        self._shelf = PromptShelf(
            store, library, clock=clock, outage=outage, recall=self._recall, metrics=metrics, outputs=outputs
        )
        self._labels = None
        if store is not None:
            self._labels = BelievedLabels(
                store,
                clock=clock,
                rng=rng,
                outage=outage,
                recall=self._recall,
                metrics=metrics,
                ttl_seconds=ttl_seconds,
            )

    def belief(self) -> Belief:
        """Return the labels that are believed now, and why. Never raises."""
        if self._labels is None:
            return Belief(NO_LABELS, "bundled", self._clock.now(), "there is no store of prompts here")
        return self._labels.now()

    def expire(self) -> None:
        """Have the labels read again at the next question."""
        if self._labels:
            self._labels.expire()

    def names(self, belief: Belief, label: str) -> frozenset[str]:
        """Return the prompts that a label can serve: those that have it, and those of the library."""
        labels = belief.labels
        labelled = (name for name in labels.prompts for one in _chain(label) if _stands(labels, name, one))
        return frozenset((*self._library.names, *labelled))

    def serve(self, name: str, label: str = PRODUCTION, *, belief: Belief | None = None) -> Served:
        """Return the version that a label leads to; PromptMissing, or PromptUnavailable if none can be had.

        ``belief`` is what several prompts are served by that must fit together.
        """
        belief = belief or self.belief()
        reasons = [belief.trouble] if belief.trouble else []
        for one, version in _candidates(belief.labels, name, label, reasons):
            found = self._shelf.get(name, version)
            if isinstance(found, Ready):
                self._remember(belief, name, version, found)
                return Served(name, version, one, belief.source, found, (*reasons, *_told(belief)))
            reasons.append(_passed_over(one, version, found))
        return self._bundled(name, belief, reasons)

    def exactly(self, name: str, version: str) -> Served:
        """Return one version, whatever labels say.

        A version that is in quarantine, damaged or gone for good is replaced by what production has, and the
        answer says so. PromptUnavailable if it cannot be had just now.
        """
        found = self._shelf.get(name, version)
        if isinstance(found, Ready):
            return Served(name, version, "", found.where, found, ())
        if found.kind == "away":
            raise PromptUnavailable(
                f"Version {version} of the prompt {name} cannot be had: {found.reason}.",
                next_step="Try again in a moment: nothing else is what was asked for.",
                context={"prompt": name, "version": version},
            )
        instead = self.serve(name)
        reasons = (_passed_over("the version asked for", version, found), *instead.reasons)
        return Served(name, instead.version, instead.label, instead.source, instead.ready, reasons)

    def _bundled(self, name: str, belief: Belief, reasons: list[str]) -> Served:
        found = self._shelf.bundled(name)
        if isinstance(found, Ready):
            return Served(name, found.prompt.version, BUNDLED, "bundled", found, tuple(reasons))
        if found:
            reasons.append(_passed_over(BUNDLED, "", found))
        if found is None and name not in belief.labels.prompts and self._is_sure(belief):
            raise self._missing(name, belief)
        raise PromptUnavailable(
            f"No version of the prompt {name} can be served: {'; '.join(reasons)}.",
            next_step="Save a version that passes its lint, or move the label back: reelwright prompts show",
            context={"prompt": name},
        )

    def _is_sure(self, belief: Belief) -> bool:
        """Return whether a prompt that is not found is nowhere: its store says so, or there is none."""
        return belief.source == "store" or self._labels is None

    def _missing(self, name: str, belief: Belief) -> PromptMissing:
        known = sorted({*self._library.names, *belief.labels.prompts})
        near = get_close_matches(name, known, n=3) or known[:10]
        return PromptMissing(
            f"There is no prompt {name[:60]!r}.",
            next_step=f"Ask for one of: {', '.join(near)}." if near else "Save one first.",
            context={"prompt": name},
        )

    def _recall(self) -> RememberedPrompts | None:
        """Return what an earlier process heard; the memory is read once."""
        with self._recall_lock:
            if self._recalling and self._memory is not None:
                self._recalling = False
                try:
                    self._recalled = self._memory.load()
                except Exception:  # noqa: BLE001 (there is one more place to fall back to)
                    _LOG.exception("What is remembered of prompts cannot be read.")
            return self._recalled

    def _remember(self, belief: Belief, name: str, version: str, found: Ready) -> None:
        """Remember what the store told, unless this was lately."""
        if self._memory is None or belief.source != "store":
            return
        with self._lock:
            if not self._is_news(belief, name, version):
                return
            self._saved[name] = (version, belief.labels)
            self._saved_at = belief.at
        try:
            self._memory.save(RememberedPrompts(belief.labels, {(name, version): found.text}, belief.at))
        except Exception:  # noqa: BLE001 (what was read answers, remembered or not)
            _LOG.exception("Prompts cannot be remembered.")

    def _is_news(self, belief: Belief, name: str, version: str) -> bool:
        if self._saved.get(name) != (version, belief.labels):
            return True
        return self._saved_at is None or belief.at - self._saved_at >= _SAVE_AGAIN_AFTER


def _chain(label: str) -> tuple[str, ...]:
    return (label,) if label == PRODUCTION else (label, PRODUCTION)


def _stands(labels: PromptLabels, name: str, label: str) -> bool:
    position = labels.position(name, label)
    return bool(position and position.version)


def _candidates(labels: PromptLabels, name: str, label: str, reasons: list[str]) -> Iterator[tuple[str, str]]:
    """Yield labels and versions in the order in which they are tried; a label that lacks is a reason."""
    if label == BUNDLED:
        return
    for one in _chain(label):
        position = labels.position(name, one)
        if position is None or not position.version:
            reasons.append(f"{name} has no label {one}")
        for version in position.served if position else ():
            yield one, version


def _passed_over(label: str, version: str, fault: Fault) -> str:
    said = {"away": "cannot be had", "broken": "is broken", "quarantined": "is in quarantine"}[fault.kind]
    return f"{label} {version} {said} ({fault.reason})".replace("  ", " ")


def _told(belief: Belief) -> tuple[str, ...]:
    if belief.source == "store":
        return ()
    return (f"labels are those of {belief.at:{_WHEN}}",)
