"""The catalogue of voices, and who speaks: by wish, by topic, by language, and never nobody."""

from pathlib import Path
from typing import Any

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.models import voices as module
from reelwright.models.catalogue import load_catalogue
from reelwright.models.errors import CatalogueInvalid, RequestInvalid
from reelwright.models.schema import AudioCapabilities, Model, SpeechRequest
from reelwright.models.voices import (
    ANY_VOICE,
    Voice,
    load_voices,
    missing_voices,
    resolve_voice,
    voice_for_topic,
    words_of,
)

VOICES = load_voices()
NAMES = [voice.name for voice in VOICES]


def model(provider: str = "polly", engine: str = "generative") -> Model:
    return Model(
        name=f"{provider}-{engine or 'any'}",
        provider=provider,
        service="audio",
        tiers=("standard",),
        audio=AudioCapabilities(engine=engine),
    )


def request(voice: str = ANY_VOICE, language: str = "en", topic: str = "") -> SpeechRequest:
    return SpeechRequest(
        idempotency_key="p/n",
        seed=1,
        language=language,
        passages=("Hi.",),
        voice=voice,
        topic=topic,
        work_dir=Path(),
    )


def test_polly_knows_every_voice_and_language_that_the_catalogue_says_is_its() -> None:
    service = botocore.session.get_session().get_service_model("polly")
    ids, tags = service.shape_for("VoiceId").enum, service.shape_for("LanguageCode").enum
    engines = service.shape_for("Engine").enum
    for voice in VOICES:
        if voice.provider == "polly":
            assert voice.vendor_id in ids
            assert voice.languages
            assert set(voice.languages) <= set(tags)
            assert voice.engines
            assert set(voice.engines) <= set(engines)


def test_every_voice_says_where_its_facts_come_from_and_has_a_name_of_its_own() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert ANY_VOICE not in NAMES
    assert all(voice.source for voice in VOICES)
    assert {"ruth", "matthew", "amy", "joe"} <= set(NAMES)


@pytest.mark.parametrize("name", [each.name for each in load_catalogue() if each.service == "audio"])
def test_every_speaking_model_of_the_catalogue_has_a_voice_for_english(name: str) -> None:
    (speaking,) = [each for each in load_catalogue() if each.name == name]
    assert resolve_voice(speaking, request(), VOICES).why.startswith("no voice was asked for")


@pytest.mark.parametrize(
    ("asked", "of", "named", "code", "why"),
    [
        (request("ruth"), model(), "ruth", "en-US", "ruth was asked for and polly-generative has it."),
        (request("Ruth"), model(), "ruth", "en-US", "was asked for"),
        (request("amy"), model(), "amy", "en-GB", "amy was asked for"),
        (request("ruth", "en-GB"), model(), "ruth", "en-US", "ruth was asked for"),
        (request(), model(), "ruth", "en-US", "no voice was asked for; ruth is the default there for 'en'."),
        (request(language="en-GB"), model(), "amy", "en-GB", "amy is the default there for 'en-GB'."),
        (request(language="de"), model(), "vicki", "de-DE", "default there for 'de'"),
        (request(language="zh"), model(engine="neural"), "zhiyu", "cmn-CN", "only voice"),
        (request(language="no"), model(engine="neural"), "ida", "nb-NO", "only voice"),
        (request(language="hi"), model(), "kajal", "hi-IN", "only voice"),
        (
            request(topic="The history of space"),
            model(),
            "stephen",
            "en-US",
            "suits the topic: history, space",
        ),
        (request("auto", topic="News"), model(engine="standard"), "joanna", "en-US", "topic: news"),
        (request("ruth"), model(engine="standard"), "joanna", "en-US", "has no voice 'ruth' in 'en'; joanna"),
        (
            request("ruth", "de"),
            model(),
            "vicki",
            "de-DE",
            "has no voice 'ruth' in 'de'; vicki is the default",
        ),
        (
            request("ruth"),
            model("embedded", ""),
            "joe",
            "en-US",
            "has no voice 'ruth' in 'en'; joe is the only",
        ),
        (request("joe"), model(), "ruth", "en-US", "has no voice 'joe'"),
        (request("nobody"), model(), "ruth", "en-US", "has no voice 'nobody'"),
        (request("george", "fr"), model("elevenlabs", ""), "george", "fr", "george was asked for"),
        (request(language="fr", topic="fun"), model("elevenlabs", ""), "jessica", "fr", "topic: fun"),
    ],
)
def test_somebody_speaks_and_the_record_knows_why(
    asked: SpeechRequest, of: Model, named: str, code: str, why: str
) -> None:
    found = resolve_voice(of, asked, VOICES)
    assert (found.name, found.language_code) == (named, code)
    assert why in found.why


def test_a_language_that_no_voice_speaks_is_refused_with_those_there_are() -> None:
    with pytest.raises(RequestInvalid, match=r"language 'sw'; there are .*de-DE.*en-US"):
        resolve_voice(model(), request(language="sw"), VOICES)
    with pytest.raises(RequestInvalid, match="none at all"):
        resolve_voice(model("nobody"), request(), VOICES)


@given(
    st.sampled_from([*NAMES, ANY_VOICE, "", "nobody"]),
    st.sampled_from(["en", "en-GB", "de", "es-MX", "ja", "zh", "is", "ar"]),
    st.sampled_from(["standard", "neural", "long-form", "generative"]),
    st.text(max_size=40),
)
def test_whoever_speaks_has_the_engine_and_the_language(
    voice: str, language: str, engine: str, topic: str
) -> None:
    try:
        found = resolve_voice(model(engine=engine), request(voice, language, topic), VOICES)
    except RequestInvalid:
        return
    (entry,) = [each for each in VOICES if each.name == found.name]
    assert engine in entry.engines
    assert found.language_code in entry.languages
    assert found.vendor_id == entry.vendor_id
    assert found.why.endswith(".")


@pytest.mark.parametrize(
    ("topic", "chosen"),
    [
        ("A HISTORY of Rome", ("history", "brian")),
        ("Prehistory", None),
        ("News of the market, today", ("market news", "ruth")),
        ("Market day", None),
        ("", None),
        ("World news: history", ("history", "brian")),
    ],
)
def test_a_topic_chooses_by_whole_words_and_the_first_that_fits(
    topic: str, chosen: tuple[str, str] | None
) -> None:
    table = {"history": "brian", "market news": "ruth", "history of rome": "amy"}
    assert voice_for_topic(topic, table) == chosen


def test_a_topic_of_no_word_chooses_nothing() -> None:
    assert voice_for_topic("anything", {"": "ruth", "!": "amy"}) is None
    assert words_of("Café-Geschichte: 2 Tassen") == {"café", "geschichte", "2", "tassen"}


def described(**changes: Any) -> dict[str, Any]:
    entry = {"Id": "Ruth", "LanguageCode": "en-US", "SupportedEngines": ["neural", "generative", "long-form"]}
    return entry | changes


RUTH = Voice(
    name="ruth",
    provider="polly",
    vendor_id="Ruth",
    languages=("en-US",),
    engines=("generative", "neural"),
    source="t",
)


@pytest.mark.parametrize(
    ("found", "engines", "lines"),
    [
        ([described()], (), []),
        ([], (), ["voice ruth (Ruth) is not offered there"]),
        (
            [described(SupportedEngines=["neural"])],
            (),
            ["voice ruth is not offered there with engine generative"],
        ),
        ([described(SupportedEngines=["neural"])], ("neural",), []),
        ([described(LanguageCode="en-GB")], (), ["voice ruth does not speak en-US there"]),
        ([described(LanguageCode="en-GB", AdditionalLanguageCodes=["en-US"])], (), []),
    ],
)
def test_what_a_region_does_not_offer_is_named(
    found: list[dict[str, Any]], engines: tuple[str, ...], lines: list[str]
) -> None:
    assert list(missing_voices([RUTH], found, engines=engines)) == lines


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("voices = [", "cannot be read"),
        ("voices = [{ name = 'Ruth' }]", "cannot be read"),
        (
            (
                "voices = ["
                "{ name = 'a', provider = 'p', vendor_id = 'A', source = 's' },"
                "{ name = 'a', provider = 'q', vendor_id = 'B', source = 's' }]"
            ),
            "Two voices .* called a",
        ),
    ],
)
def test_a_catalogue_with_a_fault_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "voices.toml").write_text(text)
    monkeypatch.setattr(module, "locate", lambda _: tmp_path)
    with pytest.raises(CatalogueInvalid, match=said):
        load_voices.__wrapped__()
