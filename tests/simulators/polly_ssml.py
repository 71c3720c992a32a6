"""SSML as Polly reads it, written from its documentation and from nothing of ours.

Tells what is said and when it would be heard, where each word stands in the request, and what the request
would be refused for.
"""

import re
from dataclasses import dataclass, field
from xml.parsers import expat

__all__ = ["Heard", "InvalidSsml", "Word", "read_plain", "read_ssml"]

_ALL = {"standard", "neural", "long-form", "generative"}
_TAGS = {
    "speak": _ALL,
    "p": _ALL,
    "s": _ALL,
    "break": _ALL,
    "lang": _ALL,
    "sub": _ALL,
    "w": _ALL,
    "mark": _ALL,
    "say-as": _ALL,
    "prosody": _ALL,
    "phoneme": _ALL - {"generative"},
    "emphasis": {"standard"},
    "amazon:auto-breaths": {"standard"},
    "amazon:breath": {"standard"},
    "amazon:domain": {"neural"},
}
_EFFECTS = {"whispered": {"standard"}, "drc": _ALL - {"generative"}}
_KINDS = {
    *("characters", "spell-out", "cardinal", "number", "ordinal", "digits", "fraction", "unit", "date"),
    *("time", "address", "expletive", "telephone"),
}
_TIME = re.compile(r"(\d+(?:\.\d+)?)(ms|s)")
_RATE = re.compile(r"(\d+)%|x-slow|slow|medium|fast|x-fast|default")
_VOLUME = re.compile(r"[+-]\d+(?:\.\d+)?dB|silent|x-soft|soft|medium|loud|x-loud|default")
_PITCH = re.compile(r"[+-]?\d+(?:\.\d+)?%|x-low|low|medium|high|x-high|default")
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*$")


class InvalidSsml(Exception):  # noqa: N818 (as the vendor calls it)
    """The vendor would refuse this."""


@dataclass
class Word:
    """A word as the vendor marks it: offsets are bytes of the request's text."""

    start: int
    end: int
    said: str
    pace: float = 1.0
    first_of_sentence: bool = False
    pause: float = 0.0
    """Seconds of break behind it."""


@dataclass
class Heard:
    """What is said, and the characters that are billed for it."""

    words: list[Word] = field(default_factory=list)
    characters: int = 0
    lead: float = 0.0
    """Seconds of break before the first word."""


def read_plain(text: str) -> Heard:
    """Read a request whose TextType is text."""
    heard = Heard(characters=len(text))
    _Words(heard).take(text.encode(), 0)
    _mark_sentences(heard)
    return heard


def read_ssml(text: str, engine: str) -> Heard:
    """Read a request whose TextType is ssml; InvalidSsml."""
    reader = _Reader(text.encode(), engine)
    try:
        reader.parse()
    except expat.ExpatError as error:
        raise InvalidSsml(f"not well-formed: {error}") from error
    _mark_sentences(reader.heard)
    return reader.heard


def _mark_sentences(heard: Heard) -> None:
    ended = True
    for word in heard.words:
        word.first_of_sentence = word.first_of_sentence or ended
        ended = bool(_SENTENCE_END.search(word.said))


class _Words:
    """Cuts text into words; a hyphen cuts too, so that one written word may have two marks."""

    def __init__(self, heard: Heard) -> None:
        self.heard = heard
        self.pace = 1.0
        self.sentence_begins = False
        self.alias: str | None = None

    def take(self, data: bytes, offset: int) -> None:
        """Take the raw bytes of text between two tags."""
        for run in re.finditer(rb"[^\s-]+(?:-(?!\S))?", data):
            plain = _unescaped(run[0].decode())
            if not any(letter.isalnum() for letter in plain):
                self._punctuation(plain)
                continue
            self._word(run.start() + offset, run.end() + offset, plain)

    def _word(self, start: int, end: int, plain: str) -> None:
        if self.alias is not None:
            if self.alias:
                self.heard.words.append(Word(start, end, self.alias, self.pace, self.sentence_begins))
            elif self.heard.words:
                self.heard.words[-1].end = end
            self.alias = ""
        else:
            self.heard.words.append(Word(start, end, plain, self.pace, self.sentence_begins))
        self.sentence_begins = False

    def _punctuation(self, plain: str) -> None:
        if self.heard.words:
            self.heard.words[-1].said += plain


def _unescaped(text: str) -> str:
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(entity, letter)
    return text


class _Reader:
    """Walks the request tag by tag. Positions are those of the parser, in bytes."""

    def __init__(self, data: bytes, engine: str) -> None:
        self.data = data
        self.engine = engine
        self.heard = Heard()
        self.words = _Words(self.heard)
        self.open: list[tuple[str, float]] = []
        self.text_from: int | None = None
        self.parser = expat.ParserCreate("UTF-8")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._doctype

    def parse(self) -> None:
        self.parser.Parse(self.data, True)  # noqa: FBT003 (expat's own flag)

    def _doctype(self, *_: object) -> None:
        raise InvalidSsml("a document type is not allowed")

    def _characters(self, text: str) -> None:
        self.heard.characters += len(text)
        if self.text_from is None:
            self.text_from = self.parser.CurrentByteIndex

    def _flush(self) -> None:
        if self.text_from is not None:
            start, self.text_from = self.text_from, None
            self.words.take(self.data[start : self.parser.CurrentByteIndex], start)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._flush()
        if (tag == "speak") != (not self.open):
            raise InvalidSsml("speak must be the root, and only the root")
        self._check(tag, attributes)
        self.open.append((tag, self.words.pace))
        if tag in ("s", "p"):
            self.words.sentence_begins = True
        if tag == "sub":
            self.words.alias = attributes["alias"]
        if tag == "prosody" and (rate := re.fullmatch(r"(\d+)%", attributes.get("rate", ""))):
            self.words.pace *= int(rate[1]) / 100
        if tag == "break":
            self._break(attributes)

    def _end(self, tag: str) -> None:
        self._flush()
        _, self.words.pace = self.open.pop()
        if tag == "sub":
            self.words.alias = None
        if tag == "s" and self.heard.words and not _SENTENCE_END.search(self.heard.words[-1].said):
            self.heard.words[-1].said += "."

    def _check(self, tag: str, attributes: dict[str, str]) -> None:
        engines = (
            _EFFECTS.get(attributes.get("name", ""), {"standard"})
            if tag == "amazon:effect"
            else _TAGS.get(tag)
        )
        if engines is None or self.engine not in engines:
            raise InvalidSsml(f"{tag} is not for the engine {self.engine}")
        if tag == "prosody":
            self._check_prosody(attributes)
        if tag == "say-as" and attributes.get("interpret-as") not in _KINDS:
            raise InvalidSsml(f"say-as cannot be {attributes}")
        needed = {"sub": "alias", "phoneme": "ph", "mark": "name", "say-as": "interpret-as"}.get(tag)
        if needed and not attributes.get(needed):
            raise InvalidSsml(f"{tag} needs {needed}")

    def _check_prosody(self, attributes: dict[str, str]) -> None:
        forms = {"rate": _RATE, "volume": _VOLUME}
        if self.engine == "standard":
            forms["pitch"] = _PITCH
        for name, value in attributes.items():
            if name not in forms or not forms[name].fullmatch(value):
                raise InvalidSsml(f"prosody cannot have {name}={value!r} with the engine {self.engine}")
        if not attributes:
            raise InvalidSsml("prosody needs an attribute")
        rate = re.fullmatch(r"(\d+)%", attributes.get("rate", ""))
        if rate and not 20 <= int(rate[1]) <= 200:
            raise InvalidSsml("a rate is 20% to 200%")
        if self.engine == "generative" and not self._around_a_sentence():
            raise InvalidSsml("prosody goes around whole sentences only with the engine generative")

    def _around_a_sentence(self) -> bool:
        """Whether the tag opens a sentence, and closes it: what lies around it in its parent is nothing."""
        at = self.parser.CurrentByteIndex
        before = self.data[:at].rstrip()
        after = self.data[self.data.find(b"</prosody>", at) + len(b"</prosody>") :].lstrip()
        return before.endswith((b"<s>", b"<speak>", b"<p>", b"</s>")) and after.startswith(
            (b"</s>", b"</speak>", b"</p>", b"<s>")
        )

    def _break(self, attributes: dict[str, str]) -> None:
        time = _TIME.fullmatch(attributes.get("time", "100ms"))
        seconds = float(time[1]) / (1000 if time[2] == "ms" else 1) if time else None
        if seconds is None or seconds > 10:
            raise InvalidSsml(f"a break cannot be {attributes}")
        if self.heard.words:
            self.heard.words[-1].pause += seconds
        else:
            self.heard.lead += seconds
