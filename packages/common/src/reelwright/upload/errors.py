"""What can go wrong while publishing."""

from collections.abc import Mapping
from datetime import datetime

from reelwright.errors import GuardrailRefused, InvalidInput, Permanent, Retryable

__all__ = [
    "PackageIncomplete",
    "PlanRefused",
    "PlatformAnswerLost",
    "PlatformMisconfigured",
    "PlatformStopped",
    "PlatformUnavailable",
    "PublicationConflict",
    "PublicationRefused",
    "PublicationUncertain",
    "QuotaExceeded",
]


class PackageIncomplete(Permanent):
    """A file of the package is missing or cannot be read."""

    code = "package_incomplete"


class PublicationConflict(Permanent):
    """Something else is already where the production would be published."""

    code = "publication_conflict"


class PlatformStopped(GuardrailRefused):
    """An operator has stopped the platform; nothing was published, and nothing is lost."""

    code = "platform_stopped"


class PlanRefused(InvalidInput):
    """The video breaks a limit of the platform that nothing can be cut to; no byte was sent."""

    code = "plan_refused"


class PlatformUnavailable(Retryable):
    """The platform did not take the request on: it certainly was not carried out, and may be repeated."""

    code = "platform_unavailable"


class PlatformAnswerLost(Retryable):
    """A request may have been carried out, and no whole answer came: ask before it is sent again."""

    code = "platform_answer_lost"


class PlatformMisconfigured(Permanent):
    """The platform refuses our client, or there is none."""

    code = "platform_misconfigured"


class PublicationRefused(Permanent):
    """The platform will not have this video, as it is, on this account. ``reason`` is its own word."""

    code = "publication_refused"

    def __init__(
        self,
        message: str,
        *,
        next_step: str = "",
        reason: str = "",
        context: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, next_step=next_step, context={"reason": reason, **(context or {})})
        self.reason = reason


class PublicationUncertain(Permanent):
    """Whether the video is there cannot be found out: nothing more is sent, lest it be there twice."""

    code = "publication_uncertain"


class QuotaExceeded(GuardrailRefused):
    """A platform takes no more of us today. Nothing is lost: it may go on at ``available_at``."""

    code = "quota_exceeded"

    def __init__(
        self,
        message: str,
        *,
        available_at: datetime,
        next_step: str = "",
        context: Mapping[str, object] | None = None,
    ) -> None:
        when = f"{available_at:%Y-%m-%d %H:%M %Z}"
        super().__init__(
            message,
            next_step=next_step or f"Resume the production after {when}: everything made so far is kept.",
            context={"available_at": available_at.isoformat(), **(context or {})},
        )
        self.available_at = available_at
