"""UploadManager: which platforms there are, and every production on each of them once."""

from collections.abc import Mapping

from reelwright.errors import InvalidInput
from reelwright.production.schema import Brief, Publication
from reelwright.upload.ports import Platform
from reelwright.upload.schema import Package

__all__ = ["UploadManager"]


class UploadManager:
    """Publishes packages on the platforms it knows by name."""

    def __init__(self, platforms: Mapping[str, Platform]) -> None:
        self._platforms = dict(platforms)

    def check(self, brief: Brief) -> None:
        """Raise InvalidInput if the brief names a platform that is not there."""
        for name in brief.platforms:
            self._platform(name)

    def publish(self, package: Package, platform: str) -> Publication:
        """Return the publication on a platform: the one that is there already, or a new one."""
        chosen = self._platform(platform)
        return chosen.find(package) or chosen.publish(package)

    def _platform(self, name: str) -> Platform:
        if name not in self._platforms:
            known = ", ".join(sorted(self._platforms)) or "none"
            raise InvalidInput(
                f"There is no platform {name!r}.",
                next_step=f"Write one of these under platforms: {known}.",
                context={"field": "platforms", "value": name, "allowed": known},
            )
        return self._platforms[name]
