"""Brands and music where functions make videos: named by settings, or sent there by whoever asks."""

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from moto import mock_aws

from reelwright.audio import music_keeping
from reelwright.audio.errors import MusicUnusable
from reelwright.pipeline.errors import ProductionExists
from reelwright.pipeline.own_files import keep_own
from reelwright.production.schema import Brief
from reelwright.video.errors import BrandUnusable
from tests.unit.pipeline.cloud import PRODUCTION_ID, Cloud, make_resources

BRIEF = {"topic": "Tides", "duration_seconds": 30}


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        make_resources()
        yield Cloud(tmp_path / "room")


def test_a_brand_of_the_settings_is_copied_there_and_the_same_request_begins_once(cloud: Cloud) -> None:
    asked = BRIEF | {"brand": {"name": "reelwright"}}
    assert cloud.begin(brief=asked) == cloud.begin(brief=asked) == PRODUCTION_ID
    brand = cloud.parts.store.load(PRODUCTION_ID).brief.brand
    assert brand is not None
    assert brand.kept is not None
    assert brand.kept.logo is not None
    assert cloud.parts.artifacts.read_bytes(brand.kept.logo).startswith(b"<svg")
    with pytest.raises(ProductionExists):
        cloud.begin(brief=BRIEF)


def test_music_of_the_settings_is_copied_there_and_the_same_request_begins_once(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = tmp_path / "environments" / "music"
    house.mkdir(parents=True)
    (house / "house.ogg").write_bytes(b"OggS and so on")
    monkeypatch.setattr(music_keeping, "locate", lambda _: tmp_path / "environments")
    monkeypatch.setattr(music_keeping, "find_spec", lambda _: None)  # as where productions only begin
    asked = {"brief": BRIEF, "overrides": {"audio": {"music_file": "house.ogg", "music_credit": "By A"}}}
    assert cloud.begin(**asked) == cloud.begin(**asked) == PRODUCTION_ID
    music = cloud.parts.store.load(PRODUCTION_ID).brief.music
    assert music is not None
    assert music.kept is not None
    assert (music.name, music.credit, music.house) == ("house.ogg", "By A", True)
    assert cloud.parts.artifacts.read_bytes(music.kept).startswith(b"OggS")


def test_what_a_machine_sent_is_worked_from_there(cloud: Cloud, tmp_path: Path) -> None:
    (tmp_path / "acme.toml").write_text('title = "Acme"\naccent = "#e4002b"\n', encoding="utf-8")
    with wave.open(str(tmp_path / "song.wav"), "wb") as file:
        file.setparams((1, 2, 8_000, 0, "NONE", ""))
        file.writeframes((8_000 * np.sin(np.arange(32_000) / 4)).astype("<i2").tobytes())
    brief = Brief.model_validate(
        BRIEF
        | {
            "brand": str(tmp_path / "acme.toml"),
            "music": {"file": str(tmp_path / "song.wav"), "credit": "Song by A"},
        }
    )
    sent = keep_own(brief, cloud.parts.artifacts)
    assert str(tmp_path) not in sent.model_dump_json()
    cloud.execute(brief=sent.model_dump(mode="json"))
    production = cloud.parts.store.load(PRODUCTION_ID)
    told = {each.subject: each.chosen for each in production.step("assemble").decisions}
    assert production.status == "completed"
    assert (told["chain: brand"], told["chain: music"]) == ("acme", "song.wav")


def test_a_function_reads_no_file_of_a_request(cloud: Cloud) -> None:
    with pytest.raises(BrandUnusable):
        cloud.begin(brief=BRIEF | {"brand": {"file": "/etc/hostname.toml"}})
    with pytest.raises(MusicUnusable):
        cloud.begin(brief=BRIEF | {"music": {"file": "/etc/hostname"}})
    assert cloud.parts.store.recent() == ()
