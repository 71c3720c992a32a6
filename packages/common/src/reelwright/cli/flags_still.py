"""AppConfig for a command that only looks: what it was asked once it is not asked again."""

from collections.abc import Iterator
from typing import Any

from reelwright.config.aws_appconfig import AppConfigControl, DeployedVersion, Hosted

__all__ = ["StillControl"]


class StillControl(AppConfigControl):
    """AppConfig as it stood when each thing was first asked for; a hosted version never changes anyway."""

    def __init__(self, client: Any, application: str) -> None:
        super().__init__(client, application)
        self._seen: dict[str, list[DeployedVersion]] = {}
        self._read: dict[tuple[str, str], Hosted | None] = {}

    def deployments(self, name: str) -> Iterator[DeployedVersion]:
        """Yield the deployments of a profile, newest first."""
        if name not in self._seen:
            self._seen[name] = list(super().deployments(name))
        return iter(self._seen[name])

    def hosted(self, name: str, version: str) -> Hosted | None:
        """Return a hosted version; None if there is no such version."""
        if (name, version) not in self._read:
            self._read[name, version] = super().hosted(name, version)
        return self._read[name, version]
