"""What was drawn once, kept on disk for the next time: a cache, so whatever goes wrong is a drawing more."""

import hashlib
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal, TypeVar

from reelwright.storage.files import replacing

__all__ = ["RasterShelf"]

_FULL_BYTES: Final = 64 << 20
"""Some two thousand pictures at 300 px."""
_BEGUN_SECONDS: Final = 3600
_LEFT_SHARE: Final = 0.75
"""Of a full shelf, so that it is not tidied at every picture from then on."""

_Read = TypeVar("_Read")


class RasterShelf:
    """A folder of files by what they show. Any number of processes may share it.

    Files appear whole; one that a loss of power left broken is made anew. When there are more than
    ``full_bytes`` of them, those that lie longest unread go, and what processes that were killed had begun.
    Without a folder nothing is kept.
    """

    def __init__(self, folder: Path | None, full_bytes: int = _FULL_BYTES) -> None:
        self._folder = folder
        self._full_bytes = full_bytes
        self._room = 0
        """Bytes that may be written before anybody looks how full the folder is."""

    def fetch_or(
        self,
        key: tuple[object, ...],
        read: Callable[[bytes], _Read],
        make: Callable[[], bytes],
        kind: Literal["png", "raw"] = "png",
    ) -> _Read:
        """Return what ``read`` makes of the file kept under the key; else make the file, and keep it.

        What ``read`` refuses with an error of the system's or of values is made anew.
        """
        if self._folder is None:
            return read(make())
        path = self._folder / f"{hashlib.sha256(repr(key).encode()).hexdigest()[:32]}.{kind}"
        with suppress(OSError, ValueError, SyntaxError):
            kept = read(path.read_bytes())
            os.utime(path)
            return kept
        made = make()
        result = read(made)
        self._keep(path, made)
        return result

    def _keep(self, path: Path, content: bytes) -> None:
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path.parent) as (file, partial):
                file.write(content)
                file.flush()
                partial.replace(path)
            self._room -= len(content)
            if self._room < 0:
                self._room = self._tidied(path.parent)

    def _tidied(self, folder: Path) -> int:
        """Delete what lies longest unread if there is too much; return how many bytes may follow."""
        _forget_begun(folder)
        files = sorted(_looked_at(folder), reverse=True)
        taken, limit = 0, self._full_bytes
        if sum(size for _, size, _ in files) > self._full_bytes:
            limit = round(self._full_bytes * _LEFT_SHARE)
        for _, size, path in files:
            taken += size
            if taken > limit:
                taken -= size
                path.unlink(missing_ok=True)
        return min(self._full_bytes - taken, self._full_bytes // 4)


def _looked_at(folder: Path) -> list[tuple[float, int, Path]]:
    """Return all files with the time they were last read; others may be deleting them."""
    found = []
    for path in (*folder.glob("*.png"), *folder.glob("*.raw")):
        with suppress(OSError):
            known = path.stat()
            found.append((known.st_mtime, known.st_size, path))
    return found


def _forget_begun(folder: Path) -> None:
    """Delete what was begun so long ago that nobody can be writing it any more."""
    for path in folder.glob("*.partial"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _BEGUN_SECONDS:
                path.unlink(missing_ok=True)
