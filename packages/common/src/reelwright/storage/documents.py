"""What every store of documents agrees on: names, versions, what a conflict is, and how to go back."""

import hashlib
import json
import re
from datetime import datetime

from reelwright.errors import InvalidInput
from reelwright.storage.errors import DocumentConflict, DocumentDamaged, DocumentMissing
from reelwright.storage.ports import ABSENT, DocumentStore
from reelwright.storage.schema import Author, DocumentVersion, StoredDocument

__all__ = [
    "check_document_name",
    "check_expected",
    "check_hash",
    "check_record",
    "document_missing",
    "new_version",
    "restore",
    "sequence_of",
]

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")
_NAME_CHARS = 200


def check_document_name(name: str) -> str:
    """Return ``name`` if a document may be called so; InvalidInput otherwise.

    Names become paths and keys, so nothing else may pass: no parent folders, no empty parts, no case games.
    """
    if len(name) > _NAME_CHARS or not _NAME.fullmatch(name):
        raise InvalidInput(
            f"{name[:60]!r} is not the name of a document.",
            next_step="Use lower case letters, digits, '.', '_', '-', and '/' between parts: prompts/hook",
        )
    return name


def new_version(
    name: str,
    content: bytes,
    *,
    sequence: int,
    at: datetime,
    author: Author,
    restored_from: str | None,
) -> DocumentVersion:
    """Return the record of a new version, named by its place in the history and the hash of the record.

    So a record that was altered does not fit its own name, and no name ever stands for something else.
    """
    draft = DocumentVersion(
        name=name,
        version="",
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        written_at=at,
        author=author,
        restored_from=restored_from,
    )
    return draft.model_copy(update={"version": _version_name(sequence, draft)})


def sequence_of(version: str) -> int:
    """Return the place in the history of a version that ``new_version`` named, from 1."""
    return int(version.partition("-")[0])


def check_record(record: DocumentVersion) -> None:
    """Raise DocumentDamaged if a record is not the one that ``new_version`` named."""
    if record.version != _version_name(sequence_of(record.version), record):
        raise _damaged(record.name, record.version, "its record was altered")


def check_hash(document: StoredDocument) -> StoredDocument:
    """Return the document if its content is what its record says; DocumentDamaged otherwise."""
    if hashlib.sha256(document.content).hexdigest() != document.sha256:
        raise _damaged(document.name, document.version, "its content has changed since it was written")
    return document


def check_expected(name: str, expect: str | None, newest: str) -> None:
    """Raise DocumentConflict if a version is expected and the newest (ABSENT for none) is another."""
    if expect is None or expect == newest:
        return
    raise DocumentConflict(
        f"The document {name} is {_at(newest)}, not {_at(expect)}: somebody changed it. Nothing was written.",
        next_step="Read it again, then decide whether your change still holds.",
        context={"document": name, "expected": expect, "newest": newest},
    )


def document_missing(name: str, version: str | None = None) -> DocumentMissing:
    """Return the error for a document, or a version of one, that is not there."""
    if version is None:
        return DocumentMissing(f"There is no document {name}.", context={"document": name})
    return DocumentMissing(
        f"The document {name} has no version {version[:60]!r}.",
        next_step="Choose one of its history.",
        context={"document": name, "version": version},
    )


def restore(
    store: DocumentStore, name: str, version: str, *, author: Author, expect: str | None
) -> DocumentVersion:
    """Bring back the content of a version by writing it again as the newest; nothing is deleted.

    ``expect`` is the version that must be the newest now, as for ``put``. DocumentMissing if there is no such
    version, DocumentDamaged if its content is not what was written.
    """
    old = store.read(name, version)
    return store.put(name, old.content, expect=expect, author=author, restored_from=version)


def _version_name(sequence: int, record: DocumentVersion) -> str:
    known = record.model_dump(mode="json", exclude={"version", "content"})
    text = json.dumps([sequence, known], sort_keys=True, separators=(",", ":"))
    return f"{sequence:08d}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _at(version: str) -> str:
    return "absent" if version == ABSENT else f"at version {version}"


def _damaged(name: str, version: str, reason: str) -> DocumentDamaged:
    return DocumentDamaged(
        f"Version {version} of the document {name} is damaged: {reason}.",
        next_step="Restore another version of its history, or a backup.",
        context={"document": name, "version": version},
    )
