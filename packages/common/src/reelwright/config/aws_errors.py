"""What AWS's own failures mean for configuration: nobody there, or an answer that cannot be used."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 (botocore's own: it could not connect)
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
)
from botocore.parsers import ResponseParserError

from reelwright.config.errors import SourceFailed, SourceUnreachable
from reelwright.errors import Permanent, Retryable
from reelwright.storage.errors import DocumentConflict

__all__ = [
    "DeploymentInProgress",
    "DeploymentTakenBack",
    "LastKnownGoodTooLarge",
    "asking",
    "code_of",
    "message_of",
    "translated",
]

_PASSING = frozenset(
    {
        "InternalServerError",
        "InternalServerException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottledException",
        "ThrottlingException",
        "TooManyRequestsException",
        "TooManyUpdates",
    }
)
_NOBODY_THERE = (ConnectionError, HTTPClientError, CredentialRetrievalError, IncompleteReadError)
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500
_MESSAGE_CHARS = 300


class DeploymentInProgress(DocumentConflict):
    """AppConfig runs one deployment at a time in an environment, and one is running; nothing was deployed."""

    code = "deployment_in_progress"


class DeploymentTakenBack(Retryable):
    """AppConfig took a deployment back as it started, for an alarm rings; readers have what they had."""

    code = "deployment_taken_back"


class LastKnownGoodTooLarge(Permanent):
    """What a source says does not fit into one item of the table, compressed as it is."""

    code = "last_known_good_too_large"


@contextmanager
def asking(source: str) -> Iterator[None]:
    """Turn whatever boto3 raises inside into SourceUnreachable or SourceFailed, in the name of ``source``.

    An answer that lacks what every answer has (KeyError) is no answer of that service: SourceFailed.
    """
    try:
        yield
    except (BotoCoreError, ClientError, ResponseParserError, KeyError) as error:
        raise translated(error, source) from error


def translated(error: Exception, source: str) -> SourceUnreachable | SourceFailed:
    """Return what an exception of boto3 means for a source of configuration."""
    if isinstance(error, ClientError):
        return _said_no(error, source)
    if isinstance(error, _NOBODY_THERE):
        return _unreachable(source, type(error).__name__)
    if isinstance(error, BotoCoreError):
        return _failed(source, f"{type(error).__name__}: {error}")
    return _failed(source, f"the answer is garbage ({type(error).__name__})")


def code_of(error: ClientError) -> str:
    """Return AWS's name for the error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def message_of(error: ClientError) -> str:
    """Return what AWS says, cut to a line or two."""
    return str(error.response.get("Error", {}).get("Message", ""))[:_MESSAGE_CHARS]


def _said_no(error: ClientError, source: str) -> SourceUnreachable | SourceFailed:
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = code_of(error)
    if code in _PASSING or status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR:
        return _unreachable(source, code or str(status))
    return _failed(source, f"{code}: {message_of(error)}")


def _unreachable(source: str, reason: str) -> SourceUnreachable:
    return SourceUnreachable(
        f"{source} did not answer: {reason}.",
        next_step="Nothing needs to be done if this passes; the last good answer is served meanwhile.",
        context={"source": source, "reason": reason},
    )


def _failed(source: str, reason: str) -> SourceFailed:
    return SourceFailed(
        f"{source} cannot be used: {reason}.",
        next_step="Check the permissions and the content of that source.",
        context={"source": source, "reason": reason},
    )
