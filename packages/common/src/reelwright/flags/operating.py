"""Operators' side of flags: reading the live document, changing it, and what was changed before."""

import json
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from random import Random
from typing import Any

from reelwright.clock import Clock
from reelwright.config.definitions import merge_definitions
from reelwright.environment.schema import RetrySettings
from reelwright.errors import ReelwrightError
from reelwright.flags.checking import check_deployable
from reelwright.flags.definitions import BUNDLED, FlagProfile
from reelwright.flags.document import compile_document
from reelwright.flags.editing import Document, restored
from reelwright.flags.errors import InvalidFlags
from reelwright.resilience.retry import retry
from reelwright.storage.errors import DocumentMissing
from reelwright.storage.ports import ABSENT, DocumentStore
from reelwright.storage.schema import Author, DocumentVersion, StoredDocument

__all__ = ["MAX_REVISIONS", "Changed", "FlagDocuments", "FlagRevision", "LiveFlags", "ValueChange"]

MAX_REVISIONS = 50
"""How far back history is told, in versions."""

_AGAIN = RetrySettings(attempts=6, base_seconds=0.05, cap_seconds=1.0, floor_seconds=0.01)
_STAMPS = ("_createdAt", "_updatedAt")

_Edit = Callable[[Document], Document]


@dataclass(frozen=True, slots=True)
class LiveFlags:
    """The newest document of a profile. Without a version it is what code defines: nothing was set yet."""

    profile: FlagProfile
    version: str
    document: Document
    author: Author | None = None
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A change, with the document before it; ``version`` is None if there was nothing to change."""

    before: LiveFlags
    document: Document
    version: str | None


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One flag's value before and after; None where it had none."""

    flag: str
    old: Document | None
    new: Document | None


@dataclass(frozen=True, slots=True)
class FlagRevision:
    """One version of a profile's document, and what it changed."""

    profile: FlagProfile
    version: DocumentVersion
    changes: tuple[ValueChange, ...]


class FlagDocuments:
    """The flag documents of one environment, in the store that its console or command line writes to.

    ``defined`` gives what code defines, for a store that no deploy merges it into: one machine's. A change is
    checked as readers would check it, and never written over somebody else's: it is made anew on theirs.
    """

    def __init__(
        self,
        store: DocumentStore,
        *,
        environment: str,
        clock: Clock,
        rng: Random,
        defined: Callable[[FlagProfile], Document] | None = None,
    ) -> None:
        self.environment = environment
        self._store = store
        self._clock = clock
        self._rng = rng
        self._defined = defined

    def live(self, profile: FlagProfile) -> LiveFlags:
        """Return the newest document; DocumentMissing if none was deployed, InvalidFlags if it is none."""
        return self._newest(profile, None)

    def _newest(self, profile: FlagProfile, instead: Document | None) -> LiveFlags:
        """Return the newest document; one that cannot be read is taken for ``instead``, if that is given."""
        try:
            stored = self._store.read(profile)
        except DocumentMissing:
            if self._defined is None:
                raise
            return LiveFlags(profile, ABSENT, self._defined(profile))
        try:
            document = self._completed(profile, _loaded(stored.content, stored.version))
        except InvalidFlags:
            if instead is None:
                raise
            document = {"version": "1", "flags": instead.get("flags", {})}
        return LiveFlags(profile, stored.version, document, stored.author, stored.written_at)

    def change(self, profile: FlagProfile, edit: _Edit, author: Author) -> Changed:
        """Write what an edit makes of the newest document; nothing is written if it makes the same.

        Errors are the edit's; InvalidConfiguration for what readers would refuse; DocumentConflict if others
        go on changing it, or a deployment is running.
        """
        return self._change(profile, edit, author)

    def _change(
        self,
        profile: FlagProfile,
        edit: _Edit,
        author: Author,
        *,
        instead: Document | None = None,
        restored_from: str | None = None,
    ) -> Changed:
        def attempt() -> Changed:
            before = self._newest(profile, instead)
            after = edit(before.document)
            if after == before.document:
                return Changed(before, after, None)
            content = self._checked(after)
            written = self._store.put(
                profile, content, expect=before.version, author=author, restored_from=restored_from
            )
            return Changed(before, after, written.version)

        changed, _ = retry(attempt, policy=_AGAIN, clock=self._clock, rng=self._rng)
        return changed

    def rollback(
        self, profile: FlagProfile, version: str, author: Author, flag: str | None = None
    ) -> Changed:
        """Say again what a version said, of all flags or of one, in a new version.

        ``BUNDLED`` stands for what code gives, where that is known. Definitions stay. A live document that
        cannot be read is put right by this.
        """
        old = self.document(profile, version)
        back = None if version == BUNDLED else version
        return self._change(profile, _restoring(old, flag), author, instead=old, restored_from=back)

    def document(self, profile: FlagProfile, version: str) -> Document:
        """Return what a version said; DocumentMissing, InvalidFlags."""
        if version == BUNDLED and self._defined is not None:
            return self._defined(profile)
        return _loaded(self._store.read(profile, version).content, version)

    def history(
        self,
        profile: FlagProfile,
        *,
        limit: int = MAX_REVISIONS,
        versions: Sequence[str] | None = None,
        served: Container[str] | None = None,
    ) -> Iterator[FlagRevision]:
        """Yield the versions of a profile, newest first, each with what it changed of the one before.

        ``versions`` names them where the caller knows, for to ask a store for all may take long; ``served``
        those that were in force, where others were made and never came to be: what a version changed is
        told of what it was made of. The first is compared with what code defines, if that is known here.
        """
        names = [one.version for one in self._store.history(profile)] if versions is None else versions
        told = cache(partial(self._told, profile))
        for place, name in enumerate(names[:limit]):
            before = next((one for one in names[place + 1 :] if served is None or one in served), None)
            stored, after = told(name)
            base = told(before)[1] if before is not None else self._beginning(profile)
            yield FlagRevision(profile, stored, tuple(_changes(base, after)))

    def _beginning(self, profile: FlagProfile) -> Document | None:
        return self._defined(profile) if self._defined else None

    def _told(self, profile: FlagProfile, version: str) -> tuple[StoredDocument, Document]:
        stored = self._store.read(profile, version)
        try:
            return stored, self._completed(profile, _loaded(stored.content, version))
        except InvalidFlags:
            return stored, {}  # a version that nobody could use said nothing

    def _completed(self, profile: FlagProfile, document: Document) -> Document:
        if self._defined is None:
            return document
        try:
            return merge_definitions({}, document, self._defined(profile))
        except (TypeError, AttributeError, KeyError, ValueError):
            raise _no_flags(profile, "its parts are not what they are called") from None

    def _checked(self, document: Document) -> bytes:
        compile_document(document)
        content = f"{json.dumps(document, indent=2, ensure_ascii=False)}\n".encode()
        check_deployable(content, environment=self.environment, now=self._clock.now())
        return content


def _restoring(old: Document, flag: str | None) -> _Edit:
    return lambda document: restored(document, old, flag)


def _changes(before: Document | None, after: Document) -> Iterator[ValueChange]:
    """Yield what changed; nothing if it is not known what was before."""
    before = after if before is None else before
    old, new = before.get("values", {}), after.get("values", {})
    for flag in {**old, **new}:
        then, now = _bare(old.get(flag)), _bare(new.get(flag))
        if then != now:
            yield ValueChange(flag, then, now)


def _bare(value: Document | None) -> Document | None:
    return None if value is None else {key: one for key, one in value.items() if key not in _STAMPS}


def _loaded(content: bytes, version: str) -> dict[str, Any]:
    try:
        document = json.loads(content, object_pairs_hook=_without_twins)
    except (ValueError, RecursionError) as error:
        if isinstance(error, ReelwrightError):
            raise
        raise _no_flags(version, "it is not JSON") from None
    if not isinstance(document, dict) or not all(
        isinstance(document.get(part, {}), Mapping) for part in ("flags", "values")
    ):
        raise _no_flags(version, "it has no flags and values")
    return document


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) < len(pairs):
        raise InvalidFlags(
            "The document says a key twice, so that one of two values would be lost.",
            next_step="Put it right in the AppConfig console, or go back: reelwright flags rollback VERSION",
        )
    return whole


def _no_flags(version: str, reason: str) -> InvalidFlags:
    return InvalidFlags(
        f"Version {version} is no flag document: {reason}.",
        next_step="Go back to one that is: reelwright flags rollback VERSION",
        context={"version": version},
    )
