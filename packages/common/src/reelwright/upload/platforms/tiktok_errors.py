"""What TikTok's answers mean in our error tree, by one table of codes and one of reasons for failed posts.

Facts: developers.tiktok.com/doc/content-posting-api-reference-direct-post, -get-video-status,
-query-creator-info, tiktok-api-v2-error-handling; seen on 2026-11-26. The code in the body counts, whatever
the status of the answer is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from reelwright.errors import ReelwrightError
from reelwright.models.http import HttpAnswer
from reelwright.models.outcomes import retry_after_seconds
from reelwright.observability.concealed import mask
from reelwright.secrets.errors import AuthenticationFailed
from reelwright.upload.errors import (
    PlatformAnswerLost,
    PlatformMisconfigured,
    PlatformUnavailable,
    PublicationRefused,
    QuotaExceeded,
)
from reelwright.upload.platforms.wire import LATER

__all__ = ["CODES", "FORGOTTEN", "MAY_BE_REPEATED", "Meaning", "code_of", "error_of"]

Meaning = Literal["busy", "broken", "day", "tomorrow", "token", "misconfigured", "unaudited", "refused"]

FORGOTTEN: Final = "invalid_publish_id"
"""The code for a publish_id that TikTok knows no more, or never did."""

CODES: Final[dict[str, Meaning]] = {
    "rate_limit_exceeded": "busy",
    "internal_error": "broken",
    "internal": "broken",
    "spam_risk_too_many_posts": "day",
    "spam_risk_too_many_pending_share": "day",
    "reached_active_user_cap": "tomorrow",
    "access_token_invalid": "token",
    "access_token_expired": "token",
    "scope_not_authorized": "misconfigured",
    "scope_permission_missed": "misconfigured",
    "spam_risk_user_banned_from_posting": "misconfigured",
    "url_ownership_unverified": "misconfigured",
    "token_not_authorized_for_specified_publish_id": "misconfigured",
    "unaudited_client_can_only_post_to_private_accounts": "unaudited",
    "privacy_level_option_mismatch": "unaudited",
    "spam_risk": "refused",
    "spam_risk_text": "refused",
    "invalid_param": "refused",
    "invalid_params": "refused",
    "invalid_file_upload": "refused",
    FORGOTTEN: "refused",
}
"""What each code means. One that is not here is judged by the answer's status."""

MAY_BE_REPEATED: Final = frozenset({"internal", "spam_risk_too_many_posts", "auth_removed"})
"""Reasons of failed posts that are not the video's: no post came of it, and another upload may succeed."""

_OK: Final = "ok"
_DAY: Final = timedelta(hours=24)
_MINUTE_SECONDS: Final = 60.0
"""Limits of requests are those of a minute."""
_MESSAGE_CHARACTERS: Final = 300
_UNAUTHORISED, _FORBIDDEN, _TOO_MANY, _BROKEN = 401, 403, 429, 500
_ACCOUNT = "Look at the account and at what it has allowed our client, then store the client again."
_CHANGE = "Change what is published, or how, then publish again."
_AUDIT = (
    "Until TikTok has audited the client it posts privately only, to private accounts: "
    "reelwright config set platforms.tiktok.privacy private"
)


@dataclass(frozen=True, slots=True)
class _Said:
    status: int
    code: str
    message: str

    @property
    def sentence(self) -> str:
        code = f" ({self.code})" if self.code else ""
        told = f": {self.message}" if self.message and self.status != _UNAUTHORISED else "."
        return mask(f"TikTok answered with status {self.status}{code}{told}")


def code_of(answer: HttpAnswer) -> str:
    """Return the code in the answer's body, ``ok`` for success; nothing if it has none."""
    return _said(answer).code


def error_of(answer: HttpAnswer, now: datetime, *, writes: bool) -> ReelwrightError | None:
    """Return the error that an answer is; None if it is one of success.

    ``writes`` says that the request changes something: what may have been carried out although the answer
    is a server's error becomes PlatformAnswerLost then.
    """
    said = _said(answer)
    if said.code == _OK:
        return None
    meaning = CODES.get(said.code) or _by_status(said.status)
    if meaning == "broken" and writes:
        return PlatformAnswerLost(said.sentence, next_step=LATER)
    return _errors()[meaning](said, now, answer)


def _errors() -> dict[Meaning, Callable[[_Said, datetime, HttpAnswer], ReelwrightError]]:
    return {
        "busy": lambda said, _, answer: PlatformUnavailable(
            said.sentence,
            next_step=LATER,
            retry_after_seconds=retry_after_seconds(answer) or _MINUTE_SECONDS,
        ),
        "broken": lambda said, _, answer: PlatformUnavailable(
            said.sentence, next_step=LATER, retry_after_seconds=retry_after_seconds(answer)
        ),
        "day": lambda said, now, _: QuotaExceeded(said.sentence, available_at=now + _DAY),
        "tomorrow": lambda said, now, _: QuotaExceeded(said.sentence, available_at=_next_day(now)),
        "token": lambda said, _, __: AuthenticationFailed(said.sentence, next_step=_ACCOUNT),
        "misconfigured": lambda said, _, __: _misconfigured(said, _ACCOUNT),
        "unaudited": lambda said, _, __: _misconfigured(said, _AUDIT),
        "refused": lambda said, _, __: PublicationRefused(
            said.sentence, next_step=_CHANGE, reason=said.code or str(said.status)
        ),
    }


def _misconfigured(said: _Said, next_step: str) -> PlatformMisconfigured:
    return PlatformMisconfigured(said.sentence, next_step=next_step, context={"reason": said.code})


def _next_day(now: datetime) -> datetime:
    """Return the next midnight in UTC, when the client's cap of active users is full again."""
    return (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def _by_status(status: int) -> Meaning:
    if status == _UNAUTHORISED:
        return "token"
    if status == _FORBIDDEN:
        return "misconfigured"
    if status in {408, _TOO_MANY}:
        return "busy"
    return "broken" if status >= _BROKEN or status // 100 == 2 else "refused"


def _said(answer: HttpAnswer) -> _Said:
    error: Any = (answer.json_object() or {}).get("error")
    if not isinstance(error, dict):
        return _Said(answer.status, "", "")
    message = " ".join(str(error.get("message", "")).split())[:_MESSAGE_CHARACTERS]
    return _Said(answer.status, str(error.get("code") or ""), message)
