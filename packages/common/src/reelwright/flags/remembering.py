"""The last good flags, across processes: a file on one machine.

On AWS the control table is the memory already: the sync function writes a state there when a deployment
moves, and it stays while AppConfig is down. Only somebody who cannot read the table either has to make do
with what code defines.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from reelwright.config.errors import SourceUnreachable
from reelwright.flags.deployments import FlagState
from reelwright.flags.ports import RememberedState
from reelwright.storage.files import locked, replacing, sync, sync_folder, writing_to

__all__ = ["FileFlagMemory"]

_PRIVATE = 0o600


class _Remembered(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    at: datetime
    state: FlagState


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    profiles: dict[str, _Remembered] = {}


class FileFlagMemory:
    """FlagMemory in a file that only its owner may read, replaced as a whole; processes may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Mapping[str, RememberedState]:
        """Return what is remembered; SourceUnreachable if the file is there and cannot be used."""
        return {profile: RememberedState(one.state, one.at) for profile, one in self._read().profiles.items()}

    def save(self, remembered: RememberedState) -> None:
        """Remember, unless something newer is. A file that is damaged is begun anew.

        StorageFull or StorageUnwritable if that cannot be done; what was there is then still there.
        """
        with writing_to(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with locked(self._path.with_suffix(".lock")):
                self._add(remembered)

    def _read(self) -> _File:
        try:
            return _File.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return _File()
        except (OSError, ValueError) as error:
            reason = "damaged" if isinstance(error, ValidationError) else type(error).__name__
            raise SourceUnreachable(f"{self._path} cannot be read or is damaged: {reason}") from error

    def _add(self, remembered: RememberedState) -> None:
        try:
            known = dict(self._read().profiles)
        except SourceUnreachable:
            known = {}
        profile = remembered.state.profile
        if profile in known and known[profile].at > remembered.at:
            return
        known[profile] = _Remembered(at=remembered.at, state=remembered.state)
        self._replace(json.dumps(_File(profiles=known).model_dump(mode="json"), indent=1).encode())

    def _replace(self, content: bytes) -> None:
        with replacing(self._path.parent, _PRIVATE) as (file, partial):
            file.write(content)
            sync(file)
            partial.replace(self._path)
        sync_folder(self._path.parent)
