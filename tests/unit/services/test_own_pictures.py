"""A brief that names pictures of the bucket, and one whose files a remote studio sends there."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from PIL import Image

from reelwright.observability.metrics import Metric
from reelwright.pipeline.errors import ProductionExists
from reelwright.video.own_pictures import at_hand, own_pictures
from reelwright.video.pictures.errors import PictureUnusable
from reelwright.video.staging import stage_script
from tests.unit.pipeline.cloud import (
    DEPLOYMENT,
    PRODUCTION_ID,
    REGION,
    Cloud,
    make_resources,
    settings_of_dev,
)
from tests.unit.video.pictures.scripts import script_of

BRIEF = {"topic": "Tides", "duration_seconds": 30}


def a_png(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        make_resources()
        yield Cloud(tmp_path / "room")


def put(cloud: Cloud, content: bytes, name: str = "tide.png") -> dict[str, Any]:
    return {"file": name, "kept": cloud.parts.artifacts.put_bytes(content, "image/png").model_dump()}


def test_a_production_works_from_the_object_that_its_brief_names(cloud: Cloud) -> None:
    asked = BRIEF | {"pictures": [put(cloud, a_png("navy"), "../folder/tide.png")]}
    cloud.execute(brief=asked)
    production = cloud.parts.store.load(PRODUCTION_ID)
    (picture,) = production.brief.pictures
    assert (picture.name, picture.file, picture.look) == ("tide.png", "tide.png", "photograph")
    assert production.status == "completed"
    (told,) = (
        decision
        for decision in production.step("shoot").decisions
        if decision.subject == "picture tide.png of the brief"
    )
    assert told.reason
    assert cloud.begin(brief=asked) == PRODUCTION_ID
    with pytest.raises(ProductionExists):
        cloud.begin(brief=BRIEF | {"pictures": [put(cloud, a_png("red"))]})


def test_the_step_that_draws_fetches_only_what_its_scene_shows(cloud: Cloud) -> None:
    names = [("tide.png", "navy"), ("volcano.png", "red")]
    cloud.begin(brief=BRIEF | {"pictures": [put(cloud, a_png(colour), name) for name, colour in names]})
    brief = cloud.parts.store.load(PRODUCTION_ID).brief
    settings = settings_of_dev().settings.video.pictures
    staged = stage_script(script_of("Things", "The tide rises."), settings, own_pictures(brief))
    (use,) = (
        each for each in at_hand(staged[0].pictures, brief, cloud.parts.artifacts) if each.source == "user"
    )
    assert use.path is not None
    assert use.path.read_bytes() == a_png("navy")
    fetched = [file.name for file in (cloud.room / "artifacts").rglob("*") if file.is_file()]
    assert fetched == [use.digest]


@pytest.mark.parametrize(
    "picture",
    [
        {"file": "/etc/hostname"},
        {"file": "x.png", "kept": {"sha256": "0" * 64, "size_bytes": 9, "media_type": "image/png"}},
        {"file": "x.png", "kept": {"sha256": "0" * 64, "size_bytes": 10**12, "media_type": "image/png"}},
    ],
)
def test_what_is_not_in_the_bucket_is_refused_before_anything_is_stored_and_is_nobodys_failure(
    cloud: Cloud, picture: dict[str, Any]
) -> None:
    with pytest.raises(PictureUnusable) as caught:
        cloud.begin(brief=BRIEF | {"pictures": [picture]})
    assert caught.value.next_step
    assert cloud.parts.store.recent() == ()
    assert cloud.metrics.of(Metric.PRODUCTIONS_FAILED) == []


def test_an_object_that_is_larger_than_it_is_said_to_be_is_not_read_to_its_end(cloud: Cloud) -> None:
    named = put(cloud, a_png("navy"))
    sha256 = named["kept"]["sha256"]
    key = f"artifacts/{sha256[:2]}/{sha256[2:4]}/{sha256}"
    boto3.client("s3", region_name=REGION).put_object(
        Bucket=DEPLOYMENT.artifacts_bucket, Key=key, Body=b"x" * 1_000_000
    )
    with pytest.raises(PictureUnusable, match="does not have it as it is named"):
        cloud.begin(brief=BRIEF | {"pictures": [named]})
