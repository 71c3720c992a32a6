"""What was published of productions, whenever it was, and what became of it: of this machine or of AWS."""

from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict

from reelwright.clock import Clock, SystemClock
from reelwright.environment.schema import EnvironmentName, Settings
from reelwright.flags.kill_switches import KillSwitches
from reelwright.ids import check_production_id
from reelwright.pipeline.platforms import video_platforms
from reelwright.upload.local import SqlitePublications
from reelwright.upload.outcomes import OutcomePoint
from reelwright.upload.outcomes_collecting import Collection, OutcomeCollector
from reelwright.upload.outcomes_local import SqliteOutcomes
from reelwright.upload.record import PublicationRecord, PublicationState
from reelwright.upload.remotes import RemotePlatforms

__all__ = ["PublicationDesk", "PublishedVideo", "local_remotes", "published_of"]

_COLLECT_SECONDS: Final = 600.0
"""A command lives as long as it is waited for."""


class PublishedVideo(BaseModel):
    """One production on one account of a video platform, and what is known of its viewers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    production_id: str
    platform: str
    account: str
    state: PublicationState
    remote_id: str = ""
    url: str = ""
    published_at: datetime | None = None
    public_at: datetime | None = None
    """When it is, or was, to be public, of a scheduled one."""
    reason: str = ""
    """Why the platform refused it."""
    newest: OutcomePoint | None = None
    """What the platform told last of it."""


class PublicationDesk:
    """Tells what is published, and asks platforms anew. Opens nothing that it is not asked for."""

    def __init__(self, remotes: RemotePlatforms, switches: KillSwitches) -> None:
        self._remotes = remotes
        self._switches = switches

    @classmethod
    def for_environment(cls, name: EnvironmentName, *, root: Path) -> Self:
        """Return the desk of this machine, or of a deployed environment as it is reached from here."""
        clock = SystemClock()
        if name == "local":
            from reelwright.pipeline.switches import local_switches  # noqa: PLC0415 (one of two places)

            secrets = _local_secrets(root.resolve(), clock)
            remotes = local_remotes(root.resolve(), name, clock, secrets)
            return cls(remotes, local_switches(root.resolve(), name, clock))
        from reelwright.environment.aws import find_deployment  # noqa: PLC0415 (needs AWS)
        from reelwright.pipeline.cloudbench import remotes_of  # noqa: PLC0415 (needs AWS)

        return cls(*remotes_of(find_deployment(name), is_measured=False))

    def of(self, production_id: str) -> tuple[PublishedVideo, ...]:
        """Return what was published of a production; StorageUnavailable."""
        return published_of(self._remotes, production_id)

    def recent(self, limit: int) -> tuple[PublishedVideo, ...]:
        """Return so many publications, those of the newest productions first."""
        stores = (self._remotes.store.recent(name, limit) for name in self._remotes.adapters)
        records = [record for found in stores for record in found]
        records.sort(key=lambda record: (record.production_id, record.platform), reverse=True)
        return tuple(_published(self._remotes, record) for record in records[:limit])

    def series(self, video: PublishedVideo) -> tuple[OutcomePoint, ...]:
        """Return all that was ever told of a publication, oldest first."""
        records = self._remotes.store.of_production(video.platform, video.production_id)
        keys = [record.key for record in records if record.account == video.account]
        return tuple(point for key in keys for point in self._remotes.series.series(key))

    def collect(self, settings: Settings, production_id: str = "") -> Collection:
        """Ask enabled platforms of one production now, or of whatever is due."""
        collector = OutcomeCollector(
            self._remotes,
            settings.platforms,
            settings.outcomes,
            stopped=self._switches.platform,
            seconds=_COLLECT_SECONDS,
        )
        return collector.collect_of(production_id) if production_id else collector.collect()


def published_of(remotes: RemotePlatforms | None, production_id: str) -> tuple[PublishedVideo, ...]:
    """Return what was published of a production on video platforms, by the names of those."""
    if remotes is None:
        return ()
    check_production_id(production_id)
    found = (remotes.store.of_production(name, production_id) for name in sorted(remotes.adapters))
    return tuple(_published(remotes, record) for records in found for record in records)


def local_remotes(root: Path, environment: EnvironmentName, clock: Clock, secrets: Any) -> RemotePlatforms:
    """Return the video platforms as they are reached from this machine, which keeps what it did in files."""
    return RemotePlatforms(
        adapters=video_platforms(),
        store=SqlitePublications(root / "publications.db"),
        secrets=secrets,
        clock=clock,
        environment=environment,
        series=SqliteOutcomes(root / "outcomes.db"),
    )


def _published(remotes: RemotePlatforms, record: PublicationRecord) -> PublishedVideo:
    return PublishedVideo(
        production_id=record.production_id,
        platform=record.platform,
        account=record.account,
        state=record.state,
        remote_id=record.remote_id,
        url=record.url,
        published_at=record.published_at,
        public_at=record.public_at,
        reason=record.reason,
        newest=remotes.series.newest(record.key),
    )


def _local_secrets(root: Path, clock: Clock) -> Any:
    import os  # noqa: PLC0415 (only who asks platforms needs secrets)

    from reelwright.secrets.local import local_secrets  # noqa: PLC0415 (as said above)
    from reelwright.secrets.manager import SecretsManager  # noqa: PLC0415 (as said above)

    return SecretsManager(local_secrets(root / "secrets.env", os.environ), clock=clock)
