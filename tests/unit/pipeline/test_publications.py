"""The desk that tells what is published: of this machine, and of a deployed environment."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from pydantic import SecretStr

from reelwright.environment import aws as environment_aws
from reelwright.environment.loader import load_environment
from reelwright.environment.schema import EnvironmentName, PlatformSettings, Settings
from reelwright.pipeline import cloudbench
from reelwright.pipeline.publications import PublicationDesk, published_of
from reelwright.secrets.local import local_secrets
from reelwright.secrets.manager import SecretsManager
from reelwright.upload.aws_publications import DynamoPublications
from reelwright.upload.local import SqlitePublications
from reelwright.upload.ports import PublicationStore
from reelwright.upload.record import PublicationRecord
from reelwright.upload.schema import PublicationPlan
from tests.simulators.youtube import Video, YouTubeSimulator
from tests.unit.pipeline.cloud import DEPLOYMENT, REGION, make_resources
from tests.unit.upload.packages import PRODUCTION_ID

NOW = datetime.now(UTC)
CLIENT = {"client_id": "client-id", "client_secret": "client-secret", "refresh_token": "refresh-1"}


def record(platform: str = "youtube", **told: Any) -> PublicationRecord:
    return PublicationRecord.model_validate(
        {
            "version": 1,
            "production_id": PRODUCTION_ID,
            "platform": platform,
            "account": "main",
            "state": "public",
            "remote_id": "v1",
            "plan": PublicationPlan(platform=platform, marker="rw0", title="Tides", privacy="public"),
            "video_sha256": "00",
            "begun_at": NOW,
            "changed_at": NOW,
            "published_at": NOW - timedelta(hours=2),
        }
        | told
    )


def settings(url: str) -> Settings:
    local = load_environment("local").settings
    opened = PlatformSettings(enabled=True, endpoints=(url,))
    return local.model_copy(update={"platforms": {"youtube": opened}})


def collected(desk: PublicationDesk, store: PublicationStore) -> None:
    """Hold a desk to what it promises, over the wire."""
    assert store.put(record())
    assert store.put(record("tiktok", state="refused", reason="spam", remote_id="", published_at=None))
    with YouTubeSimulator() as channel:
        channel.videos["v1"] = Video("v1", {}, {"privacyStatus": "public"}, "", 1, NOW)
        channel.videos["v1"].statistics = {"viewCount": "5"}
        assert desk.collect(settings(channel.url)).platforms["youtube"].collected == 1
        again = desk.collect(settings(channel.url), PRODUCTION_ID)
        assert {name: told.collected for name, told in again.platforms.items()} == {"youtube": 1}
    refused, public = desk.of(PRODUCTION_ID)
    assert (refused.reason, refused.newest) == ("spam", None)
    assert public.newest
    assert [point.outcome.views for point in desk.series(public)] == [5, 5]
    assert desk.recent(9) == (public, refused)
    assert desk.recent(1) == (public,)


def test_on_this_machine_files_tell_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    secrets = SecretsManager(local_secrets(tmp_path / "secrets.env", {}))
    secrets.set("platforms/youtube", SecretStr(json.dumps(CLIENT)))
    desk = PublicationDesk.for_environment("local", root=tmp_path)
    collected(desk, SqlitePublications(tmp_path / "publications.db"))


def test_of_a_deployed_environment_its_table_tells_it_and_nothing_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    named: EnvironmentName = "dev"
    monkeypatch.setattr(environment_aws, "find_deployment", lambda _: DEPLOYMENT)
    session = boto3.Session(region_name=REGION)
    monkeypatch.setattr(cloudbench, "aws_client", lambda name, **_: session.client(name))
    cloudbench.secrets_of.cache_clear()
    with mock_aws():
        make_resources()
        session.client("secretsmanager").create_secret(
            Name=f"{DEPLOYMENT.secrets_prefix}platforms/youtube", SecretString=json.dumps(CLIENT)
        )
        desk = PublicationDesk.for_environment(named, root=tmp_path)
        collected(desk, DynamoPublications(session.client("dynamodb"), DEPLOYMENT.models_table))
    cloudbench.secrets_of.cache_clear()
    assert capsys.readouterr().out == ""


def test_without_video_platforms_nothing_is_published() -> None:
    assert published_of(None, PRODUCTION_ID) == ()
