"""UploadManager: which platforms there are, and every production on each of them once."""

from collections.abc import Callable, Mapping

from reelwright.environment.schema import PlatformSettings
from reelwright.errors import InvalidInput
from reelwright.production.schema import Brief, Publication
from reelwright.upload.errors import PlatformStopped
from reelwright.upload.ports import Platform
from reelwright.upload.record import PublicationRecord
from reelwright.upload.remotes import RemotePlatforms
from reelwright.upload.schema import Package, PublicationPlan, Underway

__all__ = ["UploadManager"]


class UploadManager:
    """Publishes packages on the platforms it knows by name."""

    def __init__(
        self,
        platforms: Mapping[str, Platform],
        *,
        stopped: Callable[[str], str] = lambda _: "",
        remotes: RemotePlatforms | None = None,
        settings: Mapping[str, PlatformSettings] | None = None,
    ) -> None:
        """Take the platforms by name; ``stopped`` says why an operator has stopped one, or nothing.

        Of ``remotes``, those are open that the ``settings`` enable.
        """
        self._platforms = dict(platforms)
        self._stopped = stopped
        self._remotes = remotes
        self._settings = dict(settings or {})

    def check(self, brief: Brief) -> None:
        """Raise InvalidInput if the brief names a platform that is not there, or not enabled."""
        for name in brief.platforms:
            if self._remote(name) is None:
                self._platform(name)

    def publish(self, package: Package, platform: str) -> Publication | Underway:
        """Return the publication on a platform: the one that is there already, or a new one.

        Underway while a platform is not done with it: publish again later. PlatformStopped instead of
        anything new while an operator has stopped the platform.
        """
        remotes = self._remote(platform)
        if remotes is not None:
            return self._published_there(remotes, package, platform)
        chosen = self._platform(platform)
        if found := chosen.find(package):
            return found
        self._check_running(package, platform)
        return chosen.publish(package)

    def plan(self, package: Package, platform: str) -> PublicationPlan:
        """Return what a video platform would be told; PlanRefused, InvalidInput for a folder."""
        remotes = self._remote(platform)
        if remotes is None:
            self._platform(platform)
            raise InvalidInput(
                f"{platform} is told nothing: it receives the package as it is.",
                next_step="Preview one of the video platforms.",
                context={"field": "platform", "value": platform},
            )
        return remotes.plan(platform, self._settings[platform], package)

    def record(self, production_id: str, platform: str) -> PublicationRecord | None:
        """Return what is known of a publication on a video platform; None if it was not begun."""
        remotes = self._remote(platform)
        return remotes.record(platform, self._settings[platform], production_id) if remotes else None

    def _published_there(
        self, remotes: RemotePlatforms, package: Package, platform: str
    ) -> Publication | Underway:
        settings = self._settings[platform]
        record = remotes.record(platform, settings, package.production_id)
        if record is None or not record.is_over:
            self._check_running(package, platform)
        return remotes.publish(platform, settings, package)

    def _check_running(self, package: Package, platform: str) -> None:
        if why := self._stopped(platform):
            raise PlatformStopped(
                f"Nothing is published on {platform}, which is {why}.",
                next_step="Resume the production when it is put back: everything made so far is kept.",
                context={"platform": platform, "production_id": package.production_id},
            )

    def _remote(self, name: str) -> RemotePlatforms | None:
        """Return what reaches a video platform; InvalidInput for one that is not enabled."""
        if self._remotes is None or name in self._platforms or name not in self._remotes.adapters:
            return None
        if name not in self._settings or not self._settings[name].enabled:
            raise InvalidInput(
                f"The platform {name} is not enabled.",
                next_step=f"reelwright config set platforms.{name}.enabled true",
                context={"field": "platforms", "value": name},
            )
        return self._remotes

    def _platform(self, name: str) -> Platform:
        if name not in self._platforms:
            known = ", ".join(sorted(self._platforms)) or "none"
            raise InvalidInput(
                f"There is no platform {name!r}.",
                next_step=f"Write one of these under platforms: {known}.",
                context={"field": "platforms", "value": name, "allowed": known},
            )
        return self._platforms[name]
