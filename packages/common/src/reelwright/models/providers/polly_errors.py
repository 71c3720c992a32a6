"""What Polly and the way to it say when something fails, and what follows.

Codes count, not statuses: Polly throttles with HTTP 400. Sources: the service model of Polly in botocore
1.44.5, and the developer guide; the codes of all AWS services are in its page on common errors.
"""

from collections.abc import Mapping
from typing import Any

from reelwright.models.errors import (
    Accepted,
    ProviderExhausted,
    ProviderFailed,
    ProviderMisconfigured,
    ProviderThrottled,
    ProviderTimedOut,
    ProviderUnavailable,
    RequestInvalid,
)

__all__ = ["BY_CODE", "BY_EXCEPTION", "failure_of"]

BY_CODE: Mapping[str, type[ProviderFailed]] = {
    "ThrottlingException": ProviderThrottled,
    "Throttling": ProviderThrottled,
    "ThrottledException": ProviderThrottled,
    "TooManyRequestsException": ProviderThrottled,
    "RequestLimitExceeded": ProviderThrottled,
    "ServiceFailureException": ProviderUnavailable,
    "ServiceUnavailableException": ProviderUnavailable,
    "ServiceUnavailable": ProviderUnavailable,
    "InternalFailure": ProviderUnavailable,
    "TextLengthExceededException": RequestInvalid,
    "InvalidSsmlException": RequestInvalid,
    "EngineNotSupportedException": RequestInvalid,
    "LanguageNotSupportedException": RequestInvalid,
    "InvalidSampleRateException": RequestInvalid,
    "LexiconNotFoundException": RequestInvalid,
    "MarksNotSupportedForFormatException": RequestInvalid,
    "SsmlMarksNotSupportedForTextTypeException": RequestInvalid,
    "ValidationException": RequestInvalid,
    "ServiceQuotaExceededException": ProviderExhausted,
    "AccessDeniedException": ProviderMisconfigured,
    "AccessDenied": ProviderMisconfigured,
    "UnrecognizedClientException": ProviderMisconfigured,
    "InvalidClientTokenId": ProviderMisconfigured,
    "ExpiredTokenException": ProviderMisconfigured,
    "ExpiredToken": ProviderMisconfigured,
    "InvalidSignatureException": ProviderMisconfigured,
    "MissingAuthenticationTokenException": ProviderMisconfigured,
    "IncompleteSignature": ProviderMisconfigured,
    "OptInRequired": ProviderMisconfigured,
}
"""By the code of an answer. Whatever Polly answers with an error is not billed."""

BY_EXCEPTION: Mapping[str, tuple[type[ProviderFailed], Accepted]] = {
    "NotSent": (ProviderUnavailable, "no"),
    "AnswerLost": (ProviderUnavailable, "maybe"),
    "EndpointConnectionError": (ProviderUnavailable, "no"),
    "ConnectTimeoutError": (ProviderTimedOut, "no"),
    "ProxyConnectionError": (ProviderUnavailable, "no"),
    "SSLError": (ProviderUnavailable, "no"),
    "NoCredentialsError": (ProviderMisconfigured, "no"),
    "PartialCredentialsError": (ProviderMisconfigured, "no"),
    "CredentialRetrievalError": (ProviderMisconfigured, "no"),
    "TokenRetrievalError": (ProviderMisconfigured, "no"),
    "SSOError": (ProviderMisconfigured, "no"),
    "ProfileNotFound": (ProviderMisconfigured, "no"),
    "NoRegionError": (ProviderMisconfigured, "no"),
    "EndpointProviderError": (ProviderMisconfigured, "no"),
    "ParamValidationError": (RequestInvalid, "no"),
    "ReadTimeoutError": (ProviderTimedOut, "maybe"),
    "ConnectionClosedError": (ProviderUnavailable, "maybe"),
    "BotoCoreError": (ProviderUnavailable, "maybe"),
}
"""By the name of what is raised when there is no answer, or of a class that it derives from. The first two
are our own client's; one that was out of time is a ProviderTimedOut."""

_BY_STATUS: Mapping[int, type[ProviderFailed]] = {
    401: ProviderMisconfigured,
    403: ProviderMisconfigured,
    429: ProviderThrottled,
}
_LONGEST_QUOTE = 200
_NEXT_STEPS: Mapping[type[ProviderFailed], str] = {
    ProviderMisconfigured: "Check the AWS credentials and that they allow polly:SynthesizeSpeech and "
    "polly:DescribeVoices.",
    RequestInvalid: "Ask another audio model, or change the voice, the language or the text.",
    ProviderExhausted: "Raise the quota of Amazon Polly in this account, or ask another audio model.",
}


def failure_of(error: Exception) -> ProviderFailed:
    """Return what an exception of botocore means; what it was billed is the caller's to add."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return _answered(response)
    kind, accepted = _by_exception(error)
    kind = ProviderTimedOut if getattr(error, "timed_out", False) else kind
    return kind(
        f"Amazon Polly could not be asked: {_short(getattr(error, 'message', str(error)))}",
        next_step=_NEXT_STEPS.get(kind, "Try again in a moment."),
        accepted=accepted,
    )


def _answered(response: dict[str, Any]) -> ProviderFailed:
    said = response.get("Error", {})
    told = response.get("ResponseMetadata", {})
    code, status = str(said.get("Code", "")), int(told.get("HTTPStatusCode", 0))
    kind = BY_CODE.get(code) or _by_status(status)
    return kind(
        f"Amazon Polly says {code or status}: {_short(str(said.get('Message') or 'nothing more'))}",
        next_step=_NEXT_STEPS.get(kind, "Try again in a moment."),
        context={"code": code, "status": status},
        request_id=str(told.get("RequestId", "")),
        retry_after_seconds=_retry_after(told.get("HTTPHeaders", {})),
    )


def _by_status(status: int) -> type[ProviderFailed]:
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return RequestInvalid if 400 <= status < 500 else ProviderUnavailable


def _by_exception(error: Exception) -> tuple[type[ProviderFailed], Accepted]:
    names = [known.__name__ for known in type(error).__mro__]
    found = next((BY_EXCEPTION[name] for name in names if name in BY_EXCEPTION), None)
    return found or (ProviderUnavailable, "maybe")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("retry-after", "")
    return float(value) if value.isdecimal() else None


def _short(message: str) -> str:
    return message if len(message) <= _LONGEST_QUOTE else message[: _LONGEST_QUOTE - 1] + "…"
