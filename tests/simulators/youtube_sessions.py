"""Google's resumable uploads as the wire sees them: sessions, ranges, 308, and what is left afterwards."""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.simulators.server import Answer, Received

__all__ = ["GRAIN_BYTES", "Session", "Sessions"]

GRAIN_BYTES = 256 * 1024
"""Every piece but the last is a multiple of this."""
_INCOMPLETE = 308
_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+)")


@dataclass
class Session:
    """One resumable upload."""

    id: str
    resource: dict[str, Any]
    size: int
    content_type: str
    content: bytearray = field(default_factory=bytearray)
    video_id: str = ""
    """Set when the last byte came."""
    gone: bool = False


class Sessions:
    """All sessions of a simulator. ``keep`` limits how many bytes of the next pieces are kept."""

    def __init__(self) -> None:
        self.known: dict[str, Session] = {}
        self.keep: list[int] = []

    def open(self, resource: dict[str, Any], request: Received) -> Session:
        """Open a session for a video of the announced size."""
        size = int(request.headers.get("x-upload-content-length", "0"))
        session = Session(
            f"session-{len(self.known) + 1:06d}",
            resource,
            size,
            request.headers.get("x-upload-content-type", ""),
        )
        self.known[session.id] = session
        return session

    def expire(self) -> None:
        """Let every session be gone, also those that are complete."""
        for session in self.known.values():
            session.gone = True

    def take(self, session: Session, request: Received) -> Answer | str:
        """Take a piece or a question; an Answer if the upload is not complete, or what is wrong with it."""
        found = _RANGE.fullmatch(request.headers.get("content-range", ""))
        if found is None:
            return "no Content-Range, or none that can be read"
        if int(found[3]) != session.size:
            return "the size is not the one that was announced"
        if found[1] is not None and (problem := self._append(session, request, int(found[1]), int(found[2]))):
            return problem
        return Answer(_INCOMPLETE, headers=_so_far(session))

    def _append(self, session: Session, request: Received, first: int, last: int) -> str:
        if len(request.body) != last - first + 1:
            return "the piece is not as long as its Content-Range says"
        if first > len(session.content):
            return "the piece leaves a gap"
        if last + 1 != session.size and len(request.body) % GRAIN_BYTES:
            return "a piece that is not the last is a multiple of 256 KiB"
        fresh = request.body[len(session.content) - first :]
        kept = self.keep.pop(0) if self.keep else len(fresh)
        if kept < len(fresh):
            kept -= (len(session.content) + kept) % GRAIN_BYTES
        session.content += fresh[: max(0, kept)]
        return ""


def _so_far(session: Session) -> dict[str, str]:
    return {"range": f"bytes=0-{len(session.content) - 1}"} if session.content else {}
