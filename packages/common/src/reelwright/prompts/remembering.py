"""What a store of prompts last said, across processes: a file on one machine, an item of a table on AWS.

Texts are kept for the versions at which labels stand or stood, because that is what may have to be served.
Each text proves itself by its version, which is its hash; what does not is left out when it is read.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from reelwright.config.errors import SourceUnreachable
from reelwright.prompts.labels import PromptLabels
from reelwright.prompts.parsing import content_version
from reelwright.prompts.ports import RememberedPrompts
from reelwright.storage.files import locked, replacing, sync, sync_folder, writing_to

__all__ = ["FilePromptMemory", "merged", "remembered_from_json", "remembered_to_json"]

_PRIVATE = 0o600


class _Memory(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    at: datetime
    labels: PromptLabels
    texts: dict[str, dict[str, str]]
    """By prompt and version."""


class FilePromptMemory:
    """PromptMemory in a file that only its owner may read, replaced as a whole; processes may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> RememberedPrompts | None:
        """Return what is remembered; SourceUnreachable if the file is there and cannot be used."""
        try:
            return remembered_from_json(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            reason = "damaged" if isinstance(error, ValidationError) else type(error).__name__
            raise SourceUnreachable(f"{self._path} cannot be read or is damaged: {reason}") from error

    def save(self, remembered: RememberedPrompts) -> None:
        """Remember beside what is. A file that is damaged is begun anew.

        StorageFull or StorageUnwritable if that cannot be done; what was there is then still there.
        """
        with writing_to(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with locked(self._path.with_suffix(".lock")):
                self._replace(remembered_to_json(merged(self._known(), remembered)))

    def _known(self) -> RememberedPrompts | None:
        try:
            return self.load()
        except SourceUnreachable:
            return None

    def _replace(self, content: bytes) -> None:
        with replacing(self._path.parent, _PRIVATE) as (file, partial):
            file.write(content)
            sync(file)
            partial.replace(self._path)
        sync_folder(self._path.parent)


def merged(known: RememberedPrompts | None, more: RememberedPrompts) -> RememberedPrompts:
    """Return the newer labels, and of both texts those that these labels mention."""
    newer = known if known and known.at > more.at else more
    texts = {**(known.texts if known else {}), **more.texts}
    mentioned = newer.labels.mentioned()
    kept = {key: text for key, text in sorted(texts.items()) if key in mentioned}
    return RememberedPrompts(newer.labels, kept, newer.at)


def remembered_to_json(remembered: RememberedPrompts) -> bytes:
    """Return it as JSON."""
    texts: dict[str, dict[str, str]] = {}
    for (name, version), text in remembered.texts.items():
        texts.setdefault(name, {})[version] = text
    memory = _Memory(at=remembered.at, labels=remembered.labels, texts=texts)
    return json.dumps(memory.model_dump(mode="json"), separators=(",", ":")).encode()


def remembered_from_json(content: bytes) -> RememberedPrompts:
    """Return what was written; a ValueError if it is something else. Texts that are damaged are left out."""
    memory = _Memory.model_validate_json(content)
    if memory.at.tzinfo is None:
        raise ValueError("a moment without a zone")
    return RememberedPrompts(memory.labels, dict(_whole(memory.texts)), memory.at)


def _whole(texts: Mapping[str, Mapping[str, str]]) -> list[tuple[tuple[str, str], str]]:
    return [
        ((name, version), text)
        for name, versions in texts.items()
        for version, text in versions.items()
        if content_version(text) == version
    ]
