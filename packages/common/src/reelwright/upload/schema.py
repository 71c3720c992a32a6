"""What is published."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from reelwright.production.schema import Script

__all__ = ["Package"]


class Package(BaseModel):
    """The finished files of one production, ready for a platform."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    production_id: str
    video: Path
    thumbnail: Path
    captions_srt: Path
    captions_vtt: Path
    script: Script
    description: str
    out_dir: Path
    """Where the folder platform puts packages."""
