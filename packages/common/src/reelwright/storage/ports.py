"""What the code needs of a place for artifacts."""

from pathlib import Path
from typing import Protocol

from reelwright.storage.schema import Artifact

__all__ = ["ArtifactStore"]


class ArtifactStore(Protocol):
    """Content-addressed bytes, and a cache that names artifacts by what they were made from.

    Putting the same bytes twice is one artifact. Nothing is ever seen half-written.
    """

    def put_file(self, path: Path, media_type: str) -> Artifact:
        """Store a copy of the file; the original stays the caller's."""
        ...

    def put_bytes(self, data: bytes, media_type: str) -> Artifact:
        """Store the bytes."""
        ...

    def read_bytes(self, artifact: Artifact) -> bytes:
        """Return the bytes, verified; ArtifactMissing or ArtifactDamaged if that cannot be done."""
        ...

    def local_path(self, artifact: Artifact) -> Path:
        """Return a file with the bytes, to be read and not written; errors as ``read_bytes``."""
        ...

    def remember(self, key: str, artifact: Artifact) -> None:
        """Name an artifact by the content hash of what it was made from."""
        ...

    def recall(self, key: str) -> Artifact | None:
        """Return the artifact remembered under ``key`` if it is still whole."""
        ...
