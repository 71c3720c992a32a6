"""The function that a schedule calls to read back what became of publications."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from reelwright.environment.loader import load_environment
from reelwright.environment.schema import PlatformSettings, Settings
from reelwright.pipeline import cloudbench, serving
from reelwright.upload.aws_publications import DynamoPublications
from reelwright.upload.outcomes_aws import DynamoOutcomes
from reelwright.upload.record import PublicationRecord
from reelwright.upload.schema import PublicationOutcome, PublicationPlan
from services.collect_outcomes.handler import handler
from tests.simulation.settings import snapshot_of
from tests.simulators.youtube import Video, YouTubeSimulator
from tests.unit.pipeline.cloud import DEPLOYMENT, REGION, make_resources
from tests.unit.upload.packages import PRODUCTION_ID

CLIENT = {"client_id": "client-id", "client_secret": "client-secret", "refresh_token": "refresh-1"}


def settings_with(endpoint: str) -> Settings:
    dev = load_environment("dev").settings
    opened = PlatformSettings(enabled=True, endpoints=(endpoint,))
    return dev.model_copy(update={"platforms": {"youtube": opened}})


@pytest.fixture
def channel() -> Iterator[YouTubeSimulator]:
    with YouTubeSimulator() as simulator:
        yield simulator
    assert not simulator.objections


@pytest.fixture
def published(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, channel: YouTubeSimulator
) -> Iterator[PublicationRecord]:
    """A deployed environment with one public video."""
    for name, value in {"env": "dev", **DEPLOYMENT.model_dump(exclude={"environment"})}.items():
        monkeypatch.setenv(f"REELWRIGHT_{name.upper()}", value)
    monkeypatch.setattr(cloudbench, "ROOM", tmp_path)
    session = boto3.Session(region_name=REGION)
    monkeypatch.setattr(cloudbench, "aws_client", lambda name, **_: session.client(name))
    monkeypatch.setattr(serving, "_configuration", lambda _: snapshot_of(settings_with(channel.url)))
    cloudbench.secrets_of.cache_clear()
    with mock_aws():
        make_resources()
        boto3.client("secretsmanager", region_name=REGION).create_secret(
            Name=f"{DEPLOYMENT.secrets_prefix}platforms/youtube", SecretString=json.dumps(CLIENT)
        )
        record = public_video(datetime.now(UTC) - timedelta(hours=2))
        assert DynamoPublications(dynamodb(), DEPLOYMENT.models_table).put(record)
        yield record
    cloudbench.secrets_of.cache_clear()


def dynamodb() -> object:
    return boto3.client("dynamodb", region_name=REGION)


def public_video(since: datetime) -> PublicationRecord:
    return PublicationRecord(
        version=1,
        production_id=PRODUCTION_ID,
        platform="youtube",
        account="main",
        state="public",
        plan=PublicationPlan(platform="youtube", marker="rw0", title="Tides", privacy="public"),
        video_sha256="00",
        remote_id="v1",
        begun_at=since,
        changed_at=since,
        published_at=since,
    )


def test_what_is_due_is_asked_for_appended_and_told(
    channel: YouTubeSimulator, published: PublicationRecord, capsys: pytest.CaptureFixture[str]
) -> None:
    channel.videos["v1"] = Video("v1", {}, {"privacyStatus": "public"}, "", 1, datetime.now(UTC))
    channel.videos["v1"].statistics = {"viewCount": "41", "likeCount": "3"}
    channel.watched["v1"] = (10, 15, 2)
    told = handler({}, None)
    assert told["platforms"]["youtube"] | {"overdue_seconds": 0} == {
        "due": 1,
        "collected": 1,
        "not_found": 0,
        "problem": "",
        "overdue_seconds": 0,
    }
    (point,) = DynamoOutcomes(dynamodb(), DEPLOYMENT.models_table).series(published.key)
    assert point.outcome == PublicationOutcome(
        views=41, likes=3, shares=2, watched_seconds=600.0, average_watched_seconds=15.0
    )
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["OutcomesOverdue"] for line in said if "OutcomesOverdue" in line] == [0]
    assert handler({}, None)["platforms"]["youtube"]["due"] == 0
    assert handler({"production_id": PRODUCTION_ID}, None)["platforms"]["youtube"]["collected"] == 1


def test_a_platform_that_is_away_is_counted_and_late_and_no_error(
    channel: YouTubeSimulator, published: PublicationRecord, capsys: pytest.CaptureFixture[str]
) -> None:
    channel.refresh_tokens.clear()
    told = handler({}, None)["platforms"]["youtube"]
    assert "refuses our client" in told["problem"]
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["OutcomesFailed"], line["platform"]) for line in said if "OutcomesFailed" in line] == [
        (1, "youtube")
    ]
    (late,) = [line["OutcomesOverdue"] for line in said if "OutcomesOverdue" in line]
    assert 3600 < late < 2 * 3600
    assert DynamoOutcomes(dynamodb(), DEPLOYMENT.models_table).newest(published.key) is None
