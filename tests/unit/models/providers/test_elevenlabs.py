"""ElevenLabs' voices: what is asked, when words are heard, what is billed, and every way to fail."""

import traceback
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from elevenlabs import AudioWithTimestampsResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelwright.audio.quality import objection_to_speech
from reelwright.models.errors import (
    ProviderFailed,
    ProviderMisconfigured,
    ProviderUnavailable,
    RequestInvalid,
)
from reelwright.models.http import HttpClient
from reelwright.models.ports import Probe, SpeechProvider
from reelwright.models.providers.elevenlabs import ElevenLabsProvider
from reelwright.models.providers.elevenlabs_purchase import ELEVENLABS_URL
from reelwright.models.providers.elevenlabs_text import SentText, sent_text, times_of
from reelwright.models.schema import AudioCapabilities, Model, SpeechRequest, SpeechResponse
from reelwright.models.speech.markup import markup_of
from tests.simulators.access import KEY, SimulatedAccess, call_to
from tests.simulators.elevenlabs import ElevenLabsSimulator, elevenlabs_error
from tests.simulators.server import Answer, Cut, Fault, Faults, Received, json_answer, nobody_listens

STORY = (
    "Dr. Smith found 3.5 million stars — all of them young. Nobody had looked before!",
    "Twenty-one others, she said, were “old & tired”; <b>why</b>? SQL knows.",
    "The end.",
)
PRICES = {"eleven_multilingual_v2": {"characters": Fraction(180)}}
PROVIDER = ElevenLabsProvider(HttpClient())


def model(vendor_id: str = "eleven_multilingual_v2", limit: int = 10_000) -> Model:
    return Model(
        name="elevenlabs-multilingual-v2",
        provider="elevenlabs",
        service="audio",
        vendor_id=vendor_id,
        tiers=("premium",),
        audio=AudioCapabilities(max_characters=limit),
    )


def request(folder: Path, passages: Sequence[str] = STORY, **more: Any) -> SpeechRequest:
    facts: dict[str, Any] = {"voice": "george", "language": "en"} | more
    return SpeechRequest(
        idempotency_key="p/narrate", seed=7, passages=tuple(passages), work_dir=folder, **facts
    )


def simulator(*faults: Fault | None, **options: Any) -> ElevenLabsSimulator:
    return ElevenLabsSimulator(keys=[KEY], prices=PRICES, faults=Faults.script(faults), **options)


def speak(
    vendor: ElevenLabsSimulator, wanted: SpeechRequest, *, seconds: float = 10.0, of: Model | None = None
) -> SpeechResponse:
    return PROVIDER.speak(of or model(), wanted, call_to(vendor.url, seconds=seconds))


def failure(vendor: ElevenLabsSimulator, folder: Path, *, seconds: float = 10.0) -> ProviderFailed:
    with pytest.raises(ProviderFailed) as caught:
        speak(vendor, request(folder), seconds=seconds)
    assert KEY not in "".join(traceback.format_exception(caught.value))
    assert caught.value.next_step
    return caught.value


def billed(response: SpeechResponse | ProviderFailed) -> int:
    return sum(line.quantity for line in response.usage if line.unit == "characters")


def test_it_is_what_the_router_needs() -> None:
    provider: SpeechProvider = PROVIDER
    probe: Probe = PROVIDER
    assert provider is probe
    assert ELEVENLABS_URL.startswith("https://")


def test_a_story_is_spoken_with_every_word_of_it_and_is_good(tmp_path: Path) -> None:
    with simulator() as vendor:
        wanted = request(tmp_path)
        answer = speak(vendor, wanted)
    assert vendor.objections == []
    assert [word.text for word in answer.words] == " ".join(STORY).split()
    assert [word.passage_index for word in answer.words] == [
        index for index, passage in enumerate(STORY) for _ in passage.split()
    ]
    assert objection_to_speech(wanted, answer) == ""
    assert dict(answer.choices)["word times"] == "told by the vendor"
    assert answer.voice == "george"
    assert dict(answer.choices)["voice"].startswith("george was asked for")


def test_what_is_billed_is_what_the_vendor_says(tmp_path: Path) -> None:
    with simulator() as vendor:
        answer = speak(vendor, request(tmp_path))
    assert billed(answer) == sum(len(passage) for passage in STORY)
    assert vendor.bill_micro_usd == 180 * billed(answer)


def test_a_model_that_is_cheaper_is_billed_by_its_credits(tmp_path: Path) -> None:
    with simulator() as vendor:
        answer = speak(vendor, request(tmp_path), of=model("eleven_flash_v2_5"))
    assert billed(answer) == sum(-(-len(passage) // 2) for passage in STORY)
    assert billed(answer) == sum(work.units["characters"] for work in vendor.accepted)


def test_without_the_header_each_character_counts(tmp_path: Path) -> None:
    with simulator(cost_header=False) as vendor:
        assert billed(speak(vendor, request(tmp_path))) == sum(len(passage) for passage in STORY)


def test_a_passage_is_told_what_is_said_around_it(tmp_path: Path) -> None:
    with simulator() as vendor:
        speak(vendor, request(tmp_path, ["One is here.", "Two is here.", "Three is here."]))
    bodies = [received.json for received in vendor.received]
    assert [(body.get("previous_text"), body.get("next_text")) for body in bodies] == [
        (None, "Two is here. Three is here."),
        ("One is here.", "Three is here."),
        ("One is here. Two is here.", None),
    ]
    assert {body["seed"] for body in bodies} == {7}
    assert {received.query["output_format"] for received in vendor.received} == {"pcm_24000"}


@pytest.mark.parametrize(
    ("vendor_id", "language", "context"),
    [("eleven_multilingual_v2", None, True), ("eleven_flash_v2_5", "en", True), ("eleven_v3", "en", False)],
)
def test_models_are_told_what_they_take(
    tmp_path: Path, vendor_id: str, language: str | None, *, context: bool
) -> None:
    with simulator() as vendor:
        speak(vendor, request(tmp_path, language="en-US"), of=model(vendor_id))
    assert vendor.objections == []
    body = vendor.received[0].json
    assert body.get("language_code") == language
    assert ("next_text" in body) is context


def test_a_long_passage_is_split_between_sentences_and_joined(tmp_path: Path) -> None:
    passage = " ".join(f"Sentence number {number} is not long." for number in range(20))
    with simulator() as vendor:
        answer = speak(vendor, request(tmp_path, [passage]), of=model(limit=200))
    texts = [received.json["text"] for received in vendor.received]
    assert len(texts) > 3
    assert all(len(text) <= 200 and text.endswith("long.") for text in texts)
    assert " ".join(texts) == passage
    assert [word.text for word in answer.words] == passage.split()
    assert len(answer.passage_starts_seconds) == 1


def test_a_word_is_said_as_the_settings_want_and_written_as_it_was(tmp_path: Path) -> None:
    with simulator() as vendor:
        answer = speak(
            vendor, request(tmp_path, ["We ask SQL today."], pronunciations={"SQL": "sequel server"})
        )
    assert vendor.received[0].json["text"] == "We ask sequel server today."
    assert [word.text for word in answer.words] == ["We", "ask", "SQL", "today."]
    assert answer.words[2].end_seconds - answer.words[2].start_seconds > 0.5


def test_text_is_never_stage_direction(tmp_path: Path) -> None:
    with simulator() as vendor:
        answer = speak(vendor, request(tmp_path, ['Wait <break time="9s"/> and [laughs] go.']))
    sent = vendor.received[0].json["text"]
    assert not set(sent) & set("<>[]")
    assert [word.text for word in answer.words] == ["Wait", "<break", 'time="9s"/>', "and", "[laughs]", "go."]


def test_words_are_found_where_the_vendor_tells_no_times(tmp_path: Path) -> None:
    with simulator(told=False) as vendor:
        wanted = request(tmp_path)
        answer = speak(vendor, wanted)
    assert dict(answer.choices)["word times"] == "found by alignment, at least in part"
    assert [word.text for word in answer.words] == " ".join(STORY).split()
    assert objection_to_speech(wanted, answer) == ""


def test_a_wished_length_changes_the_pace_a_little(tmp_path: Path) -> None:
    with simulator() as vendor:
        natural = speak(vendor, request(tmp_path))
        short = speak(vendor, request(tmp_path, target_seconds=6.0))
    assert vendor.received[-1].json["voice_settings"] == {"speed": 1.12}
    assert short.duration_seconds < natural.duration_seconds
    assert "112%" in dict(short.choices)["pace"]


@pytest.mark.parametrize("passages", [(), ("",), ("Fine.", "—")])
def test_nothing_to_say_is_not_bought(tmp_path: Path, passages: tuple[str, ...]) -> None:
    with simulator() as vendor, pytest.raises(RequestInvalid):
        speak(vendor, request(tmp_path, passages))
    assert vendor.received == []


def test_a_word_longer_than_a_request_is_not_bought(tmp_path: Path) -> None:
    with simulator() as vendor, pytest.raises(RequestInvalid, match="longer than a request"):
        speak(vendor, request(tmp_path, ["a" * 300]), of=model(limit=200))


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("throttled", "throttled"),
        ("overloaded", "unavailable"),
        ("server_error", "unavailable"),
        ("unauthorised", "misconfigured"),
        ("exhausted", "exhausted"),
        ("invalid_request", "callers_fault"),
        ("refusal", "refused"),
        ("retired", "retired"),
    ],
)
def test_refusals_are_classified_and_cost_nothing(tmp_path: Path, fault: Fault, expected: str) -> None:
    with simulator(fault) as vendor:
        failed = failure(vendor, tmp_path)
    assert (failed.failure if fault != "unauthorised" else "misconfigured") == expected
    assert (failed.accepted, failed.usage, vendor.bill_micro_usd) == ("no", (), 0)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (400, "voice_not_found", "callers_fault"),
        (404, "voice_not_found", "callers_fault"),
        (400, "max_character_limit_exceeded", "callers_fault"),
        (401, "missing_permissions", "misconfigured"),
        (401, "detected_unusual_activity", "misconfigured"),
        (402, "payment_required", "exhausted"),
        (403, "forbidden", "misconfigured"),
        (404, "not_found", "misconfigured"),
        (408, "timeout", "timed_out"),
        (409, "conflict", "unavailable"),
        (422, "invalid_parameters", "callers_fault"),
        (429, "unheard_of", "throttled"),
        (502, "bad_gateway", "unavailable"),
        (503, "unavailable", "unavailable"),
        (504, "timeout", "timed_out"),
    ],
)
def test_every_status_is_something(tmp_path: Path, status: int, code: str, expected: str) -> None:
    class Refusing(ElevenLabsSimulator):
        def respond(self, request: Received) -> Answer | Cut:
            return elevenlabs_error(status, code, "so it is")

    with Refusing() as vendor:
        failed = failure(vendor, tmp_path)
    assert (failed.failure, failed.accepted) == (expected, "no")


@pytest.mark.parametrize(
    ("fault", "expected", "accepted"),
    [
        ("timeout", "timed_out", "maybe"),
        ("reset", "unavailable", "maybe"),
        ("lost_answer", "unavailable", "maybe"),
        ("reset_mid_body", "unavailable", "maybe"),
        ("slow_body", "timed_out", "maybe"),
        ("malformed", "rejected", "yes"),
        ("wrong_content_type", "rejected", "yes"),
    ],
)
def test_spoilt_answers_may_be_billed(tmp_path: Path, fault: Fault, expected: str, accepted: str) -> None:
    with simulator(fault) as vendor:
        failed = failure(vendor, tmp_path, seconds=1.0 if fault in {"timeout", "slow_body"} else 10.0)
    assert (failed.failure, failed.accepted) == (expected, accepted)
    if accepted == "yes":
        assert 180 * billed(failed) == vendor.bill_micro_usd


def test_nobody_there_is_certain_to_cost_nothing(tmp_path: Path) -> None:
    with nobody_listens() as url, pytest.raises(ProviderUnavailable) as caught:
        PROVIDER.speak(model(), request(tmp_path), call_to(url))
    assert caught.value.accepted == "no"


def test_the_next_address_is_tried_when_one_cannot_be_reached(tmp_path: Path) -> None:
    with simulator() as vendor, nobody_listens() as nowhere:
        PROVIDER.speak(model(), request(tmp_path), call_to(nowhere, vendor.url))
    assert len(vendor.accepted) == len(STORY)


def test_a_key_that_was_renewed_is_read_again(tmp_path: Path) -> None:
    with simulator() as vendor:
        call = call_to(vendor.url, keys=("old-key", KEY))
        PROVIDER.speak(model(), request(tmp_path, STORY[:1]), call)
        assert isinstance(call.access, SimulatedAccess)
        assert call.access.reads == 2
        with pytest.raises(ProviderMisconfigured):
            PROVIDER.speak(model(), request(tmp_path), call_to(vendor.url, keys=("bad", "worse")))


def test_what_was_bought_before_a_failure_is_billed_and_not_bought_again(tmp_path: Path) -> None:
    with simulator(None, "server_error") as vendor:
        failed = failure(vendor, tmp_path)
        assert (failed.failure, failed.accepted, billed(failed)) == ("unavailable", "yes", len(STORY[0]))
        answer = speak(vendor, request(tmp_path))
    assert billed(answer) == len(STORY[1]) + len(STORY[2])
    assert 180 * (billed(failed) + billed(answer)) == vendor.bill_micro_usd
    assert [word.text for word in answer.words] == " ".join(STORY).split()


class Saying(ElevenLabsSimulator):
    """Answers with one thing, whatever is asked."""

    def __init__(self, said: object) -> None:
        super().__init__()
        self.said = said

    def answer(self, request: Received) -> Answer:
        return json_answer(self.said, character_cost="5")


@pytest.mark.parametrize(
    "said",
    [
        [],
        {},
        {"audio_base64": None},
        {"audio_base64": "%%%"},
        {"audio_base64": ""},
        {"audio_base64": "AAA="},
        {"audio_base64": "AAAAAAAAAAAAAAAA"},
    ],
)
def test_an_answer_without_sound_is_rejected_and_billed(tmp_path: Path, said: object) -> None:
    with Saying(said) as vendor:
        failed = failure(vendor, tmp_path)
    assert (failed.failure, failed.accepted, billed(failed)) == ("rejected", "yes", 5)


def test_sound_that_was_cut_short_is_rejected_and_bought_again(tmp_path: Path) -> None:
    with simulator("truncated") as vendor:
        failed = failure(vendor, tmp_path)
        assert (failed.failure, failed.accepted, billed(failed)) == ("rejected", "yes", len(STORY[0]))
        assert "ends before its last word" in failed.message
        answer = speak(vendor, request(tmp_path))
    assert 180 * (billed(failed) + billed(answer)) == vendor.bill_micro_usd


def test_the_simulator_answers_as_the_sdk_expects(tmp_path: Path) -> None:
    with simulator() as vendor:
        speak(vendor, request(tmp_path))
        answer = vendor.answer(vendor.received[0])
    parsed = AudioWithTimestampsResponse.model_validate_json(answer.body)
    assert parsed.alignment is not None
    assert "".join(parsed.alignment.characters) == STORY[0]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"text": "a"}, "model_id: missing"),
        ({"text": 1, "model_id": "eleven_v3"}, "text"),
        ({"text": "a", "model_id": "eleven_v3", "stability": 1}, "stability: unknown"),
        ({"text": "a", "model_id": "eleven_v3", "seed": -1}, "seed: out of range"),
        ({"text": "a", "model_id": "eleven_v3", "voice_settings": {"speed": 3}}, "speed: out of range"),
        ({"text": "a", "model_id": "eleven_multilingual_v2", "language_code": "en"}, "language_code"),
    ],
)
def test_the_simulator_objects_to_what_the_vendor_would_not_take(body: dict[str, Any], problem: str) -> None:
    with simulator() as vendor:
        url = f"{vendor.url}/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/with-timestamps?output_format=pcm_24000"
        deadline = call_to(vendor.url).deadline
        HttpClient().send("POST", url, headers={"xi-api-key": KEY}, json=body, deadline=deadline)
    assert any(problem in objection for objection in vendor.objections)


def test_a_probe_buys_nothing_and_names_what_is_wrong() -> None:
    with simulator() as vendor:
        found = dict(
            PROVIDER.probe(
                [model(), model("eleven_gone").model_copy(update={"name": "gone"})], call_to(vendor.url)
            )
        )
    assert found == {"elevenlabs-multilingual-v2": "", "gone": "eleven_gone is not offered to this account"}
    assert vendor.accepted == []


def test_a_probe_tells_that_the_credits_are_used_up() -> None:
    with simulator(used=10_000) as vendor:
        ((_, wrong),) = PROVIDER.probe([model()], call_to(vendor.url))
    assert wrong == "all 10,000 credits are used"


def test_a_key_that_may_not_know_the_account_is_fine() -> None:
    with simulator(None, "unauthorised") as vendor:
        ((_, wrong),) = PROVIDER.probe([model()], call_to(vendor.url))
    assert wrong == ""


def test_a_probe_of_a_vendor_in_trouble_fails() -> None:
    with simulator("server_error") as vendor, pytest.raises(ProviderFailed):
        PROVIDER.probe([model()], call_to(vendor.url))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(alphabet="ab SQL.,!?—<[\n\u00a0é", max_size=60),
    st.dictionaries(
        st.sampled_from(["sql", "a", "ab b"]), st.sampled_from(["sequel", "ay bee", "x"]), max_size=3
    ),
)
def test_every_character_belongs_to_a_written_word(text: str, pronunciations: dict[str, str]) -> None:
    sent = sent_text(markup_of(text, pronunciations))
    assert len(sent.owners) == len(sent.text)
    assert list(sent.words) == " ".join(sent.words).split()
    owned = [owner for owner in sent.owners if owner >= 0]
    assert owned == sorted(owned)
    assert set(owned) <= set(range(len(sent.words)))
    times = times_of(
        {
            "characters": list(sent.text),
            "character_start_times_seconds": [float(at) for at in range(len(sent.text))],
            "character_end_times_seconds": [at + 1.0 for at in range(len(sent.text))],
        },
        sent,
    )
    assert times is not None
    assert len(times) == len(sent.words)
    assert [edge for span in times for edge in span] == sorted(edge for span in times for edge in span)


@pytest.mark.parametrize(
    "alignment",
    [
        None,
        [],
        {},
        {"characters": ["a"], "character_start_times_seconds": [0], "character_end_times_seconds": []},
        {"characters": ["b"], "character_start_times_seconds": [0], "character_end_times_seconds": [1]},
        {"characters": ["a"], "character_start_times_seconds": ["x"], "character_end_times_seconds": [1]},
        {"characters": ["a"], "character_start_times_seconds": [None], "character_end_times_seconds": [1]},
        {
            "characters": ["a"],
            "character_start_times_seconds": [float("nan")],
            "character_end_times_seconds": [1],
        },
    ],
)
def test_times_of_another_text_or_of_none_are_not_taken(alignment: object) -> None:
    assert times_of(alignment, SentText("a", (0,), ("a",))) is None
