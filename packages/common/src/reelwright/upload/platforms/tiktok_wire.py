"""Requests to TikTok: one attempt each, the token in a header only, what was lost called lost."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from reelwright.environment.secret import OAuthClient
from reelwright.models.addresses import join, parse_address
from reelwright.models.http import AnswerLost, HttpAnswer, HttpClient, NotSent
from reelwright.resilience.deadline import Deadline
from reelwright.secrets.errors import AuthenticationFailed
from reelwright.upload.errors import PlatformAnswerLost, PlatformMisconfigured, PlatformUnavailable
from reelwright.upload.platforms.tiktok_errors import error_of
from reelwright.upload.ports import PlatformCall
from reelwright.upload.schema import AccessToken

__all__ = ["TikTokWire"]

_HOST: Final = "https://open.tiktokapis.com"
_UPLOADED_TO: Final = ".tiktokapis.com"
_REFUSALS: Final = ("invalid_grant", "invalid_client", "unauthorized_client", "invalid_request")
_LATER = "Resume the production later: everything made so far is kept."
_SOONER: Final = timedelta(seconds=60)
"""Tokens are given up so long before they end, for the requests that are under way then."""


class TikTokWire:
    """Sends requests to TikTok's API v2. Holds nothing but the HTTP client."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def exchange(self, client: OAuthClient, endpoints: tuple[str, ...], deadline: Deadline) -> AccessToken:
        """Return an access token; AuthenticationFailed if TikTok refuses the client or its refresh token.

        TikTok may give another refresh token with it, which counts from then on.
        """
        from urllib.parse import urlencode  # noqa: PLC0415 (once a day, and the import is not cheap)

        form = {
            "client_key": client.client_id,
            "client_secret": client.client_secret.get_secret_value(),
            "grant_type": "refresh_token",
            "refresh_token": client.refresh_token.get_secret_value(),
        }
        answer = self.send(
            "POST",
            _address(endpoints, "v2/oauth/token"),
            deadline,
            writes=False,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode("ascii"),
        )
        return _token_in(answer, deadline)

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
            kind = PlatformAnswerLost if writes else PlatformUnavailable
            raise kind("TikTok's answer cannot be read.", next_step=_LATER)
        return data

    def upload_address(self, data: Mapping[str, Any], call: PlatformCall) -> str:
        """Return where an upload's bytes go: to nobody but the platform."""
        address = str(data.get("upload_url") or "")
        if not address:
            raise PlatformAnswerLost("TikTok opened an upload and did not say where.", next_step=_LATER)
        host = parse_address(address).host
        expected = parse_address(call.access.endpoints[0]).host if call.access.endpoints else ""
        if host != expected if expected else not host.endswith(_UPLOADED_TO):
            raise PlatformMisconfigured(
                f"TikTok's answer would have the video sent to {host}.",
                next_step="Look who answers for tiktokapis.com on this network.",
            )
        return address

    def send(self, method: str, url: str, deadline: Deadline, *, writes: bool, **content: Any) -> HttpAnswer:
        """Return the answer, whatever it says. An upload's address needs no token, and gets none."""
        try:
            return self._http.send(method, url, deadline=deadline, **content)
        except NotSent as error:
            raise PlatformUnavailable(f"TikTok was not reached: {error.message}", next_step=_LATER) from error
        except AnswerLost as error:
            kind = PlatformAnswerLost if writes else PlatformUnavailable
            raise kind(f"TikTok gave no whole answer: {error.message}", next_step=_LATER) from error


def _address(endpoints: tuple[str, ...], path: str, query: Mapping[str, str] | None = None) -> str:
    """Return the address of a path, which ends with a slash at TikTok, with the query behind it."""
    base = endpoints[0] if endpoints else _HOST
    asked = "&".join(f"{name}={value}" for name, value in (query or {}).items())
    return join(base, *path.split("/")) + "/" + (f"?{asked}" if asked else "")


def _token_in(answer: HttpAnswer, deadline: Deadline) -> AccessToken:
    said = answer.json_object() or {}
    if answer.status in {400, 401, 403} or said.get("error") in _REFUSALS:
        raise AuthenticationFailed(
            f"TikTok refuses the client ({said.get('error', answer.status)}).",
            next_step="Let the account's owner consent again, then store the new refresh token.",
        )
    token, seconds = said.get("access_token"), said.get("expires_in")
    if answer.status != 200 or not isinstance(token, str) or not isinstance(seconds, int) or not token:
        raise PlatformUnavailable(
            f"TikTok gave no token and answered with status {answer.status}.", next_step=_LATER
        )
    lifetime = max(timedelta(), timedelta(seconds=seconds) - _SOONER)
    renewed = said.get("refresh_token")
    return AccessToken(
        token=token,
        expires_at=deadline.clock.now() + lifetime,
        refresh_token=renewed if isinstance(renewed, str) else "",
    )
