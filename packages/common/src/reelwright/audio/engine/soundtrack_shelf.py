"""Soundtracks kept for the next time the very same sound is to be mastered.

Mixing and mastering take a processor as long as drawing some scenes does, and a soundtrack is a pure function
of its request. Whoever changes what is seen makes a video again whose sound is the same.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Final

from reelwright.audio.engine.kept_sound import KeptSound, versions_of
from reelwright.audio.ports import SoundtrackMaker
from reelwright.audio.schema import Soundtrack, SoundtrackRequest
from reelwright.storage.files import sha256_of

__all__ = ["SoundtrackShelf"]

_PACKAGES: Final = ("av", "numpy")
_KEPT: Final = 16
"""A minute has 1.4 MB."""


class SoundtrackShelf:
    """A SoundtrackMaker that asks another only for what is not in a folder.

    What is damaged, or was made by other code, is not found. Any number of processes may share the folder.
    """

    def __init__(self, maker: SoundtrackMaker, folder: Path) -> None:
        self._maker = maker
        self._kept = KeptSound(folder, ".m4a", _KEPT, Soundtrack)

    def make(self, request: SoundtrackRequest) -> Soundtrack:
        """Return the soundtrack that is kept for the request, copied to its folder; else make and keep it."""
        out = request.work_dir / "soundtrack.m4a"
        return self._kept.fetch_or(_key(request), out, lambda: self._maker.make(request))


def _key(request: SoundtrackRequest) -> str:
    files = [request.narration, request.own_music]
    asked = request.model_dump(mode="json", exclude={"narration", "own_music", "work_dir"})
    heard = [None if path is None else _content(path) for path in files]
    made_by = [_code(), *versions_of(_PACKAGES)]
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
