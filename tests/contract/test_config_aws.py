"""The sources of configuration on AWS, and their memory: what they say, and every way that they fail."""

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, NoCredentialsError, ReadTimeoutError
from moto import mock_aws

from reelwright.clock import VirtualClock
from reelwright.config.aws_errors import LastKnownGoodTooLarge, asking
from reelwright.config.aws_memory import DynamoLastKnownGood
from reelwright.config.aws_sources import NOTHING, AppConfigSource, ObjectSource, ParametersSource
from reelwright.config.errors import SourceFailed, SourceUnreachable
from reelwright.config.ports import Fetched, LastKnownGood, Remembered, Source
from reelwright.config.schema import Layer
from tests.simulators.appconfig import POLL_SECONDS, AppConfig, Fault, serving

PATH = "/reelwright/dev/settings/"
UNREACHABLE: tuple[Fault, ...] = ("timeout", "dropped", "lost", "throttle", "broken")
FAILED: tuple[Fault, ...] = ("denied", "garbage")


def document(**settings: Any) -> bytes:
    return json.dumps({"schema_version": 1, "settings": settings}).encode()


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def appconfig(clock: VirtualClock) -> AppConfig:
    return AppConfig(clock)


@pytest.fixture
def endpoint(appconfig: AppConfig) -> Iterator[str]:
    with serving(appconfig) as url:
        yield url


@pytest.fixture
def runtime(appconfig: AppConfig, endpoint: str, clock: VirtualClock) -> AppConfigSource:
    client = appconfig.client("appconfigdata", endpoint)
    return AppConfigSource(client, clock, application="app1", ttl_seconds=POLL_SECONDS)


@pytest.fixture
def aws() -> Iterator[Callable[[str], Any]]:
    with mock_aws():
        yield lambda service: boto3.client(
            service, region_name="us-east-1", config=Config(retries={"total_max_attempts": 1})
        )


class Failing:
    """A client whose every call raises."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**_: object) -> Any:
            raise self._error

        return call


class Answering:
    """A client whose every call answers with the same nonsense."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda **_: {"message": "<html>"}


def client_error(code: str, status: int) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "Operation")


# --- AppConfig ---------------------------------------------------------------------------------------------


def test_appconfig_with_nothing_deployed_says_that_it_holds_nothing(runtime: AppConfigSource) -> None:
    assert runtime.layer is Layer.RUNTIME
    assert runtime.name == "appconfig:runtime/settings"
    assert runtime.fetch(None) == Fetched(NOTHING)
    assert runtime.fetch(NOTHING) is None


def test_appconfig_answers_once_and_then_says_unchanged(
    runtime: AppConfigSource, appconfig: AppConfig, clock: VirtualClock
) -> None:
    appconfig.publish("settings", document(video={"fps": 30}), environment="runtime")

    first = runtime.fetch(None)
    clock.advance(POLL_SECONDS)

    assert first
    assert first.settings == {"video": {"fps": 30}}
    assert runtime.fetch(first.version) is None
    assert runtime.fetch("another version") == first


def test_appconfig_is_asked_no_earlier_than_it_allows(
    runtime: AppConfigSource, appconfig: AppConfig, clock: VirtualClock
) -> None:
    appconfig.publish("settings", document(video={"fps": 30}), environment="runtime")
    first = runtime.fetch(None)
    appconfig.publish("settings", document(video={"fps": 60}), environment="runtime")
    asked = len(appconfig.requests)

    clock.advance(POLL_SECONDS - 1)
    assert first
    assert runtime.fetch(first.version) is None
    assert len(appconfig.requests) == asked

    clock.advance(1)
    second = runtime.fetch(first.version)
    assert second
    assert second.settings == {"video": {"fps": 60}}
    assert second.version != first.version


def test_appconfig_keeps_one_session(
    runtime: AppConfigSource, appconfig: AppConfig, clock: VirtualClock
) -> None:
    appconfig.publish("settings", document(), environment="runtime")
    for _ in range(5):
        runtime.fetch(None)
        clock.advance(POLL_SECONDS)

    assert appconfig.requests.count("POST /configurationsessions") == 1


def test_an_expired_token_starts_one_new_session(
    runtime: AppConfigSource, appconfig: AppConfig, clock: VirtualClock
) -> None:
    appconfig.publish("settings", document(video={"fps": 30}), environment="runtime")
    first = runtime.fetch(None)
    appconfig.expire_sessions()
    clock.advance(POLL_SECONDS)

    assert first
    assert runtime.fetch(first.version) is None
    assert appconfig.requests.count("POST /configurationsessions") == 2


def test_the_version_is_the_label_where_there_is_one(runtime: AppConfigSource, appconfig: AppConfig) -> None:
    number = appconfig.host("settings", document(), label="calm-evening")
    appconfig.deploy("runtime", "settings", str(number), "COMPLETE")

    fetched = runtime.fetch(None)

    assert fetched
    assert fetched.version == "calm-evening"


def test_a_rolled_back_deployment_gives_the_old_document_again(
    runtime: AppConfigSource, appconfig: AppConfig, clock: VirtualClock
) -> None:
    appconfig.publish("settings", document(video={"fps": 24}), environment="runtime")
    appconfig.publish("settings", document(video={"fps": 60}), environment="runtime", state="DEPLOYING")
    during = runtime.fetch(None)
    appconfig.move("runtime", "ROLLED_BACK", 0.0)
    clock.advance(POLL_SECONDS)
    after = runtime.fetch(during.version if during else None)

    assert during
    assert during.settings == {"video": {"fps": 60}}
    assert after
    assert after.settings == {"video": {"fps": 24}}


def test_a_document_that_is_none_stays_a_failure_until_it_is_replaced(
    runtime: AppConfigSource, appconfig: AppConfig, clock: VirtualClock
) -> None:
    appconfig.publish("settings", b"not json at all", environment="runtime")
    for _ in range(2):  # the second time AppConfig only says: unchanged
        with pytest.raises(SourceFailed, match="not JSON"):
            runtime.fetch(None)
        clock.advance(POLL_SECONDS)

    appconfig.publish("settings", document(video={"fps": 30}), environment="runtime")
    fetched = runtime.fetch(None)
    assert fetched
    assert fetched.settings == {"video": {"fps": 30}}


@pytest.mark.parametrize("fault", [*UNREACHABLE, *FAILED])
@pytest.mark.parametrize("warm", [False, True])
def test_every_fault_of_appconfig_is_typed_and_passes(
    runtime: AppConfigSource, appconfig: AppConfig, clock: VirtualClock, fault: Fault, *, warm: bool
) -> None:
    appconfig.publish("settings", document(video={"fps": 30}), environment="runtime")
    if warm:
        runtime.fetch(None)
        clock.advance(POLL_SECONDS)
    appconfig.fault = fault

    with pytest.raises(SourceUnreachable if fault in UNREACHABLE else SourceFailed, match=runtime.name):
        runtime.fetch(None)

    appconfig.fault = None
    fetched = runtime.fetch(None)
    assert fetched
    assert fetched.settings == {"video": {"fps": 30}}


def test_an_appconfig_that_never_answers_is_waited_for_no_longer_than_the_client_waits(
    appconfig: AppConfig, endpoint: str, clock: VirtualClock
) -> None:
    client = appconfig.client("appconfigdata", endpoint, read_seconds=0.1)
    appconfig.fault = "timeout"

    with pytest.raises(SourceUnreachable, match="ReadTimeoutError"):
        AppConfigSource(client, clock, application="app1").fetch(None)


def test_an_application_that_does_not_exist_is_a_failure_and_not_emptiness(
    appconfig: AppConfig, endpoint: str, clock: VirtualClock
) -> None:
    source = AppConfigSource(appconfig.client("appconfigdata", endpoint), clock, application="other")

    with pytest.raises(SourceFailed, match="no application"):
        source.fetch(None)


def test_a_deprecated_key_and_an_expiry_arrive_as_the_document_says(
    runtime: AppConfigSource, appconfig: AppConfig
) -> None:
    note = {
        "actor": "ann",
        "reason": "try",
        "set_at": "2026-01-01T00:00:00Z",
        "expires_at": "2026-01-02T00:00:00Z",
    }
    written = {
        "schema_version": 1,
        "settings": {"video": {"fps": 30, "gone": 1}},
        "notes": {"video.fps": note},
        "definitions": {"video.gone": {"type": "integer", "deprecated": True}},
    }
    appconfig.publish("settings", json.dumps(written).encode(), environment="runtime")

    fetched = runtime.fetch(None)

    assert fetched
    assert fetched.settings == {"video": {"fps": 30}}
    assert fetched.expires == {"video.fps": datetime(2026, 1, 2, tzinfo=UTC)}


# --- Parameter Store ---------------------------------------------------------------------------------------


def test_parameters_are_read_by_the_type_of_their_field(aws: Callable[[str], Any]) -> None:
    ssm = aws("ssm")
    written = {
        "video/fps": "30",
        "video/resolution": "720p",
        "features/music": "false",
        "audio/voice": "42",
        "audio/loudness_lufs": "-14.5",
        "budgets/per_video_usd": "2.00",
        "models/content": '{"tier": "premium"}',
        "no/such": "thing",
    }
    for name, value in written.items():
        ssm.put_parameter(Name=PATH + name, Value=value, Type="String")

    fetched = ParametersSource(ssm, path=PATH).fetch(None)

    assert fetched
    assert fetched.settings == {
        "video": {"fps": 30, "resolution": "720p"},
        "features": {"music": False},
        "audio": {"voice": "42", "loudness_lufs": -14.5},
        "budgets": {"per_video_usd": "2.00"},
        "models": {"content": {"tier": "premium"}},
        "no": {"such": "thing"},
    }


def test_more_parameters_than_a_page_are_all_read_and_those_of_others_are_not(
    aws: Callable[[str], Any],
) -> None:
    ssm = aws("ssm")
    for number in range(25):
        ssm.put_parameter(Name=f"{PATH}providers/p{number}/enabled", Value="false", Type="String")
    ssm.put_parameter(Name="/reelwright/prod/settings/video/fps", Value="60", Type="String")

    fetched = ParametersSource(ssm, path=PATH).fetch(None)

    assert fetched
    assert fetched.settings == {"providers": {f"p{number}": {"enabled": False} for number in range(25)}}


def test_parameters_have_a_version_that_moves_with_any_of_them(aws: Callable[[str], Any]) -> None:
    ssm = aws("ssm")
    source = ParametersSource(ssm, path=PATH)
    assert source.fetch(None) == Fetched(NOTHING)
    assert source.fetch(NOTHING) is None

    versions = set()
    for value in ("24", "30", "30"):
        ssm.put_parameter(Name=f"{PATH}video/fps", Value=value, Type="String", Overwrite=True)
        fetched = source.fetch(None)
        assert fetched
        versions.add(fetched.version)
        assert source.fetch(fetched.version) is None
    assert len(versions) == 3


def test_a_secure_string_is_refused_and_never_decrypted(aws: Callable[[str], Any]) -> None:
    ssm = aws("ssm")
    ssm.put_parameter(Name=f"{PATH}audio/voice", Value="canary-value", Type="SecureString")

    with pytest.raises(SourceFailed, match="audio/voice is a SecureString") as caught:
        ParametersSource(ssm, path=PATH).fetch(None)
    assert "canary" not in str(caught.value) + repr(caught.value.context)


def test_a_list_of_strings_is_a_list(aws: Callable[[str], Any]) -> None:
    ssm = aws("ssm")
    ssm.put_parameter(Name=f"{PATH}some/list", Value="a,b", Type="StringList")

    fetched = ParametersSource(ssm, path=PATH).fetch(None)

    assert fetched
    assert fetched.settings == {"some": {"list": ["a", "b"]}}


# --- S3 ----------------------------------------------------------------------------------------------------


@pytest.fixture
def bucket(aws: Callable[[str], Any]) -> Any:
    s3 = aws("s3")
    s3.create_bucket(Bucket="config-dev")
    s3.put_bucket_versioning(Bucket="config-dev", VersioningConfiguration={"Status": "Enabled"})
    return s3


def test_a_document_in_s3_is_read_once_for_each_version(bucket: Any) -> None:
    source = ObjectSource(bucket, bucket="config-dev", key="documents/settings")
    assert source.fetch(None) == Fetched(NOTHING)
    written = bucket.put_object(
        Bucket="config-dev", Key="documents/settings", Body=document(video={"fps": 30})
    )

    first = source.fetch(NOTHING)

    assert first == Fetched(written["VersionId"], {"video": {"fps": 30}})
    assert source.fetch(first.version) is None
    assert source.fetch("another") == first


def test_an_unchanged_object_is_not_sent_again(bucket: Any) -> None:
    bucket.put_object(Bucket="config-dev", Key="documents/settings", Body=document())
    source = ObjectSource(bucket, bucket="config-dev", key="documents/settings")
    statuses: list[int] = []
    bucket.meta.events.register(
        "after-call.s3.GetObject", lambda http_response, **_: statuses.append(http_response.status_code)
    )

    source.fetch(None)
    source.fetch(None)

    assert statuses == [200, 304]


def test_a_deleted_object_holds_nothing_and_can_come_back(bucket: Any) -> None:
    source = ObjectSource(bucket, bucket="config-dev", key="documents/settings")
    bucket.put_object(Bucket="config-dev", Key="documents/settings", Body=document(video={"fps": 30}))
    source.fetch(None)
    bucket.delete_object(Bucket="config-dev", Key="documents/settings")
    assert source.fetch(None) == Fetched(NOTHING)

    bucket.put_object(Bucket="config-dev", Key="documents/settings", Body=document(video={"fps": 60}))
    fetched = source.fetch(NOTHING)
    assert fetched
    assert fetched.settings == {"video": {"fps": 60}}


def test_garbage_in_s3_stays_a_failure_though_it_is_unchanged(bucket: Any) -> None:
    bucket.put_object(Bucket="config-dev", Key="documents/settings", Body=b"[]")
    source = ObjectSource(bucket, bucket="config-dev", key="documents/settings")

    for _ in range(2):
        with pytest.raises(SourceFailed, match="no document of settings"):
            source.fetch(None)


def test_a_bucket_that_does_not_exist_is_a_failure_and_not_emptiness(bucket: Any) -> None:
    with pytest.raises(SourceFailed, match="NoSuchBucket"):
        ObjectSource(bucket, bucket="elsewhere", key="documents/settings").fetch(None)


# --- What all have in common -------------------------------------------------------------------------------

SOURCES: dict[str, Callable[[Any], Source]] = {
    "appconfig": lambda client: AppConfigSource(client, VirtualClock(), application="app1"),
    "ssm": lambda client: ParametersSource(client, path=PATH),
    "s3": lambda client: ObjectSource(client, bucket="config-dev", key="documents/settings"),
}
PASSING = [
    ReadTimeoutError(endpoint_url="https://x"),
    ConnectTimeoutError(endpoint_url="https://x"),
    client_error("ThrottlingException", 400),
    client_error("SlowDown", 503),
    client_error("InternalServerError", 500),
    client_error("Whatever", 429),
]
LASTING = [
    client_error("AccessDeniedException", 400),
    client_error("AccessDenied", 403),
    NoCredentialsError(),
]


@pytest.mark.parametrize("make", SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize("error", PASSING, ids=lambda error: str(error)[:40])
def test_what_may_pass_is_unreachable(make: Callable[[Any], Source], error: Exception) -> None:
    source = make(Failing(error))
    with pytest.raises(SourceUnreachable, match=source.name) as caught:
        source.fetch(None)
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("make", SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize("error", LASTING, ids=lambda error: str(error)[:40])
def test_what_will_not_pass_has_failed(make: Callable[[Any], Source], error: Exception) -> None:
    source = make(Failing(error))
    with pytest.raises(SourceFailed, match=source.name):
        source.fetch(None)


@pytest.mark.parametrize("make", SOURCES.values(), ids=SOURCES)
def test_an_answer_that_is_none_has_failed(make: Callable[[Any], Source]) -> None:
    with pytest.raises(SourceFailed, match="garbage"):
        make(Answering()).fetch(None)


def test_other_exceptions_are_left_alone() -> None:
    with pytest.raises(ZeroDivisionError), asking("x"):
        raise ZeroDivisionError


# --- Last known good ---------------------------------------------------------------------------------------

AT = datetime(2026, 5, 1, 12, 0, 0, 1, tzinfo=UTC)


@pytest.fixture
def table(aws: Callable[[str], Any]) -> Any:
    dynamodb = aws("dynamodb")
    keys = ("pk", "sk")
    dynamodb.create_table(
        TableName="control",
        KeySchema=[
            {"AttributeName": keys[0], "KeyType": "HASH"},
            {"AttributeName": keys[1], "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
        BillingMode="PAY_PER_REQUEST",
    )
    return dynamodb


@pytest.fixture
def memory(table: Any) -> LastKnownGood:
    return DynamoLastKnownGood(table, "control")


def test_what_is_saved_is_loaded(memory: LastKnownGood) -> None:
    said = Fetched(
        "7",
        {"video": {"fps": 30}, "providers": {"runway": {"enabled": False}}},
        {"flags": {"version": "1"}},
        {"video.fps": AT},
        {"video.fps": "ann: smoother"},
    )
    memory.save("ssm:/a/", Remembered(said, AT))
    memory.save("s3:settings", Remembered(Fetched("8"), AT))

    assert memory.load() == {"ssm:/a/": Remembered(said, AT), "s3:settings": Remembered(Fetched("8"), AT)}


def test_an_older_answer_never_replaces_a_newer_one(memory: LastKnownGood) -> None:
    newer = Remembered(Fetched("2"), AT)
    memory.save("s", newer)
    memory.save("s", Remembered(Fetched("1"), AT - timedelta(microseconds=1)))
    assert memory.load() == {"s": newer}

    newest = Remembered(Fetched("3"), AT + timedelta(microseconds=1))
    memory.save("s", newest)
    assert memory.load() == {"s": newest}


def test_a_damaged_item_is_not_remembered_and_can_be_replaced(memory: LastKnownGood, table: Any) -> None:
    damaged = {"pk": {"S": "config"}, "sk": {"S": "s"}, "at": {"N": "0"}, "body": {"B": b"rust"}}
    table.put_item(TableName="control", Item=damaged)
    assert memory.load() == {}

    memory.save("s", Remembered(Fetched("1"), AT))
    assert memory.load() == {"s": Remembered(Fetched("1"), AT)}


def test_large_documents_are_compressed_and_too_large_ones_refused(memory: LastKnownGood) -> None:
    memory.save("s", Remembered(Fetched("1", {"text": "tide " * 200_000}), AT))
    assert len(str(memory.load()["s"].fetched.settings["text"])) == 1_000_000

    noise = random.Random(1).randbytes(500_000).hex()
    with pytest.raises(LastKnownGoodTooLarge, match="s says"):
        memory.save("s", Remembered(Fetched("2", {"text": noise}), AT + timedelta(1)))


def test_a_memory_of_more_than_a_page_is_loaded_whole(memory: LastKnownGood) -> None:
    noise = random.Random(1)
    for number in range(8):
        memory.save(f"s{number}", Remembered(Fetched("1", {"t": noise.randbytes(150_000).hex()}), AT))

    assert sorted(memory.load()) == [f"s{number}" for number in range(8)]


@pytest.mark.parametrize("error", [*PASSING, *LASTING], ids=lambda error: str(error)[:40])
def test_a_memory_that_cannot_be_read_is_unreachable(error: Exception) -> None:
    with pytest.raises(SourceUnreachable):
        DynamoLastKnownGood(Failing(error), "control").load()
    with pytest.raises((SourceUnreachable, SourceFailed)):
        DynamoLastKnownGood(Failing(error), "control").save("s", Remembered(Fetched("1"), AT))
