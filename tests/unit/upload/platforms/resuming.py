"""Uploads as any process resumes them, whatever the platform."""

from reelwright.upload.errors import PlatformAnswerLost, PlatformUnavailable
from reelwright.upload.pieces import read_piece
from reelwright.upload.ports import PlatformCall, RemotePlatform
from reelwright.upload.schema import MediaFiles, UploadProgress, UploadSession

__all__ = ["go_on", "go_on_in_lives"]


def go_on(
    platform: RemotePlatform, session: UploadSession, media: MediaFiles, call: PlatformCall
) -> UploadProgress:
    """Resume an upload by what the platform says, until it says something else."""
    progress = platform.status(session, call)
    while progress.state == "sending":
        start = progress.received_bytes
        progress = platform.send(session, start, read_piece(media, session, start), call)
    return progress


def go_on_in_lives(
    platform: RemotePlatform, session: UploadSession, media: MediaFiles, call: PlatformCall, *, lives: int
) -> UploadProgress:
    """Resume an upload as often as a lost or a missing answer ends a life; the last one must end well."""
    for _ in range(lives - 1):
        try:
            return go_on(platform, session, media, call)
        except (PlatformAnswerLost, PlatformUnavailable):
            continue
    return go_on(platform, session, media, call)
