"""Access to a simulated video platform: its address, and tokens, exchanged as often as they must be."""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import SecretStr

from reelwright.clock import Clock, SystemClock
from reelwright.environment.secret import OAuthClient
from reelwright.resilience.deadline import Deadline
from reelwright.secrets.errors import AuthenticationFailed
from reelwright.upload.ports import PlatformCall, RemotePlatform

__all__ = ["CLIENT", "FIRST_TOKEN", "SimulatedAccess", "call_to"]

Result = TypeVar("Result")

FIRST_TOKEN = "access-0"  # noqa: S105 (of a simulator)
"""Which a simulator takes from its start."""
CLIENT = OAuthClient(
    client_id="client-id", client_secret=SecretStr("client-secret"), refresh_token=SecretStr("refresh-1")
)


class SimulatedAccess:
    """A PlatformAccess that begins with a token which may be good, and exchanges it once when it is not."""

    def __init__(
        self, platform: RemotePlatform, url: str, *, token: str = "", client: OAuthClient = CLIENT
    ) -> None:
        self.endpoints = (url,)
        self._platform = platform
        self._client = client
        self._token = token

    def with_token(self, call: Callable[[str], Result]) -> Result:
        """Return what ``call`` makes of the token."""
        if not self._token:
            self._exchange()
        try:
            return call(self._token)
        except AuthenticationFailed:
            self._exchange()
        return call(self._token)

    def _exchange(self) -> None:
        deadline = Deadline.after(5.0, SystemClock())
        self._token = self._platform.exchange(self._client, self.endpoints, deadline).token


def call_to(
    platform: Any, url: str, *, token: str = "", clock: Clock | None = None, seconds: float = 5.0
) -> PlatformCall:
    """Return a call to a platform at an address."""
    access = SimulatedAccess(platform, url, token=token)
    return PlatformCall(access, Deadline.after(seconds, clock or SystemClock()))
