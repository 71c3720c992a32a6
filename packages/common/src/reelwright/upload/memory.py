"""A platform in memory, for tests and simulations."""

from reelwright.clock import Clock
from reelwright.ids import check_production_id
from reelwright.production.schema import Publication
from reelwright.upload.contents import package_hashes
from reelwright.upload.errors import PublicationConflict
from reelwright.upload.schema import Package

__all__ = ["MemoryPlatform"]


class MemoryPlatform:
    """A Platform that remembers what was published, exactly once for each production."""

    def __init__(self, clock: Clock, name: str = "folder") -> None:
        self.name = name
        self._clock = clock
        self._published: dict[str, tuple[dict[str, str], Publication]] = {}

    @property
    def publications(self) -> tuple[Publication, ...]:
        """Everything that was published, in order."""
        return tuple(publication for _, publication in self._published.values())

    def find(self, package: Package) -> Publication | None:
        """Return the publication of this production; PublicationConflict if its content differs."""
        hashes, publication = self._published.get(check_production_id(package.production_id), ({}, None))
        if publication is not None and hashes != package_hashes(package):
            raise PublicationConflict(f"{package.production_id} was published with other content.")
        return publication

    def publish(self, package: Package) -> Publication:
        """Publish, or return the publication that is already there."""
        if found := self.find(package):
            return found
        publication = Publication(
            platform=self.name,
            remote_id=package.production_id,
            location=f"memory:{self.name}/{package.production_id}",
            published_at=self._clock.now(),
        )
        self._published[package.production_id] = (package_hashes(package), publication)
        return publication
