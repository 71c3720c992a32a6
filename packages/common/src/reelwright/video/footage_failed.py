"""How many scenes of a video may be drawn because they failed: counted over all who shoot them.

Each scene is a run of its own, often in another process. Whoever would draw a failed one says so first and
counts second: of two at a time, at least one sees the other, so that there are never more than may be.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from reelwright.environment.footage import FootageSettings
from reelwright.storage.ports import ArtifactStore

__all__ = ["FailedScenes"]

_DRAWN: Final = b"drawn because it failed"
_NOT_DRAWN: Final = b"not drawn although it failed"
_TYPE: Final = "text/plain"


@dataclass(frozen=True, slots=True)
class FailedScenes:
    """The failed scenes of one production."""

    artifacts: ArtifactStore
    settings: FootageSettings
    production_id: str
    count: int
    """Of all scenes."""

    @property
    def most(self) -> int:
        """How many may be drawn."""
        share = self.settings.max_failed_scenes_share
        if self.settings.on_failed_scene == "fail" or not share:
            return 0
        return max(1, int(share * self.count))

    def may_be_drawn(self, scene_index: int) -> bool:
        """Return whether this failed scene may be drawn; if so, it counts from now on."""
        if self.most in {0, self.count}:
            return self.most > 0
        is_marked = self._is_drawn(scene_index)
        if not is_marked:
            self._mark(scene_index, _DRAWN)
        others = (index for index in range(self.count) if index != scene_index)
        if sum(self._is_drawn(index) for index in others) < self.most:
            return True
        if not is_marked:  # another worker's word for this scene stands: it may be drawing it
            self._mark(scene_index, _NOT_DRAWN)
        return False

    def why_not(self) -> str:
        """Return which setting forbids it."""
        if self.settings.on_failed_scene == "fail":
            return "video.on_failed_scene is 'fail'"
        return f"video.max_failed_scenes_share lets {self.most} of {self.count} scenes be drawn instead"

    def _mark(self, scene_index: int, what: bytes) -> None:
        self.artifacts.remember(self._key(scene_index), self.artifacts.put_bytes(what, _TYPE))

    def _is_drawn(self, scene_index: int) -> bool:
        marked = self.artifacts.recall(self._key(scene_index))
        return marked is not None and marked.sha256 == hashlib.sha256(_DRAWN).hexdigest()

    def _key(self, scene_index: int) -> str:
        named = f"failed scene {self.production_id} {scene_index}"
        return hashlib.sha256(named.encode()).hexdigest()
