"""Every port of a studio, bound: the only ways out of the code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Protocol

from reelwright.audio.ports import Listener, SoundtrackMaker
from reelwright.audio.quality import check_speech
from reelwright.clock import Clock
from reelwright.models.parts import ModelParts, no_switch
from reelwright.pipeline.declaration import PIPELINE, Step
from reelwright.pipeline.flagging import FlagsFor, no_flags
from reelwright.pipeline.ports import ProductionStore
from reelwright.pipeline.prompting import PromptsFor, bundled_prompts
from reelwright.pipeline.workshop import FanOutMapper, Finisher, PromptCount, count_nothing
from reelwright.storage.ports import ArtifactStore
from reelwright.upload.ports import Platform
from reelwright.upload.remotes import RemotePlatforms
from reelwright.video.ports import CutAssembler, CutReviewer, ThumbnailMaker

__all__ = ["Closeable", "Parts"]


class Closeable(Protocol):
    """Something that holds processes or files until it is closed."""

    def close(self) -> None:
        """Let go."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What a studio is made of. Two studios with the same parts work on the same productions."""

    clock: Clock
    rng: Random
    store: ProductionStore
    artifacts: ArtifactStore
    models: ModelParts
    soundtrack: SoundtrackMaker
    assembler: CutAssembler
    reviewer: CutReviewer
    thumbnails: ThumbnailMaker
    platforms: Mapping[str, Platform]
    work_root: Path
    mapper: FanOutMapper
    finish: Finisher
    steps: tuple[Step, ...] = PIPELINE
    closeables: tuple[Closeable, ...] = ()
    listen: Listener = check_speech
    """Judges narrations before they are used."""
    flags: FlagsFor = no_flags
    """Asked once for each production, when it begins."""
    prompts: PromptsFor = bundled_prompts
    """Asked once for each production, when it begins: its steps say what it pinned."""
    count_prompts: PromptCount = count_nothing
    """Keeps what becomes of prompts."""
    platform_stopped: Callable[[str], str] = no_switch
    """Why an operator has stopped a platform just now, or nothing. Providers are stopped in ``models``."""
    remotes: RemotePlatforms | None = None
    """Video platforms, beside those that are folders."""
