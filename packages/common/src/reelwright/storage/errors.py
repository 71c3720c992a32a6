"""What can go wrong with stored things."""

from reelwright.errors import Permanent, Retryable

__all__ = ["ArtifactDamaged", "ArtifactMissing", "StorageFull", "StorageUnwritable"]


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
