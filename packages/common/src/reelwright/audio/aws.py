"""The voice of a function: fetched once from a bucket, for it is too large for a zip."""

from pathlib import Path
from threading import Lock
from typing import Any

from reelwright.audio.errors import SpeechUnavailable
from reelwright.storage.aws_errors import typed
from reelwright.storage.errors import StorageUnavailable
from reelwright.storage.files import copy_hashing, replacing, writing_to

__all__ = ["BucketVoice"]


class BucketVoice:
    """The files of one voice: downloaded at first use, whole or not at all, and kept in ``folder``.

    What was kept by an earlier invocation of the same machine is used again. The keys name the content, as
    those of assets do: another file has another key.
    """

    def __init__(
        self, client: Any, bucket: str, *, model_key: str, config_key: str, folder: Path, voice: str = "joe"
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._keys = (model_key, config_key)
        self._folder = folder
        self._voice = voice
        self._lock = Lock()

    def __call__(self, voice: str, /) -> tuple[Path, Path]:
        """Return model and configuration; SpeechUnavailable for another voice, StorageUnavailable."""
        if voice != self._voice or not all((self._bucket, *self._keys)):
            raise SpeechUnavailable(
                f"The voice {voice!r} is not at hand here.",
                next_step=f"Set audio.voice to {self._voice}, or tell the function where its files are.",
                context={"voice": voice},
            )
        with self._lock:
            model, config = (self._fetched(key) for key in self._keys)
        return model, config

    def _fetched(self, key: str) -> Path:
        path = self._folder / key.replace("/", "_")
        if not path.is_file():
            with writing_to(path):
                self._folder.mkdir(parents=True, exist_ok=True)
                self._download(key, path)
        return path

    def _download(self, key: str, path: Path) -> None:
        """Write the object beside its place and rename it; boto3 checks S3's checksum where there is one."""
        with replacing(self._folder) as (file, partial), typed(f"The bucket {self._bucket}"):
            answer = self._client.get_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED")
            _, size = copy_hashing(answer["Body"], file)
            if size != answer["ContentLength"]:
                raise StorageUnavailable(
                    f"Only {size} of {answer['ContentLength']} bytes of {key} arrived.",
                    next_step="Try again in a moment.",
                )
            file.flush()
            partial.replace(path)
