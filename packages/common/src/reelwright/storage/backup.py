"""A whole store of documents in one file, and back.

A backup is a zip archive: ``manifest.json`` (all documents with all their versions), ``manifest.sha256``, and
``content/<sha256>`` once for each content. The same store gives the same bytes.
"""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from reelwright.errors import InvalidInput
from reelwright.storage.documents import check_document_name
from reelwright.storage.errors import BackupDamaged, DocumentDamaged, DocumentMissing
from reelwright.storage.files import write_whole
from reelwright.storage.ports import ABSENT, AuditLog, DocumentStore
from reelwright.storage.schema import Author, DocumentVersion

__all__ = ["BackupManifest", "DocumentHistory", "Restored", "backup", "restore_backup"]

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_MANIFEST, _MANIFEST_HASH = "manifest.json", "manifest.sha256"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DocumentHistory(_Frozen):
    """All versions of one document, oldest first."""

    name: str
    versions: Annotated[tuple[DocumentVersion, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _of_one_document(self) -> Self:
        if {check_document_name(self.name)} != {it.name for it in self.versions}:
            raise ValueError("versions of another document")
        return self


class BackupManifest(_Frozen):
    """What a backup holds."""

    format: Literal[1] = 1
    documents: tuple[DocumentHistory, ...]

    @model_validator(mode="after")
    def _each_document_once(self) -> Self:
        if len({it.name for it in self.documents}) != len(self.documents):
            raise ValueError("a document stands there twice")
        return self


class Restored(_Frozen):
    """What came of restoring: the versions written, by document; unchanged documents are not among them."""

    written: dict[str, tuple[str, ...]]


def backup(store: DocumentStore, target: Path | BinaryIO) -> BackupManifest:
    """Write all documents with all versions and their authors into one file; return what is in it.

    A path is written whole or not at all. Each document is consistent; documents that are written to
    meanwhile may be of different moments. DocumentDamaged if a version is not what was written.
    """
    documents = [
        DocumentHistory(name=name, versions=tuple(reversed(store.history(name)))) for name in store.names()
    ]
    manifest = BackupManifest(documents=tuple(documents))
    archive = io.BytesIO()
    _write_archive(archive, manifest, store)
    if isinstance(target, Path):
        write_whole(target, archive.getvalue())
    else:
        target.write(archive.getvalue())
    return manifest


def restore_backup(
    store: DocumentStore, source: Path | BinaryIO, *, author: Author, audit: AuditLog | None = None
) -> Restored:
    """Bring every document of a backup back to its state then; nothing is deleted, versions are added.

    All of the backup is verified first: BackupDamaged if anything is not what was written, and nothing is
    restored. A document that still has the versions of the backup gets its newest of then again, by
    ``author``, unless it has that content now. Otherwise the versions of the backup are written in order
    behind what there is, each with its own author. Restoring again after a crash goes on where it stopped.
    Documents that are not in the backup stay. Hand in the plain store, with the ``audit`` log to note it in:
    one entry before, one after. DocumentConflict if somebody writes meanwhile: restore again.
    """
    manifest, contents = _read_archive(source)
    details: dict[str, int | str] = {
        "documents": len(manifest.documents),
        "manifest": _sha256(_manifest_bytes(manifest)),
    }
    _note(audit, "backup.restore.intended", author, {**details})
    written = {it.name: _restore_document(store, it, contents, author) for it in manifest.documents}
    _note(audit, "backup.restore.done", author, {**details, "versions": sum(map(len, written.values()))})
    return Restored(written={name: versions for name, versions in written.items() if versions})


def _restore_document(
    store: DocumentStore, then: DocumentHistory, contents: Mapping[str, bytes], author: Author
) -> tuple[str, ...]:
    try:
        now = store.history(then.name)[::-1]
    except DocumentDamaged:
        return (_bring_back(store, then.versions[-1], contents, author, None),)
    expect, sha256 = _current(store, then.name, now)
    end = _end_of(then.versions, now)
    if end is None:
        return tuple(_replay(store, then.versions[_overlap(then.versions, now) :], contents, expect))
    wanted = now[end - 1]
    return () if wanted.sha256 == sha256 else (_bring_back(store, wanted, contents, author, expect),)


def _bring_back(
    store: DocumentStore,
    version: DocumentVersion,
    contents: Mapping[str, bytes],
    author: Author,
    expect: str | None,
) -> str:
    content = contents[version.sha256]
    return store.put(
        version.name, content, expect=expect, author=author, restored_from=version.version
    ).version


def _replay(
    store: DocumentStore, versions: Iterable[DocumentVersion], contents: Mapping[str, bytes], expect: str
) -> Iterator[str]:
    for version in versions:
        expect = _bring_back(store, version, contents, version.author, expect)
        yield expect


def _current(store: DocumentStore, name: str, now: Sequence[DocumentVersion]) -> tuple[str, str]:
    """Return the version to expect and the hash of its content, which is empty if there is none to read."""
    try:
        newest = store.read(name)
    except DocumentMissing:
        return ABSENT, ""
    except DocumentDamaged:
        return now[-1].version, ""
    return newest.version, newest.sha256


def _end_of(then: Sequence[DocumentVersion], now: Sequence[DocumentVersion]) -> int | None:
    """Return where in the history of now the versions of then end; None if not all are there in a row."""
    wanted, there, size = _marks(then), _marks(now), len(then)
    ends = (end for end in range(len(there), size - 1, -1) if there[end - size : end] == wanted)
    return next(ends, None)


def _overlap(then: Sequence[DocumentVersion], now: Sequence[DocumentVersion]) -> int:
    """Return how many of the versions of then are at the end of the history already."""
    wanted, there = _marks(then), _marks(now)
    sizes = range(min(len(wanted), len(there)), 0, -1)
    return next((size for size in sizes if there[-size:] == wanted[:size]), 0)


def _marks(versions: Iterable[DocumentVersion]) -> list[tuple[str, str, str]]:
    return [(it.sha256, it.author.actor, it.author.reason) for it in versions]


def _note(audit: AuditLog | None, action: str, author: Author, details: dict[str, int | str]) -> None:
    if audit is not None:
        audit.append(
            actor=author.actor, action=action, subject="documents", reason=author.reason, details={**details}
        )


def _write_archive(archive: BinaryIO, manifest: BackupManifest, store: DocumentStore) -> None:
    text = _manifest_bytes(manifest)
    wanted = {it.sha256: it for document in manifest.documents for it in document.versions}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:
        _add(file, _MANIFEST, text)
        _add(file, _MANIFEST_HASH, _sha256(text).encode())
        for sha256, version in sorted(wanted.items()):
            _add(file, f"content/{sha256}", store.read(version.name, version.version).content)


def _add(file: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _LONG_AGO)
    info.create_system = 3
    info.external_attr = 0o644 << 16
    file.writestr(info, data)


def _read_archive(source: Path | BinaryIO) -> tuple[BackupManifest, dict[str, bytes]]:
    with _opened(source) as file, _reading():
        text = _member(file, _MANIFEST)
        if _member(file, _MANIFEST_HASH).decode() != _sha256(text):
            raise _damaged("its manifest was altered")
        manifest = BackupManifest.model_validate_json(text)
        versions = [it for document in manifest.documents for it in document.versions]
        return manifest, {it.sha256: _content(file, it) for it in versions}


def _content(file: zipfile.ZipFile, version: DocumentVersion) -> bytes:
    data = _member(file, f"content/{version.sha256}", version.size_bytes)
    if _sha256(data) != version.sha256:
        raise _damaged(f"the content of {version.name} at version {version.version} was altered")
    return data


def _member(file: zipfile.ZipFile, name: str, size_bytes: int | None = None) -> bytes:
    """Return a member of the archive; one of another size than it must have is not unpacked."""
    if size_bytes is not None and file.getinfo(name).file_size != size_bytes:
        raise _damaged(f"{name} is of another size than it should be")
    return file.read(name)


@contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[zipfile.ZipFile]:
    try:
        file = zipfile.ZipFile(source)
    except OSError as error:
        raise InvalidInput(
            f"{source} cannot be read: {error.strerror}.", next_step="Name the file of a backup."
        ) from error
    except zipfile.BadZipFile as error:
        raise _damaged("it is no zip archive") from error
    with file:
        yield file


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except KeyError as error:
        raise _damaged("a part of it is missing") from error
    except (ValidationError, UnicodeDecodeError) as error:
        raise _damaged("its manifest is not one of ours") from error
    except (
        OSError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise _damaged(f"it cannot be unpacked ({type(error).__name__})") from error


def _damaged(reason: str) -> BackupDamaged:
    return BackupDamaged(
        f"The backup is damaged: {reason}. Nothing was restored.", next_step="Use another backup."
    )


def _manifest_bytes(manifest: BackupManifest) -> bytes:
    return manifest.model_dump_json(indent=1).encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
