"""A platform and publications in memory, for tests and simulations."""

from threading import Lock

from reelwright.clock import Clock
from reelwright.ids import check_production_id
from reelwright.production.schema import Publication
from reelwright.upload.contents import package_hashes
from reelwright.upload.errors import PublicationConflict
from reelwright.upload.record import PublicationKey, PublicationRecord, QuotaRecord
from reelwright.upload.schema import Package

__all__ = ["MemoryPlatform", "MemoryPublications"]


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


class MemoryPublications:
    """A PublicationStore of one process. Safe between threads."""

    def __init__(self) -> None:
        self._records: dict[PublicationKey, PublicationRecord] = {}
        self._quotas: dict[tuple[str, str], QuotaRecord] = {}
        self._lock = Lock()

    def get(self, key: PublicationKey) -> PublicationRecord | None:
        """Return the record."""
        return self._records.get(key)

    def put(self, record: PublicationRecord) -> bool:
        """Store the record if it follows what is stored."""
        with self._lock:
            before = self._records.get(record.key)
            if record.version != (before.version if before else 0) + 1:
                return False
            self._records[record.key] = record
            return True

    def recent(self, platform: str, limit: int) -> tuple[PublicationRecord, ...]:
        """Return the newest."""
        found = [record for record in self._records.values() if record.platform == platform]
        found.sort(key=lambda record: (record.production_id, record.account), reverse=True)
        return tuple(found[:limit])

    def of_production(self, platform: str, production_id: str) -> tuple[PublicationRecord, ...]:
        """Return a production's."""
        found = (each for each in self._records.values() if each.platform == platform)
        own = (each for each in found if each.production_id == production_id)
        return tuple(sorted(own, key=lambda each: each.account))

    def quota(self, platform: str, account: str) -> QuotaRecord:
        """Return what was taken."""
        return self._quotas.get((platform, account), QuotaRecord(platform=platform, account=account))

    def put_quota(self, record: QuotaRecord) -> bool:
        """Store the record if it follows what is stored."""
        with self._lock:
            if record.version != self.quota(record.platform, record.account).version + 1:
                return False
            self._quotas[record.platform, record.account] = record
            return True
