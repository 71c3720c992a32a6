"""What can go wrong with sound."""

from collections.abc import Iterable

from reelwright.errors import InvalidInput, Permanent

__all__ = [
    "LanguageUnsupported",
    "MasteringFailed",
    "MusicUnusable",
    "NarrationUnreadable",
    "NothingToSay",
    "SilentNarration",
    "SpeechUnavailable",
    "SpeechUnusable",
    "TooMuchToSay",
    "VoiceUnknown",
]


class NothingToSay(InvalidInput):
    """A passage holds nothing that can be spoken."""

    code = "nothing_to_say"


class TooMuchToSay(InvalidInput):
    """The passages are longer than any recording may be."""

    code = "too_much_to_say"


class LanguageUnsupported(InvalidInput):
    """The voice does not speak the language that was asked for, or that the text is written in."""

    code = "language_unsupported"


class VoiceUnknown(InvalidInput):
    """No voice has the name that was asked for."""

    code = "voice_unknown"

    @classmethod
    def among(cls, name: str, names: Iterable[str]) -> "VoiceUnknown":
        """Return the error for a name that is none of these."""
        return cls(
            f"There is no voice {name!r}.",
            next_step=f"Set audio.voice to auto or to one of: {', '.join(names)}.",
            context={"voice": name},
        )


class SilentNarration(InvalidInput):
    """The recording has no sound, so no loudness can be reached."""

    code = "silent_narration"


class MusicUnusable(InvalidInput):
    """A piece of music that a brief brings cannot be read, played or heard."""

    code = "music_unusable"


class NarrationUnreadable(Permanent):
    """The recording cannot be decoded."""

    code = "narration_unreadable"


class MasteringFailed(Permanent):
    """The asked loudness and true peak cannot both be met."""

    code = "mastering_failed"


class SpeechUnusable(Permanent):
    """A model's answer does not fit what was asked: passages or times are missing or out of order."""

    code = "speech_unusable"


class SpeechUnavailable(Permanent):
    """The parts that speak are not installed."""

    code = "speech_unavailable"

    @classmethod
    def without(cls, package: str) -> "SpeechUnavailable":
        """Return the error for one missing package."""
        return cls(
            f"The package {package} is not installed, so the embedded voice cannot speak.",
            next_step="Install the group speech: run make setup, or pip install 'reelwright[speech]'.",
            context={"package": package},
        )
