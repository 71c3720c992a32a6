"""What Bedrock's refusals and silences mean: a test for each row of the tables."""

import re
from pathlib import Path

import pytest
from botocore import exceptions as boto
from botocore.parsers import ResponseParserError
from botocore.session import get_session

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
from reelwright.models.http import AnswerLost, NotSent
from reelwright.models.providers import bedrock_errors
from reelwright.models.providers.bedrock import BedrockProvider
from reelwright.models.providers.bedrock_errors import ANSWERS, CONNECTIONS, failure_of, job_failure
from reelwright.models.providers.bedrock_video import BedrockFootage
from tests.simulators.access import call_to
from tests.simulators.bedrock import BedrockSimulator, bedrock_error
from tests.simulators.bedrock_clients import aws_calls_to
from tests.simulators.server import Answer
from tests.unit.models.providers.bedrock_samples import LUMA, SONNET, script_request, shot_request

_LEGACY = (
    "Access denied. This Model is marked by provider as Legacy and you have not been actively using the "
    "model in the last 30 days. Please upgrade to an active model on Amazon Bedrock"
)
_ENDED = "This model version has reached the end of its life."
_DEMAND = (
    "Invocation of model ID x with on-demand throughput isn't supported. Retry with an inference profile."
)

ROWS = [
    # code, message, what it means, what it means for an order of footage
    ("ThrottlingException", "Too many requests", ProviderThrottled, ProviderThrottled),
    ("ThrottlingException", "Too many tokens per day, please wait", ProviderExhausted, ProviderExhausted),
    ("ModelNotReadyException", "Model is not ready", ProviderThrottled, ProviderThrottled),
    ("ServiceUnavailableException", "Unavailable", ProviderUnavailable, ProviderUnavailable),
    ("InternalServerException", "Internal error", ProviderUnavailable, OutcomeUnknown),
    ("ModelTimeoutException", "Timed out", ProviderTimedOut, OutcomeUnknown),
    ("ModelErrorException", "Model failed", ProviderUnavailable, OutcomeUnknown),
    ("ServiceQuotaExceededException", "Quota", ProviderExhausted, ProviderExhausted),
    ("ValidationException", "Malformed input", RequestInvalid, RequestInvalid),
    ("ValidationException", "The provided model identifier is invalid.", ModelRetired, ModelRetired),
    ("ValidationException", _ENDED, ModelRetired, ModelRetired),
    ("ValidationException", _LEGACY, ModelRetired, ModelRetired),
    ("ValidationException", _DEMAND, ProviderMisconfigured, ProviderMisconfigured),
    ("ValidationException", "Invalid S3 credentials", ProviderMisconfigured, ProviderMisconfigured),
    ("ValidationException", "The bucket is elsewhere", ProviderMisconfigured, ProviderMisconfigured),
    ("ValidationException", "This request has been blocked by our content filters.", RequestRefused, None),
    ("ValidationException", "Prompt failed moderation", RequestRefused, RequestRefused),
    ("AccessDeniedException", "not authorized to perform", ProviderMisconfigured, ProviderMisconfigured),
    ("AccessDeniedException", _LEGACY, ModelRetired, ModelRetired),
    ("AccessDeniedException", _ENDED, ModelRetired, ModelRetired),
    ("ResourceNotFoundException", _ENDED, ModelRetired, ModelRetired),
    ("ResourceNotFoundException", _LEGACY, ModelRetired, ModelRetired),
    ("ResourceNotFoundException", "Could not resolve the model", ModelRetired, ModelRetired),
    (
        "ResourceNotFoundException",
        "Model use case details have not been submitted for this account.",
        ProviderMisconfigured,
        ProviderMisconfigured,
    ),
    ("UnrecognizedClientException", "Bad token", ProviderMisconfigured, ProviderMisconfigured),
    ("InvalidSignatureException", "Bad signature", ProviderMisconfigured, ProviderMisconfigured),
    ("ExpiredTokenException", "Expired", ProviderMisconfigured, ProviderMisconfigured),
    ("MissingAuthenticationTokenException", "Missing", ProviderMisconfigured, ProviderMisconfigured),
    ("ConflictException", "Same token, other body", RequestInvalid, OutcomeUnknown),
    ("SomethingNewException", "Hello", RequestInvalid, RequestInvalid),
]


@pytest.mark.parametrize(("code", "message", "kind", "ordered"), ROWS)
def test_an_answer_over_the_wire_is_what_the_table_says(
    tmp_path: Path, code: str, message: str, kind: type[ProviderFailed], ordered: type[ProviderFailed] | None
) -> None:
    answers = [bedrock_error(code, message)]
    assert _of_text(answers, kind).accepted == "no"
    wanted = ordered or kind
    failed = _of_order(answers, wanted, tmp_path)
    assert failed.accepted == ("maybe" if wanted is OutcomeUnknown else "no")
    assert code in failed.message
    assert (message[:50] in failed.message) is (code != "InvalidSignatureException")
    assert failed.next_step
    assert failed.request_id == "bedrock-failed"


def test_every_row_of_the_table_has_one_here() -> None:
    tested = [(code, message.lower()) for code, message, *_ in ROWS]
    s3 = {"NoSuchKey", "InvalidRange", "PreconditionFailed", "NoSuchBucket", "AccessDenied", "SlowDown"}
    for rule in ANSWERS:
        hits = [row for row in tested if row[0] == rule.code and rule.says in row[1]]
        assert hits or rule.code in s3, rule


def test_every_error_that_botocore_models_is_in_the_table() -> None:
    service = get_session().get_service_model("bedrock-runtime")
    operations = ("Converse", "StartAsyncInvoke", "GetAsyncInvoke", "ListAsyncInvokes")
    modelled = {shape.name for name in operations for shape in service.operation_model(name).error_shapes}
    assert modelled <= {rule.code for rule in ANSWERS}


def test_a_message_that_repeats_the_signed_headers_is_not_quoted(tmp_path: Path) -> None:
    said = "The Canonical String should have been 'POST /x x-amz-security-token:FwoGZXIvYXdz'"
    failed = _of_order([bedrock_error("InvalidSignatureException", said)], ProviderMisconfigured, tmp_path)
    assert "FwoGZXIvYXdz" not in f"{failed}{failed.as_dict()}"


@pytest.mark.parametrize("code", ["NoSuchKey", "InvalidRange"])
def test_what_is_not_in_the_bucket_is_no_answer(code: str) -> None:
    assert _classified({"Code": code}, 404) == (AnswerRejected, "no")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("NoSuchBucket", ProviderMisconfigured),
        ("AccessDenied", ProviderMisconfigured),
        ("SlowDown", ProviderThrottled),
        ("PreconditionFailed", ProviderUnavailable),
    ],
)
def test_s3_has_words_of_its_own(code: str, kind: type[ProviderFailed]) -> None:
    assert _classified({"Code": code}, 403) == (kind, "no")


@pytest.mark.parametrize(
    ("status", "kind", "ordered"),
    [
        (502, ProviderUnavailable, "maybe"),
        (503, ProviderUnavailable, "maybe"),
        (504, ProviderUnavailable, "maybe"),
        (500, ProviderUnavailable, "maybe"),
        (429, ProviderThrottled, "no"),
        (403, ProviderMisconfigured, "no"),
        (401, ProviderMisconfigured, "no"),
        (400, RequestInvalid, "no"),
        (302, ProviderUnavailable, "maybe"),
    ],
)
def test_a_page_of_something_on_the_way_goes_by_its_status(
    tmp_path: Path, status: int, kind: type[ProviderFailed], ordered: Accepted
) -> None:
    page = Answer(status, b"<html>gateway</html>", {"content-type": "text/html"})
    assert _of_text([page], kind).accepted == "no"
    failed = _of_order([page], OutcomeUnknown if ordered == "maybe" else kind, tmp_path)
    assert failed.accepted == ordered


@pytest.mark.parametrize(
    ("header", "value", "seconds"),
    [
        ("x-amz-retry-after", "2500", 2.5),
        ("retry-after", "3", 3.0),
        ("retry-after", "soon", None),
        ("retry-after", "-1", None),
        ("x-other", "1", None),
    ],
)
def test_how_long_to_wait_is_read(header: str, value: str, seconds: float | None) -> None:
    response = {
        "Error": {"Code": "ThrottlingException", "Message": ""},
        "ResponseMetadata": {"HTTPStatusCode": 429, "HTTPHeaders": {header: value}},
    }
    error = boto.ClientError(response, "Converse")
    assert failure_of(error, buying="answer", subject="x").retry_after_seconds == seconds


_AT = {"endpoint_url": "https://bedrock"}
SILENCES = [
    (NotSent("refused"), ProviderUnavailable, "no"),
    (NotSent("refused", timed_out=True), ProviderTimedOut, "no"),
    (AnswerLost("broke off"), ProviderUnavailable, "maybe"),
    (AnswerLost("late", timed_out=True), ProviderTimedOut, "maybe"),
    (boto.ConnectTimeoutError(**_AT), ProviderUnavailable, "no"),
    (boto.EndpointConnectionError(**_AT), ProviderUnavailable, "no"),
    (boto.ProxyConnectionError(proxy_url="http://p"), ProviderUnavailable, "no"),
    (boto.SSLError(error="CERTIFICATE VERIFY FAILED", **_AT), ProviderUnavailable, "no"),
    (boto.SSLError(error="read failed", **_AT), ProviderUnavailable, "maybe"),
    (boto.ReadTimeoutError(**_AT), ProviderTimedOut, "maybe"),
    (boto.ConnectionClosedError(**_AT), ProviderUnavailable, "maybe"),
    (boto.HTTPClientError(error="x"), ProviderUnavailable, "maybe"),
    (boto.IncompleteReadError(actual_bytes=1, expected_bytes=2), ProviderUnavailable, "maybe"),
    (boto.ParamValidationError(report="x"), RequestInvalid, "no"),
    (boto.NoCredentialsError(), ProviderMisconfigured, "no"),
    (boto.PartialCredentialsError(provider="x", cred_var="y"), ProviderMisconfigured, "no"),
    (boto.CredentialRetrievalError(provider="x", error_msg="y"), ProviderMisconfigured, "no"),
    (boto.TokenRetrievalError(provider="x", error_msg="y"), ProviderMisconfigured, "no"),
    (boto.SSOTokenLoadError(error_msg="x"), ProviderMisconfigured, "no"),
    (boto.ProfileNotFound(profile="x"), ProviderMisconfigured, "no"),
    (boto.NoRegionError(), ProviderMisconfigured, "no"),
    (boto.EndpointVariantError(tags=["x"]), ProviderUnavailable, "maybe"),
    (boto.UnknownEndpointError(service_name="x", region_name="y"), ProviderUnavailable, "maybe"),
    (AttributeError("a list has no get"), AnswerRejected, "maybe"),
]


@pytest.mark.parametrize(("error", "kind", "accepted"), SILENCES, ids=lambda value: type(value).__name__)
def test_a_silence_is_what_the_table_says(
    error: Exception, kind: type[ProviderFailed], accepted: Accepted
) -> None:
    failed = failure_of(error, buying="answer", subject="a request")
    assert (type(failed), failed.accepted) == (kind, accepted)
    ordered = failure_of(error, buying="order", subject="an order")
    assert type(ordered) is (OutcomeUnknown if accepted == "maybe" else kind)
    assert failure_of(error, buying="nothing", subject="a look").accepted == "no"


def test_every_silence_of_the_table_has_a_name_that_exists() -> None:
    ours = {each.__name__ for each in (NotSent, AnswerLost, ResponseParserError, Exception)}
    for rule in CONNECTIONS:
        assert rule.error in ours or hasattr(boto, rule.error), rule


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("The generated video has been blocked by our content filters.", RequestRefused),
        ("Content moderated", RequestRefused),
        ("It goes against our content policy", RequestRefused),
        ("Cannot write to S3", ProviderMisconfigured),
        ("The bucket is gone", ProviderMisconfigured),
        ("Access denied", ProviderMisconfigured),
        ("Something broke", ProviderUnavailable),
        ("", ProviderUnavailable),
    ],
)
def test_a_failed_job_is_what_its_message_says(message: str, kind: type[ProviderFailed]) -> None:
    failed = job_failure(message, subject="an order")
    assert (type(failed), failed.accepted, failed.usage) == (kind, "yes", ())


def test_a_long_message_is_cut() -> None:
    assert len(job_failure("x" * 5000, subject="an order").message) < 400


def test_reading_the_tables_imports_no_boto() -> None:
    source = Path(bedrock_errors.__file__).read_text("utf-8")
    assert not re.search(r"^\s*(from|import) (boto|botocore)", source, re.MULTILINE)


def _classified(said: dict[str, str], status: int) -> tuple[type[ProviderFailed], str]:
    response = {"Error": {"Message": "", **said}, "ResponseMetadata": {"HTTPStatusCode": status}}
    failed = failure_of(boto.ClientError(response, "GetObject"), buying="nothing", subject="x")
    return type(failed), failed.accepted


def _of_text(answers: list[Answer], kind: type[ProviderFailed]) -> ProviderFailed:
    with BedrockSimulator() as bedrock:
        bedrock.next_answers = list(answers)
        with pytest.raises(kind) as failed:
            BedrockProvider(aws_calls_to(bedrock)).write(SONNET, script_request(), call_to())
        assert len(bedrock.received) == 1
    assert type(failed.value) is kind
    return failed.value


def _of_order(answers: list[Answer], kind: type[ProviderFailed], tmp_path: Path) -> ProviderFailed:
    with BedrockSimulator(buckets={"clips": "us-west-2"}) as bedrock:
        bedrock.next_answers = list(answers)
        footage = BedrockFootage(aws_calls_to(bedrock), {"us-west-2": "clips"})
        with pytest.raises(kind) as failed:
            footage.submit(LUMA, shot_request(tmp_path), call_to())
        assert len(bedrock.received) == 1
    assert type(failed.value) is kind
    return failed.value
