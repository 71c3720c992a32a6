"""Access tokens of platforms: exchanged for a refresh token when they are needed, and once when refused.

Some platforms renew the refresh token with it, and may take the old one no more: the new one is stored
before the access token is used. Of two processes that exchange at once one may be refused; it then reads
what the other has stored, and exchanges that.
"""

import logging
from collections.abc import Callable
from threading import Lock
from typing import Protocol, TypeVar

from pydantic import SecretStr

from reelwright.clock import Clock
from reelwright.environment.schema import PlatformSettings
from reelwright.environment.secret import Kind, OAuthClient, Secret
from reelwright.errors import ReelwrightError
from reelwright.observability.concealed import conceal
from reelwright.resilience.deadline import Deadline
from reelwright.secrets.errors import AuthenticationFailed, SecretMissing
from reelwright.secrets.kinds import serialise
from reelwright.upload.errors import PlatformMisconfigured
from reelwright.upload.schema import AccessToken

__all__ = ["OAuthAccess", "Revealer", "TokenExchange"]

Result = TypeVar("Result")

TokenExchange = Callable[[OAuthClient, tuple[str, ...], Deadline], AccessToken]
"""``exchange`` of a RemotePlatform."""

_EXCHANGE_SECONDS = 30.0
_log = logging.getLogger(__name__)


class Revealer(Protocol):
    """The part of SecretsManager that is needed here."""

    def with_secret(
        self, reference: Secret[Kind], kind: type[Kind], call: Callable[[Kind], Result]
    ) -> Result:
        """Return what ``call`` makes of the secret, read again once after AuthenticationFailed."""
        ...

    def set(self, name: str, text: SecretStr) -> str:
        """Store a new value, and return its version."""
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
        self._unstored = ""
        """A renewed refresh token that could not be stored: better than the stored one."""
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

    @property
    def _secret(self) -> str:
        """The name of the secret that we act by."""
        credential = self._settings.credential
        return credential.name if credential else f"platforms/{self._platform}"

    def _exchanged(self) -> AccessToken:
        name = self._secret
        deadline = Deadline.after(_EXCHANGE_SECONDS, self._clock)
        try:
            token = self._secrets.with_secret(
                Secret(name), OAuthClient, lambda client: self._exchange_of(name, client, deadline)
            )
        except AuthenticationFailed as error:
            raise self._misconfigured("refuses our client or its refresh token") from error
        except SecretMissing as error:
            raise self._misconfigured("has no client") from error
        conceal(token.token)
        return token

    def _exchange_of(self, name: str, client: OAuthClient, deadline: Deadline) -> AccessToken:
        if self._unstored:
            client = client.model_copy(update={"refresh_token": SecretStr(self._unstored)})
        token = self._exchange(client, self.endpoints, deadline)
        if token.refresh_token and token.refresh_token != client.refresh_token.get_secret_value():
            self._keep(name, client, token.refresh_token)
        return token

    def _keep(self, name: str, client: OAuthClient, refresh_token: str) -> None:
        """Store a renewed refresh token. What is under way goes on if that cannot be done: it is told."""
        conceal(refresh_token)
        renewed = client.model_copy(update={"refresh_token": SecretStr(refresh_token)})
        try:
            self._secrets.set(name, serialise(renewed))
            self._unstored = ""
        except ReelwrightError as error:
            self._unstored = refresh_token
            _log.error(
                "The platform %s has renewed our refresh token, and it could not be stored (%s). If it takes "
                "the old one no more: reelwright secrets set %s",
                self._platform,
                error.code,
                name,
            )

    def _misconfigured(self, what: str) -> PlatformMisconfigured:
        return PlatformMisconfigured(
            f"The platform {self._platform} {what}.",
            next_step=f"reelwright secrets set {self._secret}",
            context={"platform": self._platform},
        )
