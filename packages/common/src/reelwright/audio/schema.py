"""Sound as data: the finished soundtrack and what it was measured at."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from reelwright.cost.schema import ChargeLine
from reelwright.environment.schema import AudioSettings
from reelwright.production.schema import Decision, Narration, Span

__all__ = ["NarratedScript", "Soundtrack", "SoundtrackRequest"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NarratedScript(_Frozen):
    """A script as it was spoken, and how that came about."""

    narration: Narration
    charges: tuple[ChargeLine, ...]
    decisions: tuple[Decision, ...]
    warnings: tuple[str, ...] = ()
    """Of the route, such as a budget that is nearly spent."""


class SoundtrackRequest(_Frozen):
    """Ask for the sound of a whole cut: speech, a ducked music bed if wished, mastered, encoded."""

    narration: Path
    """Mono WAV."""
    speech: tuple[Span, ...]
    """When somebody speaks; the bed steps back there."""
    lead_seconds: float = 0.0
    """When in the cut the narration begins."""
    duration_seconds: float
    """Length of the cut; the soundtrack is padded or trimmed to it."""
    music: bool
    own_music: Path | None = None
    """A piece to take for the bed, where there is to be one; None has one composed."""
    seed: int
    settings: AudioSettings
    work_dir: Path


class Soundtrack(_Frozen):
    """AAC in an M4A file, and its loudness as measured after encoding."""

    audio: Path
    duration_seconds: float
    loudness_lufs: float
    true_peak_dbtp: float
    music_rounds: int = 1
    """How many times a piece of somebody's own is played."""
