"""What requests to video platforms have in common: one attempt, what was lost called lost, known hosts."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

from reelwright.models.addresses import parse_address
from reelwright.models.http import AnswerLost, HttpAnswer, HttpClient, NotSent
from reelwright.resilience.deadline import Deadline
from reelwright.secrets.errors import AuthenticationFailed
from reelwright.upload.errors import PlatformAnswerLost, PlatformMisconfigured, PlatformUnavailable
from reelwright.upload.schema import AccessToken

__all__ = ["LATER", "SOONER", "TokenGiver", "nothing_whole", "sent", "token_in", "token_request", "trusted"]

LATER: Final = "Resume the production later: everything made so far is kept."
SOONER: Final = timedelta(seconds=60)
"""Tokens are given up so long before they end, for the requests that are under way then."""
_REFUSED: Final = (400, 401, 403)


class TokenGiver(NamedTuple):
    """Who gives access tokens, in the words of a sentence."""

    name: str
    client: str = "the client"
    owner: str = "account"
    refusals: Collection[str] = ()
    """Errors by which it refuses a client whatever the status of its answer is."""


def sent(
    http: HttpClient,
    platform: str,
    method: str,
    url: str,
    deadline: Deadline,
    *,
    writes: bool,
    **content: Any,
) -> HttpAnswer:
    """Return the answer to one request, whatever it says.

    PlatformUnavailable if it was not carried out. Where ``writes`` says that it changes something and no
    whole answer came, PlatformAnswerLost: it may have been.
    """
    try:
        return http.send(method, url, deadline=deadline, **content)
    except NotSent as error:
        raise PlatformUnavailable(f"{platform} was not reached: {error.message}", next_step=LATER) from error
    except AnswerLost as error:
        told = f"{platform} gave no whole answer: {error.message}"
        raise nothing_whole(told, writes=writes) from error


def nothing_whole(told: str, *, writes: bool) -> PlatformAnswerLost | PlatformUnavailable:
    """Return the error of an answer that says nothing: as good as none."""
    return (PlatformAnswerLost if writes else PlatformUnavailable)(told, next_step=LATER)


def trusted(address: str, platform: str, asked: str, is_ours: Callable[[str], bool]) -> str:
    """Return where an upload's bytes go, once its host is known to be the platform's; PlatformMisconfigured.

    ``asked`` is the host that was asked for it.
    """
    host = parse_address(address).host
    if is_ours(host):
        return address
    raise PlatformMisconfigured(
        f"{platform}'s answer would have the video sent to {host}.",
        next_step=f"Look who answers for {asked} on this network.",
    )


def token_request(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the content of a request for a token, as a form (RFC 6749, section 6)."""
    from urllib.parse import urlencode  # noqa: PLC0415 (once an hour, and the import is not cheap)

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return {"headers": headers, "body": urlencode(fields).encode("ascii")}


def token_in(answer: HttpAnswer, giver: TokenGiver, deadline: Deadline) -> AccessToken:
    """Return the token of an answer (RFC 6749, section 5), with the refresh token that it may renew.

    AuthenticationFailed if the client or its refresh token is refused; PlatformUnavailable.
    """
    said = answer.json_object() or {}
    if answer.status in _REFUSED or said.get("error") in giver.refusals:
        raise AuthenticationFailed(
            f"{giver.name} refuses {giver.client} ({said.get('error', answer.status)}).",
            next_step=f"Let the {giver.owner}'s owner consent again, then store the new refresh token.",
        )
    token, seconds, renewed = (said.get(name) for name in ("access_token", "expires_in", "refresh_token"))
    if answer.status != 200 or not isinstance(token, str) or not token or not isinstance(seconds, int):
        raise PlatformUnavailable(
            f"{giver.name} gave no token and answered with status {answer.status}.", next_step=LATER
        )
    return AccessToken(
        token=token,
        expires_at=deadline.clock.now() + max(timedelta(), timedelta(seconds=seconds) - SOONER),
        refresh_token=renewed if isinstance(renewed, str) else "",
    )
