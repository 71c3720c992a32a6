"""What a YouTube video gets beside itself: thumbnail, captions, a place in a playlist; each once."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from reelwright.upload.errors import PlatformMisconfigured, PublicationRefused
from reelwright.upload.platforms.youtube_wire import YouTubeWire
from reelwright.upload.ports import PlatformCall
from reelwright.upload.schema import MediaFiles, PublicationPlan

__all__ = ["Furniture"]

_EXISTS: Final = 409
_TYPES: Final = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}
_BOUNDARY: Final = "reelwright-d0b47c1e5f6a4b3f9e2a"
_UNKNOWN_LANGUAGE: Final = "und"


class Furniture:
    """Adds what is planned. What YouTube will not have is told; what may come right is raised."""

    def __init__(self, wire: YouTubeWire) -> None:
        self._wire = wire

    def add(
        self, remote_id: str, plan: PublicationPlan, media: MediaFiles, call: PlatformCall
    ) -> tuple[str, ...]:
        """Add everything, and return a sentence for each thing that YouTube refuses."""
        return tuple(self._refusals(remote_id, plan, media, call))

    def _refusals(
        self, remote_id: str, plan: PublicationPlan, media: MediaFiles, call: PlatformCall
    ) -> Iterator[str]:
        thumbnail = media.thumbnail if plan.send_thumbnail else None
        captions = media.captions if plan.send_captions else None
        if thumbnail:
            yield from _told("The thumbnail", lambda: self._thumbnail(remote_id, thumbnail, call))
        if captions:
            language = plan.language or _UNKNOWN_LANGUAGE
            yield from _told("The captions", lambda: self._captions(remote_id, captions, language, call))
        if plan.playlist:
            yield from _told("The playlist", lambda: self._playlist(remote_id, plan.playlist, call))

    def _thumbnail(self, remote_id: str, file: Path, call: PlatformCall) -> None:
        self._wire.ask(
            call,
            "POST",
            "upload/youtube/v3/thumbnails/set",
            {"videoId": remote_id, "uploadType": "media"},
            headers={"Content-Type": _TYPES.get(file.suffix.lower(), "application/octet-stream")},
            body=file.read_bytes(),
        )

    def _captions(self, remote_id: str, file: Path, language: str, call: PlatformCall) -> None:
        """Insert a track. One of the language that is there already is ours, from a lost answer."""
        described = {"snippet": {"videoId": remote_id, "language": language, "name": "", "isDraft": False}}
        self._wire.ask(
            call,
            "POST",
            "upload/youtube/v3/captions",
            {"uploadType": "multipart", "part": "snippet"},
            headers={"Content-Type": f"multipart/related; boundary={_BOUNDARY}"},
            body=_related(json.dumps(described).encode(), file.read_bytes()),
            also=(_EXISTS,),
        )

    def _playlist(self, remote_id: str, playlist: str, call: PlatformCall) -> None:
        """Put it at the end, unless it is there: YouTube would list it twice."""
        listed = self._wire.ask(
            call,
            "GET",
            "youtube/v3/playlistItems",
            {"part": "snippet", "playlistId": playlist, "videoId": remote_id},
        )
        if (listed.json_object() or {}).get("items"):
            return
        resource = {"kind": "youtube#video", "videoId": remote_id}
        self._wire.ask(
            call,
            "POST",
            "youtube/v3/playlistItems",
            {"part": "snippet"},
            json={"snippet": {"playlistId": playlist, "resourceId": resource}},
        )


def _told(what: str, add: Callable[[], None]) -> Iterator[str]:
    try:
        add()
    except (PublicationRefused, PlatformMisconfigured) as error:
        yield f"{what} could not be added: {error.message}"


def _related(described: bytes, content: bytes) -> bytes:
    """Return a body of two parts: what the file is, and the file."""
    edge = f"--{_BOUNDARY}".encode()
    head = b"Content-Type: application/json; charset=UTF-8\r\n\r\n"
    kind = b"Content-Type: application/octet-stream\r\n\r\n"
    return b"\r\n".join((edge, head + described, edge, kind + content, edge + b"--", b""))
