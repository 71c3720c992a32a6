"""Artifacts, documents and the audit trail in memory, for tests and simulations."""

import hashlib
from pathlib import Path
from threading import Lock

from pydantic import JsonValue, ValidationError

from reelwright.clock import Clock, SystemClock
from reelwright.storage.chain import (
    BEGINNING,
    ChainHead,
    Row,
    head_after,
    newest_first,
    next_entry,
    trail_broken,
    verify_chain,
)
from reelwright.storage.documents import (
    check_document_name,
    check_expected,
    check_hash,
    document_missing,
    new_version,
)
from reelwright.storage.errors import ArtifactMissing, StorageFull
from reelwright.storage.files import write_whole
from reelwright.storage.ports import ABSENT, Signer
from reelwright.storage.schema import Artifact, AuditEntry, Author, DocumentVersion, StoredDocument

__all__ = ["MemoryArtifacts", "MemoryAuditLog", "MemoryDocuments"]


class MemoryArtifacts:
    """An ArtifactStore in a dictionary; files appear under ``scratch_dir`` when a path is asked for.

    With ``capacity_bytes`` it is full when that many bytes are stored, as a disk would be.
    """

    def __init__(self, scratch_dir: Path, *, capacity_bytes: int | None = None) -> None:
        self._scratch_dir = scratch_dir
        self._capacity_bytes = capacity_bytes
        self._objects: dict[str, bytes] = {}
        self._remembered: dict[str, Artifact] = {}

    def put_file(self, path: Path, media_type: str) -> Artifact:
        """Store the file's bytes; ArtifactMissing if it cannot be read."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ArtifactMissing(f"{path} cannot be stored because it cannot be read.") from error
        return self.put_bytes(data, media_type)

    def put_bytes(self, data: bytes, media_type: str) -> Artifact:
        """Store the bytes; StorageFull beyond the capacity."""
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 not in self._objects:
            self._take_room_for(data)
        self._objects[sha256] = bytes(data)
        return Artifact(sha256=sha256, size_bytes=len(data), media_type=media_type)

    def read_bytes(self, artifact: Artifact) -> bytes:
        """Return the bytes."""
        try:
            return self._objects[artifact.sha256]
        except KeyError:
            raise ArtifactMissing(f"The artifact {artifact.sha256[:12]}… is not in the store.") from None

    def local_path(self, artifact: Artifact) -> Path:
        """Return a file with the bytes."""
        data = self.read_bytes(artifact)
        path = self._scratch_dir / artifact.sha256
        if not path.is_file():
            write_whole(path, data)
        return path

    def remember(self, key: str, artifact: Artifact) -> None:
        """Name an artifact by the content hash of what it was made from; a later name wins."""
        self._remembered[key] = artifact

    def recall(self, key: str) -> Artifact | None:
        """Return the artifact remembered under ``key`` if it is still there."""
        artifact = self._remembered.get(key)
        return artifact if artifact and artifact.sha256 in self._objects else None

    def lose(self, artifact: Artifact) -> None:
        """Forget the bytes, as a disk that was tidied by somebody else."""
        self._objects.pop(artifact.sha256, None)

    def _take_room_for(self, data: bytes) -> None:
        if self._capacity_bytes is None:
            return
        used = sum(map(len, self._objects.values()))
        if used + len(data) > self._capacity_bytes:
            raise StorageFull(f"No space is left: {used} of {self._capacity_bytes} bytes are used.")


class MemoryDocuments:
    """A DocumentStore in a dictionary; safe between threads."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._lock = Lock()
        self._documents: dict[str, list[StoredDocument]] = {}

    def read(self, name: str, version: str | None = None) -> StoredDocument:
        """Return the newest or the named version, verified."""
        versions = self._versions(name)
        wanted = [it for it in versions if version in (None, it.version)]
        if not wanted:
            raise document_missing(name, version)
        return check_hash(wanted[-1])

    def put(
        self,
        name: str,
        content: bytes,
        *,
        expect: str | None,
        author: Author,
        restored_from: str | None = None,
    ) -> DocumentVersion:
        """Write a new version."""
        check_document_name(name)
        with self._lock:
            versions = self._documents.get(name, [])
            check_expected(name, expect, versions[-1].version if versions else ABSENT)
            record = new_version(
                name,
                content,
                sequence=len(versions) + 1,
                at=self._clock.now(),
                author=author,
                restored_from=restored_from,
            )
            stored = StoredDocument(**dict(record), content=bytes(content))
            self._documents[name] = [*versions, stored]
        return record

    def history(self, name: str) -> tuple[DocumentVersion, ...]:
        """Return all versions, newest first."""
        return tuple(_record(document) for document in reversed(self._versions(name)))

    def names(self) -> tuple[str, ...]:
        """Return the names of all documents, sorted."""
        return tuple(sorted(self._documents))

    def damage(self, name: str, version: str) -> None:
        """Change the content of a version behind the store's back."""
        self._documents[name] = [
            it.model_copy(update={"content": it.content + b"?"}) if it.version == version else it
            for it in self._documents[name]
        ]

    def _versions(self, name: str) -> list[StoredDocument]:
        return self._documents.get(check_document_name(name), [])


class MemoryAuditLog:
    """An AuditLog in a list; safe between threads. Tests alter ``lines`` and ``head`` as a thief would."""

    def __init__(self, *, clock: Clock | None = None, signer: Signer | None = None) -> None:
        self.lines: list[str] = []
        self.head: ChainHead | None = BEGINNING
        self._clock = clock or SystemClock()
        self._signer = signer
        self._lock = Lock()

    def append(
        self,
        *,
        actor: str,
        action: str,
        subject: str,
        reason: str,
        details: dict[str, JsonValue],
        once: str | None = None,
    ) -> AuditEntry:
        """Add an entry."""
        with self._lock:
            if self.head is None:
                raise trail_broken()
            if once is not None and (found := self._named(once)):
                return found
            entry = next_entry(
                self.head,
                at=self._clock.now(),
                actor=actor,
                action=action,
                subject=subject,
                reason=reason,
                details=details,
                once=once,
                signer=self._signer,
            )
            self.lines.append(entry.model_dump_json())
            self.head = head_after(entry, self._signer)
            return entry

    def entries(self, *, subject: str | None = None, limit: int | None = None) -> tuple[AuditEntry, ...]:
        """Return entries, newest first."""
        with self._lock:
            found = [row.entry for row in self._rows() if row.entry]
        return tuple(newest_first(reversed(found), subject, limit))

    def verify(self) -> tuple[str, ...]:
        """Return what is wrong with the chain, a line each."""
        with self._lock:
            return verify_chain(self._rows(), head=self.head, signer=self._signer)

    def _named(self, once: str) -> AuditEntry | None:
        found = (row.entry for row in self._rows() if row.entry)
        return next((entry for entry in found if entry.details.get("once") == once), None)

    def _rows(self) -> list[Row]:
        return [Row(f"Line {number}", _parse(line)) for number, line in enumerate(self.lines, start=1)]


def _parse(line: str) -> AuditEntry | None:
    try:
        return AuditEntry.model_validate_json(line)
    except ValidationError:
        return None


def _record(document: StoredDocument) -> DocumentVersion:
    return DocumentVersion(**document.model_dump(exclude={"content"}))
