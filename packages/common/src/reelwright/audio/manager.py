"""AudioGenerationManager: from a script to its narration, and from a narration to a soundtrack."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from reelwright.audio.errors import SpeechUnusable, VoiceUnknown
from reelwright.audio.ports import Listener, SoundtrackMaker, Speaker
from reelwright.audio.quality import Verdict, check_speech
from reelwright.audio.schema import NarratedScript, Soundtrack, SoundtrackRequest
from reelwright.environment.schema import Settings
from reelwright.models.schema import ModelResult, SpeechRequest, SpeechResponse, SpokenWord
from reelwright.models.voices import ANY_VOICE, load_voices, voice_for_topic, voices_for
from reelwright.production.choices import choice_of_model
from reelwright.production.schema import Decision, Narration, Script, Span, Word
from reelwright.storage.ports import ArtifactStore
from reelwright.storage.schema import Artifact

__all__ = ["AudioGenerationManager"]

_WAV = "audio/wav"
_CUT_IN_PAUSE = 0.6
"""A scene changes when this share of the pause before it has passed: picture leads sound a little."""
_ONE_BREATH_SECONDS = 0.35
"""Words nearer to each other than this are one stretch of speech."""


class AudioGenerationManager:
    """Speaks scripts through the model route; mixes and masters what was spoken."""

    def __init__(
        self,
        *,
        models: Speaker,
        soundtrack_maker: SoundtrackMaker,
        artifacts: ArtifactStore,
        settings: Settings,
        listen: Listener = check_speech,
    ) -> None:
        self._models = models
        self._soundtrack_maker = soundtrack_maker
        self._artifacts = artifacts
        self._settings = settings
        self._listen = listen

    def check(self, language: str) -> None:
        """Raise VoiceUnknown if the settings name a voice that nobody has; it lists those of the language."""
        audio, voices = self._settings.audio, load_voices()
        known = {ANY_VOICE, *(voice.name for voice in voices)}
        for name in (audio.voice, *audio.voices_by_topic.values()):
            if name.casefold() not in known:
                able = voices_for(language, voices, any_region=True)
                raise VoiceUnknown.among(name, [voice.name for voice in able])

    def narrate(
        self,
        script: Script,
        *,
        seed: int,
        idempotency_key: str,
        work_dir: Path,
        target_seconds: float | None = None,
        topic: str = "",
    ) -> NarratedScript:
        """Return the narration of the script, one passage a scene, with the time of every word.

        ``target_seconds`` is the length the recording should have; how near it comes is up to the
        model and is told in a decision. ``topic`` and the script's title choose the voice. A recording
        that sounds bad counts as no answer of its model. Raises what the model raises, VoiceUnknown, and
        SpeechUnusable for an answer that does not fit the script.
        """
        self.check(script.language)
        about = f"{topic} {script.title}"
        by_topic = voice_for_topic(about, self._settings.audio.voices_by_topic)
        audio = self._settings.audio
        request = SpeechRequest(
            idempotency_key=idempotency_key,
            seed=seed,
            language=script.language,
            passages=tuple(scene.narration for scene in script.scenes),
            voice=by_topic[1] if by_topic else audio.voice,
            topic=about,
            pronunciations=audio.pronunciations,
            target_seconds=target_seconds,
            work_dir=work_dir,
        )
        return self._spoken(request, _wish(request.voice, by_topic[0] if by_topic else ""))

    def _spoken(self, request: SpeechRequest, wish: str) -> NarratedScript:
        """Have the request spoken, and tell how the voice that was wished for came out."""
        ears = _Ears(self._listen)
        result = self._models.speak(request, objection=ears.objection)
        _check(request, result.output)
        decisions = (
            *choice_of_model(result, "audio model"),
            *_voice_and_more(result.output, wish),
            *_length(request, result.output),
            _quality(ears.verdicts_on(request, result.output)),
        )
        return NarratedScript(
            narration=self._kept(result),
            charges=result.charges,
            decisions=decisions,
            warnings=result.route.warnings,
        )

    def _kept(self, result: ModelResult[SpeechResponse]) -> Narration:
        """Put the recording away and lay it out on the timeline."""
        return Narration(
            audio=self._artifacts.put_file(result.output.audio, _WAV),
            words=tuple(map(_word, result.output.words)),
            scenes=_scenes(result.output),
            voice=result.output.voice,
            mock=result.mock,
        )

    def soundtrack(
        self,
        narration: Narration,
        *,
        music: bool,
        seed: int,
        work_dir: Path,
        own_music: Artifact | None = None,
        lead_seconds: float = 0.0,
    ) -> Soundtrack:
        """Return the mastered sound of the whole cut, as long as the narration, which begins after the lead.

        With ``own_music`` the bed is that piece. MusicUnusable if it cannot be played.
        """
        return self._soundtrack_maker.make(
            SoundtrackRequest(
                narration=self._artifacts.local_path(narration.audio),
                speech=_stretches(narration.words),
                lead_seconds=lead_seconds,
                duration_seconds=narration.duration_seconds,
                music=music,
                own_music=None if own_music is None else self._artifacts.local_path(own_music),
                seed=seed,
                settings=self._settings.audio,
                work_dir=work_dir,
            )
        )


def _wish(voice: str, topic: str) -> str:
    """Return who asked for the voice, for the record."""
    if topic:
        return f"audio.voices_by_topic names it for {topic!r}"
    return "audio.voice leaves it to topic and language" if voice == ANY_VOICE else "set by audio.voice"


def _check(request: SpeechRequest, answer: SpeechResponse) -> None:
    """Refuse an answer that later steps could not lay out on a timeline."""
    moments = [0.0, *answer.passage_starts_seconds, answer.duration_seconds]
    spoken = {word.passage_index for word in answer.words}
    complete = len(moments) == len(request.passages) + 2 and spoken == set(range(len(request.passages)))
    edges = [edge for word in answer.words for edge in (word.start_seconds, word.end_seconds)]
    if complete and _rises(moments) and _rises([*edges, answer.duration_seconds]):
        return
    raise SpeechUnusable(
        f"The recording by voice {answer.voice!r} does not fit the script: passages or word times are "
        "missing or out of order.",
        next_step="Narrate again, or choose another audio model.",
        context={"passages": len(request.passages), "starts": len(answer.passage_starts_seconds)},
    )


def _rises(moments: Sequence[float]) -> bool:
    return all(earlier <= later for earlier, later in pairwise(moments))


def _word(word: SpokenWord) -> Word:
    return Word(
        text=word.text,
        start_seconds=word.start_seconds,
        end_seconds=word.end_seconds,
        scene_index=word.passage_index,
    )


def _scenes(answer: SpeechResponse) -> tuple[Span, ...]:
    """Return spans that tile the recording; each change falls into the pause between two passages."""
    ends = {word.passage_index: word.end_seconds for word in answer.words}
    changes = [
        ends[index - 1] + _CUT_IN_PAUSE * (start - ends[index - 1])
        for index, start in enumerate(answer.passage_starts_seconds)
        if index > 0
    ]
    edges = [0.0, *changes, answer.duration_seconds]
    return tuple(Span(start_seconds=start, end_seconds=end) for start, end in pairwise(edges))


def _stretches(words: Sequence[Word]) -> tuple[Span, ...]:
    """Return when somebody speaks: words joined over the gaps of one breath."""
    stretches: list[tuple[float, float]] = []
    for word in words:
        if stretches and word.start_seconds - stretches[-1][1] < _ONE_BREATH_SECONDS:
            stretches[-1] = (stretches[-1][0], max(word.end_seconds, stretches[-1][1]))
        else:
            stretches.append((word.start_seconds, word.end_seconds))
    return tuple(Span(start_seconds=start, end_seconds=end) for start, end in stretches)


def _voice_and_more(answer: SpeechResponse, wish: str) -> tuple[Decision, ...]:
    """Return what was decided on the way to the recording, the voice first."""
    why = dict(answer.choices).get("voice", "")
    voice = Decision(subject="voice", chosen=answer.voice, reason=f"{wish}: {why}" if why else wish)
    others = [choice for choice in answer.choices if choice[0] != "voice"]
    return (voice, *(Decision(subject="narration", chosen=what, reason=why) for what, why in others))


def _length(request: SpeechRequest, answer: SpeechResponse) -> tuple[Decision, ...]:
    if request.target_seconds is None:
        return ()
    reason = f"{request.target_seconds:.1f} s were asked for; pauses and pace were fitted to it"
    chosen = f"{answer.duration_seconds:.1f} s"
    return (Decision(subject="narration length", chosen=chosen, reason=reason),)


def _quality(verdicts: Sequence[Verdict]) -> Decision:
    bad = [verdict for verdict in verdicts if not verdict.fits]
    return Decision(
        subject="voice quality",
        chosen=f"{len(bad)} of {len(verdicts)} checks failed"
        if bad
        else f"all {len(verdicts)} checks passed",
        reason="; ".join(map(str, bad or verdicts)) or "nobody listened",
    )


class _Ears:
    """Listens to a recording once, though it is asked twice."""

    def __init__(self, listen: Listener) -> None:
        self._listen = listen
        self._heard: tuple[SpeechResponse, tuple[Verdict, ...]] | None = None

    def objection(self, request: SpeechRequest, answer: SpeechResponse) -> str:
        bad = [verdict for verdict in self.verdicts_on(request, answer) if not verdict.fits]
        return "; ".join(map(str, bad))

    def verdicts_on(self, request: SpeechRequest, answer: SpeechResponse) -> tuple[Verdict, ...]:
        if self._heard is None or self._heard[0] is not answer:
            self._heard = answer, self._listen(answer, request.passages)
        return self._heard[1]
