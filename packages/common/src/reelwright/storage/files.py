"""Writing files whole or not at all, and saying plainly why one could not be written."""

import errno
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from reelwright.errors import ReelwrightError
from reelwright.storage.errors import StorageFull, StorageUnwritable

__all__ = [
    "copy_hashing",
    "locked",
    "replacing",
    "sha256_of",
    "storage_error",
    "sync",
    "sync_folder",
    "write_whole",
    "writing_to",
]

_CHUNK_BYTES = 1 << 20
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def storage_error(error: OSError, path: Path) -> ReelwrightError:
    """Return the typed error for a refusal by the system to write at ``path``."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    context = {"path": path, "reason": reason}
    if error.errno in _NO_SPACE:
        return StorageFull(
            f"No space is left to write {path}.",
            next_step="Free some space, then run the same command again.",
            context=context,
        )
    return StorageUnwritable(
        f"{path} cannot be written: {reason}.",
        next_step="Choose another folder, or make this one writable.",
        context=context,
    )


@contextmanager
def writing_to(path: Path) -> Iterator[None]:
    """Turn the system's errors inside the block into StorageFull or StorageUnwritable naming ``path``."""
    try:
        yield
    except OSError as error:
        raise storage_error(error, path) from error


@contextmanager
def replacing(folder: Path, mode: int = 0o644) -> Iterator[tuple[BinaryIO, Path]]:
    """Yield a new unnamed file in ``folder`` and its path, for the block to fill, sync and rename.

    Whatever still has its first name when the block ends is removed.
    """
    descriptor, name = tempfile.mkstemp(dir=folder, suffix=".partial")
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            yield file, partial
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock file at ``path``, which is made if need be; it keeps out other threads and processes.

    The system lets go of it when a process dies, however it dies. OSError if it cannot be opened.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def write_whole(path: Path, data: bytes) -> None:
    """Write ``path`` so that a reader sees the old content or the new, through any crash.

    Raises StorageFull or StorageUnwritable and leaves what was there.
    """
    with writing_to(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path.parent) as (file, partial):
            file.write(data)
            sync(file)
            partial.replace(path)
        sync_folder(path.parent)


def copy_hashing(source: BinaryIO, target: BinaryIO) -> tuple[str, int]:
    """Copy to the end; return the SHA-256 in hex and the number of bytes."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK_BYTES):
        digest.update(chunk)
        target.write(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content in hex; OSError if it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(file: BinaryIO) -> None:
    """Force what was written down to the disk."""
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Force the names in a folder down to the disk: a rename is durable only after this."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
