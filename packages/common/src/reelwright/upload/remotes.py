"""The video platforms of a place: their adapters, where publications are kept, and whom we act for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reelwright.clock import Clock
from reelwright.environment.schema import EnvironmentName, PlatformSettings
from reelwright.production.schema import Publication
from reelwright.resilience.deadline import Deadline
from reelwright.storage.files import sha256_of
from reelwright.upload.catalogue import load_platforms
from reelwright.upload.contents import unreadable
from reelwright.upload.errors import QuotaExceeded
from reelwright.upload.outcomes import OutcomeStore
from reelwright.upload.outcomes_memory import MemoryOutcomes
from reelwright.upload.planning import Occasion, plan_publication
from reelwright.upload.ports import PlatformCall, PublicationStore, RemotePlatform
from reelwright.upload.publishing import Publisher, Reach
from reelwright.upload.quota import QuotaBook
from reelwright.upload.record import PublicationRecord
from reelwright.upload.schema import (
    MediaFiles,
    Package,
    PublicationOutcome,
    PublicationPlan,
    Underway,
)
from reelwright.upload.tokens import OAuthAccess, Revealer

__all__ = ["RemotePlatforms"]

_AccessKey = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class RemotePlatforms:
    """Wires publishers for the settings that count. Access tokens stay with it."""

    adapters: Mapping[str, RemotePlatform]
    store: PublicationStore
    secrets: Revealer
    clock: Clock
    environment: EnvironmentName
    slice_seconds: float = 480.0
    """Of one call; a function lives a little longer."""
    series: OutcomeStore = field(default_factory=MemoryOutcomes)
    """What became of publications."""
    _accesses: dict[_AccessKey, OAuthAccess] = field(default_factory=dict)

    def plan(self, name: str, settings: PlatformSettings, package: Package) -> PublicationPlan:
        """Return what a platform would be told; PlanRefused."""
        occasion = Occasion(
            platform=name,
            environment=self.environment,
            settings=settings,
            limits=load_platforms()[name],
            made_at=self.clock.now(),
        )
        return plan_publication(package, occasion)

    def record(self, name: str, settings: PlatformSettings, production_id: str) -> PublicationRecord | None:
        """Return what is known of a production's publication."""
        return self._publisher(name, settings).record(production_id, settings.account)

    def publish(self, name: str, settings: PlatformSettings, package: Package) -> Publication | Underway:
        """Advance the publication as far as it goes now; what Publisher raises, and PlanRefused."""
        plan = self.plan(name, settings, package)
        return self._publisher(name, settings).publish(package.production_id, plan, _media(package, plan))

    def outcomes(
        self, name: str, settings: PlatformSettings, remote_ids: Sequence[str], seconds: float
    ) -> Mapping[str, PublicationOutcome]:
        """Ask what became of videos, within the quota; what the adapter raises, and QuotaExceeded."""
        quota = self.quota(name, settings)
        quota.take("outcomes")
        call = PlatformCall(self._access(name, settings), Deadline.after(seconds, self.clock))
        try:
            return self.adapters[name].outcomes(remote_ids, call)
        except QuotaExceeded as error:
            quota.close("outcomes", error.available_at)
            raise

    def quota(self, name: str, settings: PlatformSettings) -> QuotaBook:
        """Return the quota of the account."""
        return QuotaBook(
            self.store,
            name,
            settings.account,
            load_platforms()[name].quota,
            self.clock,
            own_limits=settings.daily_limits,
        )

    def _publisher(self, name: str, settings: PlatformSettings) -> Publisher:
        reach = Reach(
            self.adapters[name],
            self._access(name, settings),
            load_platforms()[name],
            self.quota(name, settings),
        )
        return Publisher(reach, self.store, self.clock, slice_seconds=self.slice_seconds)

    def _access(self, name: str, settings: PlatformSettings) -> OAuthAccess:
        key = (name, str(settings.credential or ""), settings.endpoints)
        made = OAuthAccess(name, settings, self.secrets, self.adapters[name].exchange, self.clock)
        return self._accesses.setdefault(key, made)


def _media(package: Package, plan: PublicationPlan) -> MediaFiles:
    try:
        return MediaFiles(
            video=package.video,
            video_bytes=package.video.stat().st_size,
            video_sha256=package.video_sha256 or sha256_of(package.video),
            thumbnail=package.thumbnail if plan.send_thumbnail else None,
            captions=package.captions_srt if plan.send_captions else None,
        )
    except OSError as error:
        raise unreadable("video.mp4", package.video, error) from error
