"""What Bedrock's refusals mean, as tables: by code and message for its answers, by kind for connections.

Sources: the errors of each operation in botocore's service models (bedrock-runtime 2023-09-30); the texts
of ended models as reported in aws-samples/amazon-bedrock-workshop#386, awslabs/llmeter#35 and
aws-solutions-library-samples/accelerated-intelligent-document-processing-on-aws#708; Nova's guide,
"Error handling" of video generation, for its content filters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from reelwright.cost.schema import Usage
from reelwright.models.errors import (
    Accepted,
    AnswerRejected,
    ModelRetired,
    OutcomeUnknown,
    ProviderExhausted,
    ProviderFailed,
    ProviderMisconfigured,
    ProviderThrottled,
    ProviderTimedOut,
    ProviderUnavailable,
    RequestInvalid,
    RequestRefused,
)

__all__ = [
    "ANSWERS",
    "CONNECTIONS",
    "JOB_FAILURES",
    "AnswerRule",
    "Buying",
    "ConnectionRule",
    "failure_of",
    "job_failure",
]

Buying = Literal["answer", "order", "nothing"]
"""What the request was for: text while one waits, footage for later, or something that is free."""

_ERRORS_FROM: Final = 400
_FAULTS_FROM: Final = 500
_MESSAGE_CHARS: Final = 300


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """What an error answer means. The first rule of a table that fits counts."""

    code: str
    kind: type[ProviderFailed]
    says: str = ""
    """Must stand in the message, whatever the case of its letters; nothing fits every message."""
    order: Accepted = "no"
    """Whether an order for footage that was answered so may have been taken on all the same."""


@dataclass(frozen=True, slots=True)
class ConnectionRule:
    """What it means that there is no answer. ``error`` names a class, or one that it derives from."""

    error: str
    kind: type[ProviderFailed]
    accepted: Accepted
    says: str = ""


ANSWERS: Final = (
    # The end of a model, under whichever code it is told.
    AnswerRule(
        "ResourceNotFoundException", ProviderMisconfigured, "use case details have not been submitted"
    ),
    AnswerRule("ResourceNotFoundException", ModelRetired),
    AnswerRule("AccessDeniedException", ModelRetired, "marked by provider as legacy"),
    AnswerRule("AccessDeniedException", ModelRetired, "reached the end of its life"),
    AnswerRule("ValidationException", ModelRetired, "model identifier is invalid"),
    AnswerRule("ValidationException", ModelRetired, "reached the end of its life"),
    AnswerRule("ValidationException", ModelRetired, "marked by provider as legacy"),
    # What an operator has to set right.
    AnswerRule("AccessDeniedException", ProviderMisconfigured),
    AnswerRule("ValidationException", ProviderMisconfigured, "inference profile"),
    AnswerRule("ValidationException", ProviderMisconfigured, "s3"),
    AnswerRule("ValidationException", ProviderMisconfigured, "bucket"),
    AnswerRule("UnrecognizedClientException", ProviderMisconfigured),
    AnswerRule("InvalidSignatureException", ProviderMisconfigured),
    AnswerRule("ExpiredTokenException", ProviderMisconfigured),
    AnswerRule("MissingAuthenticationTokenException", ProviderMisconfigured),
    # What moderation says of a prompt.
    AnswerRule("ValidationException", RequestRefused, "blocked by our content filters"),
    AnswerRule("ValidationException", RequestRefused, "moderation"),
    AnswerRule("ValidationException", RequestInvalid),
    # Quotas: of a day, and of a moment.
    AnswerRule("ServiceQuotaExceededException", ProviderExhausted),
    AnswerRule("ThrottlingException", ProviderExhausted, "tokens per day"),
    AnswerRule("ThrottlingException", ProviderThrottled),
    AnswerRule("ModelNotReadyException", ProviderThrottled),
    # Bedrock's own trouble. 503 is a refusal in so many words; after a 500 nobody knows.
    AnswerRule("ServiceUnavailableException", ProviderUnavailable),
    AnswerRule("InternalServerException", ProviderUnavailable, order="maybe"),
    AnswerRule("ModelTimeoutException", ProviderTimedOut, order="maybe"),
    AnswerRule("ModelErrorException", ProviderUnavailable, order="maybe"),
    # Another body under this token is on order already: its outcome is what has to be found out.
    AnswerRule("ConflictException", RequestInvalid, order="maybe"),
    # S3 speaks differently.
    AnswerRule("NoSuchKey", AnswerRejected),
    AnswerRule("InvalidRange", AnswerRejected),
    AnswerRule("PreconditionFailed", ProviderUnavailable),
    AnswerRule("NoSuchBucket", ProviderMisconfigured),
    AnswerRule("AccessDenied", ProviderMisconfigured),
    AnswerRule("SlowDown", ProviderThrottled),
)
"""By the code of the error, as botocore reads it from ``x-amzn-ErrorType``."""

CONNECTIONS: Final = (
    ConnectionRule("NotSent", ProviderUnavailable, "no"),
    ConnectionRule("AnswerLost", ProviderUnavailable, "maybe"),
    ConnectionRule("ConnectTimeoutError", ProviderUnavailable, "no"),
    ConnectionRule("EndpointConnectionError", ProviderUnavailable, "no"),
    ConnectionRule("ProxyConnectionError", ProviderUnavailable, "no"),
    ConnectionRule("SSLError", ProviderUnavailable, "no", "certificate verify failed"),
    ConnectionRule("ReadTimeoutError", ProviderTimedOut, "maybe"),
    ConnectionRule("ConnectionClosedError", ProviderUnavailable, "maybe"),
    ConnectionRule("HTTPClientError", ProviderUnavailable, "maybe"),
    ConnectionRule("IncompleteReadError", ProviderUnavailable, "maybe"),
    ConnectionRule("ResponseParserError", AnswerRejected, "maybe"),
    ConnectionRule("ParamValidationError", RequestInvalid, "no"),
    ConnectionRule("NoCredentialsError", ProviderMisconfigured, "no"),
    ConnectionRule("PartialCredentialsError", ProviderMisconfigured, "no"),
    ConnectionRule("CredentialRetrievalError", ProviderMisconfigured, "no"),
    ConnectionRule("TokenRetrievalError", ProviderMisconfigured, "no"),
    ConnectionRule("SSOError", ProviderMisconfigured, "no"),
    ConnectionRule("ProfileNotFound", ProviderMisconfigured, "no"),
    ConnectionRule("NoRegionError", ProviderMisconfigured, "no"),
    ConnectionRule("EndpointResolutionError", ProviderMisconfigured, "no"),
    ConnectionRule("BotoCoreError", ProviderUnavailable, "maybe"),
    # What botocore trips over in an answer of another form, such as a list.
    ConnectionRule("Exception", AnswerRejected, "maybe"),
)
"""By the name of the exception's class, so that botocore need not be imported to read this. The first two are
our own client's; one that was out of time is a ProviderTimedOut, however far it had come."""

JOB_FAILURES: Final[tuple[tuple[str, type[ProviderFailed]], ...]] = (
    ("blocked by our content filters", RequestRefused),
    ("moderat", RequestRefused),
    ("content polic", RequestRefused),
    ("s3", ProviderMisconfigured),
    ("bucket", ProviderMisconfigured),
    ("access denied", ProviderMisconfigured),
)
"""Fragments of a failed job's ``failureMessage``. The rest is Bedrock's own trouble."""

_UNQUOTED: Final = {"InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature"}
"""Codes whose message repeats the headers that were signed, and so a session's token."""

_NEXT_STEPS: Final[Mapping[type[ProviderFailed], str]] = {
    ModelRetired: "See its replacement with: reelwright models list; take it out of your routes.",
    ProviderMisconfigured: "Check the credentials, the region, the permissions and the model access there.",
    RequestRefused: "Say it differently, or let another model try.",
    RequestInvalid: "Let another model try, or change what is asked.",
    ProviderExhausted: "Raise the quota in Service Quotas, or wait until it is renewed.",
    ProviderThrottled: "Try again later.",
    OutcomeUnknown: "Find out with ListAsyncInvokes whether the order is there; do not send it again.",
}


def failure_of(error: Exception, *, buying: Buying, subject: str) -> ProviderFailed:
    """Return what an exception of a client means; ``subject`` says of what, such as the model.

    For an order of footage, whatever leaves it open whether the order arrived is an OutcomeUnknown.
    """
    response = getattr(error, "response", None)
    if isinstance(response, dict) and "Error" in response:
        return _answered(response, buying, subject)
    return _unanswered(error, buying, subject)


def job_failure(message: str, *, subject: str, usage: Sequence[Usage] = ()) -> ProviderFailed:
    """Return what it means that a job failed with a message. Failed jobs were accepted."""
    lower = message.lower()
    kind = next((kind for fragment, kind in JOB_FAILURES if fragment in lower), ProviderUnavailable)
    return kind(
        f"Bedrock could not finish {subject}: {_shortened(message) or 'it gave no reason'}.",
        next_step=_NEXT_STEPS.get(kind, "Order it again, or let another model try."),
        accepted="yes",
        usage=usage,
    )


def _answered(response: Mapping[str, Any], buying: Buying, subject: str) -> ProviderFailed:
    said, metadata = response["Error"], response.get("ResponseMetadata", {})
    code, message = str(said.get("Code", "")), str(said.get("Message", ""))
    rule = _rule_for(code, message, int(metadata.get("HTTPStatusCode", 0)))
    return _failure(
        rule.kind,
        f"Bedrock refused {subject}: {code}{_quoted(code, message)}.",
        buying=buying,
        accepted=rule.order if buying == "order" else "no",
        request_id=str(metadata.get("RequestId", "")),
        retry_after_seconds=_retry_after(metadata.get("HTTPHeaders", {})),
    )


def _rule_for(code: str, message: str, status: int) -> AnswerRule:
    lower = message.lower()
    for rule in ANSWERS:
        if rule.code == code and rule.says in lower:
            return rule
    return _rule_of_status(code, status)


def _rule_of_status(code: str, status: int) -> AnswerRule:
    """Return what an answer means that is not Bedrock's own, such as a gateway's page."""
    if status >= _FAULTS_FROM or status < _ERRORS_FROM:
        return AnswerRule(code, ProviderUnavailable, order="maybe")
    known = {401: ProviderMisconfigured, 403: ProviderMisconfigured, 429: ProviderThrottled}
    return AnswerRule(code, known.get(status, RequestInvalid))


def _unanswered(error: Exception, buying: Buying, subject: str) -> ProviderFailed:
    names, lower = {each.__name__ for each in type(error).__mro__}, str(error).lower()
    rule = next(rule for rule in CONNECTIONS if rule.error in names and rule.says in lower)
    said = _shortened(getattr(error, "message", str(error)))
    return _failure(
        ProviderTimedOut if getattr(error, "timed_out", False) else rule.kind,
        f"Bedrock gave no answer for {subject}: {said or type(error).__name__}.",
        buying=buying,
        accepted="no" if buying == "nothing" else rule.accepted,
    )


def _failure(
    kind: type[ProviderFailed], message: str, *, buying: Buying, accepted: Accepted, **more: Any
) -> ProviderFailed:
    if buying == "order" and accepted == "maybe":
        kind = OutcomeUnknown
    next_step = _NEXT_STEPS.get(kind, "Try again later, or let another model try.")
    return kind(message, next_step=next_step, accepted=accepted, context={"provider": "bedrock"}, **more)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that an answer asks to wait; AWS's own header counts milliseconds."""
    for name, per_second in (("x-amz-retry-after", 1000), ("retry-after", 1)):
        value = headers.get(name, "")
        if value.isascii() and value.isdigit():
            return int(value) / per_second
    return None


def _quoted(code: str, message: str) -> str:
    return "" if code in _UNQUOTED or not message else f": {_shortened(message)}"


def _shortened(message: str) -> str:
    """Return a message in one line, without the full stop at its end."""
    message = " ".join(message.split()).rstrip(".")
    return message if len(message) <= _MESSAGE_CHARS else message[: _MESSAGE_CHARS - 1] + "…"
