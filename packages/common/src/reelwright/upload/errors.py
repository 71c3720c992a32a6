"""What can go wrong while publishing."""

from reelwright.errors import Permanent

__all__ = ["PackageIncomplete", "PublicationConflict"]


class PackageIncomplete(Permanent):
    """A file of the package is missing or cannot be read."""

    code = "package_incomplete"


class PublicationConflict(Permanent):
    """Something else is already where the production would be published."""

    code = "publication_conflict"
