"""Where a call's sound or picture goes: tried before anything is paid, and written whole or not at all."""

import shutil
from pathlib import Path

from reelwright.errors import InvalidInput
from reelwright.storage.files import storage_error

__all__ = ["check_out", "put"]


def check_out(file: Path) -> None:
    """Raise InvalidInput unless the file can be written; what is there stays as it is."""
    partial = _beside(file)
    try:
        if file.is_dir():
            raise IsADirectoryError(f"{file} is a folder")
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(b"")
        partial.unlink()
    except OSError as error:
        raise InvalidInput(
            f"{file} cannot be written: {error.strerror or error}.",
            next_step="Choose another file with --out.",
            context={"file": file},
        ) from error


def put(made: Path, file: Path) -> str:
    """Copy what was made to where it was asked for; StorageFull, StorageUnwritable."""
    partial = _beside(file)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made, partial)
        partial.replace(file)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise storage_error(error, file) from error
    return str(file)


def _beside(file: Path) -> Path:
    return file.with_name(f".{file.name}.part")
