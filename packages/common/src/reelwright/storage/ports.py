"""What the code needs of a place for artifacts, for documents, and for the audit trail."""

from pathlib import Path
from typing import Protocol

from pydantic import JsonValue

from reelwright.storage.schema import Artifact, AuditEntry, Author, DocumentVersion, StoredDocument

__all__ = ["ABSENT", "ArtifactStore", "AuditLog", "DocumentStore", "Signer"]

ABSENT = ""
"""The version that a document is expected at when it must not exist yet."""


class ArtifactStore(Protocol):
    """Content-addressed bytes, and a cache that names artifacts by what they were made from.

    Putting the same bytes twice is one artifact. Nothing is ever seen half-written.
    """

    def put_file(self, path: Path, media_type: str) -> Artifact:
        """Store a copy of the file; the original stays the caller's."""
        ...

    def put_bytes(self, data: bytes, media_type: str) -> Artifact:
        """Store the bytes."""
        ...

    def read_bytes(self, artifact: Artifact) -> bytes:
        """Return the bytes, verified; ArtifactMissing or ArtifactDamaged if that cannot be done."""
        ...

    def local_path(self, artifact: Artifact) -> Path:
        """Return a file with the bytes, to be read and not written; errors as ``read_bytes``."""
        ...

    def remember(self, key: str, artifact: Artifact) -> None:
        """Name an artifact by the content hash of what it was made from."""
        ...

    def recall(self, key: str) -> Artifact | None:
        """Return the artifact remembered under ``key`` if it is still whole."""
        ...


class DocumentStore(Protocol):
    """Small named documents that people change: every version is kept, and none is changed or deleted.

    Names are lower case with ``/`` between parts, such as ``prompts/hook``; InvalidInput else.
    """

    def read(self, name: str, version: str | None = None) -> StoredDocument:
        """Return the newest or the named version; DocumentMissing, DocumentDamaged if its hash disagrees."""
        ...

    def put(
        self,
        name: str,
        content: bytes,
        *,
        expect: str | None,
        author: Author,
        restored_from: str | None = None,
    ) -> DocumentVersion:
        """Write a new version and return it.

        ``expect`` is the version that must be the newest (ABSENT: none may exist); DocumentConflict
        otherwise, and nothing is written. None writes over whatever is there.
        """
        ...

    def history(self, name: str) -> tuple[DocumentVersion, ...]:
        """Return all versions, newest first; empty when there is no such document."""
        ...

    def names(self) -> tuple[str, ...]:
        """Return the names of all documents, sorted."""
        ...


class Signer(Protocol):
    """Signs digests, and knows which of its keys did."""

    def sign(self, digest: str) -> tuple[str, str]:
        """Return the name of the key and the signature in hex."""
        ...

    def verify(self, digest: str, key_id: str, signature: str) -> bool:
        """Return whether the key made the signature; False for a key that is not known."""
        ...


class AuditLog(Protocol):
    """Who changed what, in one chain that nobody can shorten or rewrite unseen."""

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
        """Add an entry at the end of the chain, whoever else does so at the same time.

        With ``once``, the name of what happened (such as an event's id), there is one entry of that name,
        which keeps it in its details: if there is one already, that is returned and nothing is added.
        AuditTrailBroken if the head of the chain is gone; InvalidInput for details that are not JSON.
        """
        ...

    def entries(self, *, subject: str | None = None, limit: int | None = None) -> tuple[AuditEntry, ...]:
        """Return entries, newest first; those of one subject, or of all. What is no entry is left out."""
        ...

    def verify(self) -> tuple[str, ...]:
        """Return what is wrong with the chain, a line each; empty when it is whole.

        Found are altered, removed, added and reordered entries, a head that is gone or disagrees, and, with
        a signer, signatures that are forged, lacking or by a key not known. Not found: a trail removed as a
        whole with its head, and, without a signer, a chain rewritten as a whole. Keep a backup.
        """
        ...
