"""What is stored: artifacts, named by what they hold; documents, by name and version; the audit trail."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

__all__ = ["Artifact", "AuditEntry", "Author", "DocumentVersion", "StoredDocument"]


class Artifact(BaseModel):
    """A reference to stored bytes. The name is the SHA-256 of the content, so it cannot change."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    size_bytes: Annotated[int, Field(ge=0)]
    media_type: str


class Author(BaseModel):
    """Who changes something, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    actor: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)]


class DocumentVersion(BaseModel):
    """One version of a document, without its content."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    """The store's own name for it: opaque, and never used again for anything else."""
    sha256: str
    size_bytes: int
    written_at: datetime
    author: Author
    restored_from: str | None = None
    """The version whose content this one brought back."""


class StoredDocument(DocumentVersion):
    """A version of a document with its content."""

    content: bytes


class AuditEntry(BaseModel):
    """One change that was made, chained to the one before it.

    ``digest`` is the SHA-256 of everything else in the entry in canonical JSON, ``previous`` and ``key_id``
    included, so that an altered or removed entry shows. ``signature`` is an HMAC of the digest
    where a signing key is at hand.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sequence: Annotated[int, Field(ge=1)]
    at: datetime
    actor: str
    action: str
    """What was done, such as ``document.put``, ``appconfig.deployment`` or ``secret.rotated``."""
    subject: str
    """What it was done to, such as ``documents/settings`` or ``secrets/providers/runway``."""
    reason: str
    details: dict[str, JsonValue] = {}
    """Versions, and a diff with secret values left out."""
    previous: str
    """Digest of the entry before; 64 zeros for the first."""
    digest: str
    key_id: str | None = None
    signature: str | None = None
