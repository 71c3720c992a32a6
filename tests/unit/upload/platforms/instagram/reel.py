"""A reel to be published, for every test of the Instagram adapter."""

import hashlib
from pathlib import Path

from reelwright.upload.schema import MediaFiles, PublicationPlan

__all__ = ["MARKER", "PLAN", "SIZE", "video_in"]

SIZE = 100_003
MARKER = "rw0123456789abcdef"
PLAN = PublicationPlan(
    platform="instagram",
    marker=MARKER,
    title="Why tides turn",
    description=f"Why tides turn ✨\n\n#tides #{MARKER}",
    tags=("tides", MARKER),
    language="en",
    privacy="public",
    duration_seconds=30.0,
    cover_seconds=1.25,
)


def video_in(folder: Path) -> MediaFiles:
    """Write a file of SIZE bytes, and return what is to be uploaded."""
    content = (bytes(range(256)) * (SIZE // 256 + 1))[:SIZE]
    (folder / "v.mp4").write_bytes(content)
    return MediaFiles(
        video=folder / "v.mp4", video_bytes=SIZE, video_sha256=hashlib.sha256(content).hexdigest()
    )
