"""What the upload manager needs of a platform."""

from typing import Protocol

from reelwright.production.schema import Production, Publication
from reelwright.upload.schema import Package

__all__ = ["PackageWriter", "Platform"]


class Platform(Protocol):
    """A place where videos are published."""

    @property
    def name(self) -> str:
        """The name that briefs use."""
        ...

    def find(self, package: Package) -> Publication | None:
        """Return the publication of this production if the platform already has it."""
        ...

    def publish(self, package: Package) -> Publication:
        """Publish, or return the publication that is already there: never a second one."""
        ...


class PackageWriter(Protocol):
    """Adds to a package what can only be written when the production is over: its report and record."""

    def write(self, production: Production, name: str, content: bytes) -> None:
        """Write a file into the production's package, whole, in place of an earlier one of the name."""
        ...
