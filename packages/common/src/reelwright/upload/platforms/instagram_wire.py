"""Requests to Instagram: one attempt each, tokens in headers only, what was lost called lost."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from reelwright.models.addresses import join, parse_address
from reelwright.models.http import HttpAnswer, HttpClient
from reelwright.resilience.deadline import Deadline
from reelwright.upload.errors import PlatformAnswerLost, PlatformUnavailable
from reelwright.upload.platforms.instagram_errors import error_of
from reelwright.upload.platforms.wire import nothing_whole, sent, trusted
from reelwright.upload.ports import PlatformCall

__all__ = ["InstagramWire", "unreadable"]

_HOST: Final = "https://graph.facebook.com"
_META: Final = ".facebook.com"
_VERSION: Final = re.compile(r"v\d{1,3}\.\d{1,2}")


class InstagramWire:
    """Sends requests to the Graph API of one version. Holds nothing but the HTTP client."""

    def __init__(self, http: HttpClient, version: str) -> None:
        self._http = http
        self._version = version

    def ask(
        self,
        call: PlatformCall,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """Return what Graph says of a node or an edge, such as ``17841400000000000/media``."""
        url = join(self.base(call.access.endpoints), *path.split("/"), query=query)
        writes = method != "GET"
        answer = self.answer(call, method, url, scheme="Bearer", writes=writes, **more)
        found = answer.json_object()
        if found is None:
            raise unreadable(writes=writes)
        return found

    def answer(
        self,
        call: PlatformCall,
        method: str,
        url: str,
        *,
        scheme: str,
        writes: bool,
        tells: Callable[[HttpAnswer], bool] = lambda _: False,
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> HttpAnswer:
        """Return the answer of success, or one that ``tells`` something all the same; else an error."""

        def with_token(token: str) -> HttpAnswer:
            bearing = {**(headers or {}), "Authorization": f"{scheme} {token}"}
            answer = self.sent(method, url, call.deadline, writes=writes, headers=bearing, **content)
            if answer.status // 100 == 2 or tells(answer):
                return answer
            raise error_of(answer, call.deadline.clock.now(), writes=writes)

        return call.access.with_token(with_token)

    def upload_address(self, address: str, call: PlatformCall) -> str:
        """Return where an upload's bytes go: to nobody but the platform, for the token goes there too."""
        asked = parse_address(self.base(call.access.endpoints)).host
        of_meta = asked.endswith(_META)
        return trusted(
            address, "Instagram", asked, lambda host: host == asked or (of_meta and host.endswith(_META))
        )

    def base(self, endpoints: tuple[str, ...]) -> str:
        """Return the API's root: an address that names a version counts as it is."""
        base = (endpoints[0] if endpoints else _HOST).rstrip("/")
        return base if _VERSION.fullmatch(base.rpartition("/")[2]) else join(base, self._version)

    def sent(self, method: str, url: str, deadline: Deadline, *, writes: bool, **content: Any) -> HttpAnswer:
        """Return the answer to one request, whatever it says."""
        return sent(self._http, "Instagram", method, url, deadline, writes=writes, **content)


def unreadable(*, writes: bool) -> PlatformAnswerLost | PlatformUnavailable:
    """Return the error of an answer that says nothing: as good as none."""
    return nothing_whole("Instagram's answer cannot be read.", writes=writes)
