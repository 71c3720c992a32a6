"""What can go wrong with many productions as one."""

from reelwright.errors import InvalidInput, Retryable

__all__ = ["BatchBusy", "BatchNotFound", "ManifestInvalid", "ManifestUnreadable", "RowInvalid"]


class ManifestUnreadable(InvalidInput):
    """The manifest or folder cannot be read: missing, too large, not UTF-8, or nothing in it."""

    code = "manifest_unreadable"


class ManifestInvalid(InvalidInput):
    """The manifest's header cannot be used; the column is named."""

    code = "manifest_invalid"


class RowInvalid(InvalidInput):
    """A row of a manifest says something that is not allowed; row and columns are named."""

    code = "row_invalid"


class BatchNotFound(InvalidInput):
    """No batch of that id is stored here."""

    code = "batch_not_found"


class BatchBusy(Retryable):
    """Another process is making this batch."""

    code = "batch_busy"
