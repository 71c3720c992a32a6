"""UploadManager: which platforms there are, and every production on each of them once."""

from collections.abc import Callable, Mapping

from reelwright.errors import InvalidInput
from reelwright.production.schema import Brief, Publication
from reelwright.upload.errors import PlatformStopped
from reelwright.upload.ports import Platform
from reelwright.upload.schema import Package

__all__ = ["UploadManager"]


class UploadManager:
    """Publishes packages on the platforms it knows by name."""

    def __init__(
        self, platforms: Mapping[str, Platform], *, stopped: Callable[[str], str] = lambda _: ""
    ) -> None:
        """Take the platforms by name; ``stopped`` says why an operator has stopped one, or nothing."""
        self._platforms = dict(platforms)
        self._stopped = stopped

    def check(self, brief: Brief) -> None:
        """Raise InvalidInput if the brief names a platform that is not there."""
        for name in brief.platforms:
            self._platform(name)

    def publish(self, package: Package, platform: str) -> Publication:
        """Return the publication on a platform: the one that is there already, or a new one.

        PlatformStopped instead of a new one while an operator has stopped the platform.
        """
        chosen = self._platform(platform)
        if found := chosen.find(package):
            return found
        if why := self._stopped(platform):
            raise PlatformStopped(
                f"Nothing is published on {platform}, which is {why}.",
                next_step="Resume the production when it is put back: everything made so far is kept.",
                context={"platform": platform, "production_id": package.production_id},
            )
        return chosen.publish(package)

    def _platform(self, name: str) -> Platform:
        if name not in self._platforms:
            known = ", ".join(sorted(self._platforms)) or "none"
            raise InvalidInput(
                f"There is no platform {name!r}.",
                next_step=f"Write one of these under platforms: {known}.",
                context={"field": "platforms", "value": name, "allowed": known},
            )
        return self._platforms[name]
