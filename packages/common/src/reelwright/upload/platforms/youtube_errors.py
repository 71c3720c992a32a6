"""What YouTube's answers mean in our error tree, by one table of reasons.

Facts: developers.google.com/youtube/v3/docs/errors, docs/videos/insert, guides/quota_and_compliance_audits;
seen on 2026-11-25.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

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

__all__ = ["REASONS", "Meaning", "error_of", "next_quota_reset"]

Meaning = Literal["busy", "quota", "channel_limit", "token", "misconfigured", "refused"]

REASONS: Final[dict[str, Meaning]] = {
    "quotaExceeded": "quota",
    "dailyLimitExceeded": "quota",
    "uploadLimitExceeded": "channel_limit",
    "rateLimitExceeded": "busy",
    "userRateLimitExceeded": "busy",
    "uploadRateLimitExceeded": "busy",
    "backendError": "busy",
    "authError": "token",
    "youtubeSignupRequired": "misconfigured",
    "channelClosed": "misconfigured",
    "channelSuspended": "misconfigured",
    "authenticatedUserAccountClosed": "misconfigured",
    "authenticatedUserAccountSuspended": "misconfigured",
    "accessNotConfigured": "misconfigured",
    "insufficientPermissions": "misconfigured",
    "forbidden": "misconfigured",
    "forbiddenPrivacySetting": "refused",
    "forbiddenLicenseSetting": "refused",
    "invalidTitle": "refused",
    "invalidDescription": "refused",
    "invalidTags": "refused",
    "invalidCategoryId": "refused",
    "invalidPublishAt": "refused",
    "invalidVideoMetadata": "refused",
    "invalidFilename": "refused",
    "mediaBodyRequired": "refused",
}
"""What each reason that YouTube gives means. One that is not here is judged by its status."""

_PACIFIC: Final = "America/Los_Angeles"
_CHANNEL_LIMIT: Final = timedelta(hours=24)
_MESSAGE_CHARACTERS: Final = 300
_UNAUTHORISED, _FORBIDDEN, _TOO_MANY, _BROKEN, _BUSY = 401, 403, 429, 500, 503
_ACCOUNT = "Look at the channel and at the project's permissions, then store the client again."
_CHANGE = "Change what is published, or how, then publish again."


@dataclass(frozen=True, slots=True)
class _Said:
    status: int
    reason: str
    message: str

    @property
    def sentence(self) -> str:
        reason = f" ({self.reason})" if self.reason else ""
        told = f": {self.message}" if self.message and self.status != _UNAUTHORISED else "."
        return mask(f"YouTube answered with status {self.status}{reason}{told}")


def error_of(answer: HttpAnswer, now: datetime, *, writes: bool) -> ReelwrightError:
    """Return the error that an answer other than success is.

    ``writes`` says that the request changes something: what may have been carried out although the answer
    is a server's error becomes PlatformAnswerLost then.
    """
    said = _said(answer)
    meaning = REASONS.get(said.reason) or _by_status(said.status)
    if said.status >= _BROKEN and writes and not (said.status == _BUSY and said.reason):
        return PlatformAnswerLost(said.sentence, next_step=LATER)
    return _errors()[meaning](said, now, answer)


def next_quota_reset(now: datetime) -> datetime:
    """Return the next midnight of the Pacific time zone, when quota is full again."""
    here = now.astimezone(ZoneInfo(_PACIFIC))
    midnight = datetime.combine(here.date() + timedelta(days=1), datetime.min.time(), here.tzinfo)
    return midnight.astimezone(now.tzinfo)


def _errors() -> dict[Meaning, Callable[[_Said, datetime, HttpAnswer], ReelwrightError]]:
    return {
        "busy": lambda said, _, answer: PlatformUnavailable(
            said.sentence, next_step=LATER, retry_after_seconds=retry_after_seconds(answer)
        ),
        "quota": lambda said, now, _: QuotaExceeded(said.sentence, available_at=next_quota_reset(now)),
        "channel_limit": lambda said, now, _: QuotaExceeded(said.sentence, available_at=now + _CHANNEL_LIMIT),
        "token": lambda said, _, __: AuthenticationFailed(said.sentence, next_step=_ACCOUNT),
        "misconfigured": lambda said, _, __: PlatformMisconfigured(
            said.sentence, next_step=_ACCOUNT, context={"reason": said.reason}
        ),
        "refused": lambda said, _, __: PublicationRefused(
            said.sentence, next_step=_CHANGE, reason=said.reason or str(said.status)
        ),
    }


def _by_status(status: int) -> Meaning:
    if status == _UNAUTHORISED:
        return "token"
    if status == _FORBIDDEN:
        return "misconfigured"
    return "busy" if status >= _BROKEN or status in {408, _TOO_MANY} else "refused"


def _said(answer: HttpAnswer) -> _Said:
    error: Any = (answer.json_object() or {}).get("error")
    if not isinstance(error, dict):
        return _Said(answer.status, "", "")
    causes = error.get("errors")
    first = causes[0] if isinstance(causes, list) and causes and isinstance(causes[0], dict) else {}
    message = " ".join(str(error.get("message", "")).split())[:_MESSAGE_CHARACTERS]
    return _Said(answer.status, str(first.get("reason") or ""), message)
