"""Sound kept for the next time that the very same is asked for, with what was answered beside it."""

import logging
import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from reelwright.audio.schema import Soundtrack
from reelwright.models.schema import SpeechResponse
from reelwright.storage.errors import StorageFull, StorageUnwritable
from reelwright.storage.files import sha256_of, write_whole

__all__ = ["KeptSound", "versions_of"]

_LOG = logging.getLogger(__name__)

Answer = TypeVar("Answer", SpeechResponse, Soundtrack)


class _Record(BaseModel):
    """What was answered, and the hash of the sound that belongs to it."""

    audio_sha256: str
    answer: dict[str, Any]


class KeptSound(Generic[Answer]):
    """A folder of sounds by key, of which the ``most`` that were asked for last are kept.

    What is damaged, or of another form, is not found. Any number of processes may share the folder.
    """

    def __init__(self, folder: Path, suffix: str, most: int, form: type[Answer]) -> None:
        self._folder = folder
        self._suffix = suffix
        self._most = most
        self._form: type[Answer] = form

    def fetch_or(self, key: str, out: Path, make: Callable[[], Answer]) -> Answer:
        """Return what is kept under the key, its sound copied to ``out``; else make it, and keep that."""
        kept = self._fetch(key, out)
        if kept is not None:
            return kept
        made = make()
        self._keep(key, made)
        return made

    def _fetch(self, key: str, out: Path) -> Answer | None:
        """Copy first and compare then: others may replace the sound, or let go of it, at any moment."""
        try:
            record = _Record.model_validate_json(self._record(key).read_bytes())
            answer: Answer = self._form.model_validate(record.answer | {"audio": out})
            shutil.copyfile(self._sound(key), out)
            if record.audio_sha256 != sha256_of(out):
                return None
        except (OSError, ValidationError):
            return None
        with suppress(OSError):
            os.utime(self._record(key))
        return answer

    def _keep(self, key: str, made: Answer) -> None:
        """Keep the sound first, then the record that vouches for it; what cannot be kept is only told."""
        record = _Record(audio_sha256=sha256_of(made.audio), answer=made.model_dump(mode="json"))
        try:
            write_whole(self._sound(key), made.audio.read_bytes())
            write_whole(self._record(key), record.model_dump_json().encode())
        except (StorageFull, StorageUnwritable) as error:
            _LOG.warning("A sound is not kept, and is made anew the next time: %s", error.message)
            return
        self._let_go()

    def _let_go(self) -> None:
        """Delete what was asked for longest ago; others may be at it too."""
        records = sorted(self._folder.glob("*.json"), key=_asked_at)
        for old in records[: -self._most]:
            for path in (old, old.with_suffix(self._suffix)):
                with suppress(OSError):
                    path.unlink()

    def _record(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    def _sound(self, key: str) -> Path:
        return self._folder / f"{key}{self._suffix}"


def _asked_at(record: Path) -> float:
    try:
        return record.stat().st_mtime
    except OSError:  # somebody has just deleted it
        return 0.0


def versions_of(packages: Iterable[str]) -> list[str]:
    """Return the versions of packages; empty for one that is not installed."""
    return [_version(name) for name in packages]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
