"""Soundtracks kept for the next time the very same sound is to be mastered.

Mixing and mastering take a processor as long as drawing some scenes does, and a soundtrack is a pure function
of its request. Whoever changes what is seen makes a video again whose sound is the same.
"""

import hashlib
import json
import shutil
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError

from reelwright.audio.ports import SoundtrackMaker
from reelwright.audio.schema import Soundtrack, SoundtrackRequest
from reelwright.storage.files import sha256_of, write_whole, writing_to

__all__ = ["SoundtrackShelf"]

_PACKAGES: Final = ("av", "numpy")
_KEPT: Final = 16
"""A minute has 1.4 MB."""


class _Record(BaseModel):
    """What was answered, and the hash of the sound that belongs to it."""

    audio_sha256: str
    soundtrack: Soundtrack


class SoundtrackShelf:
    """A SoundtrackMaker that asks another only for what is not in a folder.

    What is damaged, or was made by other code, is not found. Any number of processes may share the folder.
    """

    def __init__(self, maker: SoundtrackMaker, folder: Path) -> None:
        self._maker = maker
        self._folder = folder

    def make(self, request: SoundtrackRequest) -> Soundtrack:
        """Return the soundtrack that is kept for the request, copied to its folder; else make and keep it."""
        key = _key(request)
        kept = self._fetch(key, request.work_dir / "soundtrack.m4a")
        if kept is not None:
            return kept
        made = self._maker.make(request)
        self._keep(key, made)
        return made

    def _fetch(self, key: str, out: Path) -> Soundtrack | None:
        try:
            record = _Record.model_validate_json(self._record(key).read_bytes())
            if record.audio_sha256 != sha256_of(self._sound(key)):
                return None
        except (OSError, ValidationError):
            return None
        with writing_to(out):
            shutil.copyfile(self._sound(key), out)
            self._record(key).touch()
        return record.soundtrack.model_copy(update={"audio": out})

    def _keep(self, key: str, made: Soundtrack) -> None:
        """Keep the sound first, then the record that vouches for it, and let go of the oldest."""
        write_whole(self._sound(key), made.audio.read_bytes())
        record = _Record(audio_sha256=sha256_of(made.audio), soundtrack=made)
        write_whole(self._record(key), record.model_dump_json().encode())
        records = sorted(self._folder.glob("*.json"), key=lambda path: (path.stat().st_mtime, path.name))
        for old in records[:-_KEPT]:
            for path in (old, old.with_suffix(".m4a")):
                with suppress(OSError):
                    path.unlink()

    def _record(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    def _sound(self, key: str) -> Path:
        return self._folder / f"{key}.m4a"


def _key(request: SoundtrackRequest) -> str:
    files = [request.narration, request.own_music]
    asked = request.model_dump(mode="json", exclude={"narration", "own_music", "work_dir"})
    heard = [None if path is None else _content(path) for path in files]
    made_by = [_code(), *(_version(name) for name in _PACKAGES)]
    return hashlib.sha256(json.dumps([asked, heard, made_by], sort_keys=True).encode()).hexdigest()


def _content(path: Path) -> str:
    """Return the hash of a file; that of one which cannot be read fits none: its maker says why."""
    try:
        return sha256_of(path)
    except OSError:
        return ""


@cache
def _code() -> str:
    """Name the code that mixes and masters: nobody has to remember to count it up."""
    folder, digest = Path(__file__).resolve().parents[1], hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
