"""SecretsManager: turns references into values, for as short a time and as few readers as can be."""

import random
from collections.abc import Callable, Iterable
from random import Random
from typing import TypeVar

from pydantic import SecretStr

from reelwright.clock import Clock, SystemClock
from reelwright.environment.secret import Kind, Secret, SecretKind, SigningKey
from reelwright.observability.metrics import Metric, Metrics, NoMetrics
from reelwright.secrets.cache import Held, SecretCache
from reelwright.secrets.errors import AuthenticationFailed, SecretMalformed
from reelwright.secrets.health import Checkup, oldest_rotating_seconds
from reelwright.secrets.kinds import AUDIT_KEY, kind_of, parse
from reelwright.secrets.ports import SecretStore
from reelwright.secrets.rotation import refuse_rotation
from reelwright.secrets.schema import SecretHealth, SecretVersion
from reelwright.secrets.signer import RingSigner

__all__ = ["SecretsManager"]

Result = TypeVar("Result")


class SecretsManager:
    """The secrets of one environment. Safe to share between threads.

    Values are kept in memory for ``ttl_seconds`` (give or take ``jitter`` of it) and served on while the
    store is away. What is revealed is masked in the logs of this process from then on.
    """

    def __init__(
        self,
        store: SecretStore,
        *,
        clock: Clock | None = None,
        rng: Random | None = None,
        metrics: Metrics | None = None,
        ttl_seconds: float = 300.0,
        jitter: float = 0.2,
    ) -> None:
        self._store = store
        self._clock = clock or SystemClock()
        self._metrics = metrics or NoMetrics()
        self._read: dict[str, tuple[SecretVersion, SecretKind]] = {}
        self._cache = SecretCache(
            store,
            clock=self._clock,
            rng=rng or random.SystemRandom(),
            metrics=self._metrics,
            ttl_seconds=ttl_seconds,
            jitter=jitter,
        )

    def reveal(self, reference: Secret[Kind], kind: type[Kind]) -> Kind:
        """Return the secret that is referred to.

        SecretMissing, SecretMalformed, or SecretsUnavailable when its store is away and was never reached.
        """
        _check_kind(reference, kind)
        return self._value(kind, self._cache.current(reference.name))

    def with_secret(
        self, reference: Secret[Kind], kind: type[Kind], call: Callable[[Kind], Result]
    ) -> Result:
        """Return what ``call`` makes of the secret.

        When it raises AuthenticationFailed, the secret may just have been renewed: it is read again, once
        for all threads that met the same refusal, and if there is a new version, ``call`` gets that one.
        A second refusal, and one without a new version, is the caller's to handle.
        """
        _check_kind(reference, kind)
        seen = self._cache.current(reference.name)
        try:
            return call(self._value(kind, seen))
        except AuthenticationFailed:
            held = self._cache.reread(reference.name, seen)
            if held.version.version == seen.version.version:
                raise
        return call(self._value(kind, held))

    def age_seconds(self, reference: Secret[Kind]) -> float | None:
        """Return how long ago the secret was read from its store; None if it never was."""
        return self._cache.age_seconds(reference.name)

    def set(self, name: str, text: SecretStr) -> str:
        """Write a new value and return its version; the one before stays readable as AWSPREVIOUS.

        SecretMalformed, and nothing is written, if the text is not of the kind that the name asks for.
        White space around it, such as the end of a line, is dropped.
        """
        stripped = SecretStr(text.get_secret_value().strip())
        parse(name, kind_of(name), stripped)
        version = self._store.put(name, stripped)
        self._cache.forget(name)
        return version

    def rotate(self, name: str) -> None:
        """Have a secret renewed that we make ourselves; RotationRefused for one that a provider issues."""
        refuse_rotation(name)
        self._store.start_rotation(name)
        self._cache.forget(name)

    def check(self, expected: Iterable[str] = ()) -> list[SecretHealth]:
        """Return the state of every secret that there is or that is ``expected``, sorted by name.

        Reads every value once, past the cache. SecretsUnavailable if not even the names can be read.
        """
        checkup = Checkup(self._store, self._clock)
        names = sorted({*self._store.names(), *expected})
        healths = [checkup.examine(name) for name in names]
        self._metrics.emit(Metric.SECRET_AGE, oldest_rotating_seconds(healths))
        return healths

    def signer(self, name: str = AUDIT_KEY) -> RingSigner:
        """Return what signs with the current key of a ring, and verifies with any of it."""
        reference: Secret[SigningKey] = Secret(name)
        _check_kind(reference, SigningKey)
        return RingSigner(lambda: self._ring(self._cache.current(name)), lambda: self._ring_again(name))

    def _ring(self, held: Held) -> SigningKey:
        return self._value(SigningKey, held)

    def _ring_again(self, name: str) -> SigningKey:
        return self._ring(self._cache.reread(name))

    def _value(self, kind: type[Kind], held: Held) -> Kind:
        """Return what the version says, read once for each version that came from the store."""
        version, value = self._read.get(held.version.name, (None, None))
        if version is held.version and isinstance(value, kind):
            return value
        parsed = parse(held.version.name, kind, held.version.text)
        self._read[held.version.name] = (held.version, parsed)
        return parsed


def _check_kind(reference: Secret[Kind], kind: type[SecretKind]) -> None:
    """Refuse a reference whose name or field is of another kind than the one asked for."""
    asked = kind_of(reference.name)
    if asked is kind and (reference.field is None or reference.field in kind.model_fields):
        return
    raise SecretMalformed(
        f"{reference} is not the place of an {kind.__name__}: there is {asked.__name__}.",
        next_step=f"Fields of {asked.__name__}: {', '.join(asked.model_fields)}.",
        context={"secret": reference.name, "kind": kind.__name__},
    )
