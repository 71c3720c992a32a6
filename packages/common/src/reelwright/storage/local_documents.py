"""Documents in a folder: what one machine uses.

::

    root/
    └── prompts~hook/                   one folder for each document; ~ stands for / in its name
        ├── lock                        held by whoever writes
        ├── 00000007-3f9a….content      a version's content, read-only
        └── 00000007-3f9a….json         its record: the version exists from the moment this is there

Files arrive under another name and are renamed when they are on the disk, the record last, so a process
may die at any point: what it leaves is no version, and the next writer tidies it away.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import ValidationError

from reelwright.clock import Clock, SystemClock
from reelwright.storage.documents import (
    check_document_name,
    check_expected,
    check_hash,
    check_record,
    document_missing,
    new_version,
    sequence_of,
)
from reelwright.storage.errors import DocumentDamaged, StorageUnavailable
from reelwright.storage.files import locked, replacing, sync, sync_folder, writing_to
from reelwright.storage.ports import ABSENT
from reelwright.storage.schema import Author, DocumentVersion, StoredDocument

__all__ = ["FolderDocuments"]

_VERSION = re.compile(r"\d{8,}-[0-9a-f]{16}")
_READ_ONLY = 0o444


class FolderDocuments:
    """A DocumentStore in a folder, created when first written to; any number of processes may share it."""

    def __init__(self, root: Path, clock: Clock | None = None) -> None:
        self._root = root
        self._clock = clock or SystemClock()

    def read(self, name: str, version: str | None = None) -> StoredDocument:
        """Return the newest or the named version, verified; StorageUnavailable if the disk refuses."""
        folder = self._folder(name)
        versions = _versions(folder)
        wanted = version if version is not None else next(iter(versions), None)
        if wanted is None or wanted not in versions:
            raise document_missing(name, version)
        record = _record(folder, name, wanted)
        content = _read(folder / f"{wanted}.content", name)
        return check_hash(StoredDocument(**dict(record), content=content))

    def put(
        self,
        name: str,
        content: bytes,
        *,
        expect: str | None,
        author: Author,
        restored_from: str | None = None,
    ) -> DocumentVersion:
        """Write a new version; StorageFull or StorageUnwritable if that cannot be done."""
        folder = self._folder(name)
        with _writing(folder):
            versions = _versions(folder)
            newest = versions[0] if versions else ABSENT
            check_expected(name, expect, newest)
            record = new_version(
                name,
                content,
                sequence=sequence_of(newest) + 1 if versions else 1,
                at=self._clock.now(),
                author=author,
                restored_from=restored_from,
            )
            _tidy(folder, versions)
            _write(folder / f"{record.version}.content", content)
            _write(folder / f"{record.version}.json", record.model_dump_json().encode())
        return record

    def history(self, name: str) -> tuple[DocumentVersion, ...]:
        """Return all versions, newest first; DocumentDamaged if the record of one is."""
        folder = self._folder(name)
        return tuple(_record(folder, name, version) for version in _versions(folder))

    def names(self) -> tuple[str, ...]:
        """Return the names of all documents, sorted."""
        with _asking(self._root):
            folders = [folder for folder in _contents(self._root) if folder.is_dir()]
        return tuple(sorted(folder.name.replace("~", "/") for folder in folders if _versions(folder)))

    def _folder(self, name: str) -> Path:
        return self._root / check_document_name(name).replace("/", "~")


def _versions(folder: Path) -> tuple[str, ...]:
    """Names of the versions in a document's folder, newest first."""
    with _asking(folder):
        records = [path.stem for path in _contents(folder) if path.suffix == ".json"]
    return tuple(sorted(filter(_VERSION.fullmatch, records), key=sequence_of, reverse=True))


def _record(folder: Path, name: str, version: str) -> DocumentVersion:
    try:
        record = DocumentVersion.model_validate_json(_read(folder / f"{version}.json", name))
    except ValidationError as error:
        raise _unreadable(name, f"the record of version {version} is not what was written") from error
    if (record.name, record.version) != (name, version):
        raise _unreadable(name, f"the record of version {version} is that of another")
    check_record(record)
    return record


def _contents(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []


def _read(path: Path, name: str) -> bytes:
    try:
        with _asking(path):
            return path.read_bytes()
    except FileNotFoundError as error:
        raise _unreadable(name, f"{path.name} is gone") from error


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    with writing_to(folder):
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            sync_folder(folder.parent)
        with locked(folder / "lock"):
            yield


def _write(path: Path, data: bytes) -> None:
    with replacing(path.parent, _READ_ONLY) as (file, partial):
        file.write(data)
        sync(file)
        partial.replace(path)
    sync_folder(path.parent)


def _tidy(folder: Path, versions: tuple[str, ...]) -> None:
    """Remove what a killed writer left. Only the holder of the lock writes, so nobody is at work on it."""
    for path in _contents(folder):
        if path.suffix == ".partial" or (path.suffix == ".content" and path.stem not in versions):
            with suppress(OSError):
                path.unlink()


@contextmanager
def _asking(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StorageUnavailable(
            f"{path} cannot be read: {error.strerror}.",
            next_step="Make it readable for this user, then try again.",
            context={"path": path},
        ) from error


def _unreadable(name: str, reason: str) -> DocumentDamaged:
    return DocumentDamaged(
        f"The document {name} is damaged: {reason}.",
        next_step="Restore another version of its history, or a backup.",
        context={"document": name},
    )
