"""The simulated Polly refuses what Polly refuses, and bills what Polly bills."""

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError

from tests.simulators.polly import PollySimulator
from tests.simulators.speech_audio import speechlike

GOOD = {
    "Text": "<speak><s>One &amp; <sub alias='deux'>two</sub>.</s></speak>",
    "TextType": "ssml",
    "VoiceId": "Ruth",
    "Engine": "neural",
    "OutputFormat": "pcm",
    "SampleRate": "16000",
}
PLAIN = {"TextType": "text"}
MARKS = {"OutputFormat": "json", "SpeechMarkTypes": ["word", "sentence"]}


@pytest.fixture
def polly() -> Iterator[PollySimulator]:
    prices = {"neural": {"characters": Fraction(16)}}
    with PollySimulator(prices=prices) as simulator:
        yield simulator


def asked(polly: PollySimulator, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = polly.client().synthesize_speech(**(GOOD | more))
    return answer


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"Engine": "standard"}, "EngineNotSupportedException"),
        ({"VoiceId": "Ivy", "Engine": "generative"}, "EngineNotSupportedException"),
        ({"Engine": "generative", **MARKS}, "EngineNotSupportedException"),
        ({"LanguageCode": "de-DE"}, "LanguageNotSupportedException"),
        ({"SampleRate": "24000"}, "InvalidSampleRateException"),
        ({"OutputFormat": "ogg_vorbis", "SampleRate": "11025"}, "InvalidSampleRateException"),
        ({"SpeechMarkTypes": ["word"]}, "MarksNotSupportedForFormatException"),
        ({"OutputFormat": "json"}, "MarksNotSupportedForFormatException"),
        ({**PLAIN, **MARKS, "SpeechMarkTypes": ["ssml"]}, "SsmlMarksNotSupportedForTextTypeException"),
        ({"LexiconNames": ["mine"]}, "LexiconNotFoundException"),
        ({**PLAIN, "Text": "x" * 3_001}, "TextLengthExceededException"),
        ({"Text": f"<speak>{'<p></p>' * 860}</speak>"}, "TextLengthExceededException"),
        ({"Text": "no tags"}, "InvalidSsmlException"),
        ({"Text": "<speak>a & b</speak>"}, "InvalidSsmlException"),
        ({"Text": "<speak><emphasis>a</emphasis></speak>"}, "InvalidSsmlException"),
        ({"Text": "<speak><prosody pitch='+5%'>a</prosody></speak>"}, "InvalidSsmlException"),
        ({"Text": "<speak><prosody rate='900%'>a</prosody></speak>"}, "InvalidSsmlException"),
        ({"Text": "<speak><break time='11s'/></speak>"}, "InvalidSsmlException"),
        ({"Text": "<speak><speak>a</speak></speak>"}, "InvalidSsmlException"),
        ({"Text": "<!DOCTYPE speak><speak>a</speak>"}, "InvalidSsmlException"),
        (
            {"Engine": "generative", "Text": "<speak>a <prosody rate='90%'>b</prosody></speak>"},
            "InvalidSsmlException",
        ),
    ],
)
def test_it_refuses_what_polly_refuses_and_bills_nothing(
    polly: PollySimulator, more: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError) as caught:
        asked(polly, **more)
    assert caught.value.response["Error"]["Code"] == code
    assert polly.bill_micro_usd == 0


def test_it_bills_characters_without_tags_for_sound_and_for_marks(polly: PollySimulator) -> None:
    for more in ({}, MARKS):
        assert asked(polly, **more)["RequestCharacters"] == len("One & two.")
    assert polly.bill_micro_usd == 2 * 16 * len("One & two.")


def test_marks_point_at_the_bytes_of_the_words_and_at_their_sound(polly: PollySimulator) -> None:
    text = "<speak><s>Café <sub alias='deux'>two</sub>-three.</s><s>Go!</s></speak>"
    data, pcm = (asked(polly, Text=text, **more)["AudioStream"].read() for more in (MARKS, {}))
    marks = [json.loads(line) for line in data.decode().splitlines()]
    words = [text.encode()[it["start"] : it["end"]].decode() for it in marks if it["type"] == "word"]
    assert words == ["Café", "two", "three.", "Go!"]
    assert [it["type"] for it in marks].count("sentence") == 2
    samples = np.abs(np.frombuffer(pcm, "<i2").astype(int))
    for mark in marks:
        at = mark["time"] * 16
        assert samples[at - 320 : at - 16].max() == 0
        assert samples[at + 16 : at + 320].max() > 1_000


def test_what_the_model_of_the_service_does_not_know_is_an_objection(polly: PollySimulator) -> None:
    client = polly.client()
    client.meta.events.register(
        "before-call.polly.SynthesizeSpeech",
        lambda params, **_: params.update(body=json.dumps(GOOD | {"VoiceId": "Nobody", "Loud": 1}).encode()),
    )
    with pytest.raises(ClientError):
        client.synthesize_speech(**GOOD)
    assert 'Unknown parameter in input: "Loud"' in polly.objections[0]
    assert polly.objections[1:] == ["VoiceId cannot be 'Nobody'"]


def test_words_sound_where_they_are_said_to_and_nothing_else_does() -> None:
    words = ["Hello,", "—", "my", "friend."]
    pcm, times = speechlike(words, 16_000, pauses={0: 0.5})
    samples = np.abs(np.frombuffer(pcm, "<i2").astype(int))
    for start, end in times:
        samples[round(start * 16_000) : round(end * 16_000)] = 0
    assert samples.max() == 0
    assert times[1][0] == times[1][1] > times[0][1] + 0.5
    assert speechlike(words, 16_000, pauses={0: 0.5})[0] == pcm
