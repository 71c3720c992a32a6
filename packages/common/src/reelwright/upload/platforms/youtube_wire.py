"""Requests to YouTube: one attempt each, the token in a header only, what was lost called lost."""

from collections.abc import Mapping
from typing import Any, Final

from reelwright.environment.secret import OAuthClient
from reelwright.models.addresses import join, parse_address
from reelwright.models.http import HttpAnswer, HttpClient
from reelwright.resilience.deadline import Deadline
from reelwright.upload.errors import PlatformAnswerLost
from reelwright.upload.platforms.wire import LATER, TokenGiver, sent, token_in, token_request, trusted
from reelwright.upload.platforms.youtube_errors import error_of
from reelwright.upload.ports import PlatformCall
from reelwright.upload.schema import AccessToken

__all__ = ["YouTubeWire"]

_HOST: Final = "https://www.googleapis.com"
_TOKEN_HOST: Final = "https://oauth2.googleapis.com"  # noqa: S105 (an address)
_UPLOADED_TO: Final = ".googleapis.com"
_GOOGLE: Final = TokenGiver("Google", "the client of YouTube", "channel")


class YouTubeWire:
    """Sends requests to the Data API. Holds nothing but the HTTP client."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def exchange(self, client: OAuthClient, endpoints: tuple[str, ...], deadline: Deadline) -> AccessToken:
        """Return an access token; AuthenticationFailed if Google refuses the client or its refresh token."""
        form = {
            "grant_type": "refresh_token",
            "client_id": client.client_id,
            "client_secret": client.client_secret.get_secret_value(),
            "refresh_token": client.refresh_token.get_secret_value(),
        }
        url = join(endpoints[0] if endpoints else _TOKEN_HOST, "token")
        content = token_request(form)
        answer = sent(self._http, "YouTube", "POST", url, deadline, writes=False, **content)
        return token_in(answer, _GOOGLE, deadline)

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
            answer = sent(
                self._http, "YouTube", method, url, call.deadline, writes=writes, headers=bearing, **content
            )
            if answer.status // 100 == 2 or answer.status in also:
                return answer
            raise error_of(answer, call.deadline.clock.now(), writes=writes)

        return call.access.with_token(with_token)

    def session_address(self, answer: HttpAnswer, call: PlatformCall) -> str:
        """Return where an upload's bytes go: to nobody but the platform, for the token goes there too."""
        address = answer.headers.get("location", "")
        if not address:
            raise PlatformAnswerLost("YouTube opened an upload and did not say where.", next_step=LATER)
        if call.access.endpoints:
            asked = parse_address(call.access.endpoints[0]).host
            return trusted(address, "YouTube", asked, asked.__eq__)
        return trusted(address, "YouTube", "googleapis.com", lambda host: host.endswith(_UPLOADED_TO))
