"""Long-lived tokens of Facebook Login: used as they are stored, and renewed well before they end.

Facts: developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived (sixty days; one that
has ended cannot be renewed) and .../access-tokens/debugging; seen on 2026-11-26. A new token for every
process would fill the store of secrets, so it is first asked how long the stored one is good for.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from reelwright.environment.secret import OAuthClient
from reelwright.models.addresses import join
from reelwright.resilience.deadline import Deadline
from reelwright.secrets.errors import AuthenticationFailed
from reelwright.upload.errors import PlatformUnavailable
from reelwright.upload.platforms.instagram_errors import error_of
from reelwright.upload.platforms.instagram_wire import InstagramWire
from reelwright.upload.platforms.wire import LATER, SOONER
from reelwright.upload.schema import AccessToken

__all__ = ["RENEWED_BEFORE", "exchanged"]

RENEWED_BEFORE: Final = timedelta(days=20)
"""So long before its end a token is renewed: whoever publishes once in that time never logs in again."""
_ASKED_AGAIN: Final = timedelta(days=1)
"""A token of a system user may have no end: so often it is asked for all the same."""
_REFUSED: Final = (400, 401, 403)
_AGAIN = (
    "Let the account's owner log in to Facebook again, then store the new long-lived token as refresh_token."
)


def exchanged(
    wire: InstagramWire, client: OAuthClient, endpoints: tuple[str, ...], deadline: Deadline
) -> AccessToken:
    """Return a token to act by: the stored one, or a new one for it, which is to be stored then.

    AuthenticationFailed if Meta refuses the app or the token; PlatformUnavailable.
    """
    now = deadline.clock.now()
    ends = _end_of_stored(wire, client, endpoints, deadline)
    if ends is None or ends - now > RENEWED_BEFORE:
        until = now + _ASKED_AGAIN if ends is None else ends - RENEWED_BEFORE
        return AccessToken(token=client.refresh_token.get_secret_value(), expires_at=until)
    return _renewed(wire, client, endpoints, deadline)


def _end_of_stored(
    wire: InstagramWire, client: OAuthClient, endpoints: tuple[str, ...], deadline: Deadline
) -> datetime | None:
    """Return when the stored token ends; None for never."""
    query = {
        "input_token": client.refresh_token.get_secret_value(),
        "access_token": f"{client.client_id}|{client.client_secret.get_secret_value()}",
    }
    told = _asked(wire, join(wire.base(endpoints), "debug_token", query=query), deadline).get("data")
    if not isinstance(told, dict) or not isinstance(told.get("expires_at"), int):
        if isinstance(told, dict) and told.get("is_valid") is False:
            raise _refused("its token is not valid")
        raise _nothing("does not say how long the token is good for")
    if told.get("is_valid") is not True:
        raise _refused("its token has ended or was revoked")
    return datetime.fromtimestamp(told["expires_at"], UTC) if told["expires_at"] else None


def _renewed(
    wire: InstagramWire, client: OAuthClient, endpoints: tuple[str, ...], deadline: Deadline
) -> AccessToken:
    query = {
        "grant_type": "fb_exchange_token",
        "client_id": client.client_id,
        "client_secret": client.client_secret.get_secret_value(),
        "fb_exchange_token": client.refresh_token.get_secret_value(),
    }
    said = _asked(wire, join(wire.base(endpoints), "oauth", "access_token", query=query), deadline)
    token, seconds = said.get("access_token"), said.get("expires_in")
    if not isinstance(token, str) or not token:
        raise _nothing("gave no token")
    lasts = timedelta(seconds=seconds) - SOONER if isinstance(seconds, int) else _ASKED_AGAIN
    expires_at = deadline.clock.now() + max(timedelta(), lasts)
    return AccessToken(token=token, expires_at=expires_at, refresh_token=token)


def _asked(wire: InstagramWire, url: str, deadline: Deadline) -> Mapping[str, Any]:
    answer = wire.sent("GET", url, deadline, writes=False)
    said = answer.json_object() or {}
    if answer.status in _REFUSED:
        error = error_of(answer, deadline.clock.now(), writes=False)
        if isinstance(error, PlatformUnavailable):
            raise error
        told = said.get("error")
        raise _refused(f"code {told.get('code')}" if isinstance(told, dict) else f"status {answer.status}")
    if answer.status // 100 != 2:
        raise _nothing(f"answered with status {answer.status}")
    return said


def _refused(why: str) -> AuthenticationFailed:
    return AuthenticationFailed(f"Meta refuses the client of Instagram ({why}).", next_step=_AGAIN)


def _nothing(what: str) -> PlatformUnavailable:
    return PlatformUnavailable(f"Meta {what}.", next_step=LATER)
