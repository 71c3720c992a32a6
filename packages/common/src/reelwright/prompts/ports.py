"""What prompts need: a store of versions and labels, and a memory of what it last said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from reelwright.environment.prompting import PromptFileName
from reelwright.prompts.labels import LabelMove, LabelPosition, PromptLabels, VersionId
from reelwright.storage.schema import Author

__all__ = ["PromptMemory", "PromptStore", "ReadablePrompts", "RememberedPrompts", "VersionInfo"]


class VersionInfo(BaseModel):
    """A version of a prompt without its text: who saved it, when and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: PromptFileName
    version: VersionId
    number: int
    """Its place among the versions of this prompt in this store, from 1; other stores count by themselves."""
    chars: int
    saved_at: datetime
    author: Author


class ReadablePrompts(Protocol):
    """What a renderer needs of a store: where labels stand, and the texts that they stand at."""

    def labels(self) -> PromptLabels:
        """Return all labels, as they stand together at one moment; none if nothing was ever labelled.

        StorageUnavailable and StorageUnwritable as any store; DocumentDamaged if they cannot be read.
        """
        ...

    def read(self, name: str, version: str) -> str:
        """Return the text of a version, verified; PromptVersionMissing, DocumentDamaged."""
        ...


class PromptStore(ReadablePrompts, Protocol):
    """Versions of prompts, which never change, and labels, which move.

    A version is named by its text (``content_version``), so the same text is the same version everywhere.
    ``name`` is that of a file without ``.md``; InvalidInput for what is no such name.
    """

    def names(self) -> tuple[str, ...]:
        """Return the prompts that have versions, sorted."""
        ...

    def versions(self, name: str) -> tuple[VersionInfo, ...]:
        """Return all versions, the newest first; none for a prompt that has none."""
        ...

    def save(self, name: str, text: str, *, author: Author, expect: str | None) -> VersionInfo:
        """Keep a text as a new version and return what is known of it; no label moves.

        A text that is there already is that version, and nothing is written. ``expect`` is the version that
        must be the newest (ABSENT: none may exist); VersionConflict otherwise. None adds to what is there.
        """
        ...

    def move(self, name: str, label: str, version: str, *, expect: str, author: Author) -> LabelPosition:
        """Move a label to a version (ABSENT: take it off) and return where it stands.

        ``expect`` is where it must stand (ABSENT: nowhere): of two that move it at the same time one gets
        LabelConflict, which names the other. PromptVersionMissing for a version that is not there.
        """
        ...

    def history(self, name: str) -> tuple[LabelMove, ...]:
        """Return the latest moves of the prompt's labels, newest first."""
        ...


@dataclass(frozen=True, slots=True)
class RememberedPrompts:
    """What a store last said: its labels, and texts at which they stand or stood, by name and version.

    Every text that a memory gives is the one of its version.
    """

    labels: PromptLabels
    texts: Mapping[tuple[str, str], str]
    at: datetime


class PromptMemory(Protocol):
    """Remembers what a store last said, across processes. What is damaged is as good as nothing."""

    def load(self) -> RememberedPrompts | None:
        """Return what is remembered; None for nothing. SourceUnreachable if the memory cannot be read."""
        ...

    def save(self, remembered: RememberedPrompts) -> None:
        """Remember labels, unless newer ones are, and texts beside those that are; those that labels name."""
        ...
