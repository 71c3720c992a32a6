import botocore.exceptions
import botocore.session
import pytest
from botocore.exceptions import ClientError

from reelwright.models.errors import (
    ProviderExhausted,
    ProviderFailed,
    ProviderMisconfigured,
    ProviderThrottled,
    ProviderTimedOut,
    ProviderUnavailable,
    RequestInvalid,
)
from reelwright.models.http import AnswerLost, NotSent
from reelwright.models.providers.polly_errors import BY_CODE, BY_EXCEPTION, failure_of

RETRYABLE = {
    "ThrottlingException",
    "Throttling",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestLimitExceeded",
    "ServiceFailureException",
    "ServiceUnavailableException",
    "ServiceUnavailable",
    "InternalFailure",
}
THROTTLED = {name for name in RETRYABLE if "Thrott" in name or "Request" in name}
OPERATORS = {
    "AccessDeniedException",
    "AccessDenied",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "ExpiredTokenException",
    "ExpiredToken",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "IncompleteSignature",
    "OptInRequired",
}


def answered(code: str, status: int, message: str = "so it is", **headers: str) -> ProviderFailed:
    told = {"HTTPStatusCode": status, "RequestId": "r-1", "HTTPHeaders": headers}
    return failure_of(
        ClientError(
            {"Error": {"Code": code, "Message": message}, "ResponseMetadata": told}, "SynthesizeSpeech"
        )
    )


def expected(code: str) -> type[ProviderFailed]:
    if code in THROTTLED:
        return ProviderThrottled
    if code in RETRYABLE:
        return ProviderUnavailable
    if code in OPERATORS:
        return ProviderMisconfigured
    return ProviderExhausted if code == "ServiceQuotaExceededException" else RequestInvalid


@pytest.mark.parametrize("code", BY_CODE)
@pytest.mark.parametrize("status", [400, 500])
def test_a_code_means_the_same_whatever_the_status(code: str, status: int) -> None:
    failure = answered(code, status)
    assert type(failure) is expected(code)
    assert (failure.accepted, failure.request_id, failure.usage) == ("no", "r-1", ())
    assert code in failure.message


def test_every_error_of_the_operation_has_a_row() -> None:
    operations = botocore.session.get_session().get_service_model("polly")
    modelled = operations.operation_model("SynthesizeSpeech").error_shapes
    assert {shape.name for shape in modelled} <= set(BY_CODE)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RequestInvalid),
        (401, ProviderMisconfigured),
        (403, ProviderMisconfigured),
        (404, RequestInvalid),
        (429, ProviderThrottled),
        (500, ProviderUnavailable),
        (502, ProviderUnavailable),
        (200, ProviderUnavailable),
    ],
)
def test_an_unknown_code_is_known_by_its_status(status: int, kind: type[ProviderFailed]) -> None:
    assert type(answered("Novelty", status)) is kind


EXAMPLES: dict[str, Exception] = {
    "NotSent": NotSent("nobody there"),
    "AnswerLost": AnswerLost("cut"),
    "EndpointConnectionError": botocore.exceptions.EndpointConnectionError(endpoint_url="u"),
    "ConnectTimeoutError": botocore.exceptions.ConnectTimeoutError(endpoint_url="u"),
    "ProxyConnectionError": botocore.exceptions.ProxyConnectionError(proxy_url="u"),
    "SSLError": botocore.exceptions.SSLError(endpoint_url="u", error="e"),
    "NoCredentialsError": botocore.exceptions.NoCredentialsError(),
    "PartialCredentialsError": botocore.exceptions.PartialCredentialsError(provider="p", cred_var="v"),
    "CredentialRetrievalError": botocore.exceptions.CredentialRetrievalError(provider="p", error_msg="e"),
    "TokenRetrievalError": botocore.exceptions.TokenRetrievalError(provider="p", error_msg="e"),
    "SSOError": botocore.exceptions.UnauthorizedSSOTokenError(),
    "ProfileNotFound": botocore.exceptions.ProfileNotFound(profile="p"),
    "NoRegionError": botocore.exceptions.NoRegionError(),
    "EndpointProviderError": botocore.exceptions.EndpointProviderError(msg="m"),
    "ParamValidationError": botocore.exceptions.ParamValidationError(report="r"),
    "ReadTimeoutError": botocore.exceptions.ReadTimeoutError(endpoint_url="u"),
    "ConnectionClosedError": botocore.exceptions.ConnectionClosedError(endpoint_url="u"),
    "BotoCoreError": botocore.exceptions.HTTPClientError(error="e"),
}


@pytest.mark.parametrize("name", BY_EXCEPTION)
def test_without_an_answer_the_exception_counts(name: str) -> None:
    failure = failure_of(EXAMPLES[name])
    kind, accepted = BY_EXCEPTION[name]
    assert (type(failure), failure.accepted) == (kind, accepted)


SENT = {"AnswerLost", "ReadTimeoutError", "ConnectionClosedError", "BotoCoreError"}


@pytest.mark.parametrize("name", BY_EXCEPTION)
def test_only_what_never_left_is_certainly_not_taken_on(name: str) -> None:
    assert (BY_EXCEPTION[name][1] == "maybe") == (name in SENT)


def test_what_nobody_foresaw_may_have_been_taken_on() -> None:
    failure = failure_of(KeyError("x"))
    assert (type(failure), failure.accepted) == (ProviderUnavailable, "maybe")


def test_out_of_time_is_out_of_time_however_far_it_came() -> None:
    assert failure_of(NotSent("late", timed_out=True)).accepted == "no"
    assert type(failure_of(NotSent("late", timed_out=True))) is ProviderTimedOut
    assert type(failure_of(AnswerLost("late", timed_out=True))) is ProviderTimedOut


def test_how_long_to_wait_is_read_and_long_messages_are_cut() -> None:
    failure = answered("ThrottlingException", 400, "x" * 999, **{"retry-after": "7"})
    assert failure.retry_after_seconds == 7
    assert len(failure.message) < 260
    assert answered("ThrottlingException", 400, **{"retry-after": "soon"}).retry_after_seconds is None
