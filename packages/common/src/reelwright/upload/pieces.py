"""The pieces of a file as a platform takes them."""

from reelwright.upload.errors import PackageIncomplete
from reelwright.upload.schema import MediaFiles, UploadSession

__all__ = ["piece_bytes", "read_piece"]


def read_piece(media: MediaFiles, session: UploadSession, offset: int) -> bytes:
    """Return the piece of the video at ``offset``; PackageIncomplete if the file is not what it was."""
    wanted = piece_bytes(session, offset)
    try:
        with media.video.open("rb") as file:
            file.seek(offset)
            chunk = file.read(wanted)
    except OSError as error:
        raise _changed(media, error.strerror or "it cannot be read") from error
    if len(chunk) != wanted or media.video.stat().st_size != session.total_bytes:
        raise _changed(media, "its size is another")
    return chunk


def piece_bytes(session: UploadSession, offset: int) -> int:
    """Return how long the piece at ``offset`` is: the last one is shorter than the others, or longer."""
    rest = session.total_bytes - offset
    joined = session.joins_rest and rest < 2 * session.chunk_bytes
    return rest if joined else min(session.chunk_bytes, rest)


def _changed(media: MediaFiles, why: str) -> PackageIncomplete:
    return PackageIncomplete(
        f"The video changed while it was sent: {why}.",
        next_step="Resume the production: it is sent again from where it can be.",
        context={"path": media.video},
    )
