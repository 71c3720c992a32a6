"""From what the steps have made to what is published."""

from pathlib import Path

from reelwright.production.schema import Cut, Script
from reelwright.storage.ports import ArtifactStore
from reelwright.upload.schema import Package

__all__ = ["package_of"]


def package_of(
    artifacts: ArtifactStore, production_id: str, script: Script, cut: Cut, out_dir: Path
) -> Package:
    """Return the package of a cut, with its files on this machine."""
    return Package(
        production_id=production_id,
        video=artifacts.local_path(cut.video),
        thumbnail=artifacts.local_path(cut.thumbnail),
        captions_srt=artifacts.local_path(cut.captions_srt),
        captions_vtt=artifacts.local_path(cut.captions_vtt),
        script=script,
        description=cut.description,
        out_dir=out_dir,
        video_sha256=cut.video.sha256,
        duration_seconds=cut.duration_seconds,
        width=cut.width,
        height=cut.height,
        fps=cut.fps,
    )
