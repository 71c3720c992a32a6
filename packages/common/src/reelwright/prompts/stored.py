"""Prompts in a store of documents: a folder, or a bucket.

::

    prompts/texts/write-script/3f9a0c…    one text, named by itself and written once
    prompts/versions/write-script         who saved which text, when and why, in order
    prompts/labels                        where every label of every prompt stands

A text comes first, then the list that names it, then the label: whoever dies in between leaves a text
that nobody serves, and saving it again finds it. Every document is changed only by who has seen its newest
version, so of two that save or move at the same time one writes and the other looks again.
"""

import re
from datetime import datetime
from random import Random
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from reelwright.clock import Clock
from reelwright.errors import InvalidInput
from reelwright.prompts.errors import PromptVersionMissing, VersionConflict
from reelwright.prompts.labels import (
    BUNDLED,
    NO_LABELS,
    LabelMove,
    LabelPosition,
    PromptLabels,
    VersionId,
    parse_labels,
)
from reelwright.prompts.parsing import content_version
from reelwright.prompts.ports import VersionInfo
from reelwright.storage.errors import DocumentConflict, DocumentDamaged, DocumentMissing
from reelwright.storage.ports import ABSENT, DocumentStore
from reelwright.storage.schema import Author, StoredDocument

__all__ = ["MAX_TEXT_BYTES", "StoredPrompts", "check_label", "check_prompt_name"]

MAX_TEXT_BYTES = 65_536
"""Of one prompt; more would not fit beside its notes into the contexts of the models that read it."""

_LABELS = "prompts/labels"
_VERSIONS = "prompts/versions/"
_TEXTS = "prompts/texts/"
_WORD = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_NAME = re.compile(rf"{_WORD}(?:\.{_WORD})?")
_NAME_CHARS = 129
_LABEL = re.compile(r"[a-z][a-z0-9-]{0,31}")
_VERSION = re.compile(r"[0-9a-f]{12}")
_TRIES = 50
_LONGEST_WAIT_SECONDS = 0.02


class _Saved(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: VersionId
    chars: int
    saved_at: datetime
    author: Author


class _Versions(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    versions: tuple[_Saved, ...] = ()
    """The oldest first."""

    @property
    def newest(self) -> str:
        return self.versions[-1].version if self.versions else ABSENT

    def told(self, name: str) -> tuple[VersionInfo, ...]:
        """Return them numbered, the newest first."""
        numbered = list(enumerate(self.versions, start=1))
        return tuple(VersionInfo(name=name, number=number, **dict(one)) for number, one in reversed(numbered))


class StoredPrompts:
    """A PromptStore over any DocumentStore; with an audited one every change is noted with its reason."""

    def __init__(self, documents: DocumentStore, *, clock: Clock, rng: Random | None = None) -> None:
        self._documents = documents
        self._clock = clock
        self._rng = rng or Random()

    def names(self) -> tuple[str, ...]:
        """Return the prompts that have versions, sorted."""
        listed = (name for name in self._documents.names() if name.startswith(_VERSIONS))
        return tuple(name.removeprefix(_VERSIONS) for name in listed)

    def versions(self, name: str) -> tuple[VersionInfo, ...]:
        """Return all versions, the newest first."""
        return self._versions(check_prompt_name(name))[0].told(name)

    def read(self, name: str, version: str) -> str:
        """Return the text of a version, verified."""
        check_prompt_name(name)
        if not _VERSION.fullmatch(version):
            raise _no_version(name, version)
        try:
            content = self._documents.read(_text_of(name, version)).content
        except DocumentMissing as error:
            raise _no_version(name, version) from error
        return _verified(content, name, version)

    def save(self, name: str, text: str, *, author: Author, expect: str | None) -> VersionInfo:
        """Keep a text as a new version, or find it there."""
        check_prompt_name(name)
        content = _bytes_of(text, name)
        for _ in range(_TRIES):
            known, document = self._versions(name)
            if found := _found(known, name, content_version(text)):
                self._check_same(name, text)
                return found
            _check_newest(known, name, expect)
            self._put_text(name, text, content, author)
            saved = _Saved(
                version=content_version(text), chars=len(text), saved_at=self._clock.now(), author=author
            )
            more = known.model_copy(update={"versions": (*known.versions, saved)})
            if self._put(_VERSIONS + name, more, document, author):
                return more.told(name)[0]
        raise _contended(_VERSIONS + name)

    def labels(self) -> PromptLabels:
        """Return all labels."""
        return self._labels()[0]

    def move(self, name: str, label: str, version: str, *, expect: str, author: Author) -> LabelPosition:
        """Move a label, unless somebody else did meanwhile."""
        check_label(label)
        check_prompt_name(name)
        if version != ABSENT:
            self.read(name, version)
        for _ in range(_TRIES):
            known, document = self._labels()
            moved = known.moved(name, label, version, expect=expect, at=self._clock.now(), author=author)
            if self._put(_LABELS, moved, document, author):
                return moved.prompts[name][label]
        raise _contended(_LABELS)

    def history(self, name: str) -> tuple[LabelMove, ...]:
        """Return the latest moves of the prompt's labels, newest first."""
        labels = self.labels().of(check_prompt_name(name)).values()
        moves = (move for position in labels for move in position.moves)
        return tuple(sorted(moves, key=lambda move: move.at, reverse=True))

    def _put_text(self, name: str, text: str, content: bytes, author: Author) -> None:
        document = _text_of(name, content_version(text))
        try:
            self._documents.put(document, content, expect=ABSENT, author=author)
        except DocumentConflict:
            self._check_same(name, text)

    def _check_same(self, name: str, text: str) -> None:
        """Raise if another text has the version's name: only on purpose do two have the same."""
        version = content_version(text)
        if _lines(self.read(name, version)) != _lines(text):
            raise InvalidInput(
                f"Version {version} of {name} is another text, and no version is ever replaced.",
                next_step="Change a word of yours.",
                context={"prompt": name, "version": version},
            )

    def _put(self, document: str, content: BaseModel, newest: str, author: Author) -> bool:
        """Write the document if its newest version is still that; else wait for a moment."""
        try:
            text = content.model_dump_json(indent=1)
            self._documents.put(document, text.encode(), expect=newest, author=author)
        except DocumentConflict:
            self._clock.sleep(self._rng.uniform(0, _LONGEST_WAIT_SECONDS))
            return False
        return True

    def _labels(self) -> tuple[PromptLabels, str]:
        stored = self._newest(_LABELS)
        if stored is None:
            return NO_LABELS, ABSENT
        return parse_labels(stored.content, where=_LABELS), stored.version

    def _versions(self, name: str) -> tuple[_Versions, str]:
        stored = self._newest(_VERSIONS + name)
        if stored is None:
            return _Versions(), ABSENT
        try:
            return _Versions.model_validate_json(stored.content), stored.version
        except ValidationError as error:
            raise DocumentDamaged(
                f"The list of versions in {stored.name} cannot be read.",
                next_step="Restore an earlier version of that document.",
                context={"document": stored.name},
            ) from error

    def _newest(self, document: str) -> StoredDocument | None:
        try:
            return self._documents.read(document)
        except DocumentMissing:
            return None


def check_prompt_name(name: str) -> str:
    """Return ``name`` if a prompt's file may be called so; InvalidInput otherwise."""
    if len(name) <= _NAME_CHARS and _NAME.fullmatch(name):
        return name
    raise InvalidInput(
        f"{name[:60]!r} is not the name of a prompt.",
        next_step="Use lower case letters, digits and '-', and '.' before a category: write-script.investing",
    )


def check_label(label: str) -> str:
    """Return ``label`` if a label that moves may be called so; InvalidInput otherwise."""
    if _LABEL.fullmatch(label) and label != BUNDLED:
        return label
    raise InvalidInput(
        f"{label[:60]!r} is not a label that can be moved.",
        next_step=f"Use lower case letters, digits and '-', up to 32 of them, and not {BUNDLED!r}.",
    )


def _lines(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _text_of(name: str, version: str) -> str:
    return f"{_TEXTS}{name}/{version}"


def _bytes_of(text: str, name: str) -> bytes:
    try:
        content = text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(
            f"The text of {name} is not Unicode: half a character at {error.start}."
        ) from error
    if not text.strip() or len(content) > MAX_TEXT_BYTES:
        raise InvalidInput(
            f"The text of {name} has {len(content):,} bytes; 1 to {MAX_TEXT_BYTES:,} are allowed.",
            context={"prompt": name, "bytes": len(content)},
        )
    return content


def _verified(content: bytes, name: str, version: str) -> str:
    text = content.decode(errors="replace")
    if content_version(text) == version:
        return text
    raise DocumentDamaged(
        f"Version {version} of the prompt {name} is damaged: its text is another one.",
        next_step="Save the right text again under another version, and move the label there.",
        context={"prompt": name, "version": version},
    )


def _found(known: _Versions, name: str, version: str) -> VersionInfo | None:
    return next((one for one in known.told(name) if one.version == version), None)


def _check_newest(known: _Versions, name: str, expect: str | None) -> None:
    if expect is None or known.newest == expect:
        return
    told = "there is none"
    if known.versions:
        last = known.versions[-1]
        told = f"{last.author.actor} saved version {last.version} ({last.author.reason})"
    raise VersionConflict(
        f"The newest version of {name} is not {expect or 'the first'}: {told}. Nothing was saved.",
        next_step="Read it, then decide whether your text still holds.",
        context={"prompt": name, "expected": expect, "newest": known.newest},
    )


def _no_version(name: str, version: str) -> PromptVersionMissing:
    return PromptVersionMissing(
        f"The prompt {name} has no version {version[:60]!r}.",
        next_step="Choose one of its versions: reelwright prompts show NAME",
        context={"prompt": name, "version": version},
    )


def _contended(document: str) -> DocumentConflict:
    return DocumentConflict(
        f"The document {document} was changed by others {_TRIES} times in a row. Nothing was written.",
        next_step="Try again in a moment.",
        context={"document": document},
    )
