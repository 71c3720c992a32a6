"""Secrets in memory, for tests; behaves as Secrets Manager does."""

import threading
from datetime import datetime
from random import Random
from uuid import UUID

from pydantic import SecretStr

from reelwright.clock import Clock
from reelwright.secrets.errors import RotationRefused
from reelwright.secrets.kinds import check_name, missing
from reelwright.secrets.rotation import Rotation
from reelwright.secrets.schema import SecretDescription, SecretVersion, Stage
from reelwright.secrets.versions import Versions, add, describe, find, promote

__all__ = ["MemorySecrets"]


class MemorySecrets:
    """A SecretStore in memory. Secrets may be declared without a value, as a stack does."""

    def __init__(self, clock: Clock, rng: Random) -> None:
        self._clock = clock
        self._rng = rng
        self._lock = threading.RLock()
        self._versions: dict[str, Versions] = {}
        self._rotating: dict[str, datetime | None] = {}
        self._placeholders: dict[str, tuple[str, datetime]] = {}

    def declare(self, name: str, *, rotates: bool = False, next_rotation_at: datetime | None = None) -> None:
        """Let there be a secret, at first without a value."""
        self._versions.setdefault(check_name(name), ())
        if rotates:
            self._rotating[name] = next_rotation_at

    def begin_rotation(self, name: str) -> str:
        """Return the token of a new rotation, whose steps may be run now; its version has no value yet."""
        token = str(UUID(bytes=self._rng.randbytes(16), version=4))
        self._placeholders[name] = (token, self._clock.now())
        return token

    def read(self, name: str, *, stage: Stage = "AWSCURRENT", version: str | None = None) -> SecretVersion:
        """Return a version; SecretMissing if there is none."""
        return find(name, self._versions.get(name, ()), stage, version)

    def put(
        self, name: str, text: SecretStr, *, stage: Stage = "AWSCURRENT", version: str | None = None
    ) -> str:
        """Write a new version; a name that was not declared is declared by it."""
        with self._lock:
            own = version or str(UUID(bytes=self._rng.randbytes(16), version=4))
            new = SecretVersion(name=name, version=own, text=text, created_at=self._clock.now())
            self._versions[name] = add(self._versions.get(check_name(name), ()), new, stage)
            return own

    def promote(self, name: str, version: str) -> None:
        """Make a version current."""
        with self._lock:
            self.read(name, version=version)
            self._versions[name] = promote(self._versions[name], version)

    def describe(self, name: str) -> SecretDescription | None:
        """Return what is known of the secret without its value."""
        versions = self._versions.get(name)
        if versions is None:
            return None
        bare = SecretDescription(name=name, has_value=False)
        found = describe(name, versions, rotates=name in self._rotating) or bare
        return self._with_placeholder(
            found.model_copy(
                update={"rotates": name in self._rotating, "next_rotation_at": self._rotating.get(name)}
            )
        )

    def names(self) -> tuple[str, ...]:
        """Return the names of all secrets, sorted."""
        return tuple(sorted(self._versions))

    def start_rotation(self, name: str) -> None:
        """Renew the secret at once; RotationRefused if it was not declared as rotating."""
        if name not in self._versions:
            raise missing(name, "does not exist")
        if name not in self._rotating:
            raise RotationRefused(f"The secret {name} has no rotation.", context={"secret": name})
        Rotation(self, clock=self._clock, rng=self._rng).run_all(name)

    def _with_placeholder(self, found: SecretDescription) -> SecretDescription:
        token, since = self._placeholders.get(found.name, ("", None))
        if not token or token in found.stages:
            return found
        return found.model_copy(
            update={"stages": {**found.stages, token: ("AWSPENDING",)}, "pending_since": since}
        )
