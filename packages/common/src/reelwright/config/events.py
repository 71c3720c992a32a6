"""Telling listeners what changed: each generation once, in order, and none can spoil it for the others."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from reelwright.config.errors import UnknownSetting
from reelwright.config.schema import Change, ConfigurationChanged, Quarantined
from reelwright.environment.errors import nearest
from reelwright.environment.fields import field_type, names_in

__all__ = ["DOCUMENTS", "Events", "Listener", "check_pattern", "matches"]

DOCUMENTS = "documents"
"""First part of the key under which a change of an opaque document is told."""

Listener = Callable[[ConfigurationChanged], None]
Event = TypeVar("Event", ConfigurationChanged, Quarantined)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Subscription:
    pattern: str
    since: int
    listener: Listener


class Events:
    """Subscriptions and the queue of what they have not been told yet."""

    def __init__(self) -> None:
        self._subscriptions: tuple[_Subscription, ...] = ()
        self._quarantine_listeners: tuple[Callable[[Quarantined], None], ...] = ()
        self._queue: deque[ConfigurationChanged | Quarantined] = deque()
        self._changing = threading.Lock()
        self._delivering = threading.Lock()

    def subscribe(self, pattern: str, listener: Listener, *, since: int) -> Callable[[], None]:
        """Tell the listener of matching changes after generation ``since``; return how to stop it."""
        subscription = _Subscription(pattern, since, listener)
        with self._changing:
            self._subscriptions = (*self._subscriptions, subscription)
        return lambda: self._remove(subscription)

    def watch_quarantine(self, listener: Callable[[Quarantined], None]) -> None:
        """Tell the listener of every version that is refused."""
        with self._changing:
            self._quarantine_listeners = (*self._quarantine_listeners, listener)

    def enqueue(self, event: ConfigurationChanged | Quarantined) -> None:
        """Note what happened; called in the order in which it did."""
        self._queue.append(event)

    def deliver(self) -> None:
        """Tell everything that is queued, unless another thread is at it: then it tells this too."""
        while self._queue and self._delivering.acquire(blocking=False):
            try:
                while self._queue:
                    self._tell(self._queue.popleft())
            finally:
                self._delivering.release()

    def _tell(self, event: ConfigurationChanged | Quarantined) -> None:
        if isinstance(event, Quarantined):
            for told in self._quarantine_listeners:
                _isolated(told, event)
            return
        for subscription in self._subscriptions:
            changes = tuple(change for change in event.changes if matches(subscription.pattern, change))
            if changes and event.generation > subscription.since:
                _isolated(subscription.listener, ConfigurationChanged(event.generation, changes))

    def _remove(self, subscription: _Subscription) -> None:
        with self._changing:
            self._subscriptions = tuple(one for one in self._subscriptions if one is not subscription)


def matches(pattern: str, change: Change) -> bool:
    """Return whether a change is what the pattern asks for.

    ``video.fps`` is that key and all below it; ``*`` stands for one part, and at the end for any number.
    """
    wanted, parts = pattern.split("."), change.key.split(".")
    return len(wanted) <= len(parts) and all(
        one in {"*", part} for one, part in zip(wanted, parts, strict=False)
    )


def check_pattern(pattern: str, schema: type) -> str:
    """Return the pattern if it can match something; UnknownSetting else: it would be silent for ever."""
    table: Any = schema
    for part in pattern.split("."):
        if part == "*" or (table is schema and part == DOCUMENTS):
            return pattern
        table, above = field_type(table, [part]), table
        if table is None:
            raise UnknownSetting(
                f"No setting can match {pattern!r}.{nearest(part, names_in(above))}",
                next_step="Patterns look like models.content.* or video.fps.",
                context={"pattern": pattern},
            )
    return pattern


def _isolated(listener: Callable[[Event], None], event: Event) -> None:
    try:
        listener(event)
    except Exception:  # noqa: BLE001 (whatever a listener raises is its own affair)
        _log.exception("A listener to changes of configuration failed; the others are told all the same.")
