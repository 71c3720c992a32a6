"""What SecretsManager needs of a place for secrets."""

from typing import Protocol

from pydantic import SecretStr

from reelwright.secrets.schema import SecretDescription, SecretVersion, Stage

__all__ = ["SecretStore"]


class SecretStore(Protocol):
    """Named secrets of one environment. Names have no prefix: ``providers/runway``."""

    def read(self, name: str, *, stage: Stage = "AWSCURRENT", version: str | None = None) -> SecretVersion:
        """Return a version; SecretMissing if there is none, SecretsUnavailable if nobody answers."""
        ...

    def put(
        self, name: str, text: SecretStr, *, stage: Stage = "AWSCURRENT", version: str | None = None
    ) -> str:
        """Write a new version with the stage and return its name. Writing a ``version`` twice is one."""
        ...

    def promote(self, name: str, version: str) -> None:
        """Make a version current; the one before becomes AWSPREVIOUS. Nothing happens if it is current."""
        ...

    def describe(self, name: str) -> SecretDescription | None:
        """Return what is known of a secret without reading its value; None if there is none."""
        ...

    def names(self) -> tuple[str, ...]:
        """Return the names of all secrets of this environment, sorted."""
        ...

    def start_rotation(self, name: str) -> None:
        """Have the store renew a secret by its rotation function; RotationRefused if it has none."""
        ...
