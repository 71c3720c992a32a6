"""ConfigurationManager: every setting from one place, with its origin, its changes and the way back.

Readers look things up in an immutable snapshot and never wait. ``refresh`` makes the next one: at the start
of an invocation or a production, within the time that it is given.
"""

import threading
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from os import environ
from pathlib import Path
from random import Random
from typing import Any

from pydantic import JsonValue

from reelwright.clock import Clock, SystemClock
from reelwright.config.documents import SettingsDocument, fetched_from, without_expired
from reelwright.config.errors import InvalidConfiguration, OverrideRefused, UnknownSetting
from reelwright.config.events import Events, Listener, check_pattern
from reelwright.config.explaining import explain
from reelwright.config.fetching import PATIENCE_SECONDS
from reelwright.config.generations import Generation, changes_between
from reelwright.config.history import only, revisions
from reelwright.config.layering import Contribution
from reelwright.config.local import LocalPlace, local_sources
from reelwright.config.overrides import SETTINGS_DOCUMENT, OperatorsDocument, author_of
from reelwright.config.ports import LastKnownGood, Source
from reelwright.config.refreshing import LastResort, Refresher, Surroundings
from reelwright.config.schema import (
    Change,
    ConfigurationChanged,
    Explanation,
    Layer,
    Quarantined,
    Revision,
    Snapshot,
)
from reelwright.config.tree import MISSING, Missing, plain
from reelwright.config.validation import Invalid, invalid, validate
from reelwright.environment.errors import nearest
from reelwright.environment.fields import is_known
from reelwright.environment.loader import check_environment_name
from reelwright.environment.schema import Settings
from reelwright.errors import ReelwrightError
from reelwright.observability.metrics import Metrics, NoMetrics
from reelwright.secrets.ports import SecretStore
from reelwright.storage.audited import AuditedDocuments
from reelwright.storage.ports import AuditLog, DocumentStore
from reelwright.storage.schema import DocumentVersion

__all__ = ["ConfigurationManager"]

_UNREAD: Mapping[str, Any] = {}


class ConfigurationManager:
    """The configuration of one environment, for any number of threads.

    Loads at first use. Until a source has been read once, or its last known good was, there is no
    configuration and everything raises ConfigurationUnavailable; from then on nothing but a mistake
    of the caller's raises. Overrides need ``runtime``, the store that the runtime source reads.
    """

    def __init__(
        self,
        environment: str,
        sources: Sequence[Source],
        *,
        memory: LastKnownGood | None = None,
        clock: Clock | None = None,
        rng: Random | None = None,
        metrics: Metrics | None = None,
        runtime: DocumentStore | None = None,
        documents: DocumentStore | None = None,
        audit: AuditLog | None = None,
        last_resort: LastResort = "refuse",
        patience_seconds: float = PATIENCE_SECONDS,
        schema: type[Settings] = Settings,
    ) -> None:
        self.environment = environment
        self._clock: Clock = clock or SystemClock()
        self._schema = schema
        around = Surroundings(
            environment=environment,
            clock=self._clock,
            rng=rng or Random(),
            metrics=metrics or NoMetrics(),
            memory=memory,
            last_resort=last_resort,
            patience_seconds=patience_seconds,
            schema=schema,
        )
        self._refresher = Refresher(sources, around)
        places = {Layer.RUNTIME: runtime, Layer.DOCUMENTS: documents}
        self._writers = {
            layer: self._writer_of(layer, store, audit, around)
            for layer, store in places.items()
            if store is not None
        }
        self._events = Events()
        self._refreshing = threading.Lock()
        self._generation: Generation | None = None
        self._values = _UNREAD
        self._elsewhere: Callable[[str], ConfigurationManager] = ConfigurationManager.for_environment

    @classmethod
    def for_environment(
        cls,
        name: str,
        *,
        sources: Sequence[Source] | None = None,
        memory: LastKnownGood | None = None,
        clock: Clock | None = None,
        rng: Random | None = None,
        metrics: Metrics | None = None,
        runtime: DocumentStore | None = None,
        documents: DocumentStore | None = None,
        audit: AuditLog | None = None,
        secrets: SecretStore | None = None,
        root: Path = Path(".reelwright"),
        variables: Mapping[str, str] = environ,
        last_resort: LastResort = "refuse",
    ) -> "ConfigurationManager":
        """Return the configuration of an environment; InvalidEnvironment if there is none of that name.

        Without ``sources`` this machine gives them, below ``root``, with that environment's defaults.
        Nothing is read but the bundled files before the first use.
        """
        environment = check_environment_name(name)
        if sources is None:
            place = LocalPlace(environment, root, clock or SystemClock())
            memory = memory or place.memory()
            runtime, documents = runtime or place.runtime(), documents or place.documents()
            sources = local_sources(
                environment, runtime=runtime, documents=documents, secrets=secrets, variables=variables
            )
        manager = cls(
            environment,
            sources,
            memory=memory,
            clock=clock,
            rng=rng,
            metrics=metrics,
            runtime=runtime,
            documents=documents,
            audit=audit,
            last_resort=last_resort,
        )
        manager._elsewhere = partial(cls.for_environment, root=root, variables=variables, clock=clock)
        return manager

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot of the moment; the first use loads it."""
        return self._current().snapshot

    @property
    def quarantine(self) -> Mapping[str, Quarantined]:
        """The versions that are refused, by source."""
        self._current()
        return self._refresher.quarantine

    def get(self, key: str, default: Any = MISSING) -> Any:
        """Return a setting, or a table of them, by its dotted key.

        UnknownSetting names near ones if there is none and no default is given. A default is for
        keys that need not exist; it never stands in for a source that is away.
        """
        try:
            return self._values[key]
        except KeyError:
            return self._get_slowly(key, default)

    def explain(self, key: str) -> Explanation:
        """Return a setting with its origin: the layer that says it, since when, and what that hides."""
        generation = self._current()
        if key not in generation.values:
            raise _unknown(key, generation.values)
        return explain(generation, key, self._clock.monotonic())

    def refresh(self, *, budget_seconds: float | None = None, force: bool = False) -> Snapshot:
        """Ask the sources that are due, or with ``force`` all, and return the snapshot that follows.

        Within ``budget_seconds``: a source that has not answered by then keeps its last value, and what
        it says later is taken up by the next refresh. Only before there is anything to serve may it take
        longer. While another thread refreshes, this waits for it no longer than the budget either.
        """
        if not self._refreshing.acquire(timeout=-1 if budget_seconds is None else budget_seconds):
            return self._generation.snapshot if self._generation else self._load().snapshot
        try:
            snapshot = self._refresh(budget_seconds, force=tuple(Layer) if force else ())
        finally:
            self._refreshing.release()
        self._events.deliver()
        return snapshot

    def subscribe(self, pattern: str, callback: Listener) -> Callable[[], None]:
        """Tell the callback of changes to matching settings from now on; return how to stop it.

        Each generation is told once and in order, by a thread that refreshes. ``models.content.*`` is all
        below that table, ``video.fps`` one setting, ``documents.flags`` an opaque document. A pattern that
        can match nothing is UnknownSetting. An error that the callback raises is logged, no more.
        """
        since = self._current().snapshot.generation
        return self._events.subscribe(check_pattern(pattern, self._schema), callback, since=since)

    def watch_quarantine(self, callback: Callable[[Quarantined], None]) -> None:
        """Tell the callback of every version that is refused from now on."""
        self._events.watch_quarantine(callback)

    def set_runtime_override(
        self,
        key: str,
        value: Any,
        *,
        actor: str,
        reason: str,
        expires_in: timedelta | None = None,
        layer: Layer = Layer.RUNTIME,
    ) -> DocumentVersion:
        """Override a setting or a table for everybody, for a time or until it is cleared.

        UnknownSetting, InvalidConfiguration or OverrideRefused say why not; nothing is written then.
        This process sees it at once where the store is what the source reads, others at their next refresh.
        ``layer`` may be that of the documents, which overrides hide, for what is meant to stay.
        """
        if not is_known(self._schema, key):
            raise _unknown(key, self._current().values)
        written = self._writer(layer).set(key, plain(value), author_of(actor, reason), expires_in)
        return self._written(written, layer)

    def clear_runtime_override(
        self, key: str, *, actor: str, reason: str, layer: Layer = Layer.RUNTIME
    ) -> DocumentVersion:
        """Take back an override; OverrideRefused if there is none. A lower layer says the setting again."""
        return self._written(self._writer(layer).clear(key, author_of(actor, reason)), layer)

    def rollback(
        self, version: str, *, actor: str, reason: str, layer: Layer = Layer.RUNTIME
    ) -> DocumentVersion:
        """Bring back a version of the overrides, by writing it anew: history only grows."""
        return self._written(self._writer(layer).rollback(version, author_of(actor, reason)), layer)

    def take(
        self, values: Mapping[str, JsonValue], origin: str, *, actor: str, reason: str
    ) -> DocumentVersion:
        """Write settings that were proven in the environment ``origin`` into this one's documents.

        All or none; errors as of an override.
        """
        written = self._writer(Layer.DOCUMENTS).take(values, origin, author_of(actor, reason))
        return self._written(written, Layer.DOCUMENTS)

    def history(self, key: str | None = None) -> tuple[Revision, ...]:
        """Return who changed what and why in the overrides and documents, newest first.

        With a key, the revisions that changed it or what is below it.
        """
        found: list[Revision] = []
        for layer, writer in self._writers.items():
            found += revisions(writer.store, SETTINGS_DOCUMENT, layer, self._schema)
        told = found if key is None else [one for item in found if (one := only(item, key)).changes]
        return tuple(sorted(told, key=lambda revision: revision.at, reverse=True))

    def diff(self, other: "ConfigurationManager | Snapshot | str") -> tuple[Change, ...]:
        """Return what is different elsewhere: ``old`` is what it is here, ``new`` and ``layer`` there.

        A name is that of an environment as this machine would run it.
        """
        if isinstance(other, str):
            other = self._elsewhere(other)
        theirs = other if isinstance(other, Snapshot) else other.snapshot
        return changes_between(self.snapshot, theirs)

    def _writer_of(
        self, layer: Layer, store: DocumentStore, audit: AuditLog | None, around: Surroundings
    ) -> OperatorsDocument:
        if audit is not None:
            store = AuditedDocuments(store, audit, metrics=around.metrics, place=layer.value)
        check = partial(self._check_document, layer)
        return OperatorsDocument(store, check=check, clock=around.clock, rng=around.rng)

    def _get_slowly(self, key: str, default: Any) -> Any:
        values = self._current().values
        if key in values:
            return values[key]
        if isinstance(default, Missing):
            raise _unknown(key, values)
        return default

    def _current(self) -> Generation:
        return self._generation or self._load()

    def _load(self) -> Generation:
        with self._refreshing:
            if self._generation is None:
                self._refresh(None)
        self._events.deliver()
        assert self._generation is not None  # noqa: S101 (loading raises when it fails)
        return self._generation

    def _refresh(self, budget_seconds: float | None, *, force: Container[Layer] = ()) -> Snapshot:
        before = self._generation
        generation, refused = self._refresher.refresh(before, budget_seconds=budget_seconds, force=force)
        for notice in refused:
            self._events.enqueue(notice)
        if before and before.snapshot.generation != generation.snapshot.generation:
            changes = changes_between(before.snapshot, generation.snapshot)
            self._events.enqueue(ConfigurationChanged(generation.snapshot.generation, changes))
        self._generation, self._values = generation, generation.values
        return generation.snapshot

    def _writer(self, layer: Layer) -> OperatorsDocument:
        if layer not in self._writers:
            raise OverrideRefused(
                f"This configuration has no place to write the layer {layer.value}.",
                next_step="Start from one that does: the environment's own, not a snapshot.",
            )
        return self._writers[layer]

    def _written(self, version: DocumentVersion, layer: Layer) -> DocumentVersion:
        with self._refreshing, suppress(ReelwrightError):  # it is written, whatever reading it says
            self._refresh(None, force=(layer,))
        self._events.deliver()
        return version

    def _check_document(self, layer: Layer, document: SettingsDocument) -> None:
        said = fetched_from(document, "", self._schema)
        live = without_expired(said.settings, said.expires, self._clock.now())
        proposed = Contribution(layer, "the change asked for", "", live)
        with suppress(InvalidConfiguration):  # the change asked for may be what puts it right
            self._current()
        others = self._refresher.contributions(without=layer)
        found = validate([*others, proposed], self._schema)
        if isinstance(found, Invalid):
            raise invalid(found, next_step="Nothing was changed.")


def _unknown(key: str, known: Mapping[str, Any]) -> UnknownSetting:
    return UnknownSetting(
        f"There is no setting {key[:80]!r}.{nearest(key, known)}",
        next_step="All settings: reelwright config schema",
        context={"key": key},
    )
