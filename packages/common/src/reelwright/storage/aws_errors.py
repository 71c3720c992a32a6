"""What AWS says when it refuses, in our words. The one place where its errors are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)

from reelwright.errors import Permanent, ReelwrightError
from reelwright.storage.errors import StorageUnavailable, StorageUnwritable

__all__ = ["code_of", "typed"]

_BUSY = {
    "InternalError",
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "TransactionConflictException",
    "TransactionInProgressException",
}
_DENIED = {"AccessDenied", "AccessDeniedException", "AllAccessDisabled", "Forbidden", "403"}
_CREDENTIALS = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
_ABSENT = {"NoSuchBucket", "ResourceNotFoundException"}
_SIGN_IN = "Sign in to AWS again, or check AWS_PROFILE and AWS_REGION."


@contextmanager
def typed(place: str) -> Iterator[None]:
    """Turn what AWS raises inside the block into our errors; ``place`` names the bucket or table.

    StorageUnavailable for what may pass (throttling, timeouts, faults of the service, with the wait that it
    asked for), StorageUnwritable for what needs somebody's hand (no access, no credentials, no such bucket).
    """
    try:
        yield
    except ClientError as error:
        raise _typed_answer(error, place) from error
    except ParamValidationError:
        raise
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise StorageUnwritable(
            f"{place} cannot be used without AWS credentials.", next_step=_SIGN_IN, context={"place": place}
        ) from error
    except BotoCoreError as error:
        raise _unavailable(place, type(error).__name__) from error


def code_of(error: Any) -> str:
    """Return the code of a ClientError, such as ``NoSuchKey``; for HEAD requests it is the status."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _typed_answer(error: Any, place: str) -> ReelwrightError:
    code, status = code_of(error), _metadata(error).get("HTTPStatusCode", 0)
    if code in _BUSY or status in (408, 429) or status >= 500:
        return _unavailable(place, code, _retry_after(error))
    context = {"place": place, "code": code, "operation": error.operation_name}
    if code in _CREDENTIALS:
        return StorageUnwritable(
            f"{place} cannot be used: AWS does not accept the credentials ({code}).",
            next_step=_SIGN_IN,
            context=context,
        )
    if code in _DENIED:
        return StorageUnwritable(
            f"{place} cannot be used: access denied to {error.operation_name}.",
            next_step=f"Allow {error.operation_name} on {place} to this role or user, and on its KMS key.",
            context=context,
        )
    if code in _ABSENT:
        return StorageUnwritable(
            f"{place} does not exist ({code}).",
            next_step="Deploy the environment, or check AWS_PROFILE and AWS_REGION.",
            context=context,
        )
    message = error.response.get("Error", {}).get("Message", "")
    return Permanent(f"{place} refused {error.operation_name}: {code}: {message}", context=context)


def _unavailable(place: str, code: str, retry_after_seconds: float | None = None) -> StorageUnavailable:
    return StorageUnavailable(
        f"{place} cannot be reached just now ({code}).",
        next_step="Try again in a moment.",
        context={"place": place, "code": code},
        retry_after_seconds=retry_after_seconds,
    )


def _retry_after(error: Any) -> float | None:
    text = str(_metadata(error).get("HTTPHeaders", {}).get("retry-after", ""))
    return float(text) if text.isdecimal() else None


def _metadata(error: Any) -> dict[str, Any]:
    return dict(error.response.get("ResponseMetadata", {}))
