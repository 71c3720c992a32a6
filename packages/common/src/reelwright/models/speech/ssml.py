"""Our markup as each engine reads it: tags it knows, the nearest it knows, or plain words.

An engine refuses a whole request for one tag that it does not know, so what cannot be said its way is said
plainly, and ``Rendered.dropped`` tells. Sources: docs.aws.amazon.com/polly/latest/dg, pages supportedtags,
prosody-tag, phoneme-tag, say-as-tag.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args
from xml.sax.saxutils import escape, quoteattr

from reelwright.models.speech.markup import (
    Emphasis,
    Level,
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
    legal,
    said_for,
)

__all__ = ["SUPPORT", "Engine", "Rendered", "Support", "Tag", "WordSpan", "engine_of", "render", "weight"]

Engine = Literal["standard", "neural", "long-form", "generative", "none"]
"""Polly's engines, and ``none`` for every vendor that reads plain text only."""
Support = Literal["yes", "partly", "no"]
Tag = Literal[
    "speak",
    "break",
    "lang",
    "p",
    "s",
    "sub",
    "w",
    "mark",
    "phoneme",
    "prosody",
    "say-as",
    "amazon:effect drc",
    "emphasis",
    "prosody max-duration",
    "amazon:auto-breaths",
    "amazon:effect soft",
    "amazon:effect vocal-tract-length",
    "amazon:effect whispered",
    "amazon:domain news",
]


def _row(
    standard: Support, neural: Support, long_form: Support, generative: Support
) -> dict[Engine, Support]:
    return {
        "standard": standard,
        "neural": neural,
        "long-form": long_form,
        "generative": generative,
        "none": "no",
    }


_EVERYWHERE = _row("yes", "yes", "yes", "yes")
_STANDARD_ONLY = _row("yes", "no", "no", "no")

SUPPORT: Mapping[Tag, Mapping[Engine, Support]] = {
    "speak": _EVERYWHERE,
    "break": _EVERYWHERE,
    "lang": _EVERYWHERE,
    "p": _EVERYWHERE,
    "s": _EVERYWHERE,
    "sub": _EVERYWHERE,
    "w": _EVERYWHERE,
    "mark": _row("yes", "yes", "yes", "partly"),
    "phoneme": _row("yes", "yes", "yes", "partly"),
    "prosody": _row("yes", "partly", "partly", "partly"),
    "say-as": _row("yes", "partly", "yes", "yes"),
    "amazon:effect drc": _row("yes", "yes", "yes", "no"),
    "emphasis": _STANDARD_ONLY,
    "prosody max-duration": _STANDARD_ONLY,
    "amazon:auto-breaths": _STANDARD_ONLY,
    "amazon:effect soft": _STANDARD_ONLY,
    "amazon:effect vocal-tract-length": _STANDARD_ONLY,
    "amazon:effect whispered": _STANDARD_ONLY,
    "amazon:domain news": _row("no", "partly", "no", "no"),
}
"""Which engine reads which tag. ``partly`` means, as far as the documentation tells:

* prosody: no pitch; and with the generative engine only around whole sentences;
* phoneme: pages of the documentation differ, so the generative engine gets none;
* say-as: neural voices hand a sentence with spelled-out letters to a standard voice, so they get none;
* mark: it does nothing there, for the generative engine gives no times.
"""

_LONGEST_PAUSE_SECONDS = 10.0
_RATES = (0.2, 2.0)
_PITCHES = (-33.0, 50.0)
_VOLUMES = (-20.0, 6.0)
_TOKENS = re.compile(r"\S+|\s+")
_STRESS: Mapping[Level, tuple[float, float]] = {
    "reduced": (1.06, -3.0),
    "moderate": (0.94, 2.0),
    "strong": (0.88, 4.0),
}
"""Rate and volume that come nearest to an emphasis."""
_WHISPER_VOLUME = -6.0


@dataclass(frozen=True, slots=True)
class WordSpan:
    """Where a written word is in what is sent: offsets into its UTF-8, as speech marks count."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is sent for a passage."""

    text: str
    is_markup: bool
    """SSML; otherwise plain text."""
    words: tuple[WordSpan, ...]
    """One for each written word, in order. Words that share an alias in plain text share a span."""
    billed_characters: int
    """What a vendor that bills no tags should bill: it says itself what it did."""
    dropped: tuple[str, ...]
    """What this engine cannot say, and what became of it; each once."""


def engine_of(name: str) -> Engine:
    """Return the engine of a catalogue's name for it: ``none`` for a name that is none of Polly's."""
    return next((engine for engine in get_args(Engine) if engine == name), "none")


def render(passage: Passage, engine: Engine) -> Rendered:
    """Return the passage as an engine reads it."""
    writer = _Writer(engine)
    writer.tag("<speak>")
    for sentence in passage.sentences:
        writer.sentence(sentence)
    writer.tag("</speak>")
    return writer.rendered()


def weight(sentence: Sentence, engine: Engine) -> tuple[int, int]:
    """Return how many characters a sentence adds to a request: billed ones, and all."""
    writer = _Writer(engine)
    writer.sentence(sentence)
    rendered = writer.rendered()
    space = engine == "none"
    return rendered.billed_characters + space, len(rendered.text) + space


@dataclass(slots=True)
class _Writer:
    """Writes one request and keeps count of bytes, words and omissions."""

    engine: Engine
    written: list[str] = field(default_factory=list)
    size: int = 0
    billed: int = 0
    spans: list[WordSpan] = field(default_factory=list)
    dropped: dict[str, None] = field(default_factory=dict)
    in_word: bool = False
    whole_sentence: bool = False

    def rendered(self) -> Rendered:
        return Rendered(
            text="".join(self.written),
            is_markup=self.engine != "none",
            words=tuple(self.spans),
            billed_characters=self.billed,
            dropped=tuple(self.dropped),
        )

    def tag(self, tag: str) -> None:
        """Write a tag, but for vendors that would read it out."""
        if self.engine != "none":
            self._put(tag)

    def sentence(self, sentence: Sentence) -> None:
        if self.engine == "none" and self.written:
            self._run(" ")
        self.tag("<s>")
        self.whole_sentence = len(sentence.parts) == 1 and isinstance(sentence.parts[0], Prosody)
        for part in sentence.parts:
            self._part(part)
        self.tag("</s>")
        self.in_word = False

    def _part(self, part: Part) -> None:
        match part:
            case Text():
                self._text(part.text)
            case Substitution():
                self._substitution(part.text, part.alias)
            case SayAs():
                self._say_as(part)
            case Phoneme():
                self._phoneme(part)
            case Pause():
                self._pause(part)
            case Prosody():
                self._prosody(part)
            case Emphasis():
                self._emphasis(part)
            case Whisper():
                self._whisper(part)

    def _text(self, text: str) -> None:
        for run in _TOKENS.findall(legal(text)):
            self._run(run)

    def _substitution(self, text: str, alias: str) -> None:
        text, alias = legal(text), said_for(Substitution(text, alias))
        if alias == text:
            self._text(text)
        elif self.engine == "none":
            self._alias(text, alias)
        else:
            self._tagged(f"<sub alias={quoteattr(alias)}>", (Text(text),), "</sub>")

    def _alias(self, text: str, alias: str) -> None:
        """Write the alias, and give every word of the text its place: that is what was said for it."""
        glued = self.in_word and not text[0].isspace()
        first, start = len(self.spans) - glued, self.size
        begun = self.spans[-1].start if glued else start
        self._text(alias)
        place = WordSpan(start, self.size)
        self.spans[first:] = [WordSpan(begun, self.size), *[place] * (len(text.split()) - 1)]
        self.in_word = not text[-1].isspace()

    def _say_as(self, part: SayAs) -> None:
        support = self._support("say-as")
        if support == "yes" or (support == "partly" and part.kind != "characters"):
            self._tagged(f'<say-as interpret-as="{part.kind}">', (Text(part.text),), "</say-as>")
        elif part.kind == "characters":
            self._drop("spelling, written out letter by letter instead")
            self._substitution(part.text, " ".join("".join(part.text.split())))
        else:
            self._drop(f"reading as {part.kind}")
            self._text(part.text)

    def _phoneme(self, part: Phoneme) -> None:
        ipa = legal(part.ipa).strip()
        if ipa and self._support("phoneme") == "yes":
            opening = f'<phoneme alphabet="ipa" ph={quoteattr(ipa)}>'
            self._tagged(opening, (Text(part.text),), "</phoneme>")
            return
        self._drop("phonemes")
        self._text(part.text)

    def _pause(self, part: Pause) -> None:
        if self._support("break") == "yes":
            milliseconds = round(_within(part.seconds, (0.0, _LONGEST_PAUSE_SECONDS)) * 1000)
            self._put(f'<break time="{milliseconds}ms"/>')
        else:
            self._drop("pauses")

    def _prosody(self, part: Prosody) -> None:
        attributes = _prosody_attributes(self._possible(part))
        if attributes:
            self._tagged(f"<prosody{attributes}>", part.parts, "</prosody>")
        else:
            self._parts(part.parts)

    def _possible(self, part: Prosody) -> Prosody:
        """Return what is left of it with this engine; inside of it nothing is a whole sentence any more."""
        whole, self.whole_sentence = self.whole_sentence, False
        support = self._support("prosody")
        if support == "no":
            self._drop("pace, pitch and volume")
            return Prosody(part.parts)
        if self.engine == "generative" and not whole:
            self._drop("pace, pitch and volume of single words")
            return Prosody(part.parts)
        if support == "partly" and part.pitch is not None:
            self._drop("pitch")
            return replace(part, pitch=None)
        return part

    def _emphasis(self, part: Emphasis) -> None:
        if self._support("emphasis") == "yes":
            self._tagged(f'<emphasis level="{part.level}">', part.parts, "</emphasis>")
        elif self._support("prosody") != "no" and self.engine != "generative":
            self._drop("emphasis, said by pace and volume instead")
            rate, volume = _STRESS[part.level]
            self._prosody(Prosody(part.parts, rate=rate, volume=volume))
        else:
            self._drop("emphasis")
            self._parts(part.parts)

    def _whisper(self, part: Whisper) -> None:
        if self._support("amazon:effect whispered") == "yes":
            self._tagged('<amazon:effect name="whispered">', part.parts, "</amazon:effect>")
        elif self._support("prosody") != "no" and self.engine != "generative":
            self._drop("whispering, said softly instead")
            self._prosody(Prosody(part.parts, volume=_WHISPER_VOLUME))
        else:
            self._drop("whispering")
            self._parts(part.parts)

    def _parts(self, parts: tuple[Part, ...]) -> None:
        for part in parts:
            self._part(part)

    def _tagged(self, opening: str, parts: tuple[Part, ...], closing: str) -> None:
        self._put(opening)
        self._parts(parts)
        self._put(closing)

    def _run(self, run: str) -> None:
        """Write a run of either spaces or letters, and keep the words' places."""
        start = self.size
        self._put(run if self.engine == "none" else escape(run))
        self.billed += len(run)
        if run.isspace():
            self.in_word = False
        elif self.in_word:
            self.spans[-1] = WordSpan(self.spans[-1].start, self.size)
        else:
            self.spans.append(WordSpan(start, self.size))
            self.in_word = True

    def _put(self, text: str) -> None:
        self.written.append(text)
        self.size += len(text.encode())

    def _support(self, tag: Tag) -> Support:
        return SUPPORT[tag][self.engine]

    def _drop(self, what: str) -> None:
        self.dropped[what] = None


def _prosody_attributes(part: Prosody) -> str:
    rate = "" if part.rate is None else f' rate="{_within(part.rate, _RATES):.0%}"'
    pitch = "" if part.pitch is None else f' pitch="{_within(part.pitch, _PITCHES):+.0f}%"'
    volume = "" if part.volume is None else f' volume="{_within(part.volume, _VOLUMES):+.0f}dB"'
    return rate + pitch + volume


def _within(value: float, bounds: tuple[float, float]) -> float:
    return min(max(value, bounds[0]), bounds[1])
