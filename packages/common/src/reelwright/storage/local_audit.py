"""The audit trail in a folder: what one machine uses.

::

    root/
    ├── audit.jsonl     one entry a line, only ever added to
    ├── head.json       which entry is the last, and how long the file was then
    └── audit.lock      held by whoever adds

An entry is on the disk before the head names it. A process that dies in between leaves one entry, or half
a line, beyond the head: the next writer takes the whole entry up and cuts the half line off.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import JsonValue, ValidationError

from reelwright.clock import Clock, SystemClock
from reelwright.storage.chain import (
    BEGINNING,
    ChainHead,
    Row,
    digest_of,
    head_after,
    newest_first,
    next_entry,
    trail_broken,
    verify_chain,
)
from reelwright.storage.errors import StorageUnavailable
from reelwright.storage.files import locked, sync_folder, write_whole, writing_to
from reelwright.storage.ports import Signer
from reelwright.storage.schema import AuditEntry

__all__ = ["FolderAuditLog"]


class _Head(ChainHead):
    size_bytes: int
    """Length of the file with the entry in it."""


_BEGINNING = _Head(**BEGINNING.model_dump(), size_bytes=0)


class FolderAuditLog:
    """An AuditLog in a folder, created when first written to; any number of processes may share it.

    An append costs the same however long the trail is, unless it is to be done ``once``.
    """

    def __init__(self, root: Path, *, clock: Clock | None = None, signer: Signer | None = None) -> None:
        self._root = root
        self._log = root / "audit.jsonl"
        self._head = root / "head.json"
        self._lock = root / "audit.lock"
        self._clock = clock or SystemClock()
        self._signer = signer

    def append(
        self,
        *,
        actor: str,
        action: str,
        subject: str,
        reason: str,
        details: dict[str, JsonValue],
        once: str | None = None,
    ) -> AuditEntry:
        """Add an entry; it is on the disk when this returns. StorageFull or StorageUnwritable if not."""
        with writing_to(self._log):
            self._root.mkdir(parents=True, exist_ok=True)
            with locked(self._lock):
                head = self._last_head()
                if once is not None and (found := self._named(once)):
                    return found
                entry = next_entry(
                    head,
                    at=self._clock.now(),
                    actor=actor,
                    action=action,
                    subject=subject,
                    reason=reason,
                    details=details,
                    once=once,
                    signer=self._signer,
                )
                self._write_head(entry, _add_line(self._log, entry.model_dump_json().encode()))
                return entry

    def entries(self, *, subject: str | None = None, limit: int | None = None) -> tuple[AuditEntry, ...]:
        """Return entries, newest first; StorageUnavailable if the file cannot be read."""
        with self._reading():
            found = [row.entry for row in self._rows(self._read_head()) if row.entry]
        return tuple(newest_first(reversed(found), subject, limit))

    def verify(self) -> tuple[str, ...]:
        """Return what is wrong with the chain, a line each."""
        with self._reading():
            head = self._read_head()
            rows = self._rows(head)
        chain = ChainHead(**head.model_dump(exclude={"size_bytes"})) if head else None
        known = head.sequence + 1 if head else None
        return verify_chain(rows, head=chain, known_up_to=known, signer=self._signer)

    def _named(self, once: str) -> AuditEntry | None:
        found = (row.entry for row in self._rows(self._read_head()) if row.entry)
        return next((entry for entry in found if entry.details.get("once") == once), None)

    def _last_head(self) -> _Head:
        """Return the head after taking up, or cutting off, what a killed writer left beyond it."""
        head = self._read_head()
        if head is None:
            return self._begin()
        beyond = self._bytes(head.size_bytes)
        if not beyond:
            return head
        entry = _parse(beyond)
        if entry and _follows(entry, head):
            return self._write_head(entry, head.size_bytes + len(beyond))
        if b"\n" not in beyond:
            os.truncate(self._log, head.size_bytes)
        return head

    def _begin(self) -> _Head:
        """Write the head of an empty trail first: from then on, entries without a head are a broken trail."""
        if self._bytes(0):
            raise trail_broken()
        write_whole(self._head, _BEGINNING.model_dump_json().encode())
        return _BEGINNING

    def _write_head(self, entry: AuditEntry, size_bytes: int) -> _Head:
        head = _Head(**head_after(entry, self._signer).model_dump(), size_bytes=size_bytes)
        write_whole(self._head, head.model_dump_json().encode())
        return head

    def _read_head(self) -> _Head | None:
        try:
            return _Head.model_validate_json(self._head.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def _rows(self, head: _Head | None) -> list[Row]:
        content = self._bytes(0)
        *lines, rest = content.split(b"\n")
        rows = [Row(f"Line {number}", _parse(line)) for number, line in enumerate(lines, start=1)]
        unfinished = head is not None and len(content) - len(rest) >= head.size_bytes
        return rows if unfinished or not rest else [*rows, Row(f"Line {len(lines) + 1}", None)]

    def _bytes(self, offset: int) -> bytes:
        try:
            with self._log.open("rb") as file:
                file.seek(offset)
                return file.read()
        except FileNotFoundError:
            return b""

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            if not self._lock.exists():
                yield
                return
            with locked(self._lock, shared=True):
                yield
        except OSError as error:
            raise StorageUnavailable(
                f"The audit trail {self._log} cannot be read: {error.strerror}.",
                next_step="Make it readable for this user, then try again.",
                context={"path": self._log},
            ) from error


def _parse(line: bytes) -> AuditEntry | None:
    try:
        return AuditEntry.model_validate_json(line)
    except ValidationError:
        return None


def _follows(entry: AuditEntry, head: ChainHead) -> bool:
    linked = (entry.sequence, entry.previous) == (head.sequence + 1, head.digest)
    return linked and entry.digest == digest_of(entry)


def _add_line(path: Path, line: bytes) -> int:
    """Add a line, on the disk when this returns; return the length of the file then."""
    new = not path.exists()
    with path.open("a+b", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        if size and _last_byte(path, size) != b"\n":
            line = b"\n" + line
        _write_all(file.fileno(), line + b"\n")
        os.fsync(file.fileno())
        size = file.seek(0, os.SEEK_END)
    if new:
        sync_folder(path.parent)
    return size


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _last_byte(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        file.seek(size - 1)
        return file.read(1)
