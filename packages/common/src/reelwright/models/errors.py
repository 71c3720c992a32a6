"""What can go wrong between a request and a model's answer, and what follows from it.

==================  =======  ===========  ===========  ==================================================
failure             again    next one     health       meaning
==================  =======  ===========  ===========  ==================================================
``unavailable``     yes      yes          counts       5xx, no connection: the vendor's trouble
``timed_out``       yes      yes          counts       no answer in time
``throttled``       yes      yes          counts not   too fast; the vendor is well
``rejected``        yes      yes          quality      an answer that is none: truncated, invalid, silent
``exhausted``       no       yes          counts not   a quota or the credit of the account is used up
``callers_fault``   no       yes          counts not   this vendor cannot take the request as it is
``refused``         no       yes          quality      moderation, at either end
``retired``         no       yes          counts not   the model is gone: an operator must know
``misconfigured``   no       yes          counts not   credential or permission: an operator must know
``unknown``         never    by setting   counts not   a paid submit of which nobody knows whether it arrived
==================  =======  ===========  ===========  ==================================================
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from reelwright.cost.schema import Usage
from reelwright.errors import (
    BudgetExceeded,
    GuardrailRefused,
    InvalidInput,
    Permanent,
    ReelwrightError,
    Retryable,
)
from reelwright.models.schema import Attempt, Failure

__all__ = [
    "Accepted",
    "AnswerRejected",
    "AnswersUnavailable",
    "CallCeilingReached",
    "CallInProgress",
    "CatalogueInvalid",
    "ModelRetired",
    "NoModelAvailable",
    "OutcomeUnknown",
    "ProviderExhausted",
    "ProviderFailed",
    "ProviderMisconfigured",
    "ProviderStopped",
    "ProviderThrottled",
    "ProviderTimedOut",
    "ProviderUnavailable",
    "RequestInvalid",
    "RequestRefused",
    "RouteFailed",
]

Accepted = Literal["no", "maybe", "yes"]
"""Whether the vendor took the request on, and so may bill it: certainly not, nobody can tell, certainly."""


class NoModelAvailable(InvalidInput):
    """No model of the catalogue can do what is asked; the message lists why each was passed over."""

    code = "no_model_available"


class ProviderStopped(GuardrailRefused):
    """An operator has stopped the provider, or all that could do what is asked; nothing was sent."""

    code = "provider_stopped"


class CatalogueInvalid(Permanent):
    """The model catalogue cannot be read."""

    code = "catalogue_invalid"


class AnswersUnavailable(Retryable):
    """Answers that were paid for cannot be read or kept, so nothing more is bought."""

    code = "answers_unavailable"


class CallInProgress(Retryable):
    """Another worker is making the same call; nothing was sent."""

    code = "call_in_progress"


class CallCeilingReached(BudgetExceeded):
    """The attempts of one call together may cost no more; another candidate may be cheaper."""

    code = "call_ceiling_reached"


class RouteFailed(Retryable):
    """Every candidate was asked, and none answered; the message says what each said."""

    code = "route_failed"

    attempts: tuple[Attempt, ...] = ()


class ProviderFailed(ReelwrightError):  # noqa: N818 (named as the whole tree is)
    """Base of what a vendor's adapter raises. Each kind below is also one of the error tree's.

    ``accepted`` and ``usage`` tell what may be billed all the same; ``request_id`` is the vendor's own.
    """

    failure: ClassVar[Failure]

    def __init__(
        self,
        message: str,
        *,
        next_step: str = "",
        context: Mapping[str, object] | None = None,
        accepted: Accepted = "no",
        usage: Sequence[Usage] = (),
        request_id: str = "",
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message, next_step=next_step, context=context)
        self.accepted: Accepted = accepted
        self.usage = tuple(usage)
        self.request_id = request_id
        self.retry_after_seconds = retry_after_seconds


class ProviderUnavailable(ProviderFailed, Retryable):
    """The vendor is in trouble, or cannot be reached."""

    code = "provider_unavailable"
    failure = "unavailable"


class ProviderTimedOut(ProviderFailed, Retryable):
    """The vendor did not answer in time."""

    code = "provider_timed_out"
    failure = "timed_out"


class ProviderThrottled(ProviderFailed, Retryable):
    """Too many requests in too short a time."""

    code = "provider_throttled"
    failure = "throttled"


class AnswerRejected(ProviderFailed, Retryable):
    """The vendor answered, and the answer cannot be used; it is billed all the same."""

    code = "answer_rejected"
    failure = "rejected"


class ProviderExhausted(ProviderFailed, Permanent):
    """A quota or the account's credit is used up; waiting a moment does not help."""

    code = "provider_exhausted"
    failure = "exhausted"


class RequestInvalid(ProviderFailed, InvalidInput):
    """This vendor cannot take the request as it is; another may."""

    code = "request_invalid"
    failure = "callers_fault"


class RequestRefused(ProviderFailed, GuardrailRefused):
    """The vendor's moderation said no, to the request or to its own answer."""

    code = "request_refused"
    failure = "refused"


class ModelRetired(ProviderFailed, Permanent):
    """The vendor has ended the model."""

    code = "model_retired"
    failure = "retired"


class ProviderMisconfigured(ProviderFailed, Permanent):
    """The credential or the permission is missing or refused."""

    code = "provider_misconfigured"
    failure = "misconfigured"


class OutcomeUnknown(ProviderFailed, Permanent):
    """A paid submit left and no answer came: it may have been carried out. It is never sent again."""

    code = "outcome_unknown"
    failure = "unknown"
