import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

from reelwright.errors import Permanent
from reelwright.storage.aws_errors import typed
from reelwright.storage.errors import StorageUnavailable, StorageUnwritable
from tests.contract.aws_places import refusal

URL = "http://127.0.0.1"


@pytest.mark.parametrize(
    "error",
    [
        refusal("SlowDown", 503),
        refusal("ThrottlingException"),
        refusal("ProvisionedThroughputExceededException"),
        refusal("RequestTimeout"),
        refusal("Whatever", 500),
        refusal("Whatever", 429),
        refusal("502", 502),
        ReadTimeoutError(endpoint_url=URL),
        ConnectTimeoutError(endpoint_url=URL),
        EndpointConnectionError(endpoint_url=URL),
    ],
    ids=str,
)
def test_what_may_pass_is_unavailable(error: Exception) -> None:
    with (
        pytest.raises(StorageUnavailable, match=r"The bucket b cannot be reached just now") as caught,
        typed("The bucket b"),
    ):
        raise error
    assert caught.value.__cause__ is error
    assert caught.value.retry_after_seconds is None


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None)]
)
def test_the_wait_that_it_asks_for_is_kept(header: str, seconds: float | None) -> None:
    with pytest.raises(StorageUnavailable) as caught, typed("The bucket b"):
        raise refusal("SlowDown", 503, headers={"retry-after": header})
    assert caught.value.retry_after_seconds == seconds


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "403"])
def test_no_access_says_what_to_allow(code: str) -> None:
    with (
        pytest.raises(StorageUnwritable, match=r"access denied to PutObject.*Allow PutObject"),
        typed("The bucket b"),
    ):
        raise refusal(code, 403)


@pytest.mark.parametrize(
    "error", [refusal("ExpiredToken"), refusal("InvalidAccessKeyId", 403), NoCredentialsError()], ids=str
)
def test_credentials_that_do_not_do_say_where_to_look(error: Exception) -> None:
    with pytest.raises(StorageUnwritable, match="AWS_PROFILE"), typed("The bucket b"):
        raise error


@pytest.mark.parametrize("code", ["NoSuchBucket", "ResourceNotFoundException"])
def test_a_place_that_is_not_there_is_no_absence_of_what_is_in_it(code: str) -> None:
    with pytest.raises(StorageUnwritable, match="does not exist"), typed("The bucket b"):
        raise refusal(code, 404)


def test_anything_else_is_told_as_it_is() -> None:
    with pytest.raises(Permanent, match="refused PutObject: EntityTooLarge: no"), typed("The bucket b"):
        raise refusal("EntityTooLarge")


def test_a_call_that_we_made_wrong_is_not_disguised() -> None:
    with pytest.raises(ParamValidationError), typed("The bucket b"):
        raise ParamValidationError(report="a bug")
