"""Artifacts in memory, for tests and simulations."""

import hashlib
from pathlib import Path

from reelwright.storage.errors import ArtifactMissing, StorageFull
from reelwright.storage.files import write_whole
from reelwright.storage.schema import Artifact

__all__ = ["MemoryArtifacts"]


class MemoryArtifacts:
    """An ArtifactStore in a dictionary; files appear under ``scratch_dir`` when a path is asked for.

    With ``capacity_bytes`` it is full when that many bytes are stored, as a disk would be.
    """

    def __init__(self, scratch_dir: Path, *, capacity_bytes: int | None = None) -> None:
        self._scratch_dir = scratch_dir
        self._capacity_bytes = capacity_bytes
        self._objects: dict[str, bytes] = {}
        self._remembered: dict[str, Artifact] = {}

    def put_file(self, path: Path, media_type: str) -> Artifact:
        """Store the file's bytes; ArtifactMissing if it cannot be read."""
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ArtifactMissing(f"{path} cannot be stored because it cannot be read.") from error
        return self.put_bytes(data, media_type)

    def put_bytes(self, data: bytes, media_type: str) -> Artifact:
        """Store the bytes; StorageFull beyond the capacity."""
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 not in self._objects:
            self._take_room_for(data)
        self._objects[sha256] = bytes(data)
        return Artifact(sha256=sha256, size_bytes=len(data), media_type=media_type)

    def read_bytes(self, artifact: Artifact) -> bytes:
        """Return the bytes."""
        try:
            return self._objects[artifact.sha256]
        except KeyError:
            raise ArtifactMissing(f"The artifact {artifact.sha256[:12]}… is not in the store.") from None

    def local_path(self, artifact: Artifact) -> Path:
        """Return a file with the bytes."""
        data = self.read_bytes(artifact)
        path = self._scratch_dir / artifact.sha256
        if not path.is_file():
            write_whole(path, data)
        return path

    def remember(self, key: str, artifact: Artifact) -> None:
        """Name an artifact by the content hash of what it was made from; a later name wins."""
        self._remembered[key] = artifact

    def recall(self, key: str) -> Artifact | None:
        """Return the artifact remembered under ``key`` if it is still there."""
        artifact = self._remembered.get(key)
        return artifact if artifact and artifact.sha256 in self._objects else None

    def lose(self, artifact: Artifact) -> None:
        """Forget the bytes, as a disk that was tidied by somebody else."""
        self._objects.pop(artifact.sha256, None)

    def _take_room_for(self, data: bytes) -> None:
        if self._capacity_bytes is None:
            return
        used = sum(map(len, self._objects.values()))
        if used + len(data) > self._capacity_bytes:
            raise StorageFull(f"No space is left: {used} of {self._capacity_bytes} bytes are used.")
