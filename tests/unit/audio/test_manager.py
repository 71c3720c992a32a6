"""Scripts to narrations, narrations to soundtracks, with a speaker that only keeps time."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelwright.audio.errors import SpeechUnusable, VoiceUnknown
from reelwright.audio.manager import AudioGenerationManager
from reelwright.audio.ports import Listener
from reelwright.audio.quality import Verdict, check_speech
from reelwright.audio.schema import NarratedScript, Soundtrack, SoundtrackRequest
from reelwright.cost.schema import ChargeLine, Usage
from reelwright.environment.loader import load_environment
from reelwright.models.schema import (
    Candidate,
    Model,
    ModelResult,
    RejectedCandidate,
    Route,
    SpeechRequest,
    SpeechResponse,
    SpokenWord,
)
from reelwright.production.schema import Scene, Script, Seo, StatementVisual
from reelwright.storage.memory import MemoryArtifacts

MODEL = Model(name="clockwork", provider="test", service="audio", tiers=("economy",))
CHARGE = ChargeLine(
    service="audio", provider="test", model="clockwork", unit="characters", quantity=9, micro_usd=0
)
SETTINGS = load_environment("local").settings
NARRATIONS = st.lists(st.text(alphabet="ab ", min_size=1).filter(str.strip), min_size=1, max_size=6)


class Speaker:
    """Says a word in 0.4 s and rests 0.5 s after each passage; remembers what it was asked."""

    def __init__(self, **changes: object) -> None:
        self.asked: list[SpeechRequest] = []
        self.answered: list[SpeechResponse] = []
        self._changes = changes

    def speak(
        self, request: SpeechRequest, *, objection: Callable[[SpeechRequest, SpeechResponse], str]
    ) -> ModelResult[SpeechResponse]:
        self.asked.append(request)
        self.objection = objection
        words, starts, now = [], [], 0.25
        for index, passage in enumerate(request.passages):
            starts.append(now)
            for text in passage.split():
                words.append(
                    SpokenWord(text=text, start_seconds=now, end_seconds=now + 0.4, passage_index=index)
                )
                now += 0.4
            now += 0.5
        audio = request.work_dir / "speech.wav"
        audio.write_bytes(b"RIFF")
        answer = SpeechResponse(
            audio=audio,
            duration_seconds=now + 0.5,
            words=tuple(words),
            passage_starts_seconds=tuple(starts),
            voice=request.voice,
            usage=(Usage(unit="characters", quantity=9),),
        )
        self.answered.append(answer.model_copy(update=self._changes))
        return ModelResult(
            output=self.answered[-1],
            route=Route(
                service="audio",
                candidates=(Candidate(model=MODEL, reason="serves tier economy"),),
                rejected=(RejectedCandidate(model="loud", reason="too dear"),),
            ),
            model=MODEL,
            attempts=(),
            charges=(CHARGE,),
            latency_seconds=0.1,
        )


class Engineer:
    def __init__(self) -> None:
        self.asked: list[SoundtrackRequest] = []

    def make(self, request: SoundtrackRequest) -> Soundtrack:
        self.asked.append(request)
        assert request.narration.is_file()
        return Soundtrack(
            audio=request.narration,
            duration_seconds=request.duration_seconds,
            loudness_lufs=-14,
            true_peak_dbtp=-1.5,
        )


def script(*narrations: str) -> Script:
    scenes = tuple(
        Scene(narration=text, visual_prompt="", visual=StatementVisual(text="Something"))
        for text in narrations
    )
    return Script(title="T", hook="H", scenes=scenes, call_to_action="C", seo=Seo(title="T", description="D"))


def manager(
    folder: Path,
    speaker: Speaker,
    engineer: Engineer | None = None,
    listen: Listener = lambda *_: (Verdict("pace", "brisk", "any", fits=True),),
    **audio: object,
) -> AudioGenerationManager:
    changed = SETTINGS.model_copy(update={"audio": SETTINGS.audio.model_copy(update=audio)})
    return AudioGenerationManager(
        models=speaker,
        soundtrack_maker=engineer or Engineer(),
        artifacts=MemoryArtifacts(folder / "scratch"),
        settings=changed,
        listen=listen,
    )


def narrate(audio: AudioGenerationManager, folder: Path, **more: Any) -> NarratedScript:
    return audio.narrate(script("One two.", "Three."), seed=1, idempotency_key="k", work_dir=folder, **more)


def test_each_scene_is_a_passage_with_the_words_and_the_voice_of_the_settings(tmp_path: Path) -> None:
    speaker = Speaker()
    narrated = manager(tmp_path, speaker).narrate(
        script("One two.", "Three."), seed=7, idempotency_key="k", work_dir=tmp_path, target_seconds=3.5
    )
    (asked,) = speaker.asked
    assert (asked.passages, asked.seed, asked.target_seconds) == (("One two.", "Three."), 7, 3.5)
    assert asked.voice == narrated.narration.voice == SETTINGS.audio.voice
    assert [(word.text, word.scene_index) for word in narrated.narration.words] == [
        ("One", 0),
        ("two.", 0),
        ("Three.", 1),
    ]
    assert narrated.narration.audio.media_type == "audio/wav"
    assert narrated.charges == (CHARGE,)


def test_a_scene_changes_in_the_pause_a_little_before_its_first_sound(tmp_path: Path) -> None:
    narration = (
        manager(tmp_path, Speaker())
        .narrate(script("One two.", "Three."), seed=1, idempotency_key="k", work_dir=tmp_path)
        .narration
    )
    first, second = narration.scenes
    assert first.start_seconds == 0
    assert first.end_seconds == second.start_seconds == pytest.approx(1.05 + 0.6 * 0.5)
    assert second.end_seconds == narration.duration_seconds == pytest.approx(2.95)


def test_what_was_decided_is_told(tmp_path: Path) -> None:
    narrated = manager(tmp_path, Speaker()).narrate(
        script("One two."), seed=1, idempotency_key="k", work_dir=tmp_path, target_seconds=2.0
    )
    told = {decision.subject: decision for decision in narrated.decisions}
    assert told["audio model"].chosen == "clockwork"
    assert told["audio model"].rejected[0].name == "loud"
    assert told["voice"].chosen == SETTINGS.audio.voice
    assert "2.0 s were asked for" in told["narration length"].reason


def test_the_voice_and_why_it_speaks_are_told_with_all_else_that_was_decided(tmp_path: Path) -> None:
    choices = (("word times", "found by alignment"), ("voice", "ruth is the default there."))
    narrated = narrate(manager(tmp_path, Speaker(voice="ruth", choices=choices)), tmp_path)
    told = {decision.subject: decision for decision in narrated.decisions}
    assert (told["voice"].chosen, told["voice"].reason) == (
        "ruth",
        "audio.voice leaves it to topic and language: ruth is the default there.",
    )
    assert (told["narration"].chosen, told["narration"].reason) == choices[0]


@pytest.mark.parametrize(
    ("topic", "voice"),
    [("Roman history for beginners", "brian"), ("MARKET news", "ruth"), ("news", "auto"), ("", "auto")],
)
def test_a_topic_that_the_settings_name_has_its_voice(tmp_path: Path, topic: str, voice: str) -> None:
    speaker = Speaker()
    voices = {"history": "brian", "market news": "ruth"}
    narrated = narrate(manager(tmp_path, speaker, voices_by_topic=voices), tmp_path, topic=topic)
    assert speaker.asked[0].voice == voice
    (told,) = [decision for decision in narrated.decisions if decision.subject == "voice"]
    assert told.reason.startswith(
        "audio.voice leaves it to topic and language" if voice == "auto" else "audio.voices_by_topic names it"
    )


def test_topic_title_and_pronunciations_are_passed_on(tmp_path: Path) -> None:
    speaker = Speaker()
    narrate(manager(tmp_path, speaker, pronunciations={"SQL": "sequel"}), tmp_path, topic="Databases")
    assert speaker.asked[0].topic == "Databases T"
    assert speaker.asked[0].pronunciations == {"SQL": "sequel"}


@pytest.mark.parametrize("audio", [{"voice": "nobody"}, {"voices_by_topic": {"war": "nobody"}}])
def test_a_voice_that_nobody_has_is_refused_before_anything_is_bought(
    tmp_path: Path, audio: dict[str, object]
) -> None:
    speaker = Speaker()
    with pytest.raises(VoiceUnknown, match="nobody") as caught:
        narrate(manager(tmp_path, speaker, **audio), tmp_path)
    assert "ruth" in caught.value.next_step
    assert "vicki" not in caught.value.next_step  # she speaks German
    assert speaker.asked == []


@pytest.mark.parametrize("voice", ["auto", "Ruth", "george"])
def test_any_voice_of_the_catalogue_may_be_wished_for(tmp_path: Path, voice: str) -> None:
    manager(tmp_path, Speaker(), voice=voice).check("en")


def test_models_are_asked_for_speech_that_sounds_right(tmp_path: Path) -> None:
    speaker = Speaker()
    listened: list[SpeechResponse] = []

    def listen(answer: SpeechResponse, _: object) -> tuple[Verdict, ...]:
        listened.append(answer)
        return Verdict("pace", "3 s", "5 s", fits=False), Verdict("offset", "0", "1", fits=True)

    narrated = narrate(manager(tmp_path, speaker, listen=listen), tmp_path)
    assert speaker.objection(speaker.asked[0], speaker.answered[0]) == "pace: 3 s; allowed is 5 s"
    assert len(listened) == 1
    told = {decision.subject: decision for decision in narrated.decisions}
    assert told["voice quality"].chosen == "1 of 2 checks failed"
    assert "pace: 3 s; allowed is 5 s" in told["voice quality"].reason


def test_what_passed_is_told_too(tmp_path: Path) -> None:
    narrated = narrate(manager(tmp_path, Speaker()), tmp_path)
    (told,) = [decision for decision in narrated.decisions if decision.subject == "voice quality"]
    assert (told.chosen, told.reason) == ("all 1 checks passed", "pace: brisk")


def test_by_default_a_recording_is_listened_to(tmp_path: Path) -> None:
    narrated = narrate(manager(tmp_path, Speaker(), listen=check_speech), tmp_path)
    (told,) = [decision for decision in narrated.decisions if decision.subject == "voice quality"]
    assert "unreadable" in told.reason


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NARRATIONS)
def test_scenes_tile_the_recording_and_hold_their_own_words(tmp_path: Path, narrations: list[str]) -> None:
    narration = (
        manager(tmp_path, Speaker())
        .narrate(script(*narrations), seed=1, idempotency_key="k", work_dir=tmp_path)
        .narration
    )
    assert len(narration.scenes) == len(narrations)
    assert narration.scenes[0].start_seconds == 0
    assert all(before.end_seconds == after.start_seconds for before, after in pairwise(narration.scenes))
    for word in narration.words:
        span = narration.scenes[word.scene_index]
        assert span.start_seconds <= word.start_seconds <= word.end_seconds <= span.end_seconds


@pytest.mark.parametrize(
    "changes",
    [
        {"passage_starts_seconds": (0.25,)},
        {"passage_starts_seconds": (1.0, 0.25)},
        {"duration_seconds": 0.5},
        {"words": ()},
        {"words": (SpokenWord(text="One", start_seconds=0.25, end_seconds=0.1, passage_index=0),)},
    ],
)
def test_an_answer_that_does_not_fit_the_script_is_refused(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    with pytest.raises(SpeechUnusable, match="does not fit"):
        manager(tmp_path, Speaker(**changes)).narrate(
            script("One two.", "Three."), seed=1, idempotency_key="k", work_dir=tmp_path
        )


def test_the_soundtrack_is_as_long_as_the_narration_and_knows_when_somebody_speaks(tmp_path: Path) -> None:
    engineer = Engineer()
    audio = manager(tmp_path, Speaker(), engineer)
    narration = audio.narrate(
        script("One two.", "Three."), seed=1, idempotency_key="k", work_dir=tmp_path
    ).narration
    track = audio.soundtrack(narration, music=False, seed=3, work_dir=tmp_path)
    (asked,) = engineer.asked
    assert track.duration_seconds == asked.duration_seconds == narration.duration_seconds
    assert [(span.start_seconds, span.end_seconds) for span in asked.speech] == [
        pytest.approx((0.25, 1.05)),
        pytest.approx((1.55, 1.95)),
    ]
    assert (asked.music, asked.seed, asked.settings) == (False, 3, SETTINGS.audio)
