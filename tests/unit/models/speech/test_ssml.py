import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.models.speech.markup import (
    Container,
    Emphasis,
    Part,
    Passage,
    Pause,
    Phoneme,
    Prosody,
    SayAs,
    Sentence,
    Substitution,
    Text,
    Whisper,
    at_rate,
    said,
    written,
)
from reelwright.models.speech.ssml import SUPPORT, Engine, Rendered, Support, Tag, engine_of, render, weight

from .samples import passages, sentences

POLLY: tuple[Engine, ...] = ("standard", "neural", "long-form", "generative")
YES, PARTLY, NO = "yes", "partly", "no"

TABLE: dict[str, tuple[Support, Support, Support, Support]] = {
    "speak": (YES, YES, YES, YES),
    "break": (YES, YES, YES, YES),
    "lang": (YES, YES, YES, YES),
    "p": (YES, YES, YES, YES),
    "s": (YES, YES, YES, YES),
    "sub": (YES, YES, YES, YES),
    "w": (YES, YES, YES, YES),
    "mark": (YES, YES, YES, PARTLY),
    "phoneme": (YES, YES, YES, PARTLY),
    "prosody": (YES, PARTLY, PARTLY, PARTLY),
    "say-as": (YES, PARTLY, YES, YES),
    "amazon:effect drc": (YES, YES, YES, NO),
    "emphasis": (YES, NO, NO, NO),
    "prosody max-duration": (YES, NO, NO, NO),
    "amazon:auto-breaths": (YES, NO, NO, NO),
    "amazon:effect soft": (YES, NO, NO, NO),
    "amazon:effect vocal-tract-length": (YES, NO, NO, NO),
    "amazon:effect whispered": (YES, NO, NO, NO),
    "amazon:domain news": (NO, PARTLY, NO, NO),
}
"""As the vendor's page has it."""

ALLOWED: dict[Engine, set[str]] = {
    "standard": {"speak", "s", "break", "sub", "say-as", "phoneme", "prosody", "emphasis", "amazon:effect"},
    "neural": {"speak", "s", "break", "sub", "say-as", "phoneme", "prosody"},
    "long-form": {"speak", "s", "break", "sub", "say-as", "phoneme", "prosody"},
    "generative": {"speak", "s", "break", "sub", "say-as", "prosody"},
}


def parsed(rendered: Rendered) -> ET.Element:
    bound = rendered.text.replace("<speak>", '<speak xmlns:amazon="amazon:">', 1)
    return ET.fromstring(bound)  # noqa: S314 (our own)


def elements(rendered: Rendered) -> Iterator[tuple[str, dict[str, str]]]:
    for element in parsed(rendered).iter():
        yield element.tag.replace("{amazon:}", "amazon:"), element.attrib


def one(*parts: Part) -> Passage:
    return Passage((Sentence(parts),))


@pytest.mark.parametrize("tag", get_args(Tag))
@pytest.mark.parametrize("engine", POLLY)
def test_the_table_is_the_vendors(tag: Tag, engine: Engine) -> None:
    assert SUPPORT[tag][engine] == TABLE[tag][POLLY.index(engine)]
    assert SUPPORT[tag]["none"] == "no"


@given(passages, st.sampled_from(POLLY))
def test_markup_is_well_formed_has_allowed_tags_only_and_says_the_words(
    passage: Passage, engine: Engine
) -> None:
    rendered = render(passage, engine)
    root = parsed(rendered)
    assert {tag for tag, _ in elements(rendered)} <= ALLOWED[engine]
    spoken = [" ".join("".join(sentence.itertext()).split()) for sentence in root]
    assert spoken == [" ".join(written(sentence.parts).split()) for sentence in passage.sentences]
    assert rendered.is_markup


@given(passages, st.sampled_from(POLLY))
def test_every_written_word_is_found_where_the_vendor_will_point(passage: Passage, engine: Engine) -> None:
    rendered = render(passage, engine)
    data = rendered.text.encode()
    words = [word for sentence in passage.sentences for word in written(sentence.parts).split()]
    assert len(rendered.words) == len(words)
    for span, word in zip(rendered.words, words, strict=True):
        inside = "".join(_text_only(data[span.start : span.end].decode()))
        assert inside == word


def _text_only(piece: str) -> Iterator[str]:
    """The text of a piece that may begin inside one element and end in another."""
    for run in piece.replace("<", "\0<").replace(">", ">\0").split("\0"):
        if not run.startswith("<"):
            yield run.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@given(passages)
def test_plain_text_says_what_is_meant(passage: Passage) -> None:
    rendered = render(passage, "none")
    assert rendered.text.split() == " ".join(said(_spelled(it.parts)) for it in passage.sentences).split()
    assert not rendered.is_markup
    words = [word for sentence in passage.sentences for word in written(sentence.parts).split()]
    assert len(rendered.words) == len(words)
    starts = [span.start for span in rendered.words]
    assert starts == sorted(starts)


def _spelled(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    def spell(part: Part) -> Part:
        if isinstance(part, SayAs) and part.kind == "characters":
            letters = Text(part.text).text
            return Substitution(part.text, " ".join(" ".join("".join(_legal(letters).split())).split()))
        if isinstance(part, Container):
            return type(part)(tuple(map(spell, part.parts)))
        return part

    return tuple(map(spell, parts))


def _legal(text: str) -> str:
    return written((Text(text),))


@given(sentences, st.sampled_from(get_args(Engine)))
def test_a_sentence_weighs_what_it_adds(sentence: Sentence, engine: Engine) -> None:
    whole = render(Passage((sentence, sentence)), engine)
    once = render(Passage((sentence,)), engine)
    billed, size = weight(sentence, engine)
    assert whole.billed_characters - once.billed_characters <= billed
    assert len(whole.text) - len(once.text) <= size


PECAN = Phoneme("pecan", 'pe"kan')


@pytest.mark.parametrize(
    ("part", "engine", "expected", "dropped"),
    [
        (Text("a <b> & c"), "neural", "a &lt;b&gt; &amp; c", ()),
        (Emphasis((Text("so"),), "strong"), "standard", '<emphasis level="strong">so</emphasis>', ()),
        (
            Emphasis((Text("so"),), "strong"),
            "neural",
            '<prosody rate="88%" volume="+4dB">so</prosody>',
            ("emphasis, said by pace and volume instead",),
        ),
        (Emphasis((Text("so"),)), "generative", "so", ("emphasis",)),
        (Whisper((Text("so"),)), "standard", '<amazon:effect name="whispered">so</amazon:effect>', ()),
        (
            Whisper((Text("so"),)),
            "long-form",
            '<prosody volume="-6dB">so</prosody>',
            ("whispering, said softly instead",),
        ),
        (Whisper((Text("so"),)), "generative", "so", ("whispering",)),
        (Prosody((Text("so"),), pitch=9), "standard", '<prosody pitch="+9%">so</prosody>', ()),
        (Prosody((Text("so"),), pitch=9), "neural", "so", ("pitch",)),
        (Prosody((Text("so"),), rate=9), "generative", '<prosody rate="200%">so</prosody>', ()),
        (PECAN, "long-form", '<phoneme alphabet="ipa" ph=\'pe"kan\'>pecan</phoneme>', ()),
        (PECAN, "generative", "pecan", ("phonemes",)),
        (SayAs("12", "ordinal"), "neural", '<say-as interpret-as="ordinal">12</say-as>', ()),
        (
            SayAs("ACL", "characters"),
            "neural",
            '<sub alias="A C L">ACL</sub>',
            ("spelling, written out letter by letter instead",),
        ),
        (Pause(0.25), "generative", '<break time="250ms"/>', ()),
        (Pause(99), "standard", '<break time="10000ms"/>', ()),
        (Substitution("W3C", 'a "web" club'), "neural", "<sub alias='a \"web\" club'>W3C</sub>", ()),
    ],
)
def test_what_an_engine_cannot_say_is_said_the_nearest_way(
    part: Part, engine: Engine, expected: str, dropped: tuple[str, ...]
) -> None:
    rendered = render(one(part), engine)
    assert rendered.text == f"<speak><s>{expected}</s></speak>"
    assert rendered.dropped == dropped


def test_plain_text_has_aliases_and_no_tags() -> None:
    rendered = render(
        one(Text("Use "), Substitution("SQL db", "sequel base"), Text(", now "), Pause(1)), "none"
    )
    assert rendered.text == "Use sequel base, now "
    assert [rendered.text[it.start : it.end] for it in rendered.words] == [
        "Use",
        "sequel base",
        "sequel base,",
        "now",
    ]
    assert rendered.dropped == ("pauses",)


def test_the_generative_engine_gets_a_pace_around_whole_sentences_only() -> None:
    passage = one(Text("Not "), Prosody((Text("here"),), rate=0.9))
    assert "prosody" not in render(passage, "generative").text
    slowed = render(at_rate(passage, 0.95), "generative")
    assert slowed.text == '<speak><s><prosody rate="95%">Not here</prosody></s></speak>'
    assert slowed.dropped == ("pace, pitch and volume of single words",)


def test_tags_are_not_billed() -> None:
    assert render(one(Text("a & b"), Pause(1)), "neural").billed_characters == 5


def test_only_pollys_engines_read_markup() -> None:
    assert engine_of("long-form") == "long-form"
    assert engine_of("eleven_multilingual_v2") == engine_of("") == "none"
