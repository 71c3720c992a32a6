"""What the work needs of a speaker and of a sound engineer."""

from typing import Protocol

from reelwright.audio.schema import Soundtrack, SoundtrackRequest
from reelwright.models.schema import ModelResult, SpeechRequest, SpeechResponse

__all__ = ["SoundtrackMaker", "Speaker"]


class Speaker(Protocol):
    """The part of AIModelManager that is needed here."""

    def speak(self, request: SpeechRequest) -> ModelResult[SpeechResponse]:
        """Ask for speech."""
        ...


class SoundtrackMaker(Protocol):
    """Mixes and masters."""

    def make(self, request: SoundtrackRequest) -> Soundtrack:
        """Return the soundtrack at the asked loudness; a typed error otherwise."""
        ...
