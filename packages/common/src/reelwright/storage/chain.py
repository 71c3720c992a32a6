"""The chain that the audit trail is: how entries are linked, signed and found to be whole."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from reelwright.errors import InvalidInput
from reelwright.storage.errors import AuditTrailBroken
from reelwright.storage.ports import Signer
from reelwright.storage.schema import AuditEntry

__all__ = [
    "BEGINNING",
    "ChainHead",
    "Row",
    "digest_of",
    "head_after",
    "newest_first",
    "next_entry",
    "trail_broken",
    "verify_chain",
]

_ZEROS = "0" * 64


class ChainHead(BaseModel):
    """Which entry is the last: without it, a shortened chain would look whole."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sequence: Annotated[int, Field(ge=0)]
    digest: str
    key_id: str | None = None
    signature: str | None = None


BEGINNING = ChainHead(sequence=0, digest=_ZEROS)
"""The head of a chain without entries."""


@dataclass(frozen=True, slots=True)
class Row:
    """One place of a stored chain; ``entry`` is None where no entry can be read."""

    place: str
    entry: AuditEntry | None


def next_entry(
    head: ChainHead,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    reason: str,
    details: dict[str, JsonValue],
    once: str | None = None,
    signer: Signer | None = None,
) -> AuditEntry:
    """Return the entry that follows ``head``; InvalidInput if it could not be read back as it is."""
    draft = AuditEntry(
        sequence=head.sequence + 1,
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        reason=reason,
        details=details if once is None else {**details, "once": once},
        previous=head.digest,
        digest="",
    )
    _check_lasting(draft)
    if signer is None:
        return draft.model_copy(update={"digest": digest_of(draft)})
    return _signed(draft, signer)


def head_after(entry: AuditEntry, signer: Signer | None = None) -> ChainHead:
    """Return the head of the chain that ends with ``entry``."""
    if signer is None:
        return ChainHead(sequence=entry.sequence, digest=entry.digest)
    key_id, signature = signer.sign(_head_digest(entry.sequence, entry.digest))
    return ChainHead(sequence=entry.sequence, digest=entry.digest, key_id=key_id, signature=signature)


def digest_of(entry: AuditEntry) -> str:
    """Return what the entry's digest must be: SHA-256 of the rest of it as canonical JSON."""
    content = entry.model_dump(mode="json", exclude={"digest", "signature"})
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def newest_first(
    entries: Iterable[AuditEntry], subject: str | None, limit: int | None
) -> Iterator[AuditEntry]:
    """Yield those of ``subject`` (None: all), at most ``limit``, from entries that come newest first."""
    wanted = (entry for entry in entries if subject in (None, entry.subject))
    for count, entry in enumerate(wanted):
        if limit is not None and count >= limit:
            return
        yield entry


def trail_broken() -> AuditTrailBroken:
    """Return the error for a trail whose head is gone."""
    return AuditTrailBroken(
        "The audit trail has entries and no head: it cannot be known which was the last.",
        next_step="Bring the head back from a backup of the trail; until then no change can be recorded.",
    )


def verify_chain(
    rows: Iterable[Row],
    *,
    head: ChainHead | None,
    known_up_to: int | None = None,
    signer: Signer | None = None,
) -> tuple[str, ...]:
    """Return what is wrong with a chain, a line each; empty when it is whole.

    ``head`` is what was stored when the reading began, None if it is gone or unreadable. ``known_up_to`` is
    the last entry that may be there: one more than the head's where an append may be under way.
    """
    walk = _Walk(signer)
    for row in rows:
        walk.step(row)
    problems = walk.problems + _check_head(walk, head, signer)
    if head is not None:
        last_known = max(head.sequence, known_up_to or 0)
        problems += _check_end(walk.last, last_known)
    return tuple(problems)


@dataclass
class _Walk:
    """Goes along a chain and notes what does not fit."""

    signer: Signer | None
    last: int = 0
    digest: str | None = _ZEROS
    digests: dict[int, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def step(self, row: Row) -> None:
        if row.entry is None:
            self.problems.append(f"{row.place} cannot be read as an entry.")
            self.last, self.digest = self.last + 1, None
            return
        entry = row.entry
        self.problems += [*self._order(entry), *self._content(entry)]
        self.digests.setdefault(entry.sequence, entry.digest)
        if entry.sequence > self.last:
            self.last, self.digest = entry.sequence, entry.digest

    def _order(self, entry: AuditEntry) -> Iterator[str]:
        if entry.sequence <= self.last:
            yield f"Entry {entry.sequence} stands after entry {self.last}: out of order, or written twice."
        elif entry.sequence > self.last + 1:
            yield _missing(self.last + 1, entry.sequence - 1)
        elif self.digest is not None and entry.previous != self.digest:
            yield f"Entry {entry.sequence} does not follow the entry before it: one of them was replaced."

    def _content(self, entry: AuditEntry) -> Iterator[str]:
        if entry.digest != digest_of(entry):
            yield f"Entry {entry.sequence} was altered: its content does not fit its digest."
        yield from _check_signature(
            f"Entry {entry.sequence}", entry.digest, entry.key_id, entry.signature, self.signer
        )


def _check_head(walk: _Walk, head: ChainHead | None, signer: Signer | None) -> list[str]:
    if head is None:
        gone = "The head of the chain is missing or unreadable: it cannot be known which entry was the last."
        return [gone] if walk.last else []
    if head.sequence == 0:
        return [] if head == BEGINNING else ["The head of the chain was altered."]
    digest = _head_digest(head.sequence, head.digest)
    problems = [*_check_signature("The head of the chain", digest, head.key_id, head.signature, signer)]
    if walk.last < head.sequence:
        problems.append(_missing(walk.last + 1, head.sequence, " at the end"))
    elif walk.digests.get(head.sequence, head.digest) != head.digest:
        problems.append(
            f"The head of the chain names another entry {head.sequence} than the one that is there."
        )
    return problems


def _check_end(last: int, last_known: int) -> list[str]:
    if last <= last_known:
        return []
    return [f"The head of the chain does not know the entries after {last_known}: added, or it was set back."]


def _check_signature(
    what: str, digest: str, key_id: str | None, signature: str | None, signer: Signer | None
) -> Iterator[str]:
    if signer is None:
        return
    if key_id is None or signature is None:
        yield f"{what} is not signed."
    elif not signer.verify(digest, key_id, signature):
        yield f"{what} has a signature that the key {key_id[:60]!r} did not make, or nobody knows that key."


def _missing(first: int, last: int, where: str = "") -> str:
    return (
        f"Entry {first}{where} is missing."
        if first == last
        else f"Entries {first} to {last}{where} are missing."
    )


def _head_digest(sequence: int, digest: str) -> str:
    """Return what a head signs: never the digest of an entry, or the signature of one would do for a head."""
    return hashlib.sha256(f"head:{sequence}:{digest}".encode()).hexdigest()


def _signed(draft: AuditEntry, signer: Signer) -> AuditEntry:
    """Return the entry signed; its digest covers the key's name, so that a signature cannot be taken off."""
    key_id, _ = signer.sign(digest_of(draft))
    named = draft.model_copy(update={"key_id": key_id})
    digest = digest_of(named)
    signed_with, signature = signer.sign(digest)
    if signed_with != key_id:  # rotated just now
        return _signed(draft, signer)
    return named.model_copy(update={"digest": digest, "signature": signature})


def _check_lasting(entry: AuditEntry) -> None:
    try:
        if AuditEntry.model_validate_json(entry.model_dump_json()) == entry:
            return
        reason = "it would read back as something else"
    except ValueError as error:  # lone surrogates, for one
        reason = type(error).__name__
    raise InvalidInput(
        f"The audit entry for {entry.subject[:80]!r} cannot be written as JSON: {reason}.",
        next_step="Give details that are plain JSON: finite numbers, text in Unicode.",
    )
