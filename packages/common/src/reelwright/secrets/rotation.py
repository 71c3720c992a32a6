"""Renewing the keys that we make ourselves, in the four steps that Secrets Manager asks for.

Each step can be repeated, and the process may die between any two writes: a version is written once,
whoever writes it first, and the ring that it holds contains the ring before it, so readers of either
verify what the other's readers sign.
"""

from collections.abc import Callable
from random import Random
from typing import Final, Literal
from uuid import UUID

from pydantic import SecretStr

from reelwright.clock import Clock
from reelwright.environment.secret import SigningKey
from reelwright.secrets.errors import RotationRefused, SecretMissing
from reelwright.secrets.kinds import kind_of, missing, parse, serialise
from reelwright.secrets.ports import SecretStore
from reelwright.secrets.schema import Stage

__all__ = ["KEYS_KEPT", "Rotation", "Step", "refuse_rotation"]

KEYS_KEPT: Final = 12
"""Keys of a ring, the newest included; with one new key a month, signatures verify for a year."""

Step = Literal["createSecret", "setSecret", "testSecret", "finishSecret"]
_KEY_BYTES: Final = 32


def refuse_rotation(name: str) -> None:
    """Raise RotationRefused for a secret that somebody else issues."""
    kind = kind_of(name)
    if kind is not SigningKey:
        raise RotationRefused(
            f"The secret {name} is issued by its provider, so it cannot be renewed here.",
            next_step=f"Make a new one in the provider's console, then: reelwright secrets set {name}",
            context={"secret": name, "kind": kind.__name__},
        )


class Rotation:
    """Renews signing keys in a store. ``rng`` makes the keys, so outside of tests it is SystemRandom."""

    def __init__(self, store: SecretStore, *, clock: Clock, rng: Random) -> None:
        self._store = store
        self._clock = clock
        self._rng = rng
        self._steps: dict[Step, Callable[[str, str], None]] = {
            "createSecret": self._create,
            "setSecret": self._set,
            "testSecret": self._test,
            "finishSecret": self._finish,
        }

    def run(self, step: Step, name: str, token: str) -> None:
        """Do one step for the version that Secrets Manager called ``token``.

        If that version is current already, the last step takes AWSPENDING off it and the others do nothing.
        RotationRefused if it is not pending, if the secret does not rotate, or if its kind cannot.
        """
        refuse_rotation(name)
        if self._is_pending(name, token):
            self._steps[step](name, token)
        elif step == "finishSecret":
            self._store.promote(name, token)

    def run_all(self, name: str) -> str:
        """Do all four steps at once, where no store asks for them one by one; return the new version."""
        refuse_rotation(name)
        token = str(UUID(bytes=self._rng.randbytes(16), version=4))
        for step in self._steps.values():
            step(name, token)
        return token

    def _is_pending(self, name: str, token: str) -> bool:
        description = self._store.describe(name)
        if description is None:
            raise missing(name, "does not exist")
        if not description.rotates:
            raise _refused(name, "its rotation is switched off", "Deploy the stack, which schedules it.")
        stages = description.stages.get(token, ())
        if "AWSCURRENT" in stages:
            return False
        if "AWSPENDING" not in stages:
            raise _refused(
                name, "no rotation of this version is going on", "Only its store may call this step."
            )
        return True

    def _create(self, name: str, token: str) -> None:
        """Write the pending version: the current ring and a new key. One that exists is left as it is."""
        if self._ring(name, version=token):
            return
        ring = self._renewed(self._ring(name), token)
        self._store.put(name, serialise(ring), stage="AWSPENDING", version=token)

    def _set(self, name: str, token: str) -> None:
        """Do nothing: nobody but readers of the secret needs to know a signing key."""

    def _test(self, name: str, token: str) -> None:
        """Refuse a pending ring that cannot verify what is signed with the current one."""
        pending, current = self._ring(name, version=token), self._ring(name)
        if pending is None:
            raise missing(name, "has no pending value")
        if current and pending.keys.get(current.current) != current.keys[current.current]:
            raise _refused(
                name,
                "the keys were changed while they were renewed",
                f"Take the stage AWSPENDING off version {token}, then: reelwright secrets rotate {name}",
            )

    def _finish(self, name: str, token: str) -> None:
        self._test(name, token)
        self._store.promote(name, token)

    def _ring(
        self, name: str, *, stage: Stage = "AWSCURRENT", version: str | None = None
    ) -> SigningKey | None:
        try:
            found = self._store.read(name, stage=stage, version=version)
        except SecretMissing:
            return None
        return parse(name, SigningKey, found.text)

    def _renewed(self, ring: SigningKey | None, token: str) -> SigningKey:
        """Return the ring with a new current key, without the oldest keys beyond those that are kept."""
        key_id = f"{self._clock.now():%Y%m%dT%H%M%SZ}-{token[:12]}"
        keys = _newest_last(ring)[-(KEYS_KEPT - 1) :] if ring else []
        new = SecretStr(self._rng.randbytes(_KEY_BYTES).hex())
        return SigningKey(current=key_id, keys={**dict(keys), key_id: new})


def _newest_last(ring: SigningKey) -> list[tuple[str, SecretStr]]:
    others = [(key_id, key) for key_id, key in ring.keys.items() if key_id != ring.current]
    return [*others, (ring.current, ring.keys[ring.current])]


def _refused(name: str, reason: str, next_step: str) -> RotationRefused:
    return RotationRefused(
        f"The secret {name} is not renewed: {reason}.", next_step=next_step, context={"secret": name}
    )
