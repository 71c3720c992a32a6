"""What the router needs of a vendor."""

from typing import Protocol

from reelwright.models.schema import (
    ContentRequest,
    ContentResponse,
    ShotRequest,
    ShotResponse,
    SpeechRequest,
    SpeechResponse,
)

__all__ = ["ContentProvider", "SpeechProvider", "VideoProvider"]


class ContentProvider(Protocol):
    """Writes."""

    def write(self, model: str, request: ContentRequest) -> ContentResponse:
        """Return text that should conform to the request's schema; a typed error otherwise."""
        ...


class SpeechProvider(Protocol):
    """Speaks."""

    def speak(self, model: str, request: SpeechRequest) -> SpeechResponse:
        """Return the recording with word timings; a typed error otherwise."""
        ...


class VideoProvider(Protocol):
    """Shoots."""

    def shoot(self, model: str, request: ShotRequest) -> ShotResponse:
        """Return footage of the asked size and length; a typed error otherwise."""
        ...
