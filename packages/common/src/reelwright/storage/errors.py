"""What can go wrong with stored things."""

from reelwright.errors import InvalidInput, Permanent, Retryable

__all__ = [
    "ArtifactDamaged",
    "ArtifactMissing",
    "AuditTrailBroken",
    "BackupDamaged",
    "DocumentConflict",
    "DocumentDamaged",
    "DocumentMissing",
    "StorageFull",
    "StorageUnavailable",
    "StorageUnwritable",
]


class ArtifactMissing(Permanent):
    """The reference is known, the bytes are gone."""

    code = "artifact_missing"


class ArtifactDamaged(Permanent):
    """The bytes are not those that were stored."""

    code = "artifact_damaged"


class StorageFull(Retryable):
    """No space is left; nothing half-written was kept."""

    code = "storage_full"


class StorageUnwritable(Permanent):
    """The place cannot be written: permissions, a read-only disk, or a file in the way."""

    code = "storage_unwritable"


class StorageUnavailable(Retryable):
    """The store did not answer, or asked to be left alone for a while."""

    code = "storage_unavailable"


class DocumentMissing(InvalidInput):
    """There is no document of that name, or no such version of it."""

    code = "document_missing"


class DocumentConflict(Retryable):
    """Somebody else changed the document meanwhile; nothing was written. Read it again, then decide."""

    code = "document_conflict"


class DocumentDamaged(Permanent):
    """The content is not what was written."""

    code = "document_damaged"


class AuditTrailBroken(Permanent):
    """The head of the audit trail is gone though there are entries: going on would hide what was removed."""

    code = "audit_trail_broken"


class BackupDamaged(Permanent):
    """A backup is not what was written, or is none; nothing was restored."""

    code = "backup_damaged"
