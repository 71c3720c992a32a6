"""What can go wrong while publishing."""

from reelwright.errors import GuardrailRefused, Permanent

__all__ = ["PackageIncomplete", "PlatformStopped", "PublicationConflict"]


class PackageIncomplete(Permanent):
    """A file of the package is missing or cannot be read."""

    code = "package_incomplete"


class PublicationConflict(Permanent):
    """Something else is already where the production would be published."""

    code = "publication_conflict"


class PlatformStopped(GuardrailRefused):
    """An operator has stopped the platform; nothing was published, and nothing is lost."""

    code = "platform_stopped"
