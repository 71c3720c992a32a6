import wave
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from reelwright.audio.manager import _check
from reelwright.audio.quality import check_speech
from reelwright.models.errors import (
    AnswerRejected,
    ProviderFailed,
    ProviderMisconfigured,
    ProviderThrottled,
    ProviderTimedOut,
    ProviderUnavailable,
    RequestInvalid,
)
from reelwright.models.schema import SpeechResponse
from reelwright.models.speech.decoding import decode_with_pyav
from reelwright.models.speech.markup import written_words
from tests.simulators.access import call_to
from tests.simulators.polly import PollySimulator, spoken_times
from tests.simulators.polly_ssml import read_ssml
from tests.simulators.server import Fault, Faults, nobody_listens

from .polly_kit import ENGINES, STORY, model, provider, request

MARKED = ENGINES[:3]


@pytest.fixture
def polly() -> Iterator[PollySimulator]:
    with PollySimulator() as simulator:
        yield simulator
        assert simulator.objections == []


def sound(path: Path) -> tuple[bytes, int]:
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return file.readframes(file.getnframes()), file.getframerate()


def billed(polly: PollySimulator) -> int:
    return sum(work.units["characters"] for work in polly.accepted)


def used(response: SpeechResponse | ProviderFailed) -> int:
    return sum(usage.quantity for usage in response.usage)


def truth(polly: PollySimulator, passages: int, engine: str) -> list[list[tuple[float, float]]]:
    """When each spoken word is heard in each passage, from its first word on, as the simulator made it."""
    bodies = [it.json for it in polly.received if it.json["OutputFormat"] != "json"]
    assert len(bodies) == passages
    heard = [spoken_times(read_ssml(body["Text"], engine), 16_000)[1] for body in bodies]
    return [[(start - times[0][0], end - times[0][0]) for start, end in times] for times in heard]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_story_is_spoken_as_it_is_written(polly: PollySimulator, tmp_path: Path, engine: str) -> None:
    voice = "joanna" if engine == "standard" else "ruth"
    asked = request(tmp_path, voice=voice, pronunciations={"SQL": "sequel"})
    response = provider(polly).speak(model(engine), asked, call_to())
    written = [(word, index) for index, text in enumerate(STORY) for word in written_words(text)]
    assert [(word.text, word.passage_index) for word in response.words] == written
    edges = [edge for word in response.words for edge in (word.start_seconds, word.end_seconds)]
    assert all(earlier <= later for earlier, later in pairwise([0.0, *edges, response.duration_seconds]))
    _check(asked, response)  # what the next step holds every recording to
    pcm, rate = sound(response.audio)
    assert (rate, len(pcm) / 2 / rate) == (16_000, response.duration_seconds)
    assert response.voice == voice
    assert used(response) == billed(polly)
    assert len(polly.received) == len(STORY) * (1 if engine == "generative" else 2)


@pytest.mark.parametrize("engine", MARKED)
def test_words_are_heard_when_the_marks_say(polly: PollySimulator, tmp_path: Path, engine: str) -> None:
    passages = ("One two three. Four, five & six!", "Seven “eight” nine; <ten>.")
    asked = request(tmp_path, passages, voice="joanna" if engine == "standard" else "ruth")
    response = provider(polly).speak(model(engine), asked, call_to())
    for index, times in enumerate(truth(polly, 2, engine)):
        words = [word for word in response.words if word.passage_index == index and word.text != "&"]
        start = response.passage_starts_seconds[index]
        for word, (begun, ended) in zip(words, times, strict=True):
            assert word.start_seconds - start == pytest.approx(begun, abs=0.02)
            assert word.end_seconds - start == pytest.approx(ended, abs=0.02)


LONGER = (
    "Long ago people believed that rivers remembered everything they saw. They spoke to the water.",
    "Today we know that water carries salt, silt and the small remains of all that lived upstream.",
    "So listen when you cross a bridge. The river is still talking.",
)


@pytest.mark.parametrize("engine", ENGINES)
def test_narration_passes_what_is_checked_of_every_recording(
    polly: PollySimulator, tmp_path: Path, engine: str
) -> None:
    response = provider(polly).speak(model(engine), request(tmp_path, LONGER, voice="auto"), call_to())
    assert [str(verdict) for verdict in check_speech(response, LONGER) if not verdict.fits] == []


def test_a_passage_begins_with_its_first_sound(polly: PollySimulator, tmp_path: Path) -> None:
    response = provider(polly).speak(model(), request(tmp_path), call_to())
    pcm, rate = sound(response.audio)
    for start in response.passage_starts_seconds:
        at = round(start * rate) * 2
        assert not any(pcm[at - 600 : at - 100])
        assert any(pcm[at : at + 600])


def test_generative_words_are_aligned(polly: PollySimulator, tmp_path: Path) -> None:
    passages = ("Long ago people believed that rivers remembered everything they saw.",)
    response = provider(polly).speak(model("generative"), request(tmp_path, passages), call_to())
    (times,) = truth(polly, 1, "generative")
    begun = [word.start_seconds - response.passage_starts_seconds[0] for word in response.words]
    errors = [abs(found - start) for found, (start, _) in zip(begun, times, strict=True)]
    assert sorted(errors)[len(errors) // 2] < 0.15
    assert ("word times", "found by alignment") in response.choices


def test_an_operator_may_save_the_second_bill(polly: PollySimulator, tmp_path: Path) -> None:
    provider(polly).speak(model(timings="aligned"), request(tmp_path), call_to())
    assert len(polly.received) == len(STORY)


def test_a_long_passage_is_bought_in_pieces_and_joined(polly: PollySimulator, tmp_path: Path) -> None:
    sentence = "There are " + ", ".join(f"{'very ' * (n % 4)}old towns & new" for n in range(12)) + ". "
    asked = request(tmp_path, (sentence * 16, "The end."))
    response = provider(polly).speak(model(), asked, call_to(seconds=60))
    assert len(polly.received) > 4
    assert [word.text for word in response.words] == (sentence * 16 + "The end.").split()
    assert used(response) == billed(polly) > 2 * 3_000
    assert len(response.passage_starts_seconds) == 2


def test_the_wished_length_moves_pace_and_pauses(polly: PollySimulator, tmp_path: Path) -> None:
    natural = provider(polly).speak(model(), request(tmp_path), call_to())
    asked = request(tmp_path, target_seconds=natural.duration_seconds * 1.5)
    slower = provider(polly).speak(model(), asked, call_to())
    assert 1.1 < slower.duration_seconds / natural.duration_seconds <= 1.5
    assert 'rate="88%"' in polly.received[-1].json["Text"]
    assert any(what == "pace" for what, _ in slower.choices)


def test_with_a_decoder_sound_comes_at_its_full_rate(polly: PollySimulator, tmp_path: Path) -> None:
    response = provider(polly, decode_with_pyav).speak(model(), request(tmp_path), call_to())
    assert sound(response.audio)[1] == 24_000
    assert {it.json.get("SampleRate") for it in polly.received} == {"24000", None}


def test_a_decoder_that_finds_no_sound_rejects_the_answer(polly: PollySimulator, tmp_path: Path) -> None:
    def decode(*_: object) -> bytes:
        raise ValueError("no sound")

    with pytest.raises(AnswerRejected, match="no sound") as caught:
        provider(polly, decode).speak(model(), request(tmp_path), call_to())
    assert (caught.value.accepted, used(caught.value)) == ("yes", billed(polly))


def test_silence_is_no_answer(polly: PollySimulator, tmp_path: Path) -> None:
    with pytest.raises(AnswerRejected, match="silent"):
        provider(polly, lambda *_: bytes(48_000)).speak(model(), request(tmp_path), call_to())


@pytest.mark.parametrize(
    ("fault", "kind", "accepted"),
    [
        ("throttled", ProviderThrottled, "no"),
        ("server_error", ProviderUnavailable, "no"),
        ("overloaded", ProviderUnavailable, "no"),
        ("unauthorised", ProviderMisconfigured, "no"),
        ("invalid_request", RequestInvalid, "no"),
        ("reset", ProviderUnavailable, "maybe"),
        ("lost_answer", ProviderUnavailable, "maybe"),
        ("reset_mid_body", ProviderUnavailable, "maybe"),
        ("timeout", ProviderTimedOut, "maybe"),
        ("slow_body", ProviderTimedOut, "maybe"),
        ("malformed", AnswerRejected, "yes"),
        ("truncated", AnswerRejected, "yes"),
        ("wrong_content_type", AnswerRejected, "yes"),
    ],
)
def test_a_fault_becomes_its_failure(
    tmp_path: Path, fault: Fault, kind: type[ProviderFailed], accepted: str
) -> None:
    with PollySimulator(faults=Faults.script([fault])) as polly:
        seconds = 1.0 if fault in ("timeout", "slow_body") else 10
        with pytest.raises(kind) as caught:
            provider(polly).speak(model(), request(tmp_path), call_to(seconds=seconds))
        assert caught.value.accepted == accepted
        if accepted != "maybe":
            assert used(caught.value) == billed(polly)


@pytest.mark.parametrize("fault", ["throttled", "server_error", "malformed", "lost_answer"])
def test_a_later_piece_that_fails_tells_what_the_earlier_ones_cost_and_they_are_not_bought_again(
    tmp_path: Path, fault: Fault
) -> None:
    with PollySimulator(faults=Faults.script([None, None, None, fault])) as polly:
        with pytest.raises(ProviderFailed) as caught:
            provider(polly).speak(model(), request(tmp_path), call_to())
        assert caught.value.accepted == ("maybe" if fault == "lost_answer" else "yes")
        lost = len(polly.accepted) - 3 if fault == "lost_answer" else 0
        known = polly.accepted[: len(polly.accepted) - lost]
        assert used(caught.value) == sum(work.units["characters"] for work in known) > 0
        before = billed(polly)
        response = provider(polly).speak(model(), request(tmp_path), call_to())
        assert used(response) == billed(polly) - before
        assert len(polly.received) == 4 + 3
        assert list(tmp_path.iterdir()) == [response.audio]


def test_a_recording_that_is_asked_for_again_is_bought_again(polly: PollySimulator, tmp_path: Path) -> None:
    for _ in range(2):
        provider(polly).speak(model(), request(tmp_path), call_to())
    assert len(polly.received) == 2 * 2 * len(STORY)


def test_marks_that_are_none_are_rejected_and_the_sound_is_kept(tmp_path: Path) -> None:
    with PollySimulator(faults=Faults.script([None, "malformed"])) as polly:
        with pytest.raises(AnswerRejected) as caught:
            provider(polly).speak(model(), request(tmp_path, STORY[:1]), call_to())
        assert used(caught.value) == billed(polly)
        provider(polly).speak(model(), request(tmp_path, STORY[:1]), call_to())
        assert [it.json["OutputFormat"] for it in polly.received] == ["pcm", "json", "json"]


def test_without_the_header_our_own_count_is_the_bill(polly: PollySimulator, tmp_path: Path) -> None:
    polly.tells_characters = False
    response = provider(polly).speak(model(), request(tmp_path), call_to())
    assert used(response) == billed(polly)


def test_nobody_is_asked_when_the_time_is_over(polly: PollySimulator, tmp_path: Path) -> None:
    with pytest.raises(ProviderTimedOut) as caught:
        provider(polly).speak(model(), request(tmp_path), call_to(seconds=0))
    assert caught.value.accepted == "no"
    assert polly.received == []


def test_a_refused_connection_costs_nothing(polly: PollySimulator, tmp_path: Path) -> None:
    with polly.away(), pytest.raises(ProviderUnavailable) as caught:
        provider(polly).speak(model(), request(tmp_path), call_to())
    assert caught.value.accepted == "no"


def test_another_address_is_tried_when_one_cannot_be_reached(polly: PollySimulator, tmp_path: Path) -> None:
    with nobody_listens() as nowhere:
        calls: list[str] = []

        def client_for(*place: str) -> object:
            calls.append(place[-1])
            return polly.client(endpoint=place[-1])

        speaker = provider(polly, client_for=client_for)
        speaker.speak(model(), request(tmp_path), call_to(nowhere, polly.url))
    assert calls == [nowhere, polly.url]


@pytest.mark.parametrize(
    ("passages", "message"),
    [((), "no passage"), (("Fine.", " — … "), "Passage 2"), (("x" * 3_001,), "a word longer")],
)
def test_what_cannot_be_said_is_refused_before_it_costs(
    polly: PollySimulator, tmp_path: Path, passages: tuple[str, ...], message: str
) -> None:
    with pytest.raises(RequestInvalid, match=message):
        provider(polly).speak(model(), request(tmp_path, passages), call_to())
    assert polly.received == []


def test_a_voice_and_a_language_that_are_not_there(polly: PollySimulator, tmp_path: Path) -> None:
    with pytest.raises(RequestInvalid, match="language 'fr'"):
        provider(polly).speak(model(), request(tmp_path, language="fr"), call_to())
    with pytest.raises(RequestInvalid, match="no engine"):
        provider(polly).speak(model("loud"), request(tmp_path), call_to())


def test_the_language_and_voice_go_over_the_wire(polly: PollySimulator, tmp_path: Path) -> None:
    response = provider(polly).speak(model(), request(tmp_path, language="de", voice="auto"), call_to())
    assert {(it.json["VoiceId"], it.json["LanguageCode"]) for it in polly.received} == {("Vicki", "de-DE")}
    assert response.voice == "vicki"


def test_the_probe_says_which_voices_are_missing_and_costs_nothing(polly: PollySimulator) -> None:
    models = [model(engine) for engine in ENGINES]
    assert provider(polly).probe(models, call_to()) == tuple((it.name, "") for it in models)
    polly.voices = {"Ruth": ("en-US", ("neural",)), "Joanna": ("en-GB", ("standard",))}
    found = dict(provider(polly).probe(models, call_to()))
    assert found["polly-neural"] == "voice vicki (Vicki) is not offered there"
    assert "ruth" in found["polly-generative"]
    assert found["polly-standard"] == "voice joanna does not speak en-US there"
    assert polly.accepted == []


def test_the_probe_fails_if_nobody_answers() -> None:
    with (
        PollySimulator(faults=Faults.script(["unauthorised"])) as polly,
        pytest.raises(ProviderMisconfigured),
    ):
        provider(polly).probe([model()], call_to())
