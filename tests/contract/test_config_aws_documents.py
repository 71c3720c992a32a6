"""AppConfig's profiles as documents, against a simulator that speaks AppConfig's own wire format."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from reelwright.clock import VirtualClock
from reelwright.config.aws import Pace, aws_sources, configuration_for, runtime_documents
from reelwright.config.aws_appconfig import AppConfigControl
from reelwright.config.aws_documents import AppConfigDocuments, _Description
from reelwright.config.aws_errors import DeploymentInProgress, DeploymentTakenBack
from reelwright.config.errors import InvalidConfiguration, SourceFailed, SourceUnreachable
from reelwright.config.schema import Layer
from reelwright.environment.deployment import Deployment
from reelwright.errors import InvalidInput
from reelwright.storage.documents import restore
from reelwright.storage.errors import DocumentConflict, DocumentMissing
from reelwright.storage.ports import ABSENT
from reelwright.storage.schema import Author
from tests.simulators.appconfig import AppConfig, Fault, serving

ANN = Author(actor="ann", reason="smoother – für alle")


@pytest.fixture
def appconfig() -> AppConfig:
    return AppConfig(VirtualClock())


@pytest.fixture
def control(appconfig: AppConfig) -> Iterator[AppConfigControl]:
    with serving(appconfig) as url:
        yield AppConfigControl(appconfig.client("appconfig", url), "app1")


@pytest.fixture
def store(control: AppConfigControl, appconfig: AppConfig) -> AppConfigDocuments:
    return AppConfigDocuments(control, appconfig.clock, strategy=lambda _: "xdev-instant")


def test_what_is_put_is_read(store: AppConfigDocuments) -> None:
    assert store.names() == ()
    written = store.put("settings", b"{}", expect=ABSENT, author=ANN)

    read = store.read("settings")

    assert (read.content, read.version, read.author, read.size_bytes) == (b"{}", "1", ANN, 2)
    assert read.written_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert written.model_dump() == {
        key: value for key, value in read.model_dump().items() if key != "content"
    }
    assert store.names() == ("settings",)
    assert store.history("settings") == (written,)


def test_documents_are_deployed_where_their_readers_look(
    store: AppConfigDocuments, appconfig: AppConfig
) -> None:
    for name in ("settings", "flags", "kill-switches"):
        store.put(name, b"{}", expect=ABSENT, author=ANN)

    deployed = {
        place: [one["ConfigurationName"] for one in made] for place, made in appconfig.deployments.items()
    }
    assert deployed == {"runtime": ["settings"], "flags": ["flags"], "kill-switches": ["kill-switches"]}


@pytest.mark.parametrize("expect", [ABSENT, "1", "7"])
def test_an_unexpected_version_is_a_conflict_and_nothing_is_written(
    store: AppConfigDocuments, appconfig: AppConfig, expect: str
) -> None:
    for content in (b"1", b"2"):
        store.put("settings", content, expect=None, author=ANN)

    with pytest.raises(DocumentConflict, match="somebody changed it"):
        store.put("settings", b"3", expect=expect, author=ANN)
    assert len(appconfig.hosted["settings"]) == 2


def test_whoever_comes_between_reading_and_writing_shows(
    store: AppConfigDocuments, appconfig: AppConfig
) -> None:
    store.put("settings", b"1", expect=ABSENT, author=ANN)
    appconfig.between = lambda: store.put("settings", b"theirs", expect="1", author=ANN) and None

    with pytest.raises(DocumentConflict, match="at the same moment"):
        store.put("settings", b"mine", expect="1", author=ANN)

    assert store.read("settings").content == b"theirs"


def test_two_first_writers_do_not_both_win(store: AppConfigDocuments, appconfig: AppConfig) -> None:
    appconfig.between = lambda: store.put("settings", b"theirs", expect=ABSENT, author=ANN) and None

    with pytest.raises(DocumentConflict):
        store.put("settings", b"mine", expect=ABSENT, author=ANN)

    assert store.read("settings").content == b"theirs"


def test_nothing_is_hosted_while_a_deployment_runs(store: AppConfigDocuments, appconfig: AppConfig) -> None:
    appconfig.instant = False
    store.put("settings", b"1", expect=ABSENT, author=ANN)
    assert store.read("settings").content == b"1"

    with pytest.raises(DeploymentInProgress, match="settings"):
        store.put("settings", b"2", expect="1", author=ANN)
    assert len(appconfig.hosted["settings"]) == 1

    appconfig.move("runtime", "COMPLETE")
    assert store.put("settings", b"2", expect="1", author=ANN).version == "2"


def test_a_deployment_that_starts_in_between_is_told_as_such(
    store: AppConfigDocuments, appconfig: AppConfig
) -> None:
    store.put("flags", b"1", expect=ABSENT, author=ANN)
    appconfig.between = lambda: appconfig.deploy("flags", "flags", "1", "DEPLOYING") and None

    with pytest.raises(DeploymentInProgress):
        store.put("flags", b"2", expect="1", author=ANN)


def test_a_rolled_back_version_is_not_the_newest_and_stays_in_history(
    store: AppConfigDocuments, appconfig: AppConfig
) -> None:
    for content in (b"1", b"2", b"3"):
        store.put("settings", content, expect=None, author=ANN)
    appconfig.move("runtime", "ROLLED_BACK", 0.0)

    assert store.read("settings").version == "2"
    assert [one.version for one in store.history("settings")] == ["2", "3", "1"]
    assert store.put("settings", b"4", expect="2", author=ANN).version == "4"


def test_a_change_that_is_taken_back_as_it_starts_is_told_as_such(
    store: AppConfigDocuments, appconfig: AppConfig
) -> None:
    store.put("settings", b"1", expect=ABSENT, author=ANN)
    appconfig.alarm = True
    with pytest.raises(DeploymentTakenBack, match="an alarm of the environment rings"):
        store.put("settings", b"2", expect="1", author=ANN)
    assert store.read("settings").content == b"1"
    appconfig.alarm = False
    assert store.put("settings", b"2", expect="1", author=ANN).version == "3"


def test_a_hosted_version_that_was_never_deployed_is_not_the_newest(
    store: AppConfigDocuments, appconfig: AppConfig
) -> None:
    store.put("settings", b"1", expect=ABSENT, author=ANN)
    appconfig.host("settings", b"draft", "tried in the console")

    assert store.read("settings").version == "1"
    draft = store.read("settings", "2")
    assert (draft.author.actor, draft.author.reason) == ("console", "tried in the console")
    assert store.put("settings", b"3", expect="1", author=ANN).version == "3"


def test_going_back_writes_a_new_version_that_says_so(store: AppConfigDocuments) -> None:
    for content in (b"1", b"2"):
        store.put("settings", content, expect=None, author=ANN)

    restored = restore(store, "settings", "1", author=ANN, expect="2")

    assert (restored.version, restored.restored_from) == ("3", "1")
    assert store.read("settings").restored_from == "1"
    assert store.read("settings").content == b"1"


def test_versions_made_in_the_console_have_the_time_of_their_deployment(
    store: AppConfigDocuments, appconfig: AppConfig
) -> None:
    appconfig.publish("flags", b"{}")

    assert store.read("flags").author == Author(actor="console", reason="no reason given")
    assert store.read("flags").written_at == datetime(2026, 1, 1, tzinfo=UTC)


def test_what_is_not_there_is_missing(store: AppConfigDocuments) -> None:
    for name, version in (("settings", None), ("settings", "1"), ("settings", "x"), ("prompts", None)):
        with pytest.raises(DocumentMissing):
            store.read(name, version)
    with pytest.raises(DocumentMissing):
        store.put("prompts", b"", expect=None, author=ANN)
    with pytest.raises(InvalidInput):
        store.read("../settings")
    assert store.history("settings") == store.history("prompts") == ()


def test_a_validators_reason_is_told(store: AppConfigDocuments, appconfig: AppConfig) -> None:
    appconfig.refusal = "runtime: video.fps = 25 is refused: it must be 24, 30 or 60."

    with pytest.raises(InvalidConfiguration, match="fps = 25 is refused"):
        store.put("settings", b"{}", expect=ABSENT, author=ANN)
    with pytest.raises(DocumentMissing):
        store.read("settings")


def test_long_lists_are_read_to_their_end(store: AppConfigDocuments, appconfig: AppConfig) -> None:
    appconfig.page = 2
    for number in range(7):
        store.put("settings", str(number).encode(), expect=None, author=ANN)
    appconfig.publish("other", b"", environment="runtime")
    appconfig.profiles = (*appconfig.profiles, "other")

    assert store.read("settings").version == "7"
    assert [one.version for one in store.history("settings")] == ["7", "6", "5", "4", "3", "2", "1"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("timeout", SourceUnreachable),
        ("dropped", SourceUnreachable),
        ("throttle", SourceUnreachable),
        ("broken", SourceUnreachable),
        ("denied", SourceFailed),
        ("garbage", SourceFailed),
    ],
)
@pytest.mark.parametrize("call", ["read", "put", "history", "names"])
def test_every_fault_is_typed(
    store: AppConfigDocuments, appconfig: AppConfig, fault: Fault, error: type[Exception], call: str
) -> None:
    store.put("settings", b"1", expect=ABSENT, author=ANN)
    calls: dict[str, Callable[[], object]] = {
        "read": lambda: store.read("settings"),
        "put": lambda: store.put("settings", b"2", expect="1", author=ANN),
        "history": lambda: store.history("settings"),
        "names": store.names,
    }
    appconfig.fault = fault

    with pytest.raises(error):
        calls[call]()


@given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=500))
def test_any_author_fits_into_a_description(actor: str, reason: str) -> None:
    told = _Description(by=actor, why=reason, at=datetime(2026, 1, 1, tzinfo=UTC), restored_from="12").told()

    read = _Description.model_validate_json(told)
    assert len(told) <= 1024
    assert told.isascii()
    assert read.by.rstrip("…") in actor
    assert read.why.rstrip("…") in reason


def test_a_version_whose_answer_was_lost_is_history_and_in_nobodys_way(
    store: AppConfigDocuments, appconfig: AppConfig
) -> None:
    store.put("settings", b"1", expect=ABSENT, author=ANN)
    appconfig.between = lambda: setattr(appconfig, "fault", "lost")
    with pytest.raises(SourceUnreachable):
        store.put("settings", b"2", expect="1", author=ANN)
    appconfig.fault = None

    assert store.read("settings").version == "1"
    assert store.put("settings", b"3", expect="1", author=ANN).version == "3"
    assert [one.version for one in store.history("settings")] == ["3", "2", "1"]


def test_strategies_are_found_by_name(control: AppConfigControl) -> None:
    assert control.strategy("dev-gradual") == "xdev-gradual"
    with pytest.raises(SourceFailed, match="no deployment strategy other"):
        control.strategy("other")


# --- All together ------------------------------------------------------------------------------------------

DEPLOYMENT = Deployment(
    environment="dev",
    config_bucket="config-dev",
    control_table="control",
    configuration_application="app1",
)


@pytest.fixture
def clients(appconfig: AppConfig) -> Iterator[Callable[..., Any]]:
    with serving(appconfig) as url, mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="config-dev")
        boto3.client("dynamodb", region_name="us-east-1").create_table(
            TableName="control",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )

        def make(service: str, **_: object) -> Any:
            if service.startswith("appconfig"):
                return appconfig.client(service, url)
            return boto3.client(service, region_name="us-east-1")

        yield make


def test_sources_stand_in_the_order_of_their_layers(clients: Callable[..., Any]) -> None:
    layers = [source.layer for source in aws_sources(DEPLOYMENT, clock=VirtualClock(), clients=clients)]

    assert layers == sorted(layers, key=lambda layer: -list(Layer).index(layer))
    assert set(layers) == set(Layer) - {Layer.REQUEST, Layer.FLAGS}


def test_a_deployed_environment_is_read_layer_by_layer_and_remembered(
    clients: Callable[..., Any], appconfig: AppConfig
) -> None:
    variables = {"REELWRIGHT__VIDEO__FPS": "30", "REELWRIGHT__RETRY__ATTEMPTS": "2"}
    ssm, s3 = clients("ssm"), clients("s3")
    s3.put_object(
        Bucket="config-dev",
        Key="documents/settings",
        Body=b'{"schema_version": 1, "settings": {"retry": {"attempts": 4}, "audio": {"voice": "s3"}}}',
    )
    ssm.put_parameter(Name="/reelwright/dev/settings/audio/voice", Value="ssm", Type="String")
    runtime = {"schema_version": 1, "settings": {"video": {"resolution": "1080p"}}}
    appconfig.publish("settings", json.dumps(runtime).encode(), environment="runtime")
    clock = VirtualClock()
    make = lambda: configuration_for(DEPLOYMENT, clock=clock, clients=clients, variables=variables)  # noqa: E731 (twice, below)

    manager = make()
    said = {
        key: manager.get(key) for key in ("video.fps", "retry.attempts", "audio.voice", "video.resolution")
    }

    assert said == {"video.fps": 30, "retry.attempts": 4, "audio.voice": "ssm", "video.resolution": "1080p"}

    appconfig.fault = "throttle"
    again = make()
    assert again.get("video.resolution") == "1080p"
    states = {record.source: record.state for record in again.snapshot.sources}
    assert states["appconfig:runtime/settings"] == "remembered"


@pytest.mark.parametrize("pace", ["gradual", "instant"])
def test_kill_switches_never_wait_for_a_rollout(
    clients: Callable[..., Any], appconfig: AppConfig, pace: Pace
) -> None:
    store = runtime_documents(DEPLOYMENT, clock=appconfig.clock, clients=clients, pace=pace)
    for name in ("settings", "kill-switches"):
        store.put(name, b"{}", expect=ABSENT, author=ANN)

    used = {place: made[-1]["DeploymentStrategyId"] for place, made in appconfig.deployments.items()}
    assert used == {"runtime": f"xreelwright-dev-{pace}", "kill-switches": "xreelwright-dev-instant"}


def test_an_override_is_set_found_and_taken_back(clients: Callable[..., Any], appconfig: AppConfig) -> None:
    clock = VirtualClock()
    appconfig.clock = clock
    manager = configuration_for(DEPLOYMENT, clock=clock, clients=clients, variables={}, pace="instant")
    assert manager.get("video.fps") == 24

    written = manager.set_runtime_override("video.fps", 60, actor="ann", reason="smoother")
    clock.advance(60)
    manager.refresh()
    assert manager.get("video.fps") == 60
    assert [revision.actor for revision in manager.history("video.fps")] == ["ann"]

    manager.clear_runtime_override("video.fps", actor="bob", reason="enough")
    clock.advance(60)
    manager.refresh()
    assert manager.get("video.fps") == 24

    manager.rollback(written.version, actor="ann", reason="no, it was right")
    clock.advance(60)
    manager.refresh()
    assert manager.get("video.fps") == 60
