"""What the work needs of a sound engineer."""

from typing import Protocol

from reelwright.audio.schema import Soundtrack, SoundtrackRequest

__all__ = ["SoundtrackMaker"]


class SoundtrackMaker(Protocol):
    """Mixes and masters."""

    def make(self, request: SoundtrackRequest) -> Soundtrack:
        """Return the soundtrack at the asked loudness; a typed error otherwise."""
        ...
