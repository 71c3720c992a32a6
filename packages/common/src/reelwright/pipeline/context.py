"""What a step is handed besides its input.

The managers are named, not imported: a function that only publishes should not load a renderer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.clock import Clock
from reelwright.environment.schema import Settings
from reelwright.flags.answers import FlagAnswers
from reelwright.pipeline.declaration import Pending
from reelwright.prompts.pinned import PinnedPrompts
from reelwright.storage.ports import ArtifactStore

if TYPE_CHECKING:
    from reelwright.audio.manager import AudioGenerationManager
    from reelwright.content.manager import ContentGenerationManager
    from reelwright.models.manager import AIModelManager
    from reelwright.upload.manager import UploadManager
    from reelwright.video.manager import VideoGenerationManager

__all__ = ["Managers", "ManagersFor", "StepContext"]


@dataclass(frozen=True, slots=True)
class Managers:
    """The work, wired for one production's settings."""

    models: AIModelManager
    content: ContentGenerationManager
    audio: AudioGenerationManager
    video: VideoGenerationManager
    upload: UploadManager


ManagersFor = Callable[[Settings], Managers]
"""Wires managers for the settings that a production has pinned."""


@dataclass(frozen=True, slots=True)
class StepContext:
    """One run of one step. ``key`` is the same on every try, for use as an idempotency key."""

    production_id: str
    key: str
    seed: int
    settings: Settings
    managers: Managers
    artifacts: ArtifactStore
    clock: Clock
    work_dir: Path
    """An empty folder of this run's own, removed afterwards."""
    out_dir: Path
    """Where the folder platform puts packages."""
    pending: Pending | None
    """What this step returned last time, if it is being asked again."""
    flags: FlagAnswers = field(default_factory=FlagAnswers)
    """What every flag answered when the production began."""
    prompts: PinnedPrompts = field(default_factory=PinnedPrompts)
    """What is said to models, as it was chosen when the production began."""
