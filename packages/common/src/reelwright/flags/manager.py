"""FeatureFlagManager: what flags answer now, whatever becomes of the document that they are read from."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from threading import RLock
from typing import Any, Literal, Self

from pydantic import JsonValue

from reelwright.errors import ReelwrightError
from reelwright.flags.document import InvalidFlagDocument, compile_document
from reelwright.flags.evaluation import NOTHING, Context, Evaluation, FlagTable, Reason
from reelwright.flags.schema import FlagDocument

__all__ = ["FeatureFlagManager", "FlagChange", "FlagsStatus"]

_LOG = logging.getLogger(__name__)

_Kind = Literal["ready", "changed", "recovered", "refused", "failed"]
_Content = bytes | str | Mapping[str, Any] | FlagDocument


@dataclass(frozen=True, slots=True)
class FlagsStatus:
    """How a manager stands. All counts are since it was made."""

    version: str = ""
    """Of the document that answers; empty if there is none."""
    ready: bool = False
    """Whether there is a document."""
    stale: bool = False
    """Whether the last thing heard was not a good document: the one that answers may be out of date."""
    accepted: int = 0
    """Documents taken."""
    refused: int = 0
    """Documents that could not be evaluated, and changed nothing."""
    failures: int = 0
    """Times that the source was down."""
    error: ReelwrightError | None = None
    """What is wrong while ``stale``, or while there is no document."""


@dataclass(frozen=True, slots=True)
class FlagChange:
    """Something happened to a manager; ``flags`` came, went or changed."""

    kind: _Kind
    status: FlagsStatus
    flags: tuple[str, ...] = ()


class FeatureFlagManager:
    """Evaluates the flags of one document, the last good one.

    Reading takes no lock and never raises. A document is compiled once, when it comes, and takes the place
    of the one before in one step: no evaluation ever sees half of each. One that is refused, or a source
    that is down, leaves what answers alone and makes the status stale.
    """

    def __init__(self) -> None:
        """Begin without a document: every flag answers the caller's default."""
        self._table: FlagTable | None = None
        self._status = FlagsStatus()
        self._listeners: tuple[Callable[[FlagChange], None], ...] = ()
        self._lock = RLock()

    @classmethod
    def from_document(cls, document: _Content, *, version: str = "") -> Self:
        """Return a manager of a document; InvalidFlagDocument if it cannot be evaluated.

        ``version`` is what AppConfig calls it; without one it is called by a hash of what it says.
        """
        manager = cls()
        error = manager.replace(document, version=version)
        if error is not None:
            raise error
        return manager

    @property
    def status(self) -> FlagsStatus:
        """How it stands now."""
        return self._status

    def is_enabled(self, flag: str, context: Context | None = None, *, default: bool = False) -> bool:
        """Return whether a flag is enabled; ``default`` if there is no such flag, or no document."""
        return self.evaluate(flag, context, default=default).enabled

    def evaluate(self, flag: str, context: Context | None = None, *, default: bool = False) -> Evaluation:
        """Return the whole answer of a flag, with the reason for it. See FlagTable.evaluate."""
        table = self._table
        if table is None:
            return Evaluation(flag, default, None, NOTHING, Reason.PROVIDER_NOT_READY, "")
        return table.evaluate(flag, context, default=default)

    def retrieve(self, context: Context | None = None) -> dict[str, JsonValue]:
        """Return all flags in the shape of the AppConfig agent's answer; empty without a document."""
        table = self._table
        return {} if table is None else table.retrieve(context)

    def attributes_of(self, flag: str) -> frozenset[str]:
        """Return the keys of the attributes that a flag is defined with."""
        table = self._table
        return frozenset() if table is None else table.attributes_of(flag)

    def replace(self, document: _Content, *, version: str = "") -> InvalidFlagDocument | None:
        """Take a new document; if it is refused, return why, and go on with the one before.

        The one that comes last wins, whatever its version: a rollback brings an older one back.
        """
        with self._lock:
            try:
                table = _table_of(document, version)
            except InvalidFlagDocument as error:
                self._refuse(error)
                return error
            self._take(table)
            return None

    def source_failed(self, error: ReelwrightError) -> None:
        """Hear that the source is down; the last good document goes on to answer."""
        with self._lock:
            told = replace(self._status, stale=True, error=error, failures=self._status.failures + 1)
            self._tell("failed", told)

    def subscribe(self, listener: Callable[[FlagChange], None]) -> Callable[[], None]:
        """Call a listener after each change, in order; return what ends that. One that raises is logged.

        It is called while no other change can happen, so it must not wait for one.
        """
        with self._lock:
            self._listeners = (*self._listeners, listener)
        return lambda: self._forget(listener)

    def _refuse(self, error: InvalidFlagDocument) -> None:
        _LOG.error("A flag document was refused at %s; the one before goes on to answer.", error.path)
        told = replace(self._status, stale=True, error=error, refused=self._status.refused + 1)
        self._tell("refused", told)

    def _take(self, table: FlagTable) -> None:
        before, stale = self._table, self._status.stale
        changed = table.changed_since(before)
        told = replace(
            self._status,
            version=table.version,
            ready=True,
            stale=False,
            accepted=self._status.accepted + 1,
            error=None,
        )
        self._table = table
        if before is None:
            self._tell("ready", told, changed)
            return
        if stale:
            self._tell("recovered", told)
        if changed:
            self._tell("changed", told, changed)
        self._status = told

    def _tell(self, kind: _Kind, status: FlagsStatus, flags: tuple[str, ...] = ()) -> None:
        self._status = status
        change = FlagChange(kind, status, flags)
        for listener in self._listeners:
            try:
                listener(change)
            except Exception:  # noqa: BLE001 (flags change, whatever listeners make of it)
                _LOG.exception("A listener to flags failed.")

    def _forget(self, listener: Callable[[FlagChange], None]) -> None:
        with self._lock:
            self._listeners = tuple(one for one in self._listeners if one is not listener)


def _table_of(document: _Content, version: str) -> FlagTable:
    compiled = compile_document(document)
    return FlagTable(compiled, version or _fingerprint(compiled.document))


def _fingerprint(document: FlagDocument) -> str:
    return sha256(document.model_dump_json(by_alias=True, exclude_unset=True).encode()).hexdigest()[:12]
