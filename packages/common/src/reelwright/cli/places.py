"""Where the command line works: its two folders, and whether they can be written."""

import errno
import os
from pathlib import Path

from reelwright.storage.files import storage_error

__all__ = ["OUT", "ROOT", "check_writable"]

ROOT = Path(".reelwright")
"""Where this machine keeps productions, artifacts, configuration and caches: under the working folder."""
OUT = Path("out")
"""Where packages go unless ``--out`` says otherwise."""


def check_writable(folder: Path) -> None:
    """Raise StorageUnwritable if the folder cannot be made or written; nothing is created to find out."""
    try:
        nearest = _nearest_existing(folder.absolute())
        if not nearest.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(nearest, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise storage_error(error, folder) from error


def _nearest_existing(folder: Path) -> Path:
    """Return the folder or the closest parent that is there. A link to nowhere is in the way: OSError."""
    for place in (folder, *folder.parents):
        try:
            place.stat()
        except FileNotFoundError:
            if place.is_symlink():
                raise
            continue
        return place
    return folder
