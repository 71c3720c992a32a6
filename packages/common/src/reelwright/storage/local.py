"""Artifacts in a folder: what one machine uses.

::

    root/
    ├── objects/ab/cd/abcd…      the bytes, named by their SHA-256, read-only
    ├── remembered/12/34/1234…   what was made from what, named by the SHA-256 of its key
    └── incoming/                files on their way in

Everything arrives under ``incoming`` and is renamed into place when it is on the disk, so any
number of processes can share a root and none ever sees half a file.
"""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from reelwright.clock import Clock, SystemClock
from reelwright.storage.errors import ArtifactDamaged, ArtifactMissing
from reelwright.storage.files import copy_hashing, replacing, sha256_of, sync, sync_folder, writing_to
from reelwright.storage.schema import Artifact

__all__ = ["FolderArtifacts"]

_READ_ONLY = 0o444
_ABANDONED_AFTER_SECONDS = 24 * 3600.0


class FolderArtifacts:
    """An ArtifactStore in a folder, created when first written to.

    Every read verifies the SHA-256, also ``local_path`` and ``recall``: hashing costs about as much
    as copying, and a damaged cache entry is then made again instead of failing a production later.
    Storing the bytes again mends a damaged artifact.
    """

    def __init__(self, root: Path, clock: Clock | None = None) -> None:
        self._objects = root / "objects"
        self._remembered = root / "remembered"
        self._incoming = root / "incoming"
        self._clock = clock or SystemClock()
        self._swept = False

    def put_file(self, path: Path, media_type: str) -> Artifact:
        """Store a copy of the file.

        ArtifactMissing if it cannot be read; StorageFull or StorageUnwritable if it cannot be stored.
        """
        with _open_source(path) as source:
            return self._put(source, media_type)

    def put_bytes(self, data: bytes, media_type: str) -> Artifact:
        """Store the bytes; StorageFull or StorageUnwritable if that cannot be done."""
        return self._put(io.BytesIO(data), media_type)

    def read_bytes(self, artifact: Artifact) -> bytes:
        """Return the bytes, verified."""
        with _reading(artifact):
            data = self._object(artifact).read_bytes()
        _verify(artifact, hashlib.sha256(data).hexdigest())
        return data

    def local_path(self, artifact: Artifact) -> Path:
        """Return the verified file itself; it is read-only."""
        path = self._object(artifact)
        with _reading(artifact):
            _verify(artifact, sha256_of(path))
        return path

    def remember(self, key: str, artifact: Artifact) -> None:
        """Name an artifact by the content hash of what it was made from; a later name wins."""
        entry = artifact.model_dump_json().encode()
        with self._arriving(self._remembered) as (file, partial):
            file.write(entry)
            self._settle(file, partial, self._entry(key))

    def recall(self, key: str) -> Artifact | None:
        """Return the artifact remembered under ``key``; forget it if it is not whole any more."""
        entry = self._entry(key)
        try:
            artifact = Artifact.model_validate_json(entry.read_bytes())
            self.local_path(artifact)
        except (OSError, ValidationError, ArtifactMissing, ArtifactDamaged):
            with suppress(OSError):
                entry.unlink(missing_ok=True)
            return None
        return artifact

    def _put(self, source: BinaryIO, media_type: str) -> Artifact:
        with self._arriving(self._objects) as (file, partial):
            sha256, size = copy_hashing(source, file)
            artifact = Artifact(sha256=sha256, size_bytes=size, media_type=media_type)
            self._settle(file, partial, self._object(artifact))
        return artifact

    @contextmanager
    def _arriving(self, destination: Path) -> Iterator[tuple[BinaryIO, Path]]:
        with writing_to(destination):
            self._incoming.mkdir(parents=True, exist_ok=True)
            self._sweep()
            with replacing(self._incoming, _READ_ONLY) as arriving:
                yield arriving

    def _settle(self, file: BinaryIO, partial: Path, path: Path) -> None:
        sync(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.replace(path)
        sync_folder(path.parent)

    def _sweep(self) -> None:
        """Remove, once per store, what a killed process left; nobody takes a day to write a file."""
        if self._swept:
            return
        self._swept = True
        oldest = self._clock.now().timestamp() - _ABANDONED_AFTER_SECONDS
        for partial in self._incoming.iterdir():
            with suppress(OSError):
                if partial.stat().st_mtime < oldest:
                    partial.unlink()

    def _object(self, artifact: Artifact) -> Path:
        return _fanned_out(self._objects, artifact.sha256)

    def _entry(self, key: str) -> Path:
        return _fanned_out(self._remembered, hashlib.sha256(key.encode()).hexdigest())


def _fanned_out(folder: Path, name: str) -> Path:
    return folder / name[:2] / name[2:4] / name


@contextmanager
def _open_source(path: Path) -> Iterator[BinaryIO]:
    try:
        source = path.open("rb")
    except OSError as error:
        raise ArtifactMissing(
            f"{path} cannot be stored because it cannot be read: {error.strerror}.",
            next_step="Run the step again: it makes the file anew.",
            context={"path": path},
        ) from error
    with source:
        yield source


@contextmanager
def _reading(artifact: Artifact) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise ArtifactMissing(
            f"The artifact {artifact.sha256[:12]}… is not in the store.",
            next_step="Make the production again: what is missing is made anew.",
            context={"sha256": artifact.sha256, "media_type": artifact.media_type},
        ) from error
    except OSError as error:
        raise _damaged(artifact, f"it cannot be read: {error.strerror}") from error


def _verify(artifact: Artifact, sha256: str) -> None:
    if sha256 != artifact.sha256:
        raise _damaged(artifact, "its content has changed since it was stored")


def _damaged(artifact: Artifact, reason: str) -> ArtifactDamaged:
    return ArtifactDamaged(
        f"The artifact {artifact.sha256[:12]}… is damaged: {reason}.",
        next_step="Make the production again: what is damaged is made anew.",
        context={"sha256": artifact.sha256, "media_type": artifact.media_type},
    )
