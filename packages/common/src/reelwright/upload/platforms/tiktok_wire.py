"""Requests to TikTok: one attempt each, the token in a header only, what was lost called lost."""

from collections.abc import Mapping
from typing import Any, Final

from reelwright.environment.secret import OAuthClient
from reelwright.models.addresses import join, parse_address
from reelwright.models.http import HttpAnswer, HttpClient
from reelwright.resilience.deadline import Deadline
from reelwright.upload.errors import PlatformAnswerLost
from reelwright.upload.platforms.tiktok_errors import error_of
from reelwright.upload.platforms.wire import (
    LATER,
    TokenGiver,
    nothing_whole,
    sent,
    token_in,
    token_request,
    trusted,
)
from reelwright.upload.ports import PlatformCall
from reelwright.upload.schema import AccessToken

__all__ = ["TikTokWire"]

_HOST: Final = "https://open.tiktokapis.com"
_UPLOADED_TO: Final = ".tiktokapis.com"
_TIKTOK: Final = TokenGiver(
    "TikTok", refusals=("invalid_grant", "invalid_client", "unauthorized_client", "invalid_request")
)


class TikTokWire:
    """Sends requests to TikTok's API v2. Holds nothing but the HTTP client."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def exchange(self, client: OAuthClient, endpoints: tuple[str, ...], deadline: Deadline) -> AccessToken:
        """Return an access token; AuthenticationFailed if TikTok refuses the client or its refresh token.

        TikTok may give another refresh token with it, which counts from then on.
        """
        form = {
            "client_key": client.client_id,
            "client_secret": client.client_secret.get_secret_value(),
            "grant_type": "refresh_token",
            "refresh_token": client.refresh_token.get_secret_value(),
        }
        url = _address(endpoints, "v2/oauth/token")
        answer = self.send("POST", url, deadline, writes=False, **token_request(form))
        return token_in(answer, _TIKTOK, deadline)

    def ask(
        self,
        call: PlatformCall,
        path: str,
        json: Mapping[str, Any],
        *,
        writes: bool = False,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Return the data of the answer to a request, such as of ``v2/post/publish/video/init``."""
        url = _address(call.access.endpoints, path, query)
        headers = {"Content-Type": "application/json; charset=UTF-8"}

        def with_token(token: str) -> HttpAnswer:
            bearing = {**headers, "Authorization": f"Bearer {token}"}
            answer = self.send("POST", url, call.deadline, writes=writes, headers=bearing, json=dict(json))
            if error := error_of(answer, call.deadline.clock.now(), writes=writes):
                raise error
            return answer

        data = (call.access.with_token(with_token).json_object() or {}).get("data")
        if not isinstance(data, dict):
            raise nothing_whole("TikTok's answer cannot be read.", writes=writes)
        return data

    def upload_address(self, data: Mapping[str, Any], call: PlatformCall) -> str:
        """Return where an upload's bytes go: to nobody but the platform."""
        address = str(data.get("upload_url") or "")
        if not address:
            raise PlatformAnswerLost("TikTok opened an upload and did not say where.", next_step=LATER)
        if call.access.endpoints:
            asked = parse_address(call.access.endpoints[0]).host
            return trusted(address, "TikTok", asked, asked.__eq__)
        return trusted(address, "TikTok", "tiktokapis.com", lambda host: host.endswith(_UPLOADED_TO))

    def send(self, method: str, url: str, deadline: Deadline, *, writes: bool, **content: Any) -> HttpAnswer:
        """Return the answer, whatever it says. An upload's address needs no token, and gets none."""
        return sent(self._http, "TikTok", method, url, deadline, writes=writes, **content)


def _address(endpoints: tuple[str, ...], path: str, query: Mapping[str, str] | None = None) -> str:
    """Return the address of a path, which ends with a slash at TikTok, with the query behind it."""
    base = endpoints[0] if endpoints else _HOST
    asked = "&".join(f"{name}={value}" for name, value in (query or {}).items())
    return join(base, *path.split("/")) + "/" + (f"?{asked}" if asked else "")
