"""Access tokens of platforms: exchanged for a refresh token when they are needed, and once when refused."""

from collections.abc import Callable
from threading import Lock
from typing import Protocol, TypeVar

from reelwright.clock import Clock
from reelwright.environment.schema import PlatformSettings
from reelwright.environment.secret import Kind, OAuthClient, Secret
from reelwright.observability.concealed import conceal
from reelwright.resilience.deadline import Deadline
from reelwright.secrets.errors import AuthenticationFailed, SecretMissing
from reelwright.upload.errors import PlatformMisconfigured
from reelwright.upload.schema import AccessToken

__all__ = ["OAuthAccess", "Revealer", "TokenExchange"]

Result = TypeVar("Result")

TokenExchange = Callable[[OAuthClient, tuple[str, ...], Deadline], AccessToken]
"""``exchange`` of a RemotePlatform."""

_EXCHANGE_SECONDS = 30.0


class Revealer(Protocol):
    """The part of SecretsManager that is needed here."""

    def with_secret(
        self, reference: Secret[Kind], kind: type[Kind], call: Callable[[Kind], Result]
    ) -> Result:
        """Return what ``call`` makes of the secret, read again once after AuthenticationFailed."""
        ...


class OAuthAccess:
    """A PlatformAccess over a client's refresh token. Safe between threads; tokens stay in memory."""

    def __init__(
        self,
        platform: str,
        settings: PlatformSettings,
        secrets: Revealer,
        exchange: TokenExchange,
        clock: Clock,
    ) -> None:
        self._platform = platform
        self._settings = settings
        self._secrets = secrets
        self._exchange = exchange
        self._clock = clock
        self._held: AccessToken | None = None
        self._lock = Lock()

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Addresses to use instead of the platform's own."""
        return self._settings.endpoints

    def with_token(self, call: Callable[[str], Result]) -> Result:
        """Return what ``call`` makes of an access token, and of another one if that is refused, once."""
        seen = self._token(refused=None)
        try:
            return call(seen.token)
        except AuthenticationFailed:
            renewed = self._token(refused=seen)
        try:
            return call(renewed.token)
        except AuthenticationFailed as error:
            raise self._misconfigured("refuses the token that it has just given") from error

    def _token(self, refused: AccessToken | None) -> AccessToken:
        with self._lock:
            held = self._held
            if held is None or held is refused or held.expires_at <= self._clock.now():
                self._held = held = self._exchanged()
            return held

    def _exchanged(self) -> AccessToken:
        credential = self._settings.credential
        name = credential.name if credential else f"platforms/{self._platform}"
        deadline = Deadline.after(_EXCHANGE_SECONDS, self._clock)
        try:
            token = self._secrets.with_secret(
                Secret(name), OAuthClient, lambda client: self._exchange(client, self.endpoints, deadline)
            )
        except AuthenticationFailed as error:
            raise self._misconfigured("refuses our client or its refresh token") from error
        except SecretMissing as error:
            raise self._misconfigured("has no client") from error
        conceal(token.token)
        return token

    def _misconfigured(self, what: str) -> PlatformMisconfigured:
        return PlatformMisconfigured(
            f"The platform {self._platform} {what}.",
            next_step=f"reelwright secrets set platforms/{self._platform}",
            context={"platform": self._platform},
        )
