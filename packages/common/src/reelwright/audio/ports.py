"""What the work needs of a speaker and of a sound engineer."""

from collections.abc import Callable, Sequence
from typing import Protocol

from reelwright.audio.quality import Verdict
from reelwright.audio.schema import Soundtrack, SoundtrackRequest
from reelwright.models.schema import ModelResult, SpeechRequest, SpeechResponse

__all__ = ["Listener", "SoundtrackMaker", "Speaker"]

Listener = Callable[[SpeechResponse, Sequence[str]], tuple[Verdict, ...]]
"""Judges a recording of passages."""


class Speaker(Protocol):
    """The part of AIModelManager that is needed here."""

    def speak(
        self, request: SpeechRequest, *, objection: Callable[[SpeechRequest, SpeechResponse], str]
    ) -> ModelResult[SpeechResponse]:
        """Ask for speech that nobody objects to."""
        ...


class SoundtrackMaker(Protocol):
    """Mixes and masters."""

    def make(self, request: SoundtrackRequest) -> Soundtrack:
        """Return the soundtrack at the asked loudness; a typed error otherwise."""
        ...
