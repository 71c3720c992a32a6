"""Requests to YouTube: one attempt each, the token in a header only, what was lost called lost."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from reelwright.environment.secret import OAuthClient
from reelwright.models.addresses import join, parse_address
from reelwright.models.http import AnswerLost, HttpAnswer, HttpClient, NotSent
from reelwright.resilience.deadline import Deadline
from reelwright.secrets.errors import AuthenticationFailed
from reelwright.upload.errors import PlatformAnswerLost, PlatformMisconfigured, PlatformUnavailable
from reelwright.upload.platforms.youtube_errors import error_of
from reelwright.upload.ports import PlatformCall
from reelwright.upload.schema import AccessToken

__all__ = ["YouTubeWire"]

_HOST: Final = "https://www.googleapis.com"
_TOKEN_HOST: Final = "https://oauth2.googleapis.com"  # noqa: S105 (an address)
_UPLOADED_TO: Final = ".googleapis.com"
_LATER = "Resume the production later: everything made so far is kept."
_SOONER: Final = timedelta(seconds=60)
"""Tokens are given up so long before they end, for the requests that are under way then."""


class YouTubeWire:
    """Sends requests to the Data API. Holds nothing but the HTTP client."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def exchange(self, client: OAuthClient, endpoints: tuple[str, ...], deadline: Deadline) -> AccessToken:
        """Return an access token; AuthenticationFailed if Google refuses the client or its refresh token."""
        from urllib.parse import urlencode  # noqa: PLC0415 (once an hour, and the import is not cheap)

        form = {
            "grant_type": "refresh_token",
            "client_id": client.client_id,
            "client_secret": client.client_secret.get_secret_value(),
            "refresh_token": client.refresh_token.get_secret_value(),
        }
        answer = self._sent(
            "POST",
            join(endpoints[0] if endpoints else _TOKEN_HOST, "token"),
            deadline,
            writes=False,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode("ascii"),
        )
        return _token_in(answer, deadline)

    def ask(
        self,
        call: PlatformCall,
        method: str,
        path: str,
        query: Mapping[str, str],
        *,
        host: str = _HOST,
        **more: Any,
    ) -> HttpAnswer:
        """Return the answer of success to a request below the API's root, such as ``youtube/v3/videos``."""
        base = call.access.endpoints[0] if call.access.endpoints else host
        url = join(base, *path.split("/"), query=query)
        return self.answer(call, method, url, writes=method != "GET", **more)

    def answer(
        self,
        call: PlatformCall,
        method: str,
        url: str,
        *,
        writes: bool,
        also: tuple[int, ...] = (),
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> HttpAnswer:
        """Return the answer of success, or with a status that is in ``also``; an error of ours otherwise."""

        def with_token(token: str) -> HttpAnswer:
            bearing = {**(headers or {}), "Authorization": f"Bearer {token}"}
            answer = self._sent(method, url, call.deadline, writes=writes, headers=bearing, **content)
            if answer.status // 100 == 2 or answer.status in also:
                return answer
            raise error_of(answer, call.deadline.clock.now(), writes=writes)

        return call.access.with_token(with_token)

    def session_address(self, answer: HttpAnswer, call: PlatformCall) -> str:
        """Return where an upload's bytes go: to nobody but the platform, for the token goes there too."""
        address = answer.headers.get("location", "")
        if not address:
            raise PlatformAnswerLost("YouTube opened an upload and did not say where.", next_step=_LATER)
        host = parse_address(address).host
        expected = parse_address(call.access.endpoints[0]).host if call.access.endpoints else ""
        if host != expected if expected else not host.endswith(_UPLOADED_TO):
            raise PlatformMisconfigured(
                f"YouTube's answer would have the video sent to {host}.",
                next_step="Look who answers for googleapis.com on this network.",
            )
        return address

    def _sent(self, method: str, url: str, deadline: Deadline, *, writes: bool, **content: Any) -> HttpAnswer:
        try:
            return self._http.send(method, url, deadline=deadline, **content)
        except NotSent as error:
            raise PlatformUnavailable(
                f"YouTube was not reached: {error.message}", next_step=_LATER
            ) from error
        except AnswerLost as error:
            kind = PlatformAnswerLost if writes else PlatformUnavailable
            raise kind(f"YouTube gave no whole answer: {error.message}", next_step=_LATER) from error


def _token_in(answer: HttpAnswer, deadline: Deadline) -> AccessToken:
    said = answer.json_object() or {}
    if answer.status in {400, 401, 403}:
        raise AuthenticationFailed(
            f"Google refuses the client of YouTube ({said.get('error', answer.status)}).",
            next_step="Let the channel's owner consent again, then store the new refresh token.",
        )
    token, seconds = said.get("access_token"), said.get("expires_in")
    if answer.status != 200 or not isinstance(token, str) or not isinstance(seconds, int):
        raise PlatformUnavailable(
            f"Google gave no token and answered with status {answer.status}.", next_step=_LATER
        )
    lifetime = max(timedelta(), timedelta(seconds=seconds) - _SOONER)
    return AccessToken(token=token, expires_at=deadline.clock.now() + lifetime)
