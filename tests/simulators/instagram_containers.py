"""Instagram's containers as the wire sees them: bytes, processing, 24 hours, and the one post of each."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

__all__ = ["KEPT", "Container"]

KEPT = timedelta(hours=24)


@dataclass
class Container:
    """One container. Its state follows from what happened to it and from the time."""

    id: str
    resource: dict[str, Any]
    opened_at: datetime
    size: int = 0
    """As the first bytes announce it."""
    content: bytearray = field(default_factory=bytearray)
    ready_at: datetime | None = None
    """When it is processed; None while bytes are missing."""
    trouble: str = ""
    """The subcode that it fails with once it is processed."""
    expired: bool = False
    media_id: str = ""
    """The post that it has become."""

    def code(self, now: datetime) -> str:
        """Return its ``status_code``."""
        if self.media_id:
            return "PUBLISHED"
        if self.expired or now >= self.opened_at + KEPT:
            return "EXPIRED"
        if self.ready_at is None or now < self.ready_at:
            return "IN_PROGRESS"
        return "ERROR" if self.trouble else "FINISHED"

    def told(self, now: datetime) -> dict[str, Any]:
        """Return what a question for its fields is answered with."""
        code = self.code(now)
        words = {
            "PUBLISHED": "Published: Media has been successfully published.",
            "EXPIRED": "Expired: Media has expired.",
            "ERROR": f"Error: Media upload has failed with error code {self.trouble}",
            "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
            "IN_PROGRESS": "In Progress: Media is still being processed.",
        }
        whole = self.ready_at is not None
        uploading = {"status": "complete" if whole else "in_progress", "bytes_transferred": len(self.content)}
        processing = {
            "status": "not_started" if not whole else "complete" if code != "IN_PROGRESS" else "started"
        }
        return {
            "id": self.id,
            "status": words[code],
            "status_code": code,
            "video_status": {"uploading_phase": uploading, "processing_phase": processing},
        }
