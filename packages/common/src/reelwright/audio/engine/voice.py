"""The embedded voice: a neural speaker that needs no account, no key and no network."""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from reelwright.audio.engine.acoustic import (
    SAMPLE_RATE,
    VOICES,
    AcousticModel,
    VoiceFiles,
    installed_voice,
    let_go,
    load_acoustic_model,
)
from reelwright.audio.engine.pacing import choose_pace, fit_pauses, pace_needed
from reelwright.audio.engine.phonemes import SanottsPhonemiser
from reelwright.audio.engine.phrasing import Phrase, phrases_of
from reelwright.audio.engine.recording import Take, TimedWord, join_takes, trim, write_wav
from reelwright.audio.engine.shelf import RecordingShelf
from reelwright.audio.engine.text.normalise import WrittenWord, normalise, sounds_foreign
from reelwright.audio.engine.turns import in_turns
from reelwright.audio.errors import LanguageUnsupported, NothingToSay, TooMuchToSay, VoiceUnknown
from reelwright.cost.schema import Usage
from reelwright.models.schema import SpeechRequest, SpeechResponse, SpokenWord
from reelwright.models.voices import ANY_VOICE, ResolvedVoice, choose_voice, load_voices
from reelwright.storage.files import writing_to

__all__ = ["EmbeddedVoice"]

_MAX_CHARS = 60_000
"""About an hour of speech."""
_MAX_THREADS = 4
_SYMBOLS_AT_ONCE = 200
"""Three phrases of usual length, or one of the longest and a short one."""
_SECONDS_PER_SYMBOL = 0.0562
"""Measured over sample narrations at the natural pace; only the first guess of the pace rests on it."""
_TOLERANCE = 0.01
_LONG_SECONDS = 180.0
"""From here on what comes after a narration needs the memory more than the next narration its voice."""


class EmbeddedVoice:
    """Speaks American English with exact word timings; the same request gives the same bytes.

    The model is loaded at the first request, and let go after a long recording. A process that forks
    workers should do so before it speaks: ONNX Runtime's threads do not survive a fork. With a
    ``cache_dir``, what was said before is not spoken again. ``files`` says where the voice is.
    """

    def __init__(self, cache_dir: Path | None = None, *, files: VoiceFiles = installed_voice) -> None:
        self._files = files
        self._shelf = RecordingShelf(cache_dir / "narrations") if cache_dir else None

    def speak(
        self,
        model: object,
        request: SpeechRequest,
        call: object = None,  # noqa: ARG002 (no vendor)
    ) -> SpeechResponse:
        """Return the recording with word timings.

        A voice of another provider is answered for by one of ours, and ``choices`` say so. Raises
        LanguageUnsupported, VoiceUnknown, NothingToSay or TooMuchToSay for what cannot be spoken, and
        SpeechUnavailable where the speech packages are not installed.
        """
        passages = _readable_passages(model, request)
        voice = _voice_for(request)
        spoken = self._spoken(passages, request.model_copy(update={"voice": voice.name}))
        if spoken.duration_seconds >= _LONG_SECONDS:
            _phonemiser.cache_clear()  # 57 MB of dictionaries, 0.3 s of a processor
            let_go()
        return spoken.model_copy(update={"choices": (("voice", voice.why),)})

    def _spoken(self, passages: Sequence[Sequence[WrittenWord]], request: SpeechRequest) -> SpeechResponse:
        out = request.work_dir / "narration.wav"
        if self._shelf is None:
            return _speak(passages, request, out, self._files)
        return self._shelf.fetch_or(request, out, lambda: _speak(passages, request, out, self._files))


def _speak(
    passages: Sequence[Sequence[WrittenWord]], request: SpeechRequest, out: Path, files: VoiceFiles
) -> SpeechResponse:
    speaker = load_acoustic_model(request.voice, files)
    phrases = phrases_of(passages, _phonemiser(), speaker.knows)
    _check_every_passage_sounds(phrases, request)
    recording = _record(phrases, speaker, request.target_seconds)
    with writing_to(out):
        write_wav(recording.samples, out)
    return SpeechResponse(
        audio=out,
        duration_seconds=recording.seconds,
        words=_written_words(passages, recording.words),
        passage_starts_seconds=_passage_starts(recording.words),
        voice=request.voice,
        usage=(Usage(unit="characters", quantity=sum(map(len, request.passages))),),
    )


def _readable_passages(model: object, request: SpeechRequest) -> list[tuple[WrittenWord, ...]]:
    if request.language.split("-")[0] != "en":
        raise LanguageUnsupported(
            f"The embedded voice speaks English, not {request.language!r}.",
            next_step='Use language "en".',
            context={"model": model, "language": request.language},
        )
    _check_length(request.passages)
    passages = [normalise(passage) for passage in request.passages]
    for index, words in enumerate(passages):
        _check_readable(index, words)
    return passages


def _voice_for(request: SpeechRequest) -> ResolvedVoice:
    """Return the voice that speaks; VoiceUnknown for a name that no voice has, ours or a vendor's."""
    voices = load_voices()
    ours = [voice for voice in voices if voice.provider == "embedded" and voice.vendor_id in VOICES]
    if request.voice.casefold() not in {"", ANY_VOICE, *(voice.name for voice in voices)}:
        raise VoiceUnknown.among(request.voice, VOICES)
    return choose_voice(ours, request, "the embedded voice")


def _check_length(passages: Sequence[str]) -> None:
    if not passages:
        raise NothingToSay("There is no passage to speak.", next_step="Give at least one passage of text.")
    total = sum(map(len, passages))
    if total > _MAX_CHARS:
        raise TooMuchToSay(
            f"The passages have {total:,} characters; at most {_MAX_CHARS:,} are spoken in one recording.",
            next_step="Shorten the script.",
        )


def _check_readable(index: int, words: Sequence[WrittenWord]) -> None:
    if sounds_foreign(words):
        raise LanguageUnsupported(
            f"Passage {index + 1} is mostly written in letters that the embedded voice cannot read.",
            next_step="Write the narration in English.",
            context={"passage": " ".join(word.text for word in words)},
        )


def _check_every_passage_sounds(phrases: Sequence[Phrase], request: SpeechRequest) -> None:
    heard = {word.passage for phrase in phrases for word in phrase.words}
    for index, passage in enumerate(request.passages):
        if index not in heard:
            raise NothingToSay(
                f"Passage {index + 1} holds nothing that can be spoken.",
                next_step="Give every scene at least one word.",
                context={"passage": passage},
            )


@cache
def _phonemiser() -> SanottsPhonemiser:
    return SanottsPhonemiser()


def _record(phrases: Sequence[Phrase], speaker: AcousticModel, target: float | None) -> Take:
    """Speak at the pace that should fit, let the pauses do the rest, and if need be speak once more."""
    kinds = [phrase.pause for phrase in phrases]
    expected = _SECONDS_PER_SYMBOL * sum(len(phrase.symbols()[0]) for phrase in phrases)
    pace = choose_pace(kinds, expected, target)
    takes = _speak_all(phrases, speaker, pace)
    pacing = fit_pauses(kinds, _seconds(takes), target)
    if target is not None and abs(pacing.missing_seconds) > _TOLERANCE * target:
        better = pace_needed(pace, _seconds(takes), pacing.missing_seconds)
        if better != pace:
            takes = []  # a minute has 5 MB
            takes = _speak_all(phrases, speaker, better)
            pacing = fit_pauses(kinds, _seconds(takes), target)
    return join_takes(takes, pacing.pauses)


def _speak_all(phrases: Sequence[Phrase], speaker: AcousticModel, pace: float) -> list[Take]:
    """Speak the phrases side by side; each is independent, so threads change nothing in the result.

    A phrase takes memory by its length, a megabyte for each symbol: those that are spoken at once are not all
    long ones.
    """
    symbols = [phrase.symbols()[0] for phrase in phrases]

    def speak(place: int) -> Take:
        return trim(phrases[place], speaker.speak(symbols[place], pace=pace))

    jobs = min(_MAX_THREADS, os.cpu_count() or 1)
    takes = in_turns([len(each) for each in symbols], speak, most=_SYMBOLS_AT_ONCE, jobs=jobs)
    speaker.rest()
    return takes


def _seconds(takes: Sequence[Take]) -> float:
    return sum(take.seconds for take in takes)


def _written_words(
    passages: Sequence[Sequence[WrittenWord]], heard: Sequence[TimedWord]
) -> tuple[SpokenWord, ...]:
    """Return one span a written word; a word without sound gets an empty one at its neighbour's edge."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for word in heard:
        start, _ = spans.get((word.passage, word.written), (word.start, word.end))
        spans[word.passage, word.written] = (start, word.end)
    words: list[SpokenWord] = []
    for index, passage in enumerate(passages):
        first = min(start for (place, _), (start, _) in spans.items() if place == index)
        at = first
        for position, written in enumerate(passage):
            start, at = spans.get((index, position), (at, at))
            words.append(
                SpokenWord(
                    text=written.text,
                    start_seconds=start / SAMPLE_RATE,
                    end_seconds=at / SAMPLE_RATE,
                    passage_index=index,
                )
            )
    return tuple(words)


def _passage_starts(heard: Sequence[TimedWord]) -> tuple[float, ...]:
    starts: dict[int, int] = {}
    for word in heard:
        starts.setdefault(word.passage, word.start)
    return tuple(start / SAMPLE_RATE for _, start in sorted(starts.items()))
