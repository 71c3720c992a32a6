"""A store of documents in which no change goes unrecorded."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import JsonValue

from reelwright.errors import InvalidInput, ReelwrightError
from reelwright.observability.metrics import Metric, Metrics, NoMetrics
from reelwright.storage.diff import redacted_diff
from reelwright.storage.documents import check_document_name
from reelwright.storage.errors import DocumentConflict, DocumentDamaged, DocumentMissing
from reelwright.storage.ports import ABSENT, AuditLog, DocumentStore
from reelwright.storage.schema import AuditEntry, Author, DocumentVersion, StoredDocument

__all__ = ["DONE", "INTENDED", "REFUSED", "AuditedDocuments"]

INTENDED = "document.put.intended"
"""Written before a document is: what is about to change, by whom and why."""
DONE = "document.put.done"
"""Written after it: the version that came of the intention."""
REFUSED = "document.put.refused"
"""Nothing was written: somebody else had changed the document, or it cannot be written as asked."""


class AuditedDocuments:
    """A DocumentStore that notes every change: an intention before it, the version after it.

    A change that cannot be noted beforehand does not happen: the error of the audit log is raised. A process
    that dies in between, or a store that does not say whether it wrote, leaves an intention without an end,
    which ``unfinished`` finds. If only the end cannot be noted, the change stands and is returned, and the
    metric AuditFailed is emitted. Entries call a document ``<place>/<name>``.
    """

    def __init__(
        self,
        store: DocumentStore,
        audit: AuditLog,
        *,
        metrics: Metrics | None = None,
        place: str = "documents",
    ) -> None:
        self._store = store
        self._audit = audit
        self._place = place
        self._metrics = metrics or NoMetrics()

    def read(self, name: str, version: str | None = None) -> StoredDocument:
        """Return the newest or the named version."""
        return self._store.read(name, version)

    def history(self, name: str) -> tuple[DocumentVersion, ...]:
        """Return all versions, newest first."""
        return self._store.history(name)

    def names(self) -> tuple[str, ...]:
        """Return the names of all documents, sorted."""
        return self._store.names()

    def put(
        self,
        name: str,
        content: bytes,
        *,
        expect: str | None,
        author: Author,
        restored_from: str | None = None,
    ) -> DocumentVersion:
        """Write a new version, and note who changed what, and why; secret values are left out."""
        check_document_name(name)
        details = self._details(name, content, expect, restored_from)
        intention = self._note(INTENDED, name, author, details)
        with self._refusals(intention, author):
            written = self._store.put(
                name, content, expect=expect, author=author, restored_from=restored_from
            )
        self._note_done(intention, author, written)
        return written

    def unfinished(self) -> tuple[AuditEntry, ...]:
        """Return the intentions of which it is not known what came, newest first.

        Compare each with the document's history: a version with its ``sha256`` is there, or it is not.
        """
        entries = self._audit.entries()
        ended = {it.details.get("intention") for it in entries if it.action in (DONE, REFUSED)}
        ours = (it for it in entries if it.subject.startswith(f"{self._place}/"))
        return tuple(it for it in ours if it.action == INTENDED and it.sequence not in ended)

    def _details(
        self, name: str, content: bytes, expect: str | None, restored_from: str | None
    ) -> dict[str, JsonValue]:
        old = self._old(name, expect)
        return {
            "expect": expect,
            "replaces": old.version if old else None,
            "restored_from": restored_from,
            "sha256": hashlib.sha256(content).hexdigest(),
            "size_bytes": len(content),
            "diff": redacted_diff(old.content if old else None, content),
        }

    def _old(self, name: str, expect: str | None) -> StoredDocument | None:
        """Return what is replaced; None if there is nothing, or nothing that can be compared."""
        if expect == ABSENT:
            return None
        try:
            return self._store.read(name, expect)
        except (DocumentMissing, DocumentDamaged):
            return None

    @contextmanager
    def _refusals(self, intention: AuditEntry, author: Author) -> Iterator[None]:
        try:
            yield
        except (DocumentConflict, InvalidInput) as error:
            self._note_end(REFUSED, intention, author, {"error": error.code})
            raise

    def _note_done(self, intention: AuditEntry, author: Author, written: DocumentVersion) -> None:
        more: dict[str, JsonValue] = {"version": written.version, "sha256": written.sha256}
        self._note_end(DONE, intention, author, more)

    def _note_end(
        self, action: str, intention: AuditEntry, author: Author, more: dict[str, JsonValue]
    ) -> None:
        details: dict[str, JsonValue] = {"intention": intention.sequence, **more}
        try:
            self._note(action, intention.subject.removeprefix(f"{self._place}/"), author, details)
        except ReelwrightError as error:
            self._metrics.emit(Metric.AUDIT_FAILED, 1, subject=intention.subject, error=error.code)

    def _note(self, action: str, name: str, author: Author, details: dict[str, JsonValue]) -> AuditEntry:
        return self._audit.append(
            actor=author.actor,
            action=action,
            subject=f"{self._place}/{name}",
            reason=author.reason,
            details=details,
        )
